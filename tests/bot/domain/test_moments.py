"""Days and moments as people and systems write them: understood, or answered with how to write them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.commands import SearchCommand
from bot.domain.errors import UsageError
from bot.domain.grammar import read_recordings
from providers.model import RecordingQuery

NOW = datetime(2026, 5, 14, 22, 30, tzinfo=UTC)


def asked(text: str) -> RecordingQuery:
    command = read_recordings(f"search {text}", NOW, "Europe/Berlin")
    assert isinstance(command, SearchCommand)
    return command.query


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-01",
        "2026/05/01",
        "2026.05.01",
        "20260501",
        "2026-5-1",
        "01.05.2026",
        "1.5.2026",
        "2026‑05‑01",
    ],
)
def test_a_day_is_read_in_each_order_that_means_one_day(written: str) -> None:
    assert asked(f"since:{written} until:{written}") == asked("since:2026-05-01 until:2026-05-01")


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-01T10:00:00Z",
        "2026-05-01T10:00Z",
        "2026-05-01T10:00:00.000Z",
        "2026-05-01T10:00:00.1234567Z",
        "2026-05-01T12:00:00+02:00",
        "2026-05-01T12:00:00+0200",
        "2026-05-01T05:00:00-05:00",
        "20260501T100000Z",
        "2026-05-01T12:00",
        '"2026-05-01 12:00"',
        "2026-05-01 12:00",
        '"2026-05-01 10:00:00Z"',
        "2026-05-01T12:00:00+02",
        "2026-05-01T12:00:00 +0200",
        "2026-05-01 12:00:00+02",
        "2026/05/01 12:00",
        "01.05.2026 12:00",
        "2026-05-01 10:00 Z",
        "1777629600",
        "1777629600000",
    ],
)
def test_a_moment_is_read_as_systems_write_it(written: str) -> None:
    query = asked(f"since:{written}")
    assert query.since is not None
    assert query.since.replace(microsecond=0) == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert query.words == ""


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("yesterday 9:30", "2026-05-14T09:30"),
        ('"yesterday 09:30"', "2026-05-14T09:30"),
        ("today 00:15", "2026-05-15T00:15"),
        ("monday 18:00:30", "2026-05-11T18:00:30"),
        ("last mon 18:00", "2026-05-11T18:00"),
        ("2026-05-01T24:00", "2026-05-02T00:00"),
        ("2026-05-01 24:00:00", "2026-05-02T00:00"),
    ],
)
def test_an_hour_behind_a_day_is_of_that_day(written: str, plain: str) -> None:
    assert asked(f"until:{written}") == asked(f"until:{plain}")


@pytest.mark.parametrize(
    "written", ["2026-05-01T10.30", "2026-05-01T24:30", "yesterday 25:00", '"7d 10:00"', '"last week 10:00"']
)
def test_an_hour_that_cannot_be_is_answered_and_not_guessed(written: str) -> None:
    with pytest.raises(UsageError):
        asked(f"since:{written}")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("3 days", "3d"),
        ("3 days ago", "3d"),
        ('"3 days ago"', "3d"),
        ("3days", "3d"),
        ("1 week ago", "1w"),
        ("12 hours", "12h"),
        ("7d ago", "7d"),
        ('"last 7 days"', "7d"),
        ("last week", '"last week"'),
    ],
)
def test_a_span_is_read_in_words(written: str, plain: str) -> None:
    assert asked(f"since:{written}") == asked(f"since:{plain}")


def test_words_beside_a_date_are_words() -> None:
    assert asked("since:7d 10:00").words == "10:00"
    assert asked("since:2026-05-01 standup").words == "standup"
    assert asked("days since:7d").words == "days"
    assert asked("since:7d week").words == "week"


@pytest.mark.parametrize(
    "written",
    [
        "05/01/2026",
        "2026-05",
        "2026-02-30",
        "2026-05-01T25:00",
        "2026-05-01T10:61",
        "2026-05/01",
    ],
)
def test_what_may_mean_two_days_or_none_is_asked_about(written: str) -> None:
    with pytest.raises(UsageError, match="`since:`"):
        asked(f"since:{written}")


def test_a_moment_ends_a_search_where_it_is() -> None:
    query = asked("since:2026-05-01T10:00:00Z until:2026-05-01T11:00:00Z")
    assert query.since is not None
    assert query.until == query.since + timedelta(hours=1)
