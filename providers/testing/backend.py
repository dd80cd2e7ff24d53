"""What the contracts of providers share: the far side as they see it, and how they look at things."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from providers.errors import ProviderError
from providers.interfaces import RecordingControl, RecordingLibrary
from providers.model import (
    ByteRange,
    Recording,
    RecordingId,
    RecordingQuery,
    Room,
    RoomView,
    Scope,
)

NOON = datetime(2024, 5, 17, 12, 0, tzinfo=UTC)
NOBODY = "999999999"
_PATIENCE = 60.0


class ContractBackend(Protocol):
    """The far side as these tests see it. To return is to have done it: the provider sees it at once."""

    async def add_room(
        self, key: str, *, people: int = 2, ours: bool = True, may_record: bool = True
    ) -> None:
        """A room with people in it; `ours` False: our login may not record it."""

    async def recorder_joins(self, key: str) -> None:
        """The recorder that was asked for is in the room."""

    async def recorder_leaves(self, key: str) -> None:
        """The recorder drops out, while people stay."""

    async def starts(self, key: str) -> int:
        """How many times a recorder was asked for."""

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
        """A recording with a file of some 5,000 bytes or more. `owner` None: our own login.

        Of a call, `title` is the other side's name, `room` the extension on our side and `owner` its person's name;
        `scope` then says nothing.
        """

    async def running_recording(self, key: str) -> RecordingId:
        """A recording that is being made in a new room of this key, or of a call of this extension."""

    async def content(self, id: RecordingId) -> bytes:
        """The whole file."""


@contextmanager
def told(error: type[ProviderError]) -> Iterator[pytest.ExceptionInfo[ProviderError]]:
    """Expect this error, with a text that can be put before a person."""
    with pytest.raises(error) as caught:
        yield caught
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert " " in text


async def ids(library: RecordingLibrary, query: RecordingQuery) -> list[RecordingId]:
    """What a search finds, in its order."""
    return [recording.id for recording in (await library.search(query)).recordings]


async def read(library: RecordingLibrary, recording: Recording, part: ByteRange | None = None) -> bytes:
    """The bytes of a file, or of a part."""
    async with library.open(recording, part) as media:
        return b"".join([chunk async for chunk in media.chunks])


async def seen(control: RecordingControl, room: Room, *, recorder: bool) -> RoomView:
    """The first look that shows a recorder (or none): one that was asked to leave may linger."""

    async with asyncio.timeout(_PATIENCE):
        while True:
            view = await control.view(room)
            if bool(view.recorder) is recorder:
                return view
            await asyncio.sleep(1)


class Contract:
    @pytest.fixture
    def mark(self) -> str:
        """A word that nothing else on the far side has in it."""
        return f"x{uuid.uuid4().hex[:11]}"
