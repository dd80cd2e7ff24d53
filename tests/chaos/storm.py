"""One storm: meetings, kills, pauses and faults, all at once, and what stands at the end."""

import asyncio
import itertools
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bot.cli.demo import far_sides, toml, vidyo_keys
from bot.domain.chain import Broken
from bot.domain.pace import Pace
from bot.store import Store, open_store
from sandbox.slack.faults import Fault
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.chaos.crew import Crew
from tests.chaos.meetings import CHANNELS, Meetings
from tests.stories.mortals import nursery

SPEED = 20.0
LEASE = timedelta(seconds=4)
CALM = 120.0
"""Real seconds after the last kill by which everything must have been told."""
_SLOTS = 40
_AT_ONCE = 8

SEVERAL = (
    ("web", "--port", "0"),
    ("web", "--port", "0"),
    ("worker", "--port", "0"),
    ("worker", "--port", "0"),
)
ONE = (("run",),)


@dataclass(frozen=True, slots=True)
class Plan:
    """On whom it blows, and for how long: until there were so many recordings and so many kills."""

    database: str
    commands: Sequence[Sequence[str]]
    recordings: int
    kills: int
    seed: int

    @property
    def gap(self) -> float:
        """Seconds between two deaths, on average: one that is killed as soon as it has begun proves nothing."""
        return 1.2 if len(self.commands) > 1 else 2.0

    @property
    def calm(self) -> float:
        """Seconds between two that stand still, on average. Meanwhile the only one cannot be killed."""
        return 7.5 if len(self.commands) > 1 else 40.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stood at the end. The lists from `lost` on ought to be empty.

    `delays`: how long each channel waited to hear of each recording, and which that was, the shortest first. `after`:
    seconds from the last kill until all was told. `sealed`: entries of the audit trail, all of which held.
    """

    recordings: int
    kills: int
    pauses: int
    delays: list[tuple[float, str]]
    after: float
    sealed: int
    lost: list[str]
    doubled: list[str]
    started_twice: list[str]
    without_an_end: list[str]
    faults: list[str]

    def delay(self, share: float) -> tuple[float, str]:
        """The delay that this share of them did not exceed: half the median, 1 the longest."""
        if not self.delays:
            return 0.0, "nothing"
        return self.delays[max(1, math.ceil(share * len(self.delays))) - 1]

    @property
    def wrong(self) -> list[str]:
        """All that ought not to be, in words."""
        found = {
            "lost": self.lost,
            "told twice": self.doubled,
            "two recorders": self.started_twice,
            "without an end": self.without_an_end,
            "went wrong": self.faults,
        }
        return [f"{what}: {one}" for what, those in found.items() for one in those]


async def blow(plan: Plan, directory: Path, say: Callable[[str], None] = lambda line: None) -> Outcome:
    """Let it blow, and wait for the calm after it."""
    dice = random.Random(plan.seed)
    async with _far_sides() as (slack, vidyo), nursery() as bots, open_store(plan.database) as store:
        config = directory / "recbot.toml"
        config.write_text(_toml(slack, vidyo, plan.database), encoding="utf-8")
        crew = Crew(bots, config, plan.commands, LEASE.total_seconds(), random.Random(dice.random()))
        crew.start()
        meetings = Meetings(slack, vidyo, store, random.Random(dice.random()))
        await slack.wait_for(lambda: slack.sockets.connections > 0, 30)
        await meetings.subscribe()
        watching = asyncio.create_task(_watch(meetings))
        try:
            _break_things(slack, vidyo, dice)
            await _meet_and_kill(plan, meetings, crew, dice, say)
            slack.faults.clear()
            vidyo.world.faults.clear()
            await _calm(meetings)
            unfinished = await _without_an_end(meetings)
            sealed, broken = await _audited(store)
        finally:
            watching.cancel()
            ended_badly = await crew.stop()
        meetings.look()
        again = await meetings.sent_again()
        return _outcome(meetings, crew, again, sealed, unfinished, broken + ended_badly + crew.said())


async def _meet_and_kill(
    plan: Plan, meetings: Meetings, crew: Crew, dice: random.Random, say: Callable[[str], None]
) -> None:
    numbers, over = itertools.count(), asyncio.Event()

    async def lane() -> None:
        while (number := next(numbers)) < plan.recordings or crew.kills < plan.kills:
            await meetings.hold(number)
            if number % 50 == 49:
                say(f"{number + 1} meetings, {crew.kills} kills")

    async def kill() -> None:
        while not await _ends(over, plan.gap * dice.uniform(0.2, 1.8)):
            await crew.kill_one()

    async def pause() -> None:
        calm = plan.calm / 4  # before the first one: most of the smallest storms have it, too
        while not await _ends(over, calm * dice.uniform(0.4, 1.6)):
            await crew.pause_one()
            calm = plan.calm

    async with asyncio.TaskGroup() as storm:
        storm.create_task(kill())
        storm.create_task(pause())
        async with asyncio.TaskGroup() as meeting:
            for _ in range(_AT_ONCE):
                meeting.create_task(lane())
        over.set()


async def _ends(over: asyncio.Event, seconds: float) -> bool:
    """Whether it is over before so many seconds have passed."""
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
    return over.is_set()


async def _watch(meetings: Meetings) -> None:
    while True:
        meetings.look()
        await asyncio.sleep(0.25)


def _break_things(slack: SlackSandbox, vidyo: VidyoSandbox, dice: random.Random) -> None:
    """Connections are cut before and after the work, servers have bad moments, and too many requests are refused."""
    for kind, probability in (("reset_before", 0.03), ("reset_after", 0.03), ("503", 0.02)):
        vidyo.world.faults.add(kind, probability=probability, seed=dice.randrange(10**6))
    for method, kind, probability in (
        ("chat.postMessage", "reset_after", 0.05),
        ("chat.postMessage", "reset_before", 0.05),
        ("chat.update", "reset_after", 0.03),
        ("*", "503", 0.01),
        ("chat.postMessage", "error:ratelimited", 0.02),
    ):
        slack.faults.add(Fault(method, kind, times=None, probability=probability, seed=dice.randrange(10**6)))


async def _calm(meetings: Meetings) -> None:
    """Wait until every recording is told where it ought to be, and nothing is owed."""
    until = time.monotonic() + CALM
    while time.monotonic() < until:
        if (
            not meetings.untold()
            and not await meetings.store.inbox.pending()
            and not await meetings.store.notices.owed()
        ):
            break
        await asyncio.sleep(0.25)
    await asyncio.sleep(1)  # in which something might be said twice


async def _without_an_end(meetings: Meetings) -> list[str]:
    found = (
        [f"{await meetings.store.inbox.pending()} requests"] if await meetings.store.inbox.pending() else []
    )
    for watch in await meetings.store.watches.following("vidyo"):
        if watch.open and watch.room.name in meetings.asked:
            found.append(f"{watch.room.name}, which is {watch.state.value}")
    return found


async def _audited(store: Store) -> tuple[int, list[str]]:
    """How many entries the audit trail holds, and what is wrong with it."""
    try:
        return (await store.audit.verify()).number, []
    except Broken as error:
        return 0, [f"the audit trail: {error}"]


def _outcome(
    meetings: Meetings,
    crew: Crew,
    sent_again: Collection[str],
    sealed: int,
    unfinished: list[str],
    faults: list[str],
) -> Outcome:
    files, untold = meetings.files(), meetings.untold()
    lost, doubled, delays = [], [], []
    for name, at in meetings.filed.items():
        for channel in CHANNELS:
            there = meetings.messages_about(channel, name)
            if (name, channel) in untold:
                lost.append(f"{name} in {channel}")
            else:
                where = f"{name} in {channel}, asked for in {meetings.asked.get(name, 'no channel')}"
                delays.append((meetings.told[name, channel] - at, where))
            if len(there) > files[name]:
                doubled.append(f"{name} in {channel}: {[(m.ts, text_of(m)) for m in there]}")
    twice = [
        f"{name}, {most} at once, {files[name]} files"
        for name, most in meetings.most.items()
        if max(most, files[name]) > (2 if name in sent_again else 1)
    ]
    return Outcome(
        len(meetings.filed),
        crew.kills,
        crew.pauses,
        sorted(delays),
        max(0.0, max(meetings.told.values(), default=0.0) - crew.killed_at),
        sealed,
        lost,
        doubled,
        twice,
        unfinished,
        faults,
    )


@asynccontextmanager
async def _far_sides() -> AsyncIterator[tuple[SlackSandbox, VidyoSandbox]]:
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        vidyo.world.library.clear()
        [slot, *_] = vidyo.world.recorders.slots
        vidyo.world.recorders.slots += [replace(slot, busy=False) for _ in range(_SLOTS)]
        yield slack, vidyo


def _toml(slack: SlackSandbox, vidyo: VidyoSandbox, database: str) -> str:
    pace = Pace().scaled(SPEED)
    paces = {name: getattr(pace, name) for name in Pace.__dataclass_fields__}
    paces |= {"lease": LEASE, "stale_start": timedelta(minutes=1), "tick": timedelta(milliseconds=100)}
    paces |= {"clock_skew": timedelta(seconds=30), "look_back": timedelta(hours=1)}
    return toml(
        {
            "slack": {
                "bot_token": slack.credentials.bot_token,
                "app_token": slack.credentials.app_token,
                "api_url": slack.api_url,
            },
            "database": {"url": database},
            "web": {"port": 0},
            "security": {"keys": ["a-key-of-a-storm-that-seals-tokens"]},
            "pace": {name: f"{value.total_seconds():.6f}s" for name, value in paces.items()},
            "providers.vidyo": vidyo_keys(vidyo),
        }
    )
