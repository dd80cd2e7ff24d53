"""The clock of a process: it ticks, can be woken, and outlives what it starts."""

import asyncio
import logging
import time
from datetime import timedelta

import pytest

from bot.scheduler import Errand, beating
from bot.store import StoreError

OFTEN = timedelta(seconds=1)
SELDOM = timedelta(hours=1)
A_WHILE = 600.0


class Beat:
    """Something that is done at each beat. `fails`: the beats that raise."""

    def __init__(self, *fails: int) -> None:
        self.moments: list[float] = []
        """When it was begun, in seconds from now on."""
        self.ended = 0
        self.hold: asyncio.Event | None = None
        self._began = time.monotonic()
        self._fails = fails
        self._changed = asyncio.Condition()

    @property
    def count(self) -> int:
        return len(self.moments)

    async def __call__(self) -> None:
        self.moments.append(round(time.monotonic() - self._began, 3))
        async with self._changed:
            self._changed.notify_all()
        if self.count in self._fails:
            raise RuntimeError("the store has a bad day")
        if self.hold is not None:
            await self.hold.wait()
        self.ended += 1

    async def reaches(self, count: int) -> None:
        async with asyncio.timeout(A_WHILE), self._changed:
            await self._changed.wait_for(lambda: self.count >= count)


async def nothing() -> None:
    """There is nothing to do."""


async def test_it_ticks_by_itself() -> None:
    tick = Beat()
    async with beating(tick, OFTEN, asyncio.Event()):
        await asyncio.sleep(3.5)
    assert tick.moments == [1, 2, 3]


async def test_an_errand_is_run_as_soon_as_it_begins() -> None:
    purge = Beat()
    async with beating(nothing, SELDOM, asyncio.Event(), [Errand("purge", purge, SELDOM)]):
        await purge.reaches(1)
    assert purge.moments == [0]


async def test_it_ticks_at_once_when_woken_and_not_before() -> None:
    tick, woken = Beat(), asyncio.Event()
    async with beating(tick, SELDOM, woken):
        await asyncio.sleep(A_WHILE)
        assert tick.moments == []
        for number in (1, 2):
            woken.set()
            await tick.reaches(number)
    assert tick.moments == [A_WHILE, A_WHILE]


async def test_whoever_wakes_it_while_it_ticks_is_heard_afterwards_once() -> None:
    tick, woken = Beat(), asyncio.Event()
    tick.hold = asyncio.Event()
    async with beating(tick, SELDOM, woken):
        woken.set()
        await tick.reaches(1)
        for _ in range(3):
            woken.set()
        await asyncio.sleep(A_WHILE)
        assert tick.count == 1
        tick.hold.set()
        await asyncio.sleep(A_WHILE)
    assert (tick.moments, tick.ended) == ([0, A_WHILE], 2)


async def test_a_beat_that_failed_is_in_the_log_and_the_clock_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tick = Beat(1, 2, 4)
    async with beating(tick, OFTEN, asyncio.Event()):
        await asyncio.sleep(6.5)
    said = [r.message for r in caplog.records if r.levelno >= logging.ERROR]
    assert said == ["a beat failed"] * 2, (
        "the same failure in a row is told once, and not four times a second"
    )
    assert (tick.count, tick.ended) == (6, 3)


async def test_errands_are_run_every_so_often_and_a_failure_in_one_stops_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tick, purge, other = Beat(), Beat(1), Beat()
    errands = [Errand("purge", purge, 2 * OFTEN), Errand("other", other, 3 * OFTEN)]
    async with beating(tick, OFTEN, asyncio.Event(), errands):
        await asyncio.sleep(6.5)
    assert purge.moments == [0, 2, 4, 6]
    assert other.moments == [0, 3, 6]
    assert tick.moments == [1, 2, 3, 4, 5, 6]
    assert "a beat failed" in caplog.text


@pytest.mark.parametrize("turns", range(6))
async def test_whenever_it_is_left_nothing_stands_in_the_log_as_a_failure(
    turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    endless = Beat()
    endless.hold = asyncio.Event()
    errands = [Errand("purge", nothing, SELDOM), Errand("endless", endless, SELDOM)]
    async with beating(nothing, OFTEN, asyncio.Event(), errands):
        for _ in range(turns):
            await asyncio.sleep(0)
    await asyncio.sleep(A_WHILE)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_nothing_beats_once_the_context_is_left() -> None:
    tick, woken = Beat(), asyncio.Event()
    tick.hold = asyncio.Event()
    async with beating(tick, OFTEN, woken):
        await tick.reaches(1)
    woken.set()
    tick.hold.set()
    await asyncio.sleep(A_WHILE)
    assert (tick.moments, tick.ended) == ([1], 0)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_an_errand_that_takes_longer_than_its_turn_is_not_begun_a_second_time_and_that_is_counted() -> (
    None
):
    purge, lost = Beat(), list[tuple[str, str]]()
    purge.hold = asyncio.Event()
    async with beating(
        nothing, SELDOM, asyncio.Event(), [Errand("purge", purge, OFTEN)], lambda *what: lost.append(what)
    ):
        await asyncio.sleep(2.5)
        assert purge.moments == [0]
        assert lost == [("purge", "missed")] * 2
        purge.hold.set()
        await purge.reaches(2)
    assert purge.moments == [0, 3]
    assert len(lost) == 2


async def test_a_beat_that_fails_is_counted_by_its_name() -> None:
    tick, lost = Beat(1), list[tuple[str, str]]()
    async with beating(tick, OFTEN, asyncio.Event(), count=lambda *what: lost.append(what)):
        await tick.reaches(2)
    assert lost == [("tick", "failed")]


async def test_a_database_that_is_away_is_said_once_and_so_is_that_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    beats = 0

    async def tick() -> None:
        nonlocal beats
        beats += 1
        if beats < 5:
            raise StoreError("The database cannot be reached.")

    caplog.set_level(logging.INFO, "bot")
    async with beating(tick, OFTEN, asyncio.Event()):
        await asyncio.sleep(7.5)
    assert beats == 7
    said = [record.getMessage() for record in caplog.records if record.name == "bot.scheduler"]
    assert said == ["tick cannot be done now: The database cannot be reached.", "tick is done again"]
    assert not any(record.exc_info for record in caplog.records)
