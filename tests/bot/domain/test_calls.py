"""Which words mean a call, and how one is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.calls import is_meant, may_mean_a_call, recorder_of, room_of
from bot.domain.conversation import Asker, Conversation
from bot.domain.pace import Pace
from bot.domain.watch import State, Watch
from providers.model import (
    CallId,
    CallRecording,
    CallState,
    LiveCall,
    Recorder,
    RecorderId,
    RecordingId,
    RoomView,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PACE = Pace()
CALL = LiveCall(
    CallId("s-1:p-1"), CallState.CONNECTED, NOON, name="Ada", number="+1 (650) 555-0100", extension="101"
)
WATCH = Watch(
    "w", "ringcentral", room_of(CALL), Conversation("slack", "C0"), Asker("slack", "U0"), NOON, call=True
)
SEEN = RoomView(Recorder(RecorderId("77"), "Recording"), 1)


@pytest.mark.parametrize(
    "words",
    ["101", "0100", "16505550100", "+16505550100", "+1 650 555 0100", "650.555.0100", "(650) 555-0100"],
)
def test_an_extension_or_the_end_of_a_number_means_the_call(words: str) -> None:
    assert may_mean_a_call(words)
    assert is_meant(CALL, words)


@pytest.mark.parametrize("words", ["", "100", "10", "0199", "6505550", "26505550100", "+", "()", "Ada"])
def test_other_words_do_not_mean_it(words: str) -> None:
    assert not is_meant(CALL, words)


@pytest.mark.parametrize(
    "words", ["", "Nf5kaN9tWo", "101 Board room", "https://x/101", "10:30", "+", "9" * 60]
)
def test_what_is_no_number_is_looked_for_in_no_call(words: str) -> None:
    assert not may_mean_a_call(words)


def test_a_call_that_has_ended_is_not_meant() -> None:
    assert not is_meant(replace(CALL, state=CallState.ENDED), "101")


def test_masked_digits_match_none() -> None:
    assert not is_meant(replace(CALL, number="+1855201XXXX"), "2010000")


@pytest.mark.parametrize(
    ("name", "number", "known"),
    [
        ("Ada", "+1650", "Ada (+1650)"),
        (None, "+1650", "+1650"),
        ("Ada", None, "Ada"),
        (None, None, "an unknown number"),
    ],
)
def test_a_call_is_named_by_what_is_known_of_the_other_side(
    name: str | None, number: str | None, known: str
) -> None:
    assert room_of(replace(CALL, name=name, number=number)).name == known


def test_its_recording_is_the_recorder_that_is_seen() -> None:
    assert recorder_of(CALL) is None
    recording = CallRecording(RecordingId("77"), paused=True, automatic=True)
    assert recorder_of(replace(CALL, recording=recording)) == Recorder(
        RecorderId("77"), "Automatic recording", paused=True
    )


def test_the_file_is_known_from_the_first_look_that_sees_the_recording() -> None:
    step = WATCH.asking(NOON, PACE).watch.saw(SEEN, NOON, PACE)
    assert (step.watch.state, step.watch.bound, step.library) == (State.RECORDING, "77", False)
    assert not step.watch.awaits_file
    assert not step.watch.ran_already
    assert WATCH.saw(SEEN, NOON, PACE).watch.ran_already


def test_a_second_recording_of_the_call_does_not_take_the_place_of_the_first() -> None:
    watch = WATCH.saw(SEEN, NOON, PACE).watch
    other = RoomView(Recorder(RecorderId("78"), "Recording"), 1)
    assert watch.saw(other, NOON, PACE).watch.bound == "77"


def test_the_end_of_the_call_is_the_end_of_its_recording() -> None:
    asked = WATCH.asking(NOON, PACE).watch
    later = NOON + timedelta(minutes=5)
    assert asked.room_gone("It has ended.", later, PACE).watch.state is State.NOT_STARTED
    ended = asked.room_gone("It has ended.", later, PACE, SEEN.recorder).watch
    assert (ended.state, ended.bound, ended.lost, ended.awaits_file) == (State.PROCESSING, "77", False, True)
