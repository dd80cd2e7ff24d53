"""What the store promises, it promises on either database: the tests here run on both.

On PostgreSQL the processes' own clocks are minutes apart, as those of machines may be.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.clock import Clock
from tests.database import new_file
from tests.eventually import eventually
from tests.postgres import Server, ServersClock, somebody_waits

from .samples import NOON

OFF = timedelta(minutes=5)

Open = Callable[[timedelta], AbstractAsyncContextManager[Store]]


@dataclass(frozen=True, slots=True)
class Home:
    """A database with nothing in it, the clock that all who use it go by, and a way to open it.

    `open` takes by how much that process's own clock is off; `empty` begins anew. `somebody_waits`: return when one
    of those who share it waits until another has written.
    """

    url: str
    clock: Clock
    open: Open
    empty: Callable[[], None]
    somebody_waits: Callable[[], Awaitable[object]]


@pytest.fixture(scope="session")
def servers_clock(server: Server, worker_id: str) -> Iterator[tuple[str, ServersClock]]:
    """One database for all tests of this process, and its clock."""
    url = server.prepared_database(f"store-{worker_id}")
    clock = ServersClock(NOON, url)
    yield url, clock
    clock.connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_time)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    made = _in_a_file(tmp_path) if request.param == "sqlite" else _served(request)
    made.empty()
    return made


def _in_a_file(folder: Path) -> Home:
    file, clock = folder / "recbot.db", Clock(NOON)

    def empty() -> None:
        for left in folder.glob("recbot.db*"):
            left.unlink()
        file.write_bytes(new_file())  # it is there already: made anew it takes longer than most tests
        clock.now = NOON

    def opened(off: timedelta) -> AbstractAsyncContextManager[Store]:
        return open_store(f"sqlite:///{file}", clock=clock)

    async def time_passes() -> None:
        await asyncio.sleep(1)  # it does not as long as anybody works

    return Home(f"sqlite:///{file}", clock, opened, empty, time_passes)


def _served(request: pytest.FixtureRequest) -> Home:
    url, clock = request.getfixturevalue("servers_clock")

    def empty() -> None:
        clock.forget_everything()
        clock.set(NOON)

    def opened(off: timedelta) -> AbstractAsyncContextManager[Store]:
        return open_store(url, clock=partial(_off, clock, off))

    return Home(url, clock, opened, empty, lambda: eventually(lambda: somebody_waits(clock.connection)))


def _off(clock: Clock, by: timedelta) -> datetime:
    return clock() + by


@pytest.fixture
def clock(home: Home) -> Clock:
    return home.clock


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    async with home.open(OFF) as store:
        yield store


@pytest.fixture
async def neighbour(store: Store, home: Home) -> AsyncIterator[Store]:
    """The same database as another process opens it."""
    async with home.open(-OFF) as other:
        yield other
