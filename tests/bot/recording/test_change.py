"""What becomes of Stop, Pause and Resume."""

from datetime import timedelta

import pytest

from bot.domain.answers import Sentence, WhichWatch
from bot.domain.conversation import ReplyTo
from bot.domain.errors import CannotDo, NotAllowed
from bot.domain.requests import ChangeWatch
from bot.domain.watch import State, Watch
from bot.recording.change import change_watch
from bot.slack.cards import live
from providers.errors import AlreadyRecording, Refused, Unavailable
from providers.model import Room, RoomKey
from tests.bot.recording.stage import ANNA, CHANNEL, GUEST, ROOM, Stage
from tests.bot.store.samples import a_watch


async def test_stop_is_said_only_when_the_recorder_has_left(stage: Stage) -> None:
    stage.provider.backend.lingers = 2
    watch = await stage.recording()
    await stage.change("stop")
    assert (await stage.now(watch)).state is State.STOPPING
    await stage.tick()
    assert (await stage.now(watch)).state is State.STOPPING
    await stage.forward(4)
    now = await stage.now(watch)
    assert now.state is State.PROCESSING
    assert not now.lost
    assert now.stop_asker == ANNA


async def test_a_stop_whose_answer_was_lost_is_repeated_only_after_a_look(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.fail_next("stop", Unavailable("The portal did not answer."))
    await stage.change("stop")
    await stage.forward(5)
    assert (await stage.now(watch)).state is State.STOPPING
    assert stage.provider.backend.calls.count("stop") == 1
    await stage.forward(8)
    assert (await stage.now(watch)).state is State.PROCESSING
    assert stage.provider.backend.calls.count("stop") == 2


async def test_why_a_stop_was_refused_stands_on_the_card_until_the_recorder_has_left(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.fail_next("stop", Refused("The portal does not take the recorder out."))
    await stage.change("stop")
    await stage.forward(5)
    card = live(await stage.now(watch), pace=stage.services.pace)
    assert "The portal does not take the recorder out. Recbot asks again" in str(card.blocks)
    await stage.forward(8)
    assert (await stage.now(watch)).state is State.PROCESSING


async def test_a_recorder_that_comes_after_a_stop_is_sent_away_without_an_old_reason(stage: Stage) -> None:
    stage.provider.backend.lingers = 60
    watch = await stage.started()
    await stage.change("stop")
    await stage.forward(90, step=5)
    assert "stopped before a recorder came" in (await stage.now(watch)).reason
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(10)
    now = await stage.now(watch)
    assert (now.state, now.reason) == (State.STOPPING, "")


async def test_a_stop_before_the_recorder_came_stops_it_when_it_comes(stage: Stage) -> None:
    watch = await stage.started()
    await stage.change("stop")
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(5)
    assert (await stage.now(watch)).state is State.PROCESSING
    assert (await stage.provider.view(watch.room)).recorder is None


async def test_a_double_click_stops_once(stage: Stage) -> None:
    watch = await stage.recording()
    await stage.change("stop", watch=watch.id)
    await stage.change("stop", watch=watch.id)
    await stage.forward(3)
    assert stage.provider.backend.calls.count("stop") == 1


async def test_a_start_while_stopping_brings_no_second_recorder(stage: Stage) -> None:
    stage.provider.backend.lingers = 3
    await stage.recording()
    await stage.change("stop")
    with pytest.raises(AlreadyRecording, match="being stopped"):
        await stage.start()
    assert stage.provider.backend.starts(ROOM) == 1


async def test_pause_and_resume_show_what_the_portal_reports(stage: Stage) -> None:
    watch = await stage.recording()
    await stage.change("pause")
    await stage.tick()
    assert (await stage.now(watch)).state is State.PAUSED
    await stage.change("resume")
    await stage.tick()
    assert (await stage.now(watch)).state is State.RECORDING


async def test_a_pause_twice_asks_once(stage: Stage) -> None:
    await stage.recording()
    await stage.change("pause")
    await stage.change("pause")
    assert stage.provider.backend.calls.count("pause") == 1


async def test_with_nothing_recorded_here_stop_says_so(stage: Stage) -> None:
    with pytest.raises(CannotDo, match="Nothing is being recorded"):
        await stage.change("stop")


async def test_with_several_recorded_here_stop_asks_which(stage: Stage) -> None:
    stage.provider.backend.add_room("Other")
    await stage.recording()
    await stage.recording("Other")
    answer = await stage.change("stop")
    assert isinstance(answer, WhichWatch)
    assert len(answer.watches) == 2


async def test_a_recorder_that_nobody_asked_for_here_can_be_stopped_by_its_room(stage: Stage) -> None:
    stage.provider.backend.recorder_joins(ROOM)
    answer = await stage.change("stop", target=ROOM)
    assert isinstance(answer, Sentence)
    assert "has stopped" in answer.text
    assert stage.provider.backend.calls.count("stop") == 1


async def test_guests_stop_nothing(stage: Stage) -> None:
    watch = await stage.recording()
    with pytest.raises(NotAllowed):
        await change_watch(ChangeWatch(ReplyTo(CHANNEL, GUEST), "stop", watch=watch.id), stage.services)


async def test_a_recorder_that_drops_out_raises_an_alarm_once(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.recorder_leaves(ROOM)
    await stage.forward(40, step=5)
    now = await stage.now(watch)
    assert (now.state, now.lost) == (State.PROCESSING, True)
    assert len([key for key in stage.said.shown if key.startswith("lost:")]) == 1


async def test_when_the_last_person_leaves_nobody_is_alarmed(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.people_leave(ROOM)
    await stage.forward(40, step=5)
    now = await stage.now(watch)
    assert (now.state, now.lost, now.everyone_left) == (State.PROCESSING, False, True)
    assert not [key for key in stage.said.shown if key.startswith("lost:")]


async def test_after_it_was_stopped_the_room_can_be_recorded_again(stage: Stage) -> None:
    first = await stage.recording()
    await stage.change("stop")
    await stage.forward(3)
    second = await stage.started()
    assert isinstance(second, Watch)
    assert second.id != first.id
    assert second.asked_at - first.asked_at < timedelta(minutes=1)


async def test_to_stop_what_was_dropped_at_that_moment_is_refused_with_a_sentence(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    watches = stage.services.store.watches
    await watches.reserve(a_watch(conversation=CHANNEL), None)
    get = watches.get

    async def get_and_lose(id: str) -> Watch | None:
        found = await get(id)
        await watches.drop(id)
        return found

    monkeypatch.setattr(watches, "get", get_and_lose)
    with pytest.raises(CannotDo, match="no longer follows that recording"):
        await stage.change("stop", watch="w1")


async def test_the_room_that_is_named_is_looked_for_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.provider.backend.recorder_joins(ROOM)
    find, asked = stage.provider.find_room, []

    async def find_room(key: RoomKey) -> Room:
        asked.append(key)
        return await find(key)

    monkeypatch.setattr(stage.provider, "find_room", find_room)
    await stage.change("pause", target=ROOM)
    assert asked == [ROOM]
