"""A request that was lost, and that looks prove not to have been carried out, is sent once more and no oftener."""

from datetime import timedelta

import pytest

from bot.domain.answers import MayStartAgain
from bot.domain.errors import CannotDo
from bot.domain.watch import State
from providers.errors import NoRecorderFree, Unavailable
from tests.bot.recording.stage import ROOM, Stage

LOST = "The portal cannot answer now (HTTP 503)."


def lose(stage: Stage, verb: str = "start", *, done: bool = False) -> None:
    stage.provider.backend.fail_next(verb, Unavailable(LOST), after_the_work=done)


async def test_a_start_that_was_lost_is_sent_again_once_no_recorder_can_be_ringing_any_more(
    stage: Stage,
) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(34)
    assert stage.provider.backend.starts(ROOM) == 0
    await stage.forward(4)
    assert stage.provider.backend.starts(ROOM) == 1
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    now = await stage.now(watch)
    assert (now.state, now.unsure, now.asks) == (State.RECORDING, False, 1)
    assert now.confirmed_at is not None
    assert now.confirmed_at - now.asked_at < stage.services.pace.confirm_patience


async def test_a_start_that_was_lost_twice_is_not_sent_a_third_time(stage: Stage) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(34)
    lose(stage)
    await stage.forward(400, step=2)
    now = await stage.now(watch)
    assert (now.state, now.open) == (State.NOT_STARTED, False)
    assert stage.provider.backend.starts(ROOM) == 0


async def test_a_start_that_was_answered_is_never_sent_again(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(400, step=2)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    assert stage.provider.backend.starts(ROOM) == 1


async def test_a_start_whose_recorder_is_seen_is_never_sent_again(stage: Stage) -> None:
    lose(stage, done=True)
    await stage.started()
    await stage.forward(20)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(100, step=2)
    assert stage.provider.backend.starts(ROOM) == 1


async def test_a_start_is_not_sent_again_while_the_room_cannot_be_seen(stage: Stage) -> None:
    lose(stage)
    await stage.started()
    for _ in range(25):
        stage.provider.backend.fail_next("view", Unavailable("The portal is away."))
        await stage.forward(2, step=2)
    assert stage.provider.backend.starts(ROOM) == 0


async def test_a_start_is_not_sent_again_where_a_recorder_may_have_come_while_nobody_could_look(
    stage: Stage,
) -> None:
    """It came, and somebody sent it away in the portal: whoever looks again afterwards starts nothing."""
    lose(stage, done=True)
    watch = await stage.started()
    await stage.forward(5)
    stage.provider.backend.recorder_joins(ROOM)
    for _ in range(7):
        stage.provider.backend.fail_next("view", Unavailable("The portal is away."))
    await stage.forward(18)
    stage.provider.backend.recorder_leaves(ROOM)
    await stage.forward(100, step=2)
    assert stage.provider.backend.starts(ROOM) == 1
    assert (await stage.now(watch)).state is State.NOT_STARTED


async def test_a_start_is_not_sent_again_by_who_was_not_there_meanwhile(stage: Stage) -> None:
    """The bot was down from the request on, until the first ringing was over."""
    lose(stage)
    watch = await stage.started()
    stage.clock.forward(seconds=40)
    await stage.forward(100, step=2)
    assert stage.provider.backend.starts(ROOM) == 0
    assert (await stage.now(watch)).state is State.NOT_STARTED


async def test_one_look_that_failed_hinders_nobody_from_sending_a_start_again(stage: Stage) -> None:
    lose(stage)
    await stage.started()
    await stage.forward(20)
    stage.provider.backend.fail_next("view", Unavailable("The portal is away."))
    await stage.forward(20)
    assert stage.provider.backend.starts(ROOM) == 1


async def test_a_start_is_not_sent_again_into_a_room_that_everybody_has_left(stage: Stage) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(20)
    stage.provider.backend.people_leave(ROOM)
    await stage.forward(100, step=2)
    assert stage.provider.backend.starts(ROOM) == 0
    assert (await stage.now(watch)).state is State.NOT_STARTED


async def test_a_start_is_not_sent_again_once_somebody_wants_it_stopped(stage: Stage) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(20)
    await stage.change("stop", watch=watch.id)
    await stage.forward(100, step=2)
    assert stage.provider.backend.starts(ROOM) == 0


async def test_of_two_recorders_that_came_after_all_one_is_sent_away(stage: Stage) -> None:
    lose(stage, done=True)
    watch = await stage.started()
    await stage.forward(38)
    assert stage.provider.backend.starts(ROOM) == 2
    stage.provider.backend.recorder_joins(ROOM)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(60)
    assert (await stage.now(watch)).state is State.RECORDING
    assert len(await stage.provider.recorders(watch.room)) == 1


async def test_a_refusal_of_the_second_request_may_come_of_the_first_one(stage: Stage) -> None:
    lose(stage, done=True)
    watch = await stage.started()
    await stage.forward(34)
    stage.provider.backend.fail_next("start", NoRecorderFree("All recorders are busy."))
    await stage.forward(4)
    now = await stage.now(watch)
    assert (now.state, now.open, now.reason) == (State.ASKED, True, "All recorders are busy.")
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(4)
    assert (await stage.now(watch)).state is State.RECORDING


async def test_the_patience_for_a_recorder_begins_anew_with_the_second_request(stage: Stage) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(90)
    assert (await stage.now(watch)).state is State.ASKED
    await stage.forward(10)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    assert isinstance(await stage.start(), MayStartAgain)


async def test_whoever_dies_before_the_second_request_sends_none(stage: Stage) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(34)
    watch, pace = await stage.now(watch), stage.services.pace
    step = watch.saw(await stage.provider.view(watch.room), watch.asked_at + timedelta(seconds=36), pace)
    assert step.start
    again = step.watch.saw(
        await stage.provider.view(watch.room), watch.asked_at + timedelta(seconds=37), pace
    )
    assert not again.start


@pytest.mark.parametrize("verb", ["pause", "resume"])
async def test_a_pause_that_was_lost_is_sent_once_more_when_the_recorder_does_not_report_it(
    stage: Stage, verb: str
) -> None:
    watch = await stage.recording()
    if verb == "resume":
        await stage.change("pause", watch=watch.id)
    lose(stage, verb)
    await stage.change(verb, watch=watch.id)
    await stage.forward(1)
    assert (await stage.now(watch)).state is (State.PAUSED if verb == "pause" else State.RECORDING)

    undone = {"pause": "resume", "resume": "pause"}[verb]
    lose(stage, undone)
    lose(stage, undone)
    with pytest.raises(CannotDo, match="does not report it"):
        await stage.change(undone, watch=watch.id)


async def test_a_stop_waits_for_the_second_recorder_that_may_still_come(stage: Stage) -> None:
    lose(stage, done=True)
    watch = await stage.started()
    await stage.forward(38)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    await stage.change("stop", watch=watch.id)
    await stage.forward(10)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(20)
    assert stage.provider.backend.place(ROOM).seats == []
    await stage.forward(30)
    now = await stage.now(watch)
    assert now.state is State.PROCESSING


async def test_a_recording_that_was_stopped_ended_when_its_recorder_left(stage: Stage) -> None:
    lose(stage)
    watch = await stage.started()
    await stage.forward(38)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    await stage.change("stop", watch=watch.id)
    stopped_at = stage.clock.now
    await stage.forward(70)
    now = await stage.now(watch)
    assert now.state is State.PROCESSING
    assert now.ended_at is not None
    assert (now.ended_at - stopped_at).total_seconds() < 4
