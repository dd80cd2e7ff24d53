"""Telephones in memory keep the contracts."""

from datetime import datetime, timedelta

import pytest

from providers.errors import NotSupported, Refused
from providers.memory_phone import MemoryPhone
from providers.model import CallId, CallState, LiveCall, RecordingId, RecordingQuery, Scope
from providers.testing import NOON, CallRecorderContract, RecordingLibraryContract, read
from tests.clock import Clock


class FarSide:
    """The telephones in memory as the contracts see a far side."""

    def __init__(self, provider: MemoryPhone) -> None:
        self._backend = provider.backend

    async def place_call(
        self, other: str, *, number: str = "+16505550177", extension: str = "101", answered: bool = True
    ) -> CallId:
        state = CallState.CONNECTED if answered else CallState.RINGING
        return self._backend.place_call(name=other, number=number, extension=extension, state=state).id

    async def answer(self, other: str) -> None:
        self._backend.becomes(self._call(other), CallState.CONNECTED)

    async def begin(self, other: str) -> None:
        self._backend.recording_begins(self._call(other))

    async def begin_by_itself(self, other: str) -> None:
        self._backend.recording_begins(self._call(other), automatic=True)

    async def forbid_pausing(self) -> None:
        self._backend.lets_pause = False

    async def hang_up(self, other: str) -> None:
        self._backend.hang_up(self._call(other))

    async def hang_up_for_good(self, other: str, *, kept: bool) -> None:
        call = self._call(other)
        self._backend.hang_up(call)
        if kept:
            self._backend.finish(call)
        else:
            self._backend.was_too_short(call)

    async def starts(self, other: str) -> int:
        return self._backend.asked.count(self._call(other).id)

    async def add_recording(
        self,
        *,
        title: str = "Recording",
        owner: str | None = None,
        room: str = "101",
        started: datetime = NOON,
        duration: timedelta = timedelta(minutes=10),
        scope: Scope = Scope.ORGANIZATION,
    ) -> RecordingId:
        return self._backend.add_recording(
            title=title, owner=owner or "recbot", room=room, started=started, duration=duration
        ).id

    async def running_recording(self, key: str) -> RecordingId:
        return self._backend.recording_begins(self._backend.place_call(extension=key))

    async def content(self, id: RecordingId) -> bytes:
        return self._backend.content(id)

    def _call(self, other: str) -> LiveCall:
        return next(call for call in self._backend.calls_now.values() if call.name == other)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def provider(clock: Clock) -> MemoryPhone:
    return MemoryPhone("phone", now=clock)


@pytest.fixture
def backend(provider: MemoryPhone) -> FarSide:
    return FarSide(provider)


class TestCalls(CallRecorderContract):
    """Calls in dictionaries keep the contract."""


class TestLibrary(RecordingLibraryContract):
    """Recorded calls in dictionaries keep the contract."""

    scopes = False
    calls = True


async def test_the_library_lists_a_call_under_the_id_that_its_recording_had(
    provider: MemoryPhone, clock: Clock
) -> None:
    call = provider.backend.place_call()
    id = provider.backend.recording_begins(call)
    clock.forward(minutes=3)
    provider.backend.hang_up(call)
    assert (await provider.search(RecordingQuery(extension="101"))).recordings == ()

    provider.backend.finish(call)
    [found] = (await provider.search(RecordingQuery(extension="101", number="0100"))).recordings
    assert (found.id, found.title, found.duration) == (id, "Ada Byron", timedelta(minutes=3))
    assert await read(provider, found) == provider.backend.content(id)


async def test_a_call_on_hold_cannot_be_recorded(provider: MemoryPhone) -> None:
    call = provider.backend.place_call(state=CallState.HELD)
    with pytest.raises(Refused, match="on hold"):
        await provider.record(call)


async def test_calls_have_no_scopes_to_search_for(provider: MemoryPhone) -> None:
    with pytest.raises(NotSupported):
        await provider.search(RecordingQuery(scope=Scope.PUBLIC))
