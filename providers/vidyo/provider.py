"""VidyoPlatform as a control and a library: the portal records, the replay server keeps."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from providers.interfaces import (
    Check,
    FreshLibrary,
    Media,
    Only,
    RecordingControl,
    RecordingDeleter,
    RecordingEditor,
    RoomMaker,
)
from providers.model import (
    ByteRange,
    Recorder,
    Recording,
    RecordingChange,
    RecordingId,
    RecordingPage,
    RecordingProfile,
    RecordingQuery,
    Room,
    RoomId,
    RoomKey,
    RoomView,
)
from providers.vidyo.inspection import Inspection
from providers.vidyo.keys import read_key
from providers.vidyo.media import MediaDoor
from providers.vidyo.recording import RecordingDesk
from providers.vidyo.records import Records
from providers.vidyo.rooms import Rooms


class VidyoProvider(RecordingControl, RoomMaker, FreshLibrary, RecordingDeleter, RecordingEditor):
    """One tenant, seen by one login. `connect` in this package makes one."""

    kind = "vidyo"

    def __init__(
        self,
        name: str,
        default_profile: RecordingProfile,
        rooms: Rooms,
        desk: RecordingDesk,
        records: Records,
        media: MediaDoor,
        inspection: Inspection,
    ) -> None:
        self.name = name
        self.default_profile = default_profile
        self._rooms = rooms
        self._desk = desk
        self._records = records
        self._media = media
        self._inspection = inspection

    async def check(self) -> Sequence[Check]:
        """What the portal and the replay server say to our login, asked once each."""
        return await self._inspection.run()

    def key_in(self, text: str) -> RoomKey | None:
        """The key in a join link of any host, or the text itself where it has the form of a key."""
        return read_key(text)

    async def find_room(self, key: RoomKey) -> Room:
        """The room with this key. Its owner is known only where that is our login."""
        return await self._rooms.by_key(key)

    async def find_rooms(self, name: str) -> Sequence[Room]:
        """Public and personal rooms, without their keys: the portal's search gives none."""
        return await self._rooms.by_name(name)

    async def room(self, id: RoomId) -> Room:
        """The room with this number as it is now. Its key is known only where we own it."""
        return await self._rooms.by_id(id)

    async def profiles(self) -> Sequence[RecordingProfile]:
        """Profiles whose recorders are online and idle right now, at most 25."""
        return await self._desk.profiles()

    async def start(self, room: Room, profile: RecordingProfile, *, webcast: bool = False) -> None:
        """Invite a recorder. It rings for up to half a minute, then another one may, and nobody is told."""
        await self._desk.start(room, profile, webcast)

    async def view(self, room: Room) -> RoomView:
        """Everybody in the room. Of several recorders, one is reported."""
        return await self._desk.view(room)

    async def recorders(self, room: Room) -> Sequence[Recorder]:
        """Every recorder in the room, found in a handful of requests."""
        return await self._desk.recorders(room)

    async def stop(self, room: Room, recorder: Recorder) -> None:
        """Ask the recorder to leave; it stays visible for a moment."""
        await self._desk.stop(room, recorder)

    async def pause(self, room: Room, recorder: Recorder) -> None:
        """Ask the recorder to pause; what the portal reports from then on is that it was asked."""
        await self._desk.pause(room, recorder)

    async def resume(self, room: Room, recorder: Recorder) -> None:
        """Ask the recorder to go on; what the portal reports from then on is that it was asked."""
        await self._desk.pause(room, recorder, resume=True)

    async def create_room(self, name: str | None = None) -> Room:
        """A scheduled room. The portal names it by its extension, which is also what recordings say."""
        return await self._rooms.make(name)

    async def delete_room(self, room: Room) -> None:
        """Delete a scheduled room that has no PIN."""
        await self._rooms.remove(room)

    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        """Recordings that our login may see and that match."""
        return await self._records.search(query, only)

    async def recording(self, id: RecordingId) -> Recording:
        """One recording, by its number."""
        return await self._records.one(id)

    async def fresh(self, id: RecordingId) -> Recording:
        """The same: the replay server is asked each time, and nobody counts it."""
        return await self._records.one(id)

    def open(self, recording: Recording, part: ByteRange | None = None) -> AbstractAsyncContextManager[Media]:
        """The file from the replay server; the whole of it where that server knows no parts."""
        return self._media.open(recording, part)

    async def edit(self, id: RecordingId, change: RecordingChange) -> Recording:
        """Change some fields. NotSupported for the scope `new`, which only the server sets."""
        return await self._records.edit(id, change)

    async def delete(self, id: RecordingId) -> None:
        """Delete for good; not while the recording is locked."""
        await self._records.delete(id)
