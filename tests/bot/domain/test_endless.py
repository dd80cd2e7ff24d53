"""A finished recording of which nobody says when it ended: told like any other, and drawn as what is known of it."""

from datetime import timedelta
from typing import Any

from bot.slack import cards
from providers.model import Recording, RecordingId, RecordingQuery

from .test_subscription import NOON, PACE, a_recording, a_subscription

ENDLESS: dict[str, Any] = {"ended": None, "duration": None, "over": True}
LISTED = {"vidyo": frozenset({RecordingId("1")})}


def endless(id: str = "2", **more: object) -> Recording:
    return a_recording(id, **(ENDLESS | more))


def test_it_does_not_run_and_is_found_among_the_finished() -> None:
    assert not endless().running
    assert RecordingQuery().matches(endless())
    assert a_recording(ended=None, duration=None).running


def test_it_is_news_where_it_was_not_listed_when_somebody_subscribed() -> None:
    assert a_subscription(listed=LISTED).wants("vidyo", endless(), PACE)
    assert not a_subscription(listed=LISTED).wants("vidyo", endless("1"), PACE)
    long_ago = NOON - PACE.look_back - timedelta(seconds=1)
    assert not a_subscription(listed=LISTED).wants("vidyo", endless(started=long_ago), PACE)


def test_where_nobody_knows_what_was_listed_it_is_news_if_it_began_afterwards() -> None:
    assert a_subscription().wants("vidyo", endless(started=NOON), PACE)
    assert not a_subscription().wants("vidyo", endless(started=NOON - timedelta(hours=1)), PACE)


def test_its_details_say_nothing_of_an_end_and_its_file_can_be_played() -> None:
    drawn = str(cards.details("vidyo", endless()).blocks)
    assert "Ended" not in drawn
    assert "still being recorded" not in drawn
    assert "Play" in drawn
    assert "still being recorded" in str(cards.details("vidyo", endless(over=False)).blocks)
