"""The memory provider keeps the contract, and its backend does what a test asks of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import NoRecorderFree, NotFound, NotOurRoom, Refused, Unavailable
from providers.memory import MemoryProvider
from providers.memory_library import bounds
from providers.model import (
    ByteRange,
    Occupancy,
    RecordingChange,
    RecordingId,
    RecordingProfile,
    RecordingQuery,
    RoomKey,
    Scope,
)
from providers.testing import (
    NOON,
    FreshLibraryContract,
    RecordingControlContract,
    RecordingEditorContract,
    RecordingLibraryContract,
    RoomMakerContract,
    read,
)
from tests.clock import Clock


class FarSide:
    """The memory backend as the contract sees a far side."""

    def __init__(self, provider: MemoryProvider) -> None:
        self._backend = provider.backend

    async def add_room(
        self, key: str, *, people: int = 2, ours: bool = True, may_record: bool = True
    ) -> None:
        self._backend.add_room(key, people=people, ours=ours, may_record=may_record)

    async def recorder_joins(self, key: str) -> None:
        self._backend.recorder_joins(key)

    async def recorder_leaves(self, key: str) -> None:
        self._backend.recorder_leaves(key)

    async def starts(self, key: str) -> int:
        return self._backend.starts(key)

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
        return self._backend.add_recording(
            title=title, owner=owner or "recbot", room=room, started=started, duration=duration, scope=scope
        ).id

    async def running_recording(self, key: str) -> RecordingId:
        self._backend.add_room(key)
        self._backend.recorder_joins(key)
        recording = self._backend.running(key)
        assert recording is not None
        return recording.id

    async def content(self, id: RecordingId) -> bytes:
        return self._backend.content(id)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def provider(clock: Callable[[], datetime]) -> MemoryProvider:
    return MemoryProvider(now=clock)


@pytest.fixture
def backend(provider: MemoryProvider) -> FarSide:
    return FarSide(provider)


class TestControl(RecordingControlContract):
    """Rooms in dictionaries keep the contract."""


class TestLingeringRecorder(RecordingControlContract):
    """The contract holds too where a recorder stays visible for some looks."""

    @pytest.fixture
    def provider(self, clock: Clock) -> MemoryProvider:
        provider = MemoryProvider(now=clock)
        provider.backend.lingers = 2
        return provider


class TestRooms(RoomMakerContract):
    """New rooms in dictionaries keep the contract."""


class TestLibrary(RecordingLibraryContract, FreshLibraryContract):
    """Recordings in dictionaries keep the contract."""


class TestEditor(RecordingEditorContract):
    """Edits in dictionaries keep the contract."""


async def test_a_whole_recording_from_request_to_file(provider: MemoryProvider, clock: Clock) -> None:
    far = provider.backend
    far.add_room("abc", name="Weekly", owner="vova")
    room = await provider.find_room(RoomKey("abc"))
    await provider.start(room, provider.default_profile, webcast=True)
    assert far.running(room) is None

    clock.forward(seconds=9)
    recorder = far.recorder_joins(room)
    running = far.running(room)
    assert running is not None
    assert (running.room, running.owner, running.started) == ("Weekly", "vova", clock.now)
    assert recorder.webcast
    assert running.webcast

    clock.forward(minutes=30)
    await provider.stop(room, recorder)
    assert (await provider.recording(running.id)).running

    clock.forward(minutes=2)
    ready = far.finish(room, size=12_345)
    assert ready.duration == timedelta(minutes=30)
    assert ready.ended == running.started + timedelta(minutes=30)
    assert far.running(room) is None
    assert (await provider.search(RecordingQuery(room="weekly"))).recordings == (ready,)
    assert len(await read(provider, ready)) == 12_345
    assert far.calls == ["find_room", "start", "stop", "recording", "search", "open"]


async def test_a_recorder_that_was_asked_to_leave_lingers_for_so_many_looks(provider: MemoryProvider) -> None:
    provider.backend.lingers = 2
    room = provider.backend.add_room("abc")
    recorder = provider.backend.recorder_joins("abc")
    await provider.stop(room, recorder)
    await provider.stop(room, recorder)
    assert [bool((await provider.view(room)).recorder) for _ in range(3)] == [True, True, False]


async def test_a_recording_ends_when_its_recorder_is_asked_to_leave_however_long_it_lingers(
    provider: MemoryProvider, clock: Clock
) -> None:
    provider.backend.lingers = 2
    room = provider.backend.add_room("abc")
    recorder = provider.backend.recorder_joins("abc")
    clock.forward(minutes=1)
    await provider.stop(room, recorder)
    clock.forward(minutes=1)
    provider.backend.people_leave("abc")
    assert provider.backend.finish("abc").duration == timedelta(minutes=1)


async def test_of_two_recorders_one_is_seen_and_then_the_other(provider: MemoryProvider) -> None:
    room = provider.backend.add_room("abc")
    first, second = provider.backend.recorder_joins("abc"), provider.backend.recorder_joins("abc")
    assert (await provider.view(room)).recorder == second
    await provider.stop(room, second)
    assert (await provider.view(room)).recorder == first


async def test_the_last_person_takes_the_recorder_along(provider: MemoryProvider, clock: Clock) -> None:
    room = provider.backend.add_room("abc", people=1)
    provider.backend.people_join("abc", 2)
    provider.backend.recorder_joins("abc")
    provider.backend.people_leave("abc", 2)
    view = await provider.view(room)
    assert (view.people, bool(view.recorder)) == (1, True)

    clock.forward(minutes=5)
    provider.backend.people_leave("abc")
    view = await provider.view(room)
    assert (view.people, view.recorder) == (0, None)
    clock.forward(minutes=1)
    assert provider.backend.finish("abc").duration == timedelta(minutes=5)


async def test_a_recorder_does_not_stay_in_an_empty_room(provider: MemoryProvider) -> None:
    room = provider.backend.add_room("abc", people=0)
    assert room.occupancy is Occupancy.EMPTY
    await provider.start(room, provider.default_profile)
    provider.backend.recorder_joins("abc")
    assert (await provider.view(room)).recorder is None


async def test_the_file_of_a_recorder_that_is_still_there_makes_it_leave(
    provider: MemoryProvider, clock: Clock
) -> None:
    room = provider.backend.add_room("abc")
    provider.backend.recorder_joins("abc")
    clock.forward(minutes=3)
    assert provider.backend.finish("abc").duration == timedelta(minutes=3)
    assert (await provider.view(room)).recorder is None


async def test_a_busy_profile_is_not_offered_and_brings_nobody(provider: MemoryProvider) -> None:
    room = provider.backend.add_room("abc")
    provider.backend.idle.remove(provider.default_profile)
    assert provider.default_profile not in await provider.profiles()
    with pytest.raises(NoRecorderFree, match="000"):
        await provider.start(room, provider.default_profile)
    assert provider.backend.starts("abc") == 0


async def test_the_first_profile_given_is_the_default() -> None:
    audio = RecordingProfile("01")
    provider = MemoryProvider("second", profiles=[audio, RecordingProfile("02")])
    assert (provider.name, provider.default_profile) == ("second", audio)


async def test_a_room_of_somebody_else_cannot_be_looked_into(provider: MemoryProvider) -> None:
    room = provider.backend.add_room("abc", ours=False)
    with pytest.raises(NotOurRoom, match="somebody"):
        await provider.view(room)


async def test_a_search_by_name_knows_names_and_extensions_but_no_scheduled_room(
    provider: MemoryProvider,
) -> None:
    weekly = provider.backend.add_room("abc", name="Weekly Planning", extension="4711")
    created = await provider.create_room("Weekly too")
    assert list(await provider.find_rooms("weekly")) == [weekly]
    assert list(await provider.find_rooms("471")) == [weekly]
    assert created.extension
    assert list(await provider.find_rooms(created.extension)) == []


async def test_a_search_by_name_gives_twenty_rooms_at_most(provider: MemoryProvider) -> None:
    for number in range(25):
        provider.backend.add_room(f"room{number}")
    assert len(await provider.find_rooms("room")) == 20


async def test_a_scheduled_room_is_called_by_its_extension_afterwards(provider: MemoryProvider) -> None:
    created = await provider.create_room("Standup")
    assert created.key is not None
    assert (await provider.find_room(created.key)).name == created.extension


async def test_only_a_scheduled_room_can_be_deleted(provider: MemoryProvider) -> None:
    with pytest.raises(NotFound, match="no scheduled room"):
        await provider.delete_room(provider.backend.add_room("abc"))


async def test_ids_are_numbers_that_rise(provider: MemoryProvider) -> None:
    numbers = [int(provider.backend.add_recording().id) for _ in range(5)]
    assert numbers == sorted(set(numbers))


async def test_an_owner_is_found_by_login_and_by_full_name(provider: MemoryProvider) -> None:
    recording = provider.backend.add_recording(owner="vova", owner_name="Vova Tareiev")
    for query in (RecordingQuery(owner="VOVA"), RecordingQuery(owner="tar"), RecordingQuery(words="tareiev")):
        assert (await provider.search(query)).recordings == (recording,)


async def test_what_still_runs_is_neither_longer_nor_shorter(provider: MemoryProvider) -> None:
    provider.backend.add_room("abc")
    provider.backend.recorder_joins("abc")
    query = RecordingQuery(running=True)
    minute = timedelta(minutes=1)
    assert (await provider.search(query)).total == 1
    assert (await provider.search(replace(query, shorter=minute))).total == 0
    assert (await provider.search(replace(query, longer=minute))).total == 0


async def test_what_still_runs_cannot_be_deleted(provider: MemoryProvider) -> None:
    provider.backend.add_room("abc")
    provider.backend.recorder_joins("abc")
    running = provider.backend.running("abc")
    assert running is not None
    with pytest.raises(Refused, match="still being recorded"):
        await provider.delete(running.id)


async def test_a_failure_before_the_work_leaves_nothing_behind(provider: MemoryProvider) -> None:
    room = provider.backend.add_room("abc")
    gone = Unavailable("Nobody answered.", asked=False)
    provider.backend.fail_next("start", gone, times=2)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            await provider.start(room, provider.default_profile)
        assert caught.value is gone
    assert provider.backend.starts(room) == 0
    await provider.start(room, provider.default_profile)
    assert provider.backend.starts(room) == 1
    assert provider.backend.calls == ["start"] * 3


async def test_a_failure_after_the_work_has_done_it(provider: MemoryProvider) -> None:
    recording = provider.backend.add_recording()
    provider.backend.fail_next("edit", Unavailable("The answer was lost."), after_the_work=True)
    with pytest.raises(Unavailable):
        await provider.edit(recording.id, RecordingChange(title="New"))
    assert (await provider.recording(recording.id)).title == "New"


async def test_failures_of_one_method_come_in_their_order(provider: MemoryProvider) -> None:
    provider.backend.fail_next("profiles", Unavailable("First."))
    provider.backend.fail_next("profiles", Refused("Second."))
    with pytest.raises(Unavailable):
        await provider.profiles()
    with pytest.raises(Refused):
        await provider.profiles()
    assert await provider.profiles()


async def test_a_download_can_break_off_half_way(provider: MemoryProvider) -> None:
    recording = provider.backend.add_recording(size=30_000)
    provider.backend.fail_next("open", Unavailable("The connection was lost."), after_the_work=True)
    got = bytearray()

    async def download() -> None:
        async with provider.open(recording) as media:
            assert media.length == 30_000
            assert provider.backend.open_files == 1
            async for chunk in media.chunks:
                got.extend(chunk)

    with pytest.raises(Unavailable, match="lost"):
        await download()
    assert bytes(got) == provider.backend.content(recording.id)[:15_000]
    assert provider.backend.open_files == 0


async def test_no_byte_comes_after_a_file_was_left(provider: MemoryProvider) -> None:
    async with provider.open(provider.backend.add_recording()) as media:
        await anext(media.chunks)
    assert [chunk async for chunk in media.chunks] == []


async def test_two_recordings_have_two_files(provider: MemoryProvider) -> None:
    first, second = provider.backend.add_recording(), provider.backend.add_recording()
    assert provider.backend.content(first.id) != provider.backend.content(second.id)


def test_a_mistake_of_the_test_is_no_answer_of_the_provider(provider: MemoryProvider) -> None:
    with pytest.raises(ValueError, match="strat"):
        provider.backend.fail_next("strat", Refused("No."))
    with pytest.raises(LookupError, match="abc"):
        provider.backend.recorder_joins("abc")
    provider.backend.add_room("abc")
    with pytest.raises(ValueError, match="already"):
        provider.backend.add_room("abc")
    with pytest.raises(LookupError, match="no recorder"):
        provider.backend.recorder_leaves("abc")
    with pytest.raises(LookupError, match="nothing is being recorded"):
        provider.backend.finish("abc")


@given(first=st.none() | st.integers(-3, 40), last=st.none() | st.integers(-3, 40), size=st.integers(0, 30))
def test_a_part_is_what_a_slice_gives_or_is_refused(first: int | None, last: int | None, size: int) -> None:
    whole = list(range(size))
    if first is None:
        wanted = whole[max(0, size - (last or 0)) :]
    else:
        wanted = [byte for byte in whole if first <= byte and (last is None or byte <= last)]
    if first is not None and first < 0:
        wanted = []
    if wanted:
        assert bounds(ByteRange(first, last), size) == (wanted[0], wanted[-1])
    else:
        with pytest.raises(Refused, match=r"\.$"):
            bounds(ByteRange(first, last), size)
