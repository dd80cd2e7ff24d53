"""One story of a recording in which the bot dies once, and the people go on as people do."""

import asyncio
import hashlib
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.cli.demo import far_sides, toml, vidyo_keys
from bot.domain.pace import Pace
from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.reading import buttons_of, text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.stories.mortals import Mortal, Nursery

SPEED = 20.0
PATIENCE = 60.0
ROOM = "Nf5kaN9tWo"
ROOM_NAME = "230301302"
CHANNEL = "#general"
_CONFIRMED_WITHIN = Pace().confirm_patience / SPEED
_LOOK = 0.1
_TRIES = 20


@dataclass
class Story:
    """Slack and Vidyo, which outlive the bot, and the bot, which dies at a point and is started again.

    `patient`: before Stop is pressed, whatever the dead one had in hand has been done again.
    """

    slack: SlackSandbox
    vidyo: VidyoSandbox
    bots: Nursery
    config: Path
    database: Path
    point: str
    patient: bool
    told_an_error: bool = False
    back: asyncio.Event = field(default_factory=asyncio.Event)
    listed: frozenset[int] = frozenset()
    bot: Mortal | None = None

    async def tell(self) -> None:
        """All of it: record, pause, resume, stop, and the file; with a death somewhere in it."""
        self.listed = frozenset(recording.id for recording in self.vidyo.world.library)
        self.bot = self.bots.start(self.config, self.point)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._die_and_come_back(self.bot))
            both.create_task(self._record())
        await self._quiet()
        await self._look_at_the_end()

    async def _die_and_come_back(self, first: Mortal) -> None:
        code = await first.end()
        assert code == -signal.SIGKILL, f"it ended by {code} instead of dying there: {first.said()}"
        await self._connected(False)
        self.bot = self.bots.start(self.config)
        await self._connected(True)
        self.back.set()

    async def _connected(self, wanted: bool) -> None:
        await self.slack.wait_for(lambda: (self.slack.sockets.connections > 0) is wanted, PATIENCE)

    async def _record(self) -> None:
        await self._connected(True)
        await self._type(f"/record start {ROOM}")
        await self._see("Pause", or_press="Start again")
        await self._press("Pause", until="Resume")
        await self._press("Resume", until="Pause")
        if self.patient:
            await self._quiet()
        await self._press("Stop", until="Download")
        await self._quiet()
        assert self.back.is_set(), "the story ended, and the point was never reached"

    async def _type(self, text: str) -> None:
        """Type a command, and again if Slack says that nobody took it."""
        for _ in range(_TRIES):
            if (await self.slack.command("vova", CHANNEL, text)).ok:
                return
            await self._told_an_error()
        raise AssertionError(f"{text} was never taken")

    async def _press(self, label: str, *, until: str) -> None:
        await self._push(label)
        await self._see(until)

    async def _push(self, label: str) -> None:
        """Press a button, and again if Slack says that nobody took it and the card has not changed."""
        for _ in range(_TRIES):
            if label not in self._buttons() or (await self.slack.press("anna", self._card(), label)).ok:
                break
            await self._told_an_error()

    async def _told_an_error(self) -> None:
        """A person reads that it did not work, and tries again when the bot is there."""
        self.told_an_error = True
        await asyncio.sleep(_LOOK)
        await self._connected(True)

    async def _see(self, label: str, *, or_press: str | None = None) -> None:
        """Wait for a button on the card. Pressing another one, whenever that is offered instead, is fine."""
        wanted = {label, or_press}
        while label not in await self.slack.wait_for(lambda: wanted & self._buttons(), PATIENCE):
            assert or_press is not None
            await self._push(or_press)
            await self.slack.wait_for(lambda: or_press not in self._buttons(), PATIENCE)

    def _cards(self) -> list[Message]:
        return [message for message in self.slack.messages(CHANNEL) if message.user == BOT_USER]

    def _card(self) -> Message:
        [card] = self._cards()
        return card

    def _buttons(self) -> set[str]:
        cards = self._cards()
        assert len(cards) < 2, f"there are {len(cards)} cards: {[text_of(card) for card in cards]}"
        return {button.label for card in cards for button in buttons_of(card)}

    def _owed(self) -> str:
        """What was not closed or delivered yet, also of what the dead one had in hand."""
        with closing(sqlite3.connect(self.database)) as store:
            [(requests,)] = store.execute("SELECT count(*) FROM inbox WHERE ended_at IS NULL")
            [(messages,)] = store.execute("SELECT count(*) FROM notices WHERE wanted > shown")
        return f"{requests} requests and {messages} messages" if requests or messages else ""

    async def _quiet(self) -> None:
        """Wait until nothing is owed, as an onlooker finds who sees the store."""
        for _ in range(round(PATIENCE / _LOOK)):
            if not self._owed():
                return
            await asyncio.sleep(_LOOK)
        raise AssertionError(f"still owed after {PATIENCE} s: {self._owed()}")

    async def _look_at_the_end(self) -> None:
        world = self.vidyo.world
        card = self._card()
        assert f"Ready: {ROOM_NAME}" in text_of(card), text_of(card)
        assert world.journal.count("startRecording") == 1
        pauses = world.journal.count("pauseRecording"), world.journal.count("resumeRecording")
        assert pauses == (1, 1) or self.told_an_error, f"asked to pause and to resume: {pauses} times"
        made = [recording for recording in world.library if recording.id not in self.listed]
        assert [recording.room_name for recording in made] == [ROOM_NAME]
        room = world.room(ROOM)
        assert not world.recorders.in_room(room)
        assert not world.recorders.ringing(room)
        whispers = [
            text_of(m) for u in ("vova", "anna") for m in self.slack.messages(CHANNEL, u) if m.ephemeral
        ]
        assert self.told_an_error or not whispers, whispers
        assert await self._downloaded(card) == world.sha256(made[0].guid)

    async def _downloaded(self, card: Message) -> str:
        """The SHA-256 of the file behind the card's Download."""
        assert (await self.slack.press("sam", card, "Download")).ok
        link = await self.slack.see(CHANNEL, "This link is yours", user="sam", timeout=PATIENCE)
        url = next(button.url for button in buttons_of(link) if button.url)
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
            return hashlib.sha256(await answer.read()).hexdigest()


