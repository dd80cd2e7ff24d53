"""Turns: never more than are to be had, whatever the times at which they are taken."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.budget import Budget, Rate
from bot.domain.pace import Pace

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@given(
    st.lists(st.tuples(st.timedeltas(timedelta(), 20 * SECOND), st.integers(0, 9)), max_size=60),
    st.timedeltas(SECOND, 5 * SECOND),
    st.integers(1, 6),
)
def test_no_stretch_of_time_sees_more_turns_than_go_into_it(
    wishes: list[tuple[timedelta, int]], every: timedelta, at_once: int
) -> None:
    rate = Rate(every, at_once)
    now = full_at = NOON
    taken: list[datetime] = []
    for pause, wish in wishes:
        now += pause
        number = min(wish, rate.left(full_at, now))
        if wish and not number:
            then = rate.when(full_at, now)
            assert then > now
            assert rate.left(full_at, then) == 1
        full_at = rate.taken(full_at, now, number)
        taken += [now] * number
    for begin, first in enumerate(taken):
        for end, last in enumerate(taken[begin:], begin):
            assert end - begin + 1 <= at_once + (last - first) // every + 1


def test_those_who_wait_know_when_their_turn_comes() -> None:
    rate = Rate(SECOND, 3)
    full_at = rate.taken(NOON, NOON, 2)
    assert [rate.when(full_at, NOON, number) - NOON for number in (1, 2, 3)] == [
        0 * SECOND,
        SECOND,
        2 * SECOND,
    ]


def test_slacks_limits_are_kept_and_a_hundred_changes_are_drawn_in_time() -> None:
    budget = Budget.of(Pace())
    assert budget.updates.at_once + MINUTE / budget.updates.every < 48, "Slack takes 50 a minute"
    assert budget.updates.when(NOON, NOON, 100) - NOON < 150 * SECOND
    assert budget.updates.when(NOON, NOON, 20) - NOON < 30 * SECOND
    assert budget.posts_there == Rate(SECOND, 3)


def test_a_pace_of_nothing_waits_for_nothing() -> None:
    budget = Budget.of(Pace(updates_apart=timedelta()))
    assert budget.updates.left(budget.updates.taken(NOON, NOON, 4), NOON + SECOND) == 4
