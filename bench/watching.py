"""What it costs to look at many rooms on time: the store, its claims and our tick, round looks that do nothing.

A thousand rooms, each looked at every 15 seconds, against a thousand jobs that do nothing in APScheduler's memory
store, which forgets all of them when the process dies: at most 0.2 of its processor time. APScheduler's own SQL store
takes 6.7 times that of its memory store, and misses runs.

Ten thousand rooms: none missed, and the 99th percentile of how late a look begins at most a tick and 50 ms.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import uvloop
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bench.finding import Finding
from bench.sampling import cpu_of, percentile, ratio
from bench.watched import PEOPLE, write_watches
from bot.domain.answers import Answer
from bot.domain.conversation import Asker, ReplyTo
from bot.domain.notice import Notice
from bot.domain.pace import Pace
from bot.domain.policy import Person, Policy
from bot.recording.services import Services
from bot.recording.tick import Pools, Tick
from bot.scheduler import beating
from bot.store import Claimed, open_store
from providers.interfaces import RecordingLibrary
from providers.memory import MemoryProvider
from providers.model import Recorder, RecorderId, Recording, Room, RoomView
from providers.registry import Providers

T = TypeVar("T")

_FEW = 1_000
_MANY = 10_000
_EVERY = timedelta(seconds=15)
_ROUNDS = 3
_SECONDS = 4.0
_GRACE = 1.0
_AT_ONCE = 20
_LEAD = timedelta(seconds=2)


def cost() -> Iterator[Finding]:
    """A thousand rooms, beside a thousand jobs."""
    yield Finding("1,000 watches scheduled, CPU, against a memory store", uvloop.run(_cost()), 0.2)


def lateness() -> Iterator[Finding]:
    """Ten thousand rooms, each due once."""
    with tempfile.TemporaryDirectory(prefix="recbot-bench-") as directory:
        missed, late = uvloop.run(_lateness(Path(directory)))
    allowed = Pace().tick.total_seconds() * 1000 + 50
    yield Finding("10,000 watches: looks missed", missed, 0)
    yield Finding("10,000 watches: looks late, p99", late * 1000, allowed, unit=" ms")


class _Calm(MemoryProvider):
    """A provider in whose rooms nothing ever changes. It remembers when each was looked into last."""

    def __init__(self) -> None:
        super().__init__("calm")
        self.looks = 0
        self.seen: dict[str, datetime] = {}
        self._view = RoomView(Recorder(RecorderId("4711"), "APPLICATION-AND-CONFERENCE"), PEOPLE)

    async def view(self, room: Room) -> RoomView:
        self.looks += 1
        self.seen.setdefault(room.id, datetime.now(UTC))
        return self._view


class _Silent:
    """A messenger with nobody to speak to."""

    async def show(self, key: str, *, again: bool = False) -> None: ...

    async def tell(self, reply: ReplyTo, answer: Answer) -> None: ...

    async def person(self, asker: Asker, groups: Collection[str] = (), *, anew: bool = False) -> Person:
        return Person(asker)

    async def send_file(self, reply: ReplyTo, library: RecordingLibrary, recording: Recording) -> None: ...


@asynccontextmanager
async def _watching(
    directory: Path, rooms: int, begin: datetime
) -> AsyncIterator[tuple[_Calm, dict[str, datetime]]]:
    """The clock, the tick and the pools as the bot has them, over so many watches; when each is due first."""
    url = f"sqlite:///{directory / 'recbot.db'}"
    calm = _Calm()
    pace = Pace(recording_look=_EVERY)
    due = await write_watches(url, calm.name, [str(number) for number in range(rooms)], begin, _EVERY)

    async def deliver(claimed: Claimed[Notice]) -> None: ...

    async with open_store(url) as store:
        services = Services(
            store=store,
            providers=Providers([calm]),
            messenger=_Silent(),
            policy=Policy(),
            pace=pace,
            new_id=str,
            owner="bench",
            lease=pace.lease,
        )
        pools = Pools(_AT_ONCE, services.wake)
        async with beating(Tick(services, deliver, pools), pace.tick, services.woken):
            yield calm, due
        await pools.drain(5)


@asynccontextmanager
async def _jobs(count: int) -> AsyncIterator[list[int]]:
    """So many jobs in APScheduler's memory store, evenly spread; the list grows by each run."""
    runs: list[int] = []

    async def look(number: int) -> None:
        runs.append(number)

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone=UTC)
    begin = datetime.now(UTC)
    for number in range(count):
        first = begin + _EVERY * (number / count)
        seconds = _EVERY.total_seconds()
        scheduler.add_job(look, "interval", seconds=seconds, args=[number], next_run_time=first)
    scheduler.start()
    try:
        yield runs
    finally:
        scheduler.shutdown(wait=False)


async def _cost() -> float:
    pairs = []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory(prefix="recbot-bench-") as directory:
            ours = await _cpu_a_look(
                _watching(Path(directory), _FEW, datetime.now(UTC)), lambda it: it[0].looks
            )
        pairs.append((ours, await _cpu_a_look(_jobs(_FEW), len)))
    return ratio(pairs)


async def _cpu_a_look(watching: AbstractAsyncContextManager[T], looks: Callable[[T], int]) -> float:
    async with watching as it:
        await asyncio.sleep(0.5)
        before = looks(it)
        used = await cpu_of(lambda: asyncio.sleep(_SECONDS))
        return used / (looks(it) - before)


async def _lateness(directory: Path) -> tuple[int, float]:
    """How many rooms were not looked at when the round was over, and the 99th percentile of seconds too late."""
    begin = datetime.now(UTC) + _LEAD
    async with _watching(directory, _MANY, begin) as (calm, due):
        await asyncio.sleep((begin + _EVERY - datetime.now(UTC)).total_seconds() + _GRACE)
        seen = dict(calm.seen)
    late = [(seen[room] - due[room]).total_seconds() for room in seen]
    return len(due) - len(seen), percentile(late, 99)
