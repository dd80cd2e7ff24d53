"""Time jumps when nobody works, and not before."""

import asyncio
import os
import random
import secrets
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import anyio.to_thread
import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from bot.store import sqlite
from tests.virtual_time import BEGINNING, VirtualLoop, in_thread, lend, turn_about
from tests.virtual_time.loop import Stuck

HOUR = 3600.0
MIB = 1 << 20


def the_loop() -> VirtualLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


# -- clocks ----------------------------------------------------------------------------------------------------------


async def test_all_clocks_begin_at_the_same_moment_and_go_together() -> None:
    assert datetime.now(UTC) == BEGINNING
    before, loop = (time.monotonic(), time.time()), the_loop()
    assert loop.time() == before[0]
    await asyncio.sleep(HOUR)
    assert (time.monotonic() - before[0], time.time() - before[1]) == (HOUR, HOUR)
    assert datetime.now(UTC) == BEGINNING + timedelta(hours=1)
    assert loop.passed == HOUR


async def test_a_timer_fires_when_it_is_due_and_never_before() -> None:
    begun = time.monotonic()
    for seconds in (0.1, 1 / 3, 1e-5, 12345.678):
        due = time.monotonic() + seconds
        await asyncio.sleep(seconds)
        assert 0 <= time.monotonic() - due < 2e-6
    assert time.monotonic() - begun < 12347


async def test_time_stands_still_while_somebody_works() -> None:
    before = time.monotonic()
    for _ in range(1000):
        await asyncio.sleep(0)
    assert time.monotonic() == before


async def test_who_blocks_the_loop_stands_still_and_all_timers_come_late() -> None:
    fired: list[float] = []
    begun = time.monotonic()
    asyncio.get_running_loop().call_later(1, lambda: fired.append(time.monotonic() - begun))
    time.sleep(5)
    assert fired == []
    await asyncio.sleep(0.5)
    assert fired == [5]


async def test_a_scheduler_beats_by_it() -> None:
    beats: list[datetime] = []
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(lambda: beats.append(datetime.now(UTC)), "interval", minutes=1)
    scheduler.start()
    await asyncio.sleep(HOUR + 1)
    scheduler.shutdown()
    assert [round((beat - BEGINNING).total_seconds()) for beat in beats] == [60 * n for n in range(1, 61)]


def test_afterwards_the_clocks_are_the_machines_own() -> None:
    loop, before = VirtualLoop(), time.monotonic
    assert time.time() == BEGINNING.timestamp()
    loop.close()
    assert time.monotonic is not before
    assert time.time() > BEGINNING.timestamp()
    assert abs(time.clock_gettime(time.CLOCK_REALTIME) - time.time()) < 60