@asynccontextmanager
async def open_story(
    bots: Nursery,
    directory: Path,
    point: str,
    lease: timedelta,
    *,
    patient: bool = True,
    own_form: bool = False,
    confirmed_within: timedelta = _CONFIRMED_WITHIN,
) -> AsyncIterator[Story]:
    """The far sides with nothing recorded, and the configuration of a bot between them. Its process has not begun.

    `own_form`: the bot makes its database itself. `confirmed_within`: how long it waits for the recorder.
    """
    directory.mkdir()
    config, database = directory / "recbot.toml", directory / "recbot.db"
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        vidyo.world.library.clear()  # hundreds that the bot would read anew at each start
        with closing(socket.socket()) as kept:  # bound and not listening: nobody else gets the port meanwhile
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kept.bind(("127.0.0.1", 0))
            port = kept.getsockname()[1]
            if not own_form:
                database.write_bytes(new_file())
            config.write_text(_toml(slack, vidyo, database, port, lease, confirmed_within), encoding="utf-8")
            story = Story(slack, vidyo, bots, config, database, point, patient)
            try:
                yield story
            finally:
                if story.bot is not None:
                    await story.bot.stop()


def _toml(
    slack: SlackSandbox,
    vidyo: VidyoSandbox,
    database: Path,
    port: int,
    lease: timedelta,
    confirmed_within: timedelta,
) -> str:
    pace = Pace().scaled(SPEED)
    paces = {name: getattr(pace, name) for name in Pace.__dataclass_fields__}
    paces |= {"confirm_patience": confirmed_within, "lease": lease}
    paces |= {"stale_start": timedelta(minutes=1), "tick": timedelta(milliseconds=100)}
    return toml(
        {
            "slack": {
                "bot_token": slack.credentials.bot_token,
                "app_token": slack.credentials.app_token,
                "api_url": slack.api_url,
            },
            "database": {"url": f"sqlite:///{database}"},
            "web": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "security": {"keys": ["a-key-of-a-story-that-signs-links"]},
            "pace": {name: f"{value.total_seconds():.6f}s" for name, value in paces.items()},
            "providers.vidyo": vidyo_keys(vidyo),
        }
    )
