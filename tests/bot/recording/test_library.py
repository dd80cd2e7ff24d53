"""Which file comes to which card."""

from datetime import timedelta

from bot.domain.watch import State, Watch
from providers.errors import Unavailable
from tests.bot.recording.stage import ROOM, Stage


async def _stopped(stage: Stage, watch: Watch) -> None:
    await stage.change("stop", watch=watch.id)
    await stage.forward(3)
    assert (await stage.now(watch)).state is State.PROCESSING


async def test_the_running_row_is_bound_early_and_its_file_arrives(stage: Stage) -> None:
    watch = await stage.recording()
    running = stage.provider.backend.running(ROOM)
    assert running is not None
    await stage.tick()
    assert (await stage.now(watch)).bound == running.id
    await _stopped(stage, watch)
    stage.provider.backend.finish(ROOM)
    await stage.forward(20, step=2)
    now = await stage.now(watch)
    assert (now.state, now.open) == (State.READY, False)
    assert [found.id for found in now.candidates] == [running.id]
    assert now.candidates[0].size
    assert len(stage.cards()) == 1


async def test_nothing_that_was_listed_before_the_request_is_taken(stage: Stage) -> None:
    room = await stage.provider.find_room(stage.provider.key_in(ROOM))  # type: ignore[arg-type]
    old = stage.provider.backend.add_recording(
        room=room.extension or room.name,
        started=stage.clock.now - timedelta(minutes=1),
        duration=timedelta(seconds=30),
    )
    watch = await stage.recording()
    await _stopped(stage, watch)
    stage.provider.backend.finish(ROOM)
    await stage.forward(20, step=2)
    now = await stage.now(watch)
    assert now.state is State.READY
    assert old.id not in {found.id for found in now.candidates}
    assert len(now.candidates) == 1


async def test_a_title_alone_makes_no_file_ours(stage: Stage) -> None:
    watch = await stage.recording()
    await _stopped(stage, watch)
    stage.provider.backend.add_recording(
        title=f"{ROOM} conference recording", room="elsewhere", started=stage.clock.now
    )
    await stage.forward(20, step=2)
    assert (await stage.now(watch)).state is State.PROCESSING


async def test_with_two_candidates_both_are_shown_and_none_is_guessed(stage: Stage) -> None:
    stage.provider.backend.fail_next("search", Unavailable("The library is down."), times=5)
    watch = await stage.recording()
    await _stopped(stage, watch)
    stage.provider.backend.finish(ROOM)
    ours = list(stage.provider.backend.recordings.values())[-1]
    stage.provider.backend.add_recording(room=ours.room, owner=ours.owner, started=stage.clock.now)
    await stage.forward(120, step=10)
    now = await stage.now(watch)
    assert now.state is State.READY
    assert now.bound is None
    assert len(now.candidates) == 2


async def test_two_recordings_of_one_room_in_a_row_each_get_their_own_file(stage: Stage) -> None:
    first = await stage.recording()
    await stage.tick()
    await _stopped(stage, first)
    stage.provider.backend.finish(ROOM)
    second = await stage.recording()
    await stage.tick()
    await _stopped(stage, second)
    stage.provider.backend.finish(ROOM)
    await stage.forward(30, step=2)
    files = [(await stage.now(watch)).bound for watch in (first, second)]
    assert None not in files
    assert len(set(files)) == 2


async def test_a_file_that_does_not_come_is_overdue_and_still_arrives(stage: Stage) -> None:
    watch = await stage.recording()
    await _stopped(stage, watch)
    await stage.forward(1860, step=60)
    assert (await stage.now(watch)).state is State.OVERDUE
    stage.provider.backend.finish(ROOM)
    await stage.forward(120, step=30)
    assert (await stage.now(watch)).state is State.READY


async def test_a_file_that_never_comes_ends_the_watch_after_a_day(stage: Stage) -> None:
    watch = await stage.recording()
    await _stopped(stage, watch)
    await stage.forward(90_000, step=9_000)
    now = await stage.now(watch)
    assert (now.state, now.open) == (State.GONE, False)


async def test_one_look_serves_all_rooms_that_wait(stage: Stage) -> None:
    stage.provider.backend.add_room("Other")
    watches = [await stage.recording(), await stage.recording("Other")]
    for watch in watches:
        await stage.change("stop", watch=watch.id)
    await stage.forward(10)
    for room in (ROOM, "Other"):
        stage.provider.backend.finish(room)
    before = stage.provider.backend.calls.count("search")
    await stage.forward(64, step=64)
    assert [(await stage.now(watch)).state for watch in watches] == [State.READY, State.READY]
    assert stage.provider.backend.calls.count("search") == before + 1
