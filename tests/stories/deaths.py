"""One story of a recording in which the bot dies once, and the people go on as people do."""

import asyncio
import hashlib
import re
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aiohttp

from bot.cli.demo import slash_commands, toml, vidyo_keys
from bot.domain.pace import Pace
from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.reading import buttons_of, text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.eventually import eventually
from tests.stories.bots import Bot, Bots
from tests.stories.unhurried import PATIENCE, PATIENT, UNHURRIED

SPEED = 20.0
ROOM = "Nf5kaN9tWo"
ROOM_NAME = "230301302"
CHANNEL = "#general"
SOON = "3s"
"""People wait so long for a recorder that was never asked for, since the bot died right before. One that is asked for
comes at once, however busy the machine is."""
CLAIMED = ("inbox", "watches", "looks", "notices")

Outlasts = Literal["nothing", "the pause", "the recording"]


@dataclass
class Story:
    """Slack and Vidyo, which outlive the bot, and the bot, which dies at a point and is started again.

    What the dead one had in hand is taken up again once the new one is there. Its request may be held for longer:
    until what it `outlasts` is over.
    """

    slack: SlackSandbox
    vidyo: VidyoSandbox
    bots: Bots
    config: Path
    database: Path
    point: str
    outlasts: Outlasts = "nothing"
    told_an_error: bool = False
    dead: list[str] = field(default_factory=list)
    back: asyncio.Event = field(default_factory=asyncio.Event)
    listed: frozenset[int] = frozenset()
    bot: Bot | None = None

    async def tell(self) -> None:
        """All of it: record, pause, resume, stop, and the file; with a death somewhere in it."""
        self.listed = frozenset(recording.id for recording in self.vidyo.world.library)
        self.bot = self.bots.start(self.config, self.point)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._die_and_come_back(self.bot))
            both.create_task(self._record())
        await self.quiet()
        await self._look_at_the_end()

    async def _die_and_come_back(self, first: Bot) -> None:
        code = await first.end()
        assert code == -signal.SIGKILL, f"it ended by {code} instead of dying there: {first.said()}"
        await self.connected(False)
        dead = self.owners()
        self.bot = self.bots.start(self.config)
        await self.connected()
        self.let_go(dead, *(table for table in CLAIMED if table != "inbox" or self.outlasts == "nothing"))
        self.dead = dead
        self.back.set()

    async def _let_the_request_go(self) -> None:
        await asyncio.wait_for(self.back.wait(), PATIENCE)
        self.let_go(self.dead, "inbox")

    async def connected(self, wanted: bool = True) -> None:
        """Wait until a bot listens, or none does."""
        await self.slack.wait_for(lambda: (self.slack.sockets.connections > 0) is wanted, PATIENCE)

    def owners(self) -> list[str]:
        """Whoever has anything in hand."""
        return sorted(
            {owner for table in CLAIMED for (owner,) in self.ask(f"SELECT owner FROM {table}") if owner}
        )

    def let_go(self, owners: list[str], *tables: str) -> None:
        """Their leases have ended, as if so much time had passed."""
        with closing(sqlite3.connect(self.database, timeout=PATIENCE)) as store, store:
            for table in tables:
                store.executemany(
                    f"UPDATE {table} SET lease_until = 0 WHERE owner = ?", [(owner,) for owner in owners]
                )

    def fall_due(self) -> None:
        """What somebody meant to post themselves is the clock's, as if their lease had ended."""
        with closing(sqlite3.connect(self.database, timeout=PATIENCE)) as store, store:
            store.execute("UPDATE notices SET due = 0 WHERE message IS NULL")

    def ask(self, question: str) -> list[Any]:
        """What an onlooker finds who sees the store."""
        with closing(sqlite3.connect(self.database)) as store:
            return store.execute(question).fetchall()

    async def _record(self) -> None:
        await self.connected()
        await self._type(f"/record start {ROOM}")
        await self._see("Pause", or_press="Start again")
        await self._press("Pause", until="Resume")
        await self._press("Resume", until="Pause")
        if self.outlasts == "the pause":
            await self._let_the_request_go()
        if self.outlasts != "the recording":
            await self.quiet()
        await self._press("Stop", until="Download")
        if self.outlasts == "the recording":
            await self._let_the_request_go()
        await self.quiet()
        assert self.back.is_set(), "the story ended, and the point was never reached"

    async def _type(self, text: str) -> None:
        """Type a command, and again if Slack says that nobody took it."""
        if not (await self.slack.command("vova", CHANNEL, text)).ok:
            await self._told_an_error()
            assert (await self.slack.command("vova", CHANNEL, text)).ok, f"{text} was never taken"

    async def _press(self, label: str, *, until: str) -> None:
        await self._push(label)
        await self._see(until)

    async def _push(self, label: str) -> None:
        """Press a button, and again if Slack says that nobody took it and the card has not changed."""
        if not (await self.slack.press("anna", self._card(), label)).ok:
            await self._told_an_error()
            if label in self._buttons():
                assert (await self.slack.press("anna", self._card(), label)).ok, f"{label} was never taken"

    async def _told_an_error(self) -> None:
        """A person reads that it did not work, and tries again when the bot is there."""
        self.told_an_error = True
        await asyncio.wait_for(self.back.wait(), PATIENCE)

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

    def owed(self) -> str:
        """What was not closed or delivered yet, also of what the dead one had in hand."""
        [(requests,)] = self.ask("SELECT count(*) FROM inbox WHERE ended_at IS NULL")
        [(messages,)] = self.ask("SELECT count(*) FROM notices WHERE wanted > shown")
        return f"{requests} requests and {messages} messages" if requests or messages else ""

    async def quiet(self) -> None:
        """Wait until nothing is owed."""
        try:
            await eventually(lambda: not self.owed(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"still owed after {PATIENCE} s: {self.owed()}") from None

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

    def with_pace(self, name: str, **keys: str) -> Path:
        """The same configuration with another pace, in a file of this name."""
        text, config = self.config.read_text(encoding="utf-8"), self.config.with_name(f"{name}.toml")
        for key, value in keys.items():
            text, found = re.subn(rf'^{key} = ".*"$', f'{key} = "{value}"', text, flags=re.MULTILINE)
            assert found == 1
        config.write_text(text, encoding="utf-8")
        return config


@asynccontextmanager
async def open_story(
    bots: Bots,
    directory: Path,
    point: str,
    *,
    outlasts: Outlasts = "nothing",
    own_form: bool = False,
    **pace: str,
) -> AsyncIterator[Story]:
    """The far sides with nothing recorded, and the configuration of a bot between them, which has not begun.

    `own_form`: the bot makes its database itself. `pace`: how long it waits for what, where it is not as usual.
    """
    directory.mkdir()
    config, database = directory / "recbot.toml", directory / "recbot.db"
    async with (
        VidyoSandbox(speed=SPEED) as vidyo,
        SlackSandbox(speed=SPEED, commands=slash_commands(), answer_within=PATIENCE) as slack,
    ):
        vidyo.world.library.clear()  # hundreds that the bot would read anew at each start
        vidyo.world.settings.join_delay = 0
        with closing(socket.socket()) as kept:  # bound and not listening: nobody else gets the port meanwhile
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kept.bind(("127.0.0.1", 0))
            port = kept.getsockname()[1]
            if not own_form:
                database.write_bytes(new_file())
            config.write_text(_toml(slack, vidyo, database, port, pace), encoding="utf-8")
            story = Story(slack, vidyo, bots, config, database, point, outlasts)
            try:
                yield story
            finally:
                if story.bot is not None:
                    await story.bot.stop()


def _toml(
    slack: SlackSandbox, vidyo: VidyoSandbox, database: Path, port: int, pace: Mapping[str, str]
) -> str:
    usual = Pace().scaled(SPEED)
    paces = {name: f"{getattr(usual, name).total_seconds():.6f}s" for name in Pace.__dataclass_fields__}
    paces |= UNHURRIED | {"confirm_patience": SOON, "tick": "100ms", "audit_seal": "10s"} | pace
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
            "pace": paces,
            "providers.vidyo": {**vidyo_keys(vidyo), **PATIENT},
        }
    )
