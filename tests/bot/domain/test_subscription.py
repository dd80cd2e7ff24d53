"""What a subscription wants, and what a look means for those who subscribed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.conversation import Asker, Conversation
from bot.domain.pace import Pace
from bot.domain.subscription import News, Subscription, meaning, read_news, read_on_from
from providers.model import Recording, RecordingId, RecordingQuery, Scope

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE = Conversation("slack", "C1", "T1")
THERE = Conversation("slack", "C2", "T1")
PACE = Pace()


def a_recording(id: str = "1", **more: object) -> Recording:
    row = Recording(
        id=RecordingId(id),
        title="Budget",
        room="Board room",
        owner="vova",
        owner_name=None,
        started=NOON - HOUR,
        ended=NOON + HOUR,
        duration=2 * HOUR,
        size=1,
        scope=Scope.ORGANIZATION,
    )
    return replace(row, **more)  # type: ignore[arg-type]


def a_subscription(query: RecordingQuery = RecordingQuery(), **more: object) -> Subscription:  # noqa: B008
    one = Subscription("s1", HERE, Asker("slack", "U1", "T1"), query, None, NOON)
    return replace(one, **more)  # type: ignore[arg-type]


def news(
    rows: list[Recording], *subscriptions: Subscription, told: set[tuple[str, str]] | None = None
) -> News:
    known = {(RecordingId(id), place) for id, place in told or ()}
    return read_news("vidyo", rows, subscriptions, [], [], known, PACE)


def test_what_had_ended_before_somebody_subscribed_is_no_news() -> None:
    assert a_subscription().wants("vidyo", a_recording(), PACE)
    assert a_subscription().wants("vidyo", a_recording(ended=NOON - timedelta(seconds=1)), PACE)
    assert not a_subscription().wants("vidyo", a_recording(ended=NOON - timedelta(seconds=2)), PACE)


def test_a_library_whose_clock_is_late_is_taken_by_what_it_had_listed() -> None:
    one = a_subscription(listed={"vidyo": frozenset({RecordingId("1")})})
    late = NOON - timedelta(minutes=4)
    assert not one.wants("vidyo", a_recording("1", ended=late), PACE)
    assert one.wants("vidyo", a_recording("2", ended=late), PACE)
    assert not one.wants("vidyo", a_recording("2", ended=NOON - timedelta(minutes=6)), PACE)
    assert not one.wants("calls", a_recording("2", ended=late), PACE)


@pytest.mark.parametrize(
    "row", [a_recording(ended=None), a_recording(scope=Scope.PRIVATE)], ids=["runs", "private"]
)
def test_what_still_runs_or_is_private_is_not_wanted(row: Recording) -> None:
    assert not a_subscription().wants("vidyo", row, PACE)


def test_a_filter_that_a_library_knows_nothing_of_never_fits_there() -> None:
    calls = a_subscription(RecordingQuery(extension="101"))
    assert not calls.wants("vidyo", a_recording(), PACE)
    assert calls.wants("calls", a_recording(extensions=("101",)), PACE)


def test_a_library_that_was_named_is_the_only_one() -> None:
    assert a_subscription(on="vidyo").wants("vidyo", a_recording(), PACE)
    assert not a_subscription(on="calls").wants("vidyo", a_recording(), PACE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RecordingQuery(words="Budget board"), RecordingQuery(words="board  budget BUDGET")),
        (RecordingQuery(room="Board room"), RecordingQuery(room="BOARD ROOM")),
        (RecordingQuery(longer=HOUR), RecordingQuery(longer=timedelta(minutes=60))),
    ],
)
def test_filters_that_find_the_same_mean_the_same(one: RecordingQuery, other: RecordingQuery) -> None:
    assert meaning(one, None) == meaning(other, None)
    assert meaning(one, None) != meaning(one, "vidyo")
    assert meaning(one, None) != meaning(RecordingQuery(), None)


def test_a_channel_is_owed_each_recording_once_and_the_oldest_first() -> None:
    first, second = a_recording("2", started=NOON - 2 * HOUR), a_recording("1")
    found = news(
        [second, first], a_subscription(), a_subscription(id="s2"), a_subscription(conversation=THERE)
    )
    assert found.owed == ((first, HERE), (first, THERE), (second, HERE), (second, THERE))
    assert found.unsettled == ()


def test_what_was_told_in_one_channel_is_still_owed_to_the_other() -> None:
    both = a_subscription(), a_subscription(conversation=THERE)
    assert news([a_recording()], *both, told={("1", HERE.place)}).owed == ((a_recording(), THERE),)


def test_a_look_begins_where_nothing_is_left_behind() -> None:
    long_ago = NOON - timedelta(days=9)
    assert read_on_from(News(), long_ago, NOON, PACE) == NOON - PACE.look_back
    running = a_recording(ended=None, started=NOON - 9 * HOUR)
    assert read_on_from(News((), (running,)), long_ago, NOON, PACE) == running.started
    waiting = a_recording(started=NOON - timedelta(days=3))
    assert read_on_from(News((), (waiting,)), long_ago, NOON, PACE) == waiting.started


def test_a_recording_that_never_ends_does_not_make_each_look_longer() -> None:
    stuck = a_recording(ended=None, started=NOON - timedelta(days=3))
    long_ago = NOON - timedelta(days=9)
    assert read_on_from(News((), (stuck,)), long_ago, NOON, PACE) == NOON - PACE.look_back


def test_a_look_never_begins_before_the_one_that_went_before_it() -> None:
    assert read_on_from(News(), NOON, NOON + HOUR, PACE) == NOON
