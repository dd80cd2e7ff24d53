"""What people see of a phone call's recording."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.answers import MayStartAgain, Place, WhichRoom
from bot.domain.calls import LiveCalls, room_of
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.found import Silence
from bot.domain.pace import Pace
from bot.domain.requests import StartRecording
from bot.domain.watch import State, Watch
from bot.slack import cards
from bot.slack.blockkit import check_message
from bot.slack.values import Action, RoomValue, WatchValue, decode
from providers.model import (
    CallId,
    CallRecording,
    CallState,
    Direction,
    LiveCall,
    Recorder,
    RecorderId,
    RecordingId,
    RoomId,
    RoomView,
)

from .test_cards import elements, pressable, said, value

AT = datetime(2026, 5, 14, 10, 2, tzinfo=UTC)
CALL = LiveCall(
    CallId("s-a0d17:p-a0d17-1"),
    CallState.CONNECTED,
    AT,
    Direction.INBOUND,
    "Ada <Byron>",
    "+1 650 555 0100",
    "101",
    "Vova *T*",
)
WATCH = Watch(
    id="w1",
    provider="ringcentral",
    room=room_of(CALL),
    conversation=Conversation("slack", "C1"),
    asker=Asker("slack", "U0VOVA"),
    asked_at=AT,
    state=State.ASKED,
    people=1,
    call=True,
)
RUNS = replace(WATCH, state=State.RECORDING, confirmed_at=AT, recorder=Recorder(RecorderId("7"), "Recording"))
ENDED = replace(RUNS, state=State.PROCESSING, ended_at=AT + timedelta(minutes=2))
NO_STOP = "ringcentral has no stop: the recording ends with the call. Pause keeps the rest out of it."


def drawn(watch: Watch) -> cards.Drawn:
    card = cards.live(watch, pace=Pace())
    assert check_message(card.text, card.blocks) == []
    return card


@pytest.mark.parametrize("state", list(State))
def test_no_card_of_a_call_has_a_stop_or_speaks_of_rooms(state: State) -> None:
    for watch in (replace(ENDED, state=state), replace(ENDED, state=state, lost=True, asks=2, blind=True)):
        card = drawn(watch)
        assert Action.STOP not in pressable(card)
        assert "in the room" not in said(card).lower()
        assert "recorder" not in said(card).lower()


def test_before_it_is_proven_nothing_says_that_it_records() -> None:
    for watch in (WATCH, replace(WATCH, state=State.PREPARED), replace(WATCH, unsure=True)):
        card = drawn(watch)
        assert "Asking to record the call with Ada <Byron> (+1 650 555 0100)" in said(card)
        assert "red_circle" not in said(card)
        assert pressable(card) == [Action.REFRESH]


def test_a_call_that_is_recorded_can_be_paused_and_says_that_it_cannot_be_stopped() -> None:
    card = drawn(RUNS)
    assert "Recording the call with Ada <Byron> (+1 650 555 0100)" in said(card)
    assert NO_STOP in said(card)
    assert "*Extension*\n101  ·  Vova ∗T∗" in said(card)
    assert pressable(card) == [Action.PAUSE, Action.REFRESH]
    assert decode(WatchValue, value(card, Action.PAUSE)).watch == "w1"


def test_a_paused_one_goes_on_with_resume() -> None:
    card = drawn(replace(RUNS, state=State.PAUSED))
    assert "reported paused" in said(card)
    assert NO_STOP in said(card)
    assert pressable(card) == [Action.RESUME, Action.REFRESH]


def test_one_that_ran_already_is_said_to_have() -> None:
    assert "It ran already when it was asked for." in said(drawn(replace(RUNS, ran_already=True)))
    assert "It ran already" not in said(drawn(RUNS))


def test_after_the_call_the_card_speaks_of_its_end() -> None:
    card = drawn(ENDED)
    assert "The call has ended, and its recording too." in said(card)
    assert NO_STOP not in said(card)
    assert "less than about 30 seconds" in said(drawn(replace(ENDED, state=State.OVERDUE)))
    assert "less than about 30 seconds" in said(drawn(replace(ENDED, state=State.GONE, open=False)))


def test_why_it_did_not_start_stands_on_the_card_with_start_again() -> None:
    why = "The call with Ada is still ringing: it can be recorded once it is answered."
    card = drawn(WATCH.gave_up(why).watch)
    assert why in said(card)
    assert pressable(card) == [Action.START_AGAIN]
    assert "second" not in said(drawn(replace(WATCH, state=State.NOT_STARTED, reason="No recording began.")))


def test_a_recording_that_broke_off_is_said_aloud() -> None:
    lost = replace(ENDED, lost=True)
    assert "The recording broke off: the call with Ada" in said(drawn(lost))
    alarm = cards.lost(lost)
    assert "ended while the call went on" in said(alarm)
    assert pressable(alarm) == [Action.START_AGAIN]
    assert "the end may be missing" in said(drawn(replace(lost, state=State.READY, open=False)))


def test_a_call_and_a_room_of_one_extension_are_told_apart() -> None:
    request = StartRecording(ReplyTo(WATCH.conversation, WATCH.asker), target="101")
    room = Place("vidyo", replace(WATCH.room, id=RoomId("42"), name="Board room"))
    call = Place("ringcentral", WATCH.room, call=True)
    card = cards.choose_room(WhichRoom(request, (room, call)))
    assert check_message(card.text, card.blocks) == []
    assert "Which one is meant by *101*?" in said(card)
    assert "*The call with Ada &lt;Byron&gt; (+1 650 555 0100)*\nExtension 101" in said(card)
    first, second = (decode(RoomValue, str(one["value"])) for one in elements(card.blocks))
    assert (first.provider, first.call) == ("vidyo", False)
    assert second == RoomValue("ringcentral", RoomId(CALL.id), call=True)


def test_live_calls_are_listed_each_with_a_button() -> None:
    recorded = replace(CALL, id=CallId("s-2:p-2"), name=None, recording=CallRecording(RecordingId("9")))
    ringing = replace(CALL, id=CallId("s-3:p-3"), number=None, state=CallState.RINGING, extension=None)
    card = cards.calls(
        LiveCalls({"ringcentral": (CALL, recorded, ringing)}, (Silence("other", "No <answer>."),))
    )
    assert check_message(card.text, card.blocks) == []
    assert "Live calls: 3" in said(card)
    assert "*The call with +1 650 555 0100*\nInbound  ·  Extension 101" in said(card)
    assert "still ringing" in said(card)
    assert "other did not answer: No &lt;answer&gt;." in said(card)
    labels = [one["text"]["text"] for one in elements(card.blocks)]
    assert labels == ["Record", "Follow", "Record"]
    assert decode(RoomValue, value(card, Action.START)) == RoomValue(
        "ringcentral", RoomId(CALL.id), call=True
    )


def test_a_live_call_whose_recording_is_paused_is_not_said_to_be_recorded_on() -> None:
    paused = replace(CALL, recording=CallRecording(RecordingId("9"), paused=True))
    card = cards.calls(LiveCalls({"ringcentral": (paused,)}))
    assert check_message(card.text, card.blocks) == []
    assert "recorded, and reported paused" in said(card)
    assert "red_circle" not in said(card)
    running = cards.calls(
        LiveCalls({"ringcentral": (replace(CALL, recording=CallRecording(RecordingId("9"))),)})
    )
    assert ":red_circle: recorded" in said(running)
    assert "paused" not in said(running)


def test_no_live_call_is_said_and_a_hundred_fit() -> None:
    assert "No call goes on now" in said(cards.calls(LiveCalls({"ringcentral": ()})))
    many = tuple(replace(CALL, id=CallId(f"s-{n}:p-{n}"), name="N" * 300) for n in range(100))
    card = cards.calls(LiveCalls({"ringcentral": many}))
    assert check_message(card.text, card.blocks) == []
    assert "70 more" in said(card)


@pytest.mark.parametrize(
    ("recorder", "words"),
    [
        (None, "is not being recorded."),
        (Recorder(RecorderId("7"), "Recording"), "is being recorded."),
        (Recorder(RecorderId("7"), "Automatic recording", paused=True), "reported paused"),
    ],
)
def test_the_status_of_a_call_says_whether_it_is_recorded(recorder: Recorder | None, words: str) -> None:
    place = Place("ringcentral", WATCH.room, call=True)
    card = cards.status(place, RoomView(recorder, 1), RUNS)
    assert check_message(card.text, card.blocks) == []
    assert words in said(card)
    assert pressable(card) == [Action.REFRESH]


def test_among_what_a_channel_records_a_call_has_no_stop() -> None:
    card = cards.watching([RUNS])
    assert "Recording the call with Ada" in said(card)
    assert pressable(card) == [Action.REFRESH]


def test_asking_again_for_a_call_warns_of_no_second_one() -> None:
    card = cards.may_start_again(MayStartAgain(replace(WATCH, state=State.NOT_STARTED)))
    assert "none has begun yet" in said(card)
    assert "second" not in said(card)
    assert pressable(card) == [Action.START_AGAIN]


def test_whoever_reads_a_card_that_stands_still_can_type_the_extension() -> None:
    assert "`/record status 101`" in said(cards.stands_still(RUNS))
