"""Two bots on one database and one portal, without Slack: what they do of themselves, and what they are asked for."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.cli.demo import vidyo_keys
from bot.cli.terminal import Terminal, command_line
from bot.domain.answers import Answer
from bot.domain.conversation import Conversation, ReplyTo
from bot.domain.notice import Notice
from bot.domain.pace import Pace
from bot.domain.requests import Change, ChangeWatch, StartRecording
from bot.domain.watch import Watch
from bot.parts import Parts, services_of
from bot.recording.change import change_watch
from bot.recording.services import Services
from bot.recording.start import start_recording
from bot.recording.tick import Pools, Tick
from bot.settings import Settings
from bot.store import Claimed, open_store
from providers.memories import Memories
from providers.registry import connect_all
from sandbox.vidyo.rooms import Room
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file

SPEED = 200.0
_BEAT = 0.1
_SLOTS = 12


def hurried() -> Pace:
    """The bot's paces at that speed; it looks no oftener than its beat."""
    return replace(
        Pace().scaled(SPEED),
        confirm_first=timedelta(milliseconds=20),
        confirm_later=timedelta(milliseconds=60),
        late_look=timedelta(milliseconds=150),
        blind_told=timedelta(milliseconds=300),
        stopping_look=timedelta(milliseconds=30),
        file_look=timedelta(milliseconds=60),
    )


@dataclass
class TwoBots:
    """A portal, and two bots that share what is kept."""

    vidyo: VidyoSandbox
    bots: tuple[Services, Services]
    ticks: tuple[Tick, Tick]
    most: Counter[str]
    """The most recorders that ever were in a room at once, or on their way, by the room's key."""

    async def start(self, room: Room, bot: int) -> Watch | Answer:
        """Somebody asks this bot to record the room."""
        return await start_recording(StartRecording(_from(room), room.key), self.bots[bot])

    async def change(self, room: Room, change: Change, bot: int) -> Watch | Answer:
        """Somebody asks this bot to stop, pause or resume what is recorded there."""
        return await change_watch(ChangeWatch(_from(room), change, target=room.key), self.bots[bot])

    async def watches(self, room: Room) -> list[Watch]:
        """Every promise about the room, the newest first."""
        watches = self.bots[0].store.watches
        return await watches.in_conversation(_from(room).conversation, only_holding=False)

    def recorders(self, room: Room) -> int:
        """How many recorders are in the room, or on their way."""
        there = self.vidyo.world.recorders
        return len(there.in_room(room)) + there.ringing(room)

    async def work(self) -> None:
        """Both bots do what is due, in turns, until they are told to go."""
        for bot, tick in itertools.cycle(zip(self.bots, self.ticks, strict=True)):
            await tick()
            with suppress(TimeoutError):
                await asyncio.wait_for(bot.woken.wait(), _BEAT)
            bot.woken.clear()


def _from(room: Room) -> ReplyTo:
    """Whoever asks about a room, at a terminal of its own."""
    return ReplyTo(Conversation("cli", room.key), command_line().asker)


async def _deliver(claimed: Claimed[Notice]) -> None:
    raise AssertionError(f"Without Slack nothing is owed to it, but {claimed.value} is.")


@asynccontextmanager
async def two_bots(directory: Path) -> AsyncIterator[TwoBots]:
    """Both bots at work, on a portal with recorders enough."""
    async with AsyncExitStack() as stack:
        vidyo = await stack.enter_async_context(VidyoSandbox(speed=SPEED))
        # An old catalogue in each answer would cost half the time.
        vidyo.world.library.clear()
        [slot, *_] = vidyo.world.recorders.slots
        vidyo.world.recorders.slots += [replace(slot, busy=False) for _ in range(_SLOTS)]
        settings = _settings(vidyo, directory)
        bots, ticks = [], []
        for number in range(2):
            store = await stack.enter_async_context(open_store(settings.database.url))
            providers = await stack.enter_async_context(
                connect_all(settings.providers, Memories(sign_ins=store.sign_ins))
            )
            bot = services_of(Parts(store, providers), settings, Terminal(as_json=True), f"bot {number}")
            pools = Pools(20, bot.wake)
            stack.push_async_callback(pools.drain, 5)
            bots.append(bot)
            ticks.append(Tick(bot, _deliver, pools))
        most = stack.enter_context(_counted(vidyo))
        both = TwoBots(vidyo, (bots[0], bots[1]), (ticks[0], ticks[1]), most)
        working = asyncio.create_task(both.work())
        try:
            yield both
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


@contextmanager
def _counted(vidyo: VidyoSandbox) -> Iterator[Counter[str]]:
    """Whenever a recorder is on its way, count those of its room."""
    recorders, most = vidyo.world.recorders, Counter[str]()
    invite = recorders.invite

    def counted(room: Room, *args: Any, **how: Any) -> None:
        invite(room, *args, **how)
        most[room.key] = max(most[room.key], len(recorders.in_room(room)) + recorders.ringing(room))

    with patch.object(recorders, "invite", counted):
        yield most


def _settings(vidyo: VidyoSandbox, directory: Path) -> Settings:
    (directory / "recbot.db").write_bytes(new_file())
    pace = hurried()
    return Settings.model_validate(
        {
            "database": {"url": f"sqlite:///{directory / 'recbot.db'}"},
            "pace": {name: getattr(pace, name) for name in Pace.__dataclass_fields__},
            "providers": {"vidyo": {**vidyo_keys(vidyo), "retry_pause": "2ms"}},
        }
    )
