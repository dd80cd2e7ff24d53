"""What is carried out a second time, since a process died before closing it, begins nothing anew and undoes nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.answers import Sentence
from bot.domain.conversation import ReplyTo
from bot.domain.requests import (
    ChangeWatch,
    CreateRoom,
    DeleteRecording,
    EditRecording,
    Request,
    StartRecording,
)
from bot.domain.watch import State, Watch
from bot.recording.inbox import carry_out
from bot.recording.start import start_recording
from providers.model import RecordingChange, RecordingId
from tests.bot.recording.stage import ANNA, CHANNEL, ROOM, VOVA, Stage

_LEASE = timedelta(seconds=60)
_START = StartRecording(ReplyTo(CHANNEL, VOVA), ROOM)


async def _done_and_not_closed(request: Request, stage: Stage) -> None:
    """Somebody carries it out and dies then: it waits for the end of the lease, and is carried out again."""
    await stage.services.store.inbox.keep(f"trigger of {request}", request)
    [claimed] = await stage.services.store.inbox.claim("dead", _LEASE, 1)
    await carry_out(replace(claimed, fence=-1), stage.services)
    assert await stage.services.store.inbox.pending() == 1


async def _again(stage: Stage) -> None:
    """The lease ends, and somebody else takes up what was left."""
    await stage.forward(62)
    assert await stage.services.store.inbox.pending() == 0


async def _the_watch(stage: Stage) -> Watch:
    [watch] = await stage.services.store.watches.in_conversation(CHANNEL, only_holding=False)
    return watch


async def test_a_start_does_not_begin_a_second_recording_after_the_first_has_ended(stage: Stage) -> None:
    await _done_and_not_closed(_START, stage)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    await stage.change("stop")
    await stage.forward(3)
    assert (await _the_watch(stage)).state is State.PROCESSING

    await _again(stage)
    assert (await _the_watch(stage)).state is State.PROCESSING
    assert stage.provider.backend.starts(ROOM) == 1
    assert len(stage.cards()) == 1
    assert stage.said.told == []


async def test_a_start_again_asks_for_one_recorder_more_and_not_for_two(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(400, step=10)
    again = StartRecording(ReplyTo(CHANNEL, ANNA), again=watch.id)
    await _done_and_not_closed(again, stage)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    await stage.change("stop")
    await stage.forward(3)

    await _again(stage)
    assert stage.provider.backend.starts(ROOM) == 2
    assert (await _the_watch(stage)).state is State.PROCESSING


async def test_a_pause_does_not_undo_the_resume_that_came_after_it(stage: Stage) -> None:
    watch = await stage.recording()
    await _done_and_not_closed(ChangeWatch(ReplyTo(CHANNEL, ANNA), "pause", watch=watch.id), stage)
    await stage.forward(1)
    assert (await stage.now(watch)).state is State.PAUSED
    await stage.change("resume")

    await _again(stage)
    assert (await stage.now(watch)).state is State.RECORDING
    assert stage.provider.backend.calls.count("pause") == 1


async def test_a_stop_leaves_alone_what_was_begun_after_it(stage: Stage) -> None:
    first = await stage.recording()
    await _done_and_not_closed(ChangeWatch(ReplyTo(CHANNEL, ANNA), "stop", target=ROOM), stage)
    await stage.forward(3)
    assert (await stage.now(first)).state is State.PROCESSING
    second = await stage.recording()

    await _again(stage)
    assert (await stage.now(second)).state is State.RECORDING
    [(_, said)] = stage.said.told
    assert isinstance(said, Sentence)
    assert "has ended" in said.text


async def test_a_stop_that_had_its_end_is_not_spoken_of(stage: Stage) -> None:
    watch = await stage.recording()
    await _done_and_not_closed(ChangeWatch(ReplyTo(CHANNEL, ANNA), "stop", watch=watch.id), stage)
    await _again(stage)
    assert (await stage.now(watch)).state is State.PROCESSING
    assert stage.said.told == []


async def test_what_fails_again_and_again_is_given_up_and_told(stage: Stage) -> None:
    await stage.services.store.inbox.keep("trigger", _START)
    for _ in range(5):
        [claimed] = await stage.services.store.inbox.claim("broken", _LEASE, 1)
        assert claimed.value == _START
        stage.clock.forward(seconds=61)
    await stage.tick()
    assert await stage.services.store.inbox.pending() == 0
    [(person, said)] = stage.said.told
    assert isinstance(said, Sentence)
    assert (person, said.bad) == (VOVA.user, True)
    assert "tries no more" in said.text
    assert stage.provider.backend.starts(ROOM) == 0


async def test_who_stood_still_for_longer_than_a_lease_asks_for_nothing_any_more(stage: Stage) -> None:
    """Between the line that says so and the request itself a process may be stopped for as long as anybody likes."""
    settle = stage.services.store.watches.settle

    async def settle_and_stand_still(*args: Any, **kwargs: Any) -> Any:
        after = await settle(*args, **kwargs)
        if after.value.state is State.ASKED:
            time.sleep(stage.services.lease.total_seconds())
        return after

    stage.services.store.watches.settle = settle_and_stand_still  # type: ignore[method-assign]
    watch = await start_recording(_START, stage.services)
    assert isinstance(watch, Watch)
    assert watch.state is State.ASKED
    assert stage.provider.backend.starts(ROOM) == 0


_BY_VOVA = ReplyTo(CHANNEL, VOVA)
_WRITES: dict[str, Callable[[RecordingId], Request]] = {
    "pause": lambda _: ChangeWatch(_BY_VOVA, "pause"),
    "stop": lambda _: ChangeWatch(_BY_VOVA, "stop"),
    "create_room": lambda _: CreateRoom(_BY_VOVA),
    "edit": lambda id: EditRecording(_BY_VOVA, "vidyo", id, RecordingChange(title="New")),
    "delete": lambda id: DeleteRecording(_BY_VOVA, "vidyo", id),
}


@pytest.mark.parametrize("write", _WRITES)
async def test_who_stood_still_before_a_write_leaves_it_to_others(write: str, stage: Stage) -> None:
    backend = stage.provider.backend
    kept = backend.add_recording()
    watch = await stage.recording()
    await stage.services.store.inbox.keep("trigger", _WRITES[write](kept.id))
    [claimed] = await stage.services.store.inbox.claim("slow", _LEASE, 1)
    await carry_out(replace(claimed, grip=replace(claimed.grip, ends=time.monotonic())), stage.services)
    assert await stage.services.store.inbox.pending() == 1
    assert backend.calls.count(write) == 0
    assert (await stage.now(watch)).state is State.RECORDING
    assert stage.said.told == []


async def test_what_waited_too_long_while_nobody_ran_is_not_begun(stage: Stage) -> None:
    await stage.services.store.inbox.keep("trigger", _START)
    stage.clock.forward(seconds=stage.services.pace.stale_start.total_seconds() + 1)
    await stage.tick()
    [(person, said)] = stage.said.told
    assert isinstance(said, Sentence)
    assert (person, said.bad) == (VOVA.user, True)
    assert "Nothing was started" in said.text
    assert stage.provider.backend.starts(ROOM) == 0
    assert stage.cards() == []


async def test_who_stood_still_while_another_began_it_finds_it_begun(stage: Stage) -> None:
    reserve = stage.services.store.watches.reserve

    async def be_late(watch: Watch, *args: Any, **kwargs: Any) -> None:
        await reserve(watch, *args, **kwargs)  # somebody else's
        await reserve(watch, *args, **kwargs)

    stage.services.store.watches.reserve = be_late  # type: ignore[method-assign]
    begun = await start_recording(_START, stage.services, "key")
    assert isinstance(begun, Watch)
    assert stage.provider.backend.starts(ROOM) == 0