# -- what is waited for ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def pouring(size: int) -> AsyncIterator[tuple[str, int]]:
    """The address of who sends so much to each who comes, in pieces."""

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(size // MIB):
            writer.write(bytes(MIB))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(pour, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()


@pytest.mark.parametrize("readers", [1, 20])
async def test_time_stands_still_while_bytes_are_on_their_way(readers: int) -> None:
    async def read(address: tuple[str, int]) -> int:
        reader, writer = await asyncio.open_connection(*address)
        async with asyncio.timeout(0.001):
            got = len(await reader.read(-1))
        writer.close()
        return got

    async with pouring(8 * MIB) as address:
        got = await asyncio.gather(*(read(address) for _ in range(readers)))
    assert got == [8 * MIB] * readers
    assert the_loop().passed == 0


async def test_whoever_does_not_read_is_waited_for_no_longer_than_a_timer_says() -> None:
    async with pouring(64 * MIB) as address:
        with closing(socket.create_connection(address)):
            await asyncio.sleep(HOUR)
    assert the_loop().passed == HOUR


async def test_executors_and_anyio_work_in_the_loops_own_thread() -> None:
    here = threading.get_ident()
    assert await asyncio.to_thread(threading.get_ident) == here
    assert await anyio.to_thread.run_sync(threading.get_ident) == here
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(lambda: 1 / 0)


async def test_a_thread_may_wait_for_what_the_loop_serves() -> None:
    async with pouring(MIB) as address:

        def fetch() -> int:
            got = 0
            with closing(socket.create_connection(address)) as connection:
                while piece := connection.recv(MIB):
                    got += len(piece)
            return got

        assert await in_thread(fetch) == MIB


async def test_a_thread_may_have_something_done_on_virtual_time() -> None:
    loop = the_loop()

    async def wait() -> str:
        await asyncio.sleep(HOUR)
        return "done"

    assert await turn_about(lambda: lend(wait())) == "done"
    assert loop.passed == HOUR


async def test_what_fails_there_fails_the_thread_and_then_whoever_waits_for_it() -> None:
    caught: list[Exception] = []

    async def fail() -> None:
        raise ValueError("no")

    def work() -> None:
        try:
            lend(fail())
        except ValueError as error:
            caught.append(error)
            raise

    with pytest.raises(ValueError, match="no"):
        await turn_about(work)
    assert len(caught) == 1


def test_what_cannot_come_is_said_at_once() -> None:
    loop = VirtualLoop()
    never = loop.create_future()
    with pytest.raises(Stuck, match="nothing is due"):
        loop.run_until_complete(never)
    loop.close()


def test_what_does_not_come_however_long_one_waits_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.virtual_time.loop._MOST_JUMPS", 100)

    async def beat() -> None:
        while True:
            await asyncio.sleep(1)

    loop = VirtualLoop()
    beating = loop.create_task(beat())
    with pytest.raises(Stuck, match="100 timers"):
        loop.run_until_complete(loop.create_future())
    assert loop.passed == 100
    beating.cancel()
    loop.close()


async def test_a_process_is_for_the_machines_own_clock() -> None:
    with pytest.raises(Stuck, match="real_time"):
        await asyncio.create_subprocess_exec("true")
    with pytest.raises(Stuck, match="real_time"):
        await asyncio.create_subprocess_shell("true")


# -- SQLite ----------------------------------------------------------------------------------------------------------


async def test_whoever_wants_a_file_that_another_holds_waits_in_virtual_time(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    async with (
        aiosqlite.connect(file, isolation_level=None) as one,
        aiosqlite.connect(file, timeout=5, isolation_level=None) as two,
    ):
        await one.execute("CREATE TABLE t (x)")
        await one.execute("BEGIN IMMEDIATE")
        asking = asyncio.create_task(two.execute_insert("INSERT INTO t VALUES (2)"))
        await asyncio.sleep(4)
        assert not asking.done()
        await one.execute("COMMIT")
        await asking
        assert 4 <= the_loop().passed < 4.1


async def test_nobody_waits_for_a_file_longer_than_they_would(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    async with aiosqlite.connect(file, timeout=5, isolation_level=None) as one:
        await one.execute("CREATE TABLE t (x)")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await one.execute("INSERT INTO t VALUES (1)")
            assert 5 <= the_loop().passed < 5.1
        await one.execute("INSERT INTO t VALUES (1)")
        async with one.execute("SELECT count(*) FROM t") as rows:
            assert await rows.fetchone() == (1,)


async def test_a_file_that_cannot_be_opened_is_refused_as_sqlite_does(tmp_path: Path) -> None:
    engine = sqlite.engine(make_url(f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db"), connections=1)
    with pytest.raises(OperationalError, match="unable to open database file"):
        async with engine.connect():
            raise AssertionError("nothing can be opened there")
    await engine.dispose()


async def test_work_whose_asker_was_cancelled_is_done_all_the_same(tmp_path: Path) -> None:
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as one:
        await one.execute("CREATE TABLE t (x)")
        asking = asyncio.create_task(one.execute_insert("INSERT INTO t VALUES (1)"))
        await asyncio.sleep(0)
        asking.cancel()
        async with one.execute("SELECT count(*) FROM t") as rows:
            assert await rows.fetchone() == (1,)


# -- chance and traces -----------------------------------------------------------------------------------------------


def run(seed: int) -> tuple[str, object]:
    """How a run with this seed goes, and what it draws."""
    random.seed(seed)
    loop = VirtualLoop()

    async def work() -> object:
        drawn = [uuid.uuid4(), secrets.token_hex(), secrets.randbelow(10**9), os.urandom(8)]
        for _ in range(secrets.randbelow(20) + 5):
            await asyncio.sleep(secrets.randbelow(1000) / 1000)
        return drawn

    try:
        drawn = loop.run_until_complete(work())
    finally:
        loop.close()
    return str(loop.trace), drawn


def test_two_runs_with_one_seed_go_alike_and_with_another_they_do_not() -> None:
    assert run(1) == run(1)
    assert run(1) != run(2)
    assert run(1)[0] != run(2)[0]
