"""A hundred recordings in twenty channels, and two processes that tell of them: within Slack's limits, and in time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.domain.budget import Budget
from bot.domain.conversation import Conversation
from bot.domain.pace import Pace
from bot.domain.policy import Policy
from bot.domain.watch import Step, Watch
from bot.recording.last_look import LastLook
from bot.recording.services import Services
from bot.recording.tick import Pools, Tick
from bot.scheduler import beating
from bot.slack.client import web_client
from bot.slack.drawing import Drawing
from bot.slack.poster import Poster
from bot.store import Store, open_store, upgrade
from providers.registry import Providers
from sandbox.slack.model import Conversation as Channel
from sandbox.slack.model import JournalEntry, Message
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from tests.bot.recording.stage import Said
from tests.bot.store.samples import card_of, recording_watch
from tests.database import new_file
from tests.postgres import Server

BEAT = timedelta(seconds=1)
CHANNELS = 20
PATIENCE = 300.0
COUNTED = ("chat.postMessage", "chat.update")


@dataclass
class Office:
    """A workspace with many channels, and what is kept about the recordings in them."""

    slack: SlackSandbox
    store: Store
    people: int = 10
    waiting: dict[str, tuple[Message, str, float]] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)

    async def begin(self, recordings: int) -> None:
        """Recordings everywhere, each with a card that is owed."""
        workspace = self.slack.workspace
        members = [person.id for person in workspace.people.values()]
        for number in range(CHANNELS):
            id = f"C0ROOM{number:02}"
            workspace.conversations[id] = Channel(id, f"room-{number}", "channel", list(members), "")
        for number in range(recordings):
            where = Conversation("slack", f"C0ROOM{number % CHANNELS:02}", "T0SANDBOX")
            watch = recording_watch(f"w{number}", f"r{number}", conversation=where)
            await self.store.watches.reserve(watch, card_of(watch))

    async def change(self, *numbers: int, alarm: bool = False) -> None:
        """Somebody comes into each of these rooms, and the card is to say so. `alarm`: its recorder is lost."""
        self.people += 1
        there = {message.ts: message for message in self.messages()}
        for number in numbers:
            change = partial(_comes, people=self.people, alarm=alarm)
            await self.store.watches.change(f"w{number}", change)
            card = await self.store.notices.get(f"card:w{number}")
            assert card is not None
            assert card.message is not None
            self.waiting[card.key] = there[card.message], f"{self.people} people", time.monotonic()

    async def posted(self, number: int) -> None:
        """Wait until so many messages stand there."""
        await self.slack.wait_for(lambda: len(self.messages()) == number, PATIENCE)

    async def drawn(self) -> None:
        """Wait until all these cards say so, and keep how late each of them was."""
        await self.slack.wait_for(self._all_say_so, PATIENCE)

    def _all_say_so(self) -> bool:
        for key, (message, words, since) in list(self.waiting.items()):
            if words in text_of(message):
                del self.waiting[key]
                self.late.append(time.monotonic() - since)
        return not self.waiting

    def messages(self) -> list[Message]:
        """What stands in all the channels. Nobody else writes there."""
        return [message for one in self.slack.workspace.conversations.values() for message in one.messages]

    def calls(self) -> list[JournalEntry]:
        """What Slack counts of us."""
        return [entry for entry in self.slack.workspace.journal if entry.name in COUNTED]


def _comes(watch: Watch, at: datetime, people: int, alarm: bool) -> Step:
    return Step(replace(watch, people=people), alarm=alarm)


@asynccontextmanager
async def open_office(
    url: str, pace: Pace, recordings: int, *, speed: float = 1.0, beat: timedelta = BEAT
) -> AsyncIterator[Office]:
    """Two workers share the work."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackSandbox(speed=speed))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = web_client(slack.credentials.bot_token, slack.api_url, session)
        stores = [await stack.enter_async_context(open_store(url, budget=Budget.of(pace))) for _ in range(2)]
        office = Office(slack, stores[0])
        await office.begin(recordings)
        for number, store in enumerate(stores):
            providers = Providers([])
            draw = Drawing(store, pace, LastLook(providers, pace))
            owner = f"worker {number}"
            services = Services(
                store, providers, Said(store), Policy(frozenset()), pace, lambda: "", owner, pace.lease
            )
            poster = Poster(client, store, draw, owner, pace.lease, pace.card_update)
            pools = Pools(20, services.wake)
            stack.push_async_callback(pools.drain, 5)
            tick = Tick(services, poster.deliver, pools)
            await stack.enter_async_context(beating(tick, beat, services.woken))
        yield office


def most_in_a_minute(times: list[datetime]) -> int:
    """The greatest number of these within one minute."""
    return max(sum(begin <= at < begin + timedelta(minutes=1) for at in times) for begin in times)


async def test_a_hundred_cards_are_told_and_changed_in_time_and_slack_never_says_too_often(
    tmp_path: Path,
) -> None:
    (tmp_path / "recbot.db").write_bytes(new_file())
    async with open_office(f"sqlite:///{tmp_path / 'recbot.db'}", Pace(), 100) as office:
        begun = time.monotonic()
        await office.posted(100)
        assert 24 <= time.monotonic() - begun <= 25  # twenty at once, and then one each 0.3 s

        for first in (0, 5):  # twenty a minute
            await office.change(*range(first, first + 5))
            await asyncio.gather(office.drawn(), asyncio.sleep(15))
        assert max(office.late) <= 3

        begun = time.monotonic()
        await office.change(*range(99))
        before = len(office.calls())
        await office.change(99, alarm=True)
        await office.drawn()
        assert 134.4 <= time.monotonic() - begun <= 136  # four at once, and then one each 1.4 s

        calls = office.calls()
        assert "chat.postMessage" in [entry.name for entry in calls[before : before + 5]], "the alarm waited"
        assert {entry.outcome for entry in calls} == {"ok"}
        updates = [entry.at for entry in calls if entry.name == "chat.update"]
        assert len(updates) == 110
        assert most_in_a_minute(updates) == 46  # Slack takes fifty


@pytest.mark.real_time
@pytest.mark.story
async def test_two_processes_on_postgresql_never_draw_more_than_one_of_them_may(
    server: Server, worker_id: str
) -> None:
    """At a pace at which one budget is far below what Slack takes, and two are above it, on a slow machine too."""
    url = server.new_database(f"budgets-{worker_id}")
    await upgrade(url)
    pace = replace(Pace(), updates_apart=timedelta(seconds=2), lease=timedelta(hours=1)).scaled(8)
    async with open_office(url, pace, 60, speed=8, beat=timedelta(milliseconds=100)) as office:
        await office.posted(60)
        await office.change(*range(60))
        await office.drawn()
        calls = office.calls()
        assert sorted(entry.name for entry in calls) == ["chat.postMessage"] * 60 + ["chat.update"] * 60
        assert {entry.outcome for entry in calls} == {"ok"}
