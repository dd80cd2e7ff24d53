"""Live calls: which there are, and how the workflows steer a call's recording as they do a room's."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.answers import Place
from bot.domain.calls import LiveCalls, first_up, in_words, recorder_of, room_of
from bot.domain.conversation import ReplyTo
from bot.domain.found import Silence
from bot.domain.policy import Person, Verb
from bot.domain.watch import Watch
from bot.recording.patience import ask_all
from bot.recording.permission import of_place, reachable
from bot.recording.services import Services
from providers.errors import NotFound, NotSupported, ProviderError
from providers.interfaces import CallRecorder
from providers.model import (
    CallId,
    CallState,
    LiveCall,
    Recorder,
    RecordingProfile,
    Room,
    RoomView,
)
from providers.registry import Providers


class Control(Protocol):
    """What the workflows ask of whatever is recorded; a provider's RecordingControl is one for its rooms."""

    default_profile: RecordingProfile

    async def view(self, room: Room) -> RoomView: ...

    async def start(self, room: Room, profile: RecordingProfile, *, webcast: bool = False) -> None: ...

    async def recorders(self, room: Room) -> Sequence[Recorder]: ...

    async def stop(self, room: Room, recorder: Recorder) -> None: ...

    async def pause(self, room: Room, recorder: Recorder) -> None: ...

    async def resume(self, room: Room, recorder: Recorder) -> None: ...


def control_of(where: Place | Watch, providers: Providers) -> Control:
    """Who steers the recording there: the room's provider, or for a call the one who records it."""
    if where.call:
        return CallControl(providers.phones(where.provider)[0])
    return providers.control(where.provider)


class CallEnded(NotFound):
    """The call is over. `recorder` recorded it to its end, as far as the provider still knows."""

    def __init__(self, room: Room, recorder: Recorder | None = None) -> None:
        super().__init__(first_up(f"{in_words(room, call=True)} has ended."))
        self.recorder = recorder


class CallControl:
    """Steers the recording of a call that stands for a room. Once the call is over, every verb is CallEnded."""

    default_profile = RecordingProfile("")

    def __init__(self, phone: CallRecorder) -> None:
        self._phone = phone

    async def view(self, room: Room) -> RoomView:
        """Look at the call. Somebody is there as long as it goes on; nobody counts them."""
        return RoomView(recorder_of(await self._call(room)), people=1)

    async def start(self, room: Room, profile: RecordingProfile, *, webcast: bool = False) -> None:
        await self._phone.record(await self._call(room))

    async def recorders(self, room: Room) -> Sequence[Recorder]:
        """A call has one recording at most."""
        recorder = (await self.view(room)).recorder
        return [recorder] if recorder else []

    async def stop(self, room: Room, recorder: Recorder) -> None:
        raise no_stop(self._phone.name)

    async def pause(self, room: Room, recorder: Recorder) -> None:
        await self._phone.pause_call(await self._call(room))

    async def resume(self, room: Room, recorder: Recorder) -> None:
        await self._phone.resume_call(await self._call(room))

    async def _call(self, room: Room) -> LiveCall:
        try:
            call = await self._phone.call(CallId(room.id))
        except NotFound as error:
            raise CallEnded(room) from error
        if call.state is CallState.ENDED:
            raise CallEnded(room, recorder_of(call))
        return call


def no_stop(provider: str) -> NotSupported:
    """Why a call's recording is not stopped."""
    return NotSupported(
        f"{provider} cannot stop a recording: it ends with the call. Pause keeps the rest of the call out of it."
    )


async def live_calls(on: str | None, reply: ReplyTo, services: Services) -> LiveCalls:
    """The calls that go on now and that this person may record. If no provider answers, the first one's reason."""
    person = await services.require(reply, Verb.START)
    phones = reachable(person, Verb.START, services.providers.phones(on), services)
    reads = [(phone.name, phone.live_calls) for phone in phones]
    found = await ask_all(reads, services.pace.answer_patience)
    calls: dict[str, tuple[LiveCall, ...]] = {}
    silences: list[Silence] = []
    for phone, answer in zip(phones, found, strict=True):
        if isinstance(answer, ProviderError):
            silences.append(Silence(phone.name, str(answer)))
        else:
            mine = [call for call in answer if _may_start(person, phone.name, call, services)]
            calls[phone.name] = tuple(sorted(mine, key=lambda call: call.started))
    if not calls:
        raise next(answer for answer in found if isinstance(answer, ProviderError))
    return LiveCalls(calls, tuple(silences))


def _may_start(person: Person, phone: str, call: LiveCall, services: Services) -> bool:
    place = Place(phone, room_of(call), call=True)
    return services.policy.decide(person, Verb.START, of_place(place)).allowed
