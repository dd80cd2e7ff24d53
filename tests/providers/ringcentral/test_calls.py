"""What a record of the call log says, in our words: whatever it leaves out and whatever is new in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.model import Direction, Medium, Recording, RecordingQuery
from providers.ringcentral.calls import read_call, was_too_short

ADA = {"name": "Ada Byron", "phoneNumber": "+16505550100"}
VOVA = {"name": "Vova Tareiev", "phoneNumber": "+16505550199", "extensionNumber": "101"}
ANNA = {"name": "Anna", "extensionNumber": "102"}
LATE = {"id": "1", "startTime": "9999-12-31T23:59:59Z", "duration": 10**9, "recording": {"id": "7"}}


def file(id: str | int) -> dict[str, Any]:
    uri = f"https://media.ringcentral.com:443/restapi/v1.0/account/1/recording/{id}/content"
    return {"id": id, "uri": "https://x", "type": "OnDemand", "contentUri": uri}


def call(**more: Any) -> dict[str, Any]:
    return {
        "id": "A1",
        "startTime": "2026-04-17T12:00:00.000Z",
        "duration": 90,
        "type": "Voice",
        "direction": "Inbound",
        "action": "Phone Call",
        "from": ADA,
        "to": VOVA,
        "recording": file("7"),
    } | more


def one(**more: Any) -> Recording:
    [recording] = read_call(call(**more))
    return recording


def test_an_inbound_call_is_named_after_who_called() -> None:
    recording = one()
    assert recording.title == "Ada Byron"
    assert (recording.room, recording.owner) == ("101", "Vova Tareiev")
    assert recording.direction is Direction.INBOUND
    assert recording.started == datetime(2026, 4, 17, 12, tzinfo=UTC)
    assert recording.duration == timedelta(seconds=90)
    assert recording.ended == recording.started + timedelta(seconds=90)
    assert recording.numbers == ("+16505550199", "+16505550100")
    assert recording.extensions == ("101",)
    assert (recording.size, recording.scope, recording.owner_name) == (None, None, None)
    assert recording.medium is Medium.AUDIO
    assert recording.file == "https://media.ringcentral.com:443/restapi/v1.0/account/1/recording/7/content"


def test_an_outbound_call_is_named_after_who_was_called() -> None:
    recording = one(**{"direction": "Outbound", "from": VOVA, "to": ADA})
    assert (recording.title, recording.room, recording.owner) == ("Ada Byron", "101", "Vova Tareiev")


def test_a_call_within_the_house_is_told_from_its_direction() -> None:
    assert one(**{"from": ANNA, "to": VOVA}).title == "Anna"
    assert one(**{"from": ANNA, "to": VOVA, "direction": "Outbound"}).title == "Vova Tareiev"
    assert one(**{"from": ANNA, "to": VOVA}).extensions == ("101", "102")


def test_who_has_an_extension_is_one_of_us_whatever_the_direction() -> None:
    recording = one(**{"direction": "Sideways", "from": VOVA, "to": ADA})
    assert (recording.title, recording.room) == ("Ada Byron", "101")


def test_who_has_no_name_is_named_by_a_number() -> None:
    assert one(**{"from": {"phoneNumber": "+16505550100"}}).title == "+16505550100"
    assert one(**{"from": {"extensionNumber": "102"}}).title == "102"
    assert one(**{"from": None, "to": None}).title == ""
    assert one(**{"from": None, "to": None}).room == ""


def test_a_masked_number_is_kept_as_it_is_and_matches_nothing_it_hides() -> None:
    recording = one(**{"from": {"phoneNumber": "+1855201XXXX"}})
    assert recording.title == "+1855201XXXX"
    assert not RecordingQuery(number="0100").matches(recording)
    assert RecordingQuery(number="0199").matches(recording)


def test_a_call_that_was_passed_on_has_a_recording_for_each_leg() -> None:
    legs = [
        {
            "startTime": "2026-04-17T12:00:00Z",
            "duration": 30,
            "from": ADA,
            "to": VOVA,
            "recording": file("7"),
        },
        {
            "startTime": "2026-04-17T12:00:30Z",
            "duration": 60,
            "direction": "Outbound",
            "from": ADA,
            "to": ANNA,
            "recording": file("8"),
        },
        {"startTime": "2026-04-17T12:01:30Z", "duration": 5, "from": ADA, "to": ANNA, "recording": file("8")},
        {"direction": "Outbound", "from": ADA, "to": ANNA, "recording": file("8")},
        {"direction": "Outbound", "from": ADA, "to": ANNA},
    ]
    second, first = read_call(call(legs=legs))
    assert (first.id, first.room, first.duration) == ("7", "101", timedelta(seconds=30))
    assert (second.id, second.room, second.owner) == ("8", "102", "Anna")
    assert second.title == "Ada Byron"
    assert second.direction is Direction.INBOUND
    assert (second.started.second, second.duration) == (30, timedelta(seconds=65))
    assert second.extensions == ("102",)


def test_a_leg_that_says_nothing_says_what_its_call_says() -> None:
    [recording] = read_call(call(recording=None, legs=[{"recording": file("9")}, None]))
    assert (recording.id, recording.title, recording.room) == ("9", "Ada Byron", "101")
    assert recording.duration == timedelta(seconds=90)


@pytest.mark.parametrize(
    "more", [{"recording": None}, {"recording": None, "shortRecording": True}, {"deleted": True}]
)
def test_a_call_without_a_recording_is_none(more: dict[str, Any]) -> None:
    assert read_call(call(**more)) == []


SHORT = call(recording=None, shortRecording=True, telephonySessionId="s-1", partyId="p-1")


@pytest.mark.parametrize(
    "record",
    [
        SHORT,
        {key: SHORT[key] for key in ("id", "startTime", "shortRecording", "telephonySessionId")},
        SHORT | {"partyId": "p-9", "legs": [None, {"partyId": "p-1"}]},
    ],
)
def test_a_record_says_that_its_recording_was_too_short(record: dict[str, Any]) -> None:
    assert was_too_short(record, "s-1", "p-1")


@pytest.mark.parametrize(
    "record",
    [
        SHORT | {"shortRecording": False},
        SHORT | {"shortRecording": None},
        SHORT | {"shortRecording": "perhaps"},
        SHORT | {"telephonySessionId": "s-2"},
        SHORT | {"telephonySessionId": None},
        SHORT | {"partyId": "p-2"},
        SHORT | {"recording": file("7")},
        SHORT | {"legs": [{"partyId": "p-1"}, {"partyId": "p-2", "recording": file("8")}]},
        None,
    ],
)
def test_a_record_that_does_not_surely_say_it_of_our_call_says_nothing(record: Any) -> None:
    assert not was_too_short(record, "s-1", "p-1")


def test_new_words_and_broken_values_are_borne() -> None:
    recording = one(
        direction="Sideways",
        result="Beamed",
        duration="long",
        recording=file(7) | {"type": "Telepathic"},
        legs="none",
        to={"extensionNumber": 101, "name": ["x"], "device": 5},
        somethingNew={"x": 1},
    )
    assert recording.id == "7"
    assert recording.direction is None
    assert recording.duration is None
    assert recording.ended == recording.started
    assert (recording.room, recording.owner) == ("101", None)


@pytest.mark.parametrize(
    "record", [None, 5, [], {}, {"id": "1"}, {"id": "1", "startTime": "today", "recording": file(7)}, LATE]
)
def test_a_record_that_cannot_be_read_at_all_holds_no_recording(record: Any) -> None:
    assert read_call(record) == []
