"""The machine's clock is set while the bot runs: it beats on, and says so where it does not."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.scheduler import Errand, Pulse, beating
from bot.store.steady import SteadyClock
from tests.stories.world import open_world
from tests.virtual_time import VirtualLoop

HOUR = 3600.0
SECOND = timedelta(seconds=1)


def set_the_wall(by: float) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.set_the_wall(by)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_neither_the_tick_nor_an_errand_waits_for_an_hour_that_is_gone(by: float) -> None:
    ticks = errands = 0

    async def tick() -> None:
        nonlocal ticks
        ticks += 1

    async def errand() -> None:
        nonlocal errands
        errands += 1

    async with beating(tick, SECOND, asyncio.Event(), [Errand("seal", errand, 10 * SECOND)]):
        await asyncio.sleep(60.5)
        assert (ticks, errands) == (60, 7)
        set_the_wall(by)
        await asyncio.sleep(5)
        set_the_wall(-by)
        await asyncio.sleep(60)
    assert ticks >= 120
    assert errands >= 13


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_recording_is_followed_though_the_hour_was_wrong_for_five_seconds(
    by: float, tmp_path: Path
) -> None:
    async with open_world(tmp_path) as world:
        await world.start()
        await world.card("Recording")
        set_the_wall(by)
        await asyncio.sleep(5)
        set_the_wall(-by)
        await world.slack.command("vova", "#general", "/record stop")
        await world.card("Ready")


async def test_a_step_of_the_wall_is_believed_once_it_has_lasted() -> None:
    clock = SteadyClock()
    begun = clock()
    set_the_wall(HOUR)
    assert clock() == begun
    await asyncio.sleep(59)
    assert clock() - begun == timedelta(seconds=59)
    await asyncio.sleep(2)
    assert clock() == datetime.now(UTC)


async def test_a_clock_that_was_set_back_goes_slower_and_never_back() -> None:
    clock, hours = SteadyClock(), []
    begun = clock()
    set_the_wall(-600)
    for _ in range(2000):
        await asyncio.sleep(1)
        hours.append(clock())
    assert hours == sorted(hours)
    assert hours[59] - begun == timedelta(seconds=60)
    assert hours[659] - hours[59] == timedelta(seconds=300)
    assert hours[-1] - datetime.now(UTC) < SECOND


async def test_a_clock_that_stopped_is_said_and_that_it_goes_again() -> None:
    pulse = Pulse(timedelta(milliseconds=250))
    await asyncio.sleep(10)
    assert pulse.missing() == []
    await asyncio.sleep(1)
    assert pulse.missing() == ["The clock has not ticked for 11 s."]
    pulse.beat()
    assert pulse.missing() == []
    slow = Pulse(timedelta(seconds=20))
    await asyncio.sleep(200)
    assert slow.missing() == []
    await asyncio.sleep(1)
    assert slow.missing() == ["The clock has not ticked for 201 s."]


async def told(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_a_tick_that_hangs_turns_health_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_world(tmp_path) as world:
        assert await told(f"{world.bot.url}/healthz") == (200, "alive\n")

        async def hang(*_: object) -> None:
            await asyncio.sleep(30)

        monkeypatch.setattr("bot.store.store.Store.agenda", hang)
        await asyncio.sleep(12)
        status, text = await told(f"{world.bot.url}/healthz")
        assert status == 503
        assert text.startswith("The clock has not ticked for 1")


async def test_a_store_that_cannot_be_written_turns_readiness_red_and_says_why(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.slack.wait_for(lambda: world.slack.sockets.connections == 2)
        assert await told(f"{world.bot.url}/readyz") == (200, "ready\n")
        with closing(sqlite3.connect(tmp_path / "recbot.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(6)
            status, text = await told(f"{world.bot.url}/readyz")
            assert (status, text) == (503, "Nothing can be kept: the database has not answered for 2 s.\n")
            await asyncio.sleep(10)
            status, text = await told(f"{world.bot.url}/readyz")
            assert status == 503
            assert "Nothing can be kept" in text
            holder.execute("ROLLBACK")
        await asyncio.sleep(10)
        assert await told(f"{world.bot.url}/readyz") == (200, "ready\n")
