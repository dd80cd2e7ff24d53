"""What becomes of `/record start`."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.answers import MayStartAgain, RoomIsEmpty, WhichRoom
from bot.domain.conversation import Conversation
from bot.domain.errors import CannotDo, CannotSpeak, NotAllowed, UsageError
from bot.domain.notice import CardOf, Notice
from bot.domain.pace import Pace
from bot.domain.watch import State, Watch
from providers.errors import (
    AlreadyRecording,
    NoRecorderFree,
    NotFound,
    NotOurRoom,
    RecordingForbidden,
    SignInFailed,
    Unavailable,
)
from providers.model import RoomKey
from tests.bot.recording.stage import ANNA, CHANNEL, GUEST, ROOM, VOVA, Stage, open_stage


async def test_to_ask_is_not_to_record(stage: Stage) -> None:
    watch = await stage.started()
    assert watch.state is State.ASKED
    assert stage.cards() == [f"card:{watch.id}"]

    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(1)
    assert (await stage.now(watch)).state is State.RECORDING
    assert stage.cards() == [f"card:{watch.id}"]


async def test_a_recorder_that_joins_after_forty_seconds_is_confirmed(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(40, step=4)
    assert (await stage.now(watch)).state is State.ASKED
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(3)
    assert (await stage.now(watch)).state is State.RECORDING


async def test_one_that_never_joins_did_not_start_and_was_asked_for_once(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(63, step=3)
    now = await stage.now(watch)
    assert now.state is State.NOT_STARTED
    assert now.open
    assert "60 s" in now.reason
    await stage.forward(300, step=10)
    now = await stage.now(watch)
    assert now.state is State.NOT_STARTED
    assert not now.open
    assert stage.provider.backend.starts(ROOM) == 1


async def test_one_that_joins_after_that_turns_the_card_true(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(90, step=5)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(6)
    assert (await stage.now(watch)).state is State.RECORDING
    assert len(stage.cards()) == 1


async def test_start_again_asks_once_more_on_the_same_card(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(70, step=5)
    again = await stage.start(again=watch.id)
    assert isinstance(again, Watch)
    assert (again.id, again.state) == (watch.id, State.ASKED)
    assert stage.provider.backend.starts(ROOM) == 2
    assert len(stage.cards()) == 1


async def test_start_again_that_was_pressed_twice_begins_nothing_after_the_first_press_had_its_end(
    stage: Stage,
) -> None:
    watch = await stage.started()
    await stage.forward(70, step=5)
    drawn = (await stage.now(watch)).asks
    await stage.start(again=watch.id, asks=drawn)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    await stage.change("stop")
    await stage.forward(3)
    with pytest.raises(CannotDo, match="started again since that button was drawn"):
        await stage.start(again=watch.id, asks=drawn)
    assert stage.provider.backend.starts(ROOM) == 2
    assert len(stage.cards()) == 1


async def test_start_again_finds_the_recorder_that_came_late_and_asks_for_no_second_one(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(61)
    stage.provider.backend.recorder_joins(ROOM)
    again = await stage.start(again=watch.id)
    assert isinstance(again, Watch)
    assert again.state is State.RECORDING
    assert stage.provider.backend.starts(ROOM) == 1


async def test_when_two_come_after_a_second_request_one_is_asked_to_leave(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(70, step=5)
    await stage.start(again=watch.id)
    stage.provider.backend.lingers = 3
    stage.provider.backend.recorder_joins(ROOM)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(20)
    assert stage.provider.backend.calls.count("stop") == 1, "it is on its way out already"
    room = (await stage.now(watch)).room
    assert len(await stage.provider.recorders(room)) == 1
    assert (await stage.now(watch)).state is State.RECORDING


async def test_a_second_start_while_a_late_recorder_may_come_asks_the_person(stage: Stage) -> None:
    await stage.started()
    await stage.forward(70, step=5)
    assert isinstance(await stage.start(), MayStartAgain)
    assert stage.provider.backend.starts(ROOM) == 1


async def test_four_people_at_once_bring_one_recorder(stage: Stage) -> None:
    results = await asyncio.gather(*(stage.start() for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Watch) for one in results) == 1
    assert sum(isinstance(one, AlreadyRecording) for one in results) == 3
    assert stage.provider.backend.starts(ROOM) == 1
    assert len(stage.cards()) == 1


async def test_somebody_elses_recorder_is_named_and_no_second_one_asked_for(stage: Stage) -> None:
    stage.provider.backend.recorder_joins(ROOM)
    with pytest.raises(AlreadyRecording, match="already"):
        await stage.start()
    assert stage.provider.backend.starts(ROOM) == 0


async def test_a_lost_answer_is_not_repeated_and_the_recorder_is_found(stage: Stage) -> None:
    stage.provider.backend.fail_next("start", Unavailable("The portal did not answer."), after_the_work=True)
    watch = await stage.started()
    assert watch.unsure
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    now = await stage.now(watch)
    assert now.state is State.RECORDING
    assert not now.unsure
    assert stage.provider.backend.starts(ROOM) == 1


async def test_a_request_that_never_left_ends_at_once(stage: Stage) -> None:
    stage.provider.backend.fail_next("start", Unavailable("The portal is down.", asked=False))
    watch = await stage.started()
    assert watch.state is State.NOT_STARTED
    assert watch.reason == "The portal is down."
    assert not watch.holds_room


@pytest.mark.parametrize(
    "error",
    [
        NotOurRoom("It belongs to somebody else."),
        RecordingForbidden("Its group may not be recorded."),
        NoRecorderFree("All recorders are busy."),
        SignInFailed("The login was refused."),
    ],
)
async def test_a_refusal_stands_on_the_card_with_its_reason(stage: Stage, error: Exception) -> None:
    stage.provider.backend.fail_next("start", error)
    watch = await stage.started()
    assert (watch.state, watch.reason, watch.open) == (State.NOT_STARTED, str(error), False)


async def test_a_portal_that_is_down_before_the_card_is_said_and_nothing_is_posted(stage: Stage) -> None:
    stage.provider.backend.fail_next("view", Unavailable("The portal is down."))
    with pytest.raises(Unavailable):
        await stage.start()
    assert stage.cards() == []


async def test_where_the_bot_may_not_speak_nothing_starts(stage: Stage) -> None:
    stage.said.deaf.add("C0GENERAL")
    with pytest.raises(CannotSpeak, match="/invite"):
        await stage.start()
    assert stage.provider.backend.starts(ROOM) == 0
    stage.said.deaf.clear()
    assert isinstance(await stage.start(), Watch)


async def test_an_empty_room_is_warned_about_and_started_only_when_wanted(stage: Stage) -> None:
    stage.provider.backend.add_room("Empty", people=0)
    assert isinstance(await stage.start("Empty"), RoomIsEmpty)
    assert stage.provider.backend.starts("Empty") == 0
    assert isinstance(await stage.start("Empty", anyway=True), Watch)
    assert stage.provider.backend.starts("Empty") == 1


async def test_an_unknown_key_is_said_to_be_unknown(stage: Stage) -> None:
    with pytest.raises(NotFound, match="Nothing1"):
        await stage.start("Nothing1")


async def test_a_room_is_found_by_its_name(stage: Stage) -> None:
    stage.provider.backend.add_room("Weekly4711", name="Weekly")
    watch = await stage.started("weekly")
    assert watch.room.key == "Weekly4711"


async def test_a_part_of_a_name_is_asked_about(stage: Stage) -> None:
    stage.provider.backend.add_room("W1", name="Weekly sales")
    stage.provider.backend.add_room("W2", name="Weekly product")
    answer = await stage.start("weekly")
    assert isinstance(answer, WhichRoom)
    assert {place.room.key for place in answer.places} == {"W1", "W2"}


async def test_one_rooms_key_and_anothers_name_are_asked_about(stage: Stage) -> None:
    stage.provider.backend.add_room("Weekly", name="Team A")
    stage.provider.backend.add_room("Other", name="Weekly")
    answer = await stage.start("Weekly")
    assert isinstance(answer, WhichRoom)
    assert len(answer.places) == 2


async def test_guests_start_nothing(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="Guests"):
        await stage.start(asker=GUEST)
    assert stage.provider.backend.starts(ROOM) == 0


async def test_a_dead_network_ends_no_watch_and_is_told(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.fail_next("view", SignInFailed("The password was changed."), times=30)
    await stage.forward(60, step=5)
    now = await stage.now(watch)
    assert now.state is State.RECORDING
    assert now.blind
    assert now.unseen_why == "The password was changed."
    await stage.forward(1800, step=60)
    assert not (await stage.now(watch)).blind


async def test_a_start_that_waited_too_long_is_not_begun(stage: Stage) -> None:
    """The bot was killed after the watch was written, and started again much later."""
    room = await stage.provider.find_room(RoomKey(ROOM))
    left = Watch("left", "vidyo", room, CHANNEL, VOVA, stage.clock.now, profile="000")
    await stage.services.store.watches.reserve(left, Notice("card:left", CHANNEL, CardOf("left")))
    stage.clock.forward(minutes=10)
    await stage.tick()
    now = await stage.services.store.watches.get("left")
    assert now is not None
    assert now.state is State.NOT_STARTED
    assert stage.provider.backend.starts(ROOM) == 0


async def test_after_a_recorder_dropped_out_start_again_begins_the_same_kind_of_recording(
    stage: Stage,
) -> None:
    watch = await stage.start(profile="01", webcast=True)
    assert isinstance(watch, Watch)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(1)
    stage.provider.backend.recorder_leaves(ROOM)
    await stage.forward(20, step=5)
    assert (await stage.now(watch)).lost
    again = await stage.start(again=watch.id)
    assert isinstance(again, Watch)
    assert again.id != watch.id
    assert (again.profile, again.webcast) == ("01", True)


async def test_start_again_on_a_card_that_is_long_forgotten_says_so(stage: Stage) -> None:
    with pytest.raises(CannotDo, match="no longer follows"):
        await stage.start("", again="long-gone")


async def test_a_start_right_after_the_recorder_left_begins_anew_instead_of_claiming_that_it_records(
    tmp_path: Path,
) -> None:
    async with open_stage(tmp_path, Pace(vanished_look=timedelta(milliseconds=1))) as stage:
        watch = await stage.recording()
        stage.provider.backend.recorder_leaves(ROOM)
        anew = await stage.start()
        assert isinstance(anew, Watch)
        assert anew.id != watch.id
        assert (await stage.now(watch)).state is State.PROCESSING
        assert stage.provider.backend.starts(ROOM) == 2


async def test_nothing_at_all_names_no_room(stage: Stage) -> None:
    with pytest.raises(UsageError, match="Which room"):
        await stage.start(" ")


async def test_who_wants_a_room_is_not_refused_for_a_channel_that_another_one_asked_in(stage: Stage) -> None:
    """Somebody asked there, and the process that was about to post their card died."""
    room = await stage.provider.find_room(RoomKey(ROOM))
    theirs = Watch("w0", "vidyo", room, Conversation("slack", "C0DEAF", "T0"), ANNA, stage.clock())
    await stage.services.store.watches.reserve(theirs, Notice("card:w0", theirs.conversation, CardOf("w0")))
    stage.said.deaf.add("C0DEAF")

    watch = await stage.started()
    assert (watch.state, watch.asker) == (State.ASKED, VOVA)
    await stage.tick()
    owed = await stage.services.store.notices.get("not told:card:w0")
    assert owed is not None
    assert owed.conversation.channel == ANNA.user
    assert owed.key in stage.said.shown
    assert "not in this channel" in (await stage.now(theirs)).reason
