"""Starting, pausing and stopping: each is asked once, and what comes of it is seen by looking."""

import asyncio
from collections.abc import Sequence

from providers.errors import (
    NoRecorderFree,
    NotFound,
    NotOurRoom,
    ProviderError,
    RecordingForbidden,
    Refused,
)
from providers.model import Recorder, RecordingProfile, Room, RoomView
from providers.vidyo.contract import Contract
from providers.vidyo.portal import PortalReader
from providers.vidyo.rooms import Rooms, is_number
from providers.vidyo.service import Service
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.soap import SoapFault

_LOOKS_AFTER_STOP = 4


class RecordingDesk:
    """Asks the portal for recorders. A fault is told apart by its name and by a look at the room."""

    def __init__(self, service: Service, contract: Contract, rooms: Rooms, settings: VidyoSettings) -> None:
        self._service = service
        self._contract = contract
        self._rooms = rooms
        self._login = settings.username
        self._pause = settings.retry_pause.total_seconds()
        self._reader = PortalReader(contract.namespace, settings.portal_url)

    async def profiles(self) -> Sequence[RecordingProfile]:
        """The profiles with an idle recorder at this moment, at most 25."""
        request = self._contract.envelope("getRecordingProfiles")
        return self._reader.profiles(await self._service.read("getRecordingProfiles", request))

    async def start(self, room: Room, profile: RecordingProfile, webcast: bool) -> None:
        """Ask for a recorder. The portal neither looks who is recording already nor whether anybody is there."""
        self._numbered(room)
        request = self._contract.envelope(
            "startRecording", conferenceID=room.id, recorderPrefix=profile.name, webcast=webcast
        )
        try:
            await self._service.write("startRecording", request)
        except SoapFault as fault:
            if fault.name == "ResourceNotAvailableFault":
                raise NoRecorderFree(await self._none_free(profile)) from fault
            raise await self._why(fault, room, "record") from fault

    async def view(self, room: Room) -> RoomView:
        """Who is in the room, or why we may not know."""
        self._numbered(room)
        try:
            return await self._rooms.view(room)
        except SoapFault as fault:
            raise await self._why(fault, room, "look into") from fault

    async def recorders(self, room: Room) -> Sequence[Recorder]:
        """Every recorder in the room, or why we may not know."""
        self._numbered(room)
        try:
            return await self._rooms.recorders(room)
        except SoapFault as fault:
            raise await self._why(fault, room, "look into") from fault

    async def stop(self, room: Room, recorder: Recorder) -> None:
        """Ask a recorder to leave. A fault is no error if the recorder is gone, or goes in a moment."""
        try:
            await self._ask("stopRecording", room, recorder)
        except SoapFault as fault:
            for look in range(_LOOKS_AFTER_STOP):
                await asyncio.sleep(look * self._pause)
                if recorder.id not in {seen.id for seen in await self.recorders(room)}:
                    return
            if fault.name == "GeneralFault":
                raise Refused(
                    f"{self._service.title} does not take the recorder out of {room.name}; it is still there."
                ) from fault
            raise await self._why(fault, room, "stop recording in") from fault

    async def pause(self, room: Room, recorder: Recorder, *, resume: bool = False) -> None:
        """Ask a recorder to pause or to go on. The portal reports it even where the recorder did not hear."""
        try:
            await self._ask("resumeRecording" if resume else "pauseRecording", room, recorder)
        except SoapFault as fault:
            present = {seen.id for seen in await self.recorders(room)}
            if recorder.id not in present:
                whose = "Another recorder is" if present else "No recorder is"
                raise Refused(f"{whose} in {room.name} now; look again.") from fault
            raise await self._why(fault, room, "control recording in") from fault

    async def _ask(self, operation: str, room: Room, recorder: Recorder) -> None:
        self._numbered(room)
        if not is_number(recorder.id):
            raise Refused(f"{recorder.name} is not a recorder that the portal knows.")
        request = self._contract.envelope(operation, conferenceID=room.id, recorderID=int(recorder.id))
        await self._service.write(operation, request)

    async def _why(self, fault: SoapFault, room: Room, deed: str) -> ProviderError:
        """What a fault means for a person. The owner rule and a forbidden group bear the same name."""
        if fault.name not in {"ControlMeetingFault", "InvalidArgumentFault"}:
            return fault
        try:
            looked = await self._rooms.by_id(room.id)
        except NotFound as gone:
            return gone
        except ProviderError:
            looked = room
        if fault.name == "ControlMeetingFault" and looked.ours is not True:
            return NotOurRoom(
                f"The login {self._login} may only record rooms it owns; {room.name} belongs to somebody else. "
                'Its owner, or an operator who sets service = "admin", can change that.'
            )
        if looked.may_record is False:
            return RecordingForbidden(
                f"The group of {room.name} may not be recorded; an administrator of the portal can allow it."
            )
        if fault.name == "ControlMeetingFault":
            return Refused(
                f"{self._service.title} does not let the login {self._login} {deed} {room.name}, although it owns it."
            )
        return fault

    async def _none_free(self, profile: RecordingProfile) -> str:
        sentence = f"No recorder with the profile {profile.name} is free."
        try:
            idle = await self.profiles()
        except ProviderError:
            return sentence
        names = [f"{one.name} ({one.description})" if one.description else one.name for one in idle]
        return f"{sentence} Idle now: {', '.join(names) or 'none at all'}."

    def _numbered(self, room: Room) -> None:
        if not is_number(room.id):
            raise NotFound(f"{room.name} is not a room of this portal.")
