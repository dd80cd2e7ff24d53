"""Vidyo keeps what every provider promises, on a portal and a replay server over real sockets."""

from datetime import datetime, timedelta

import pytest

from providers.model import RecordingId, Scope
from providers.testing import (
    NOON,
    FreshLibraryContract,
    RecordingControlContract,
    RecordingEditorContract,
    RecordingLibraryContract,
    RoomMakerContract,
)
from sandbox.vidyo.server import VidyoSandbox
from tests.eventually import eventually

_SCOPES = {
    Scope.NEW: "New",
    Scope.PRIVATE: "Private",
    Scope.ORGANIZATION: "Organizational",
    Scope.PUBLIC: "Public",
}


class FarSide:
    """The sandbox as the contract sees a far side."""

    def __init__(self, vidyo: VidyoSandbox) -> None:
        self._world = vidyo.world

    async def add_room(
        self, key: str, *, people: int = 2, ours: bool = True, may_record: bool = True
    ) -> None:
        self._world.add_room(key, owner="recbot" if ours else "anna", can_record=may_record)
        self._world.people_join(key, count=people)

    async def recorder_joins(self, key: str) -> None:
        self._world.recorder_joins(key)
        room = self._world.room(key)
        await eventually(lambda: self._world.recorders.in_room(room))

    async def recorder_leaves(self, key: str) -> None:
        self._world.recorder_drops_out(key)

    async def starts(self, key: str) -> int:
        return self._world.journal.count("startRecording")

    async def add_recording(
        self,
        *,
        title: str = "Recording",
        owner: str | None = None,
        room: str = "Room",
        started: datetime = NOON,
        duration: timedelta = timedelta(minutes=10),
        scope: Scope = Scope.ORGANIZATION,
    ) -> RecordingId:
        made = self._world.add_recording(
            title,
            owner=owner or "recbot",
            room_name=room,
            ended=started + duration,
            duration=duration,
            size=80_000,
            scope=_SCOPES[scope],
        )
        return RecordingId(str(made.id))

    async def running_recording(self, key: str) -> RecordingId:
        await self.add_room(key)
        await self.recorder_joins(key)
        [made] = [one for one in self._world.library if one.room_name == key]
        return RecordingId(str(made.id))

    async def content(self, id: RecordingId) -> bytes:
        made = self._world.library.by_id(int(id))
        assert made is not None
        return self._world.file_bytes(made.guid)


@pytest.fixture
def backend(vidyo: VidyoSandbox) -> FarSide:
    """Fifty recordings that are not ours are enough to be told from those."""
    for one in list(vidyo.world.library)[:-50]:
        vidyo.world.library.remove(one)
    return FarSide(vidyo)


class TestVidyoControl(RecordingControlContract):
    """Recorders of a portal."""


class TestVidyoRoomMaker(RoomMakerContract):
    """Scheduled rooms of a portal."""


class TestVidyoLibrary(RecordingLibraryContract, FreshLibraryContract):
    """Recordings of a replay server."""


class TestVidyoEditor(RecordingEditorContract):
    """Changes of recordings on a replay server."""
