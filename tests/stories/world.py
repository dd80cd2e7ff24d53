"""The bot between its far sides, on real sockets, in a world that runs forty times as fast."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bootstrap import Bot, running_bot
from bot.cli.demo import far_sides, ringcentral_keys, sandbox_settings
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.ringcentral.world import World as Switchboard
from sandbox.slack.blockkit import problems, view_problems
from sandbox.slack.content import LONGEST_UPDATE
from sandbox.slack.model import Message
from sandbox.slack.reading import buttons_of, text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.eventually import eventually

SPEED = 40.0
PATIENCE = 15.0
"""Ten minutes at that speed: what people see, they see by then."""
SLOW_TICK: dict[str, Any] = {"tick": "100ms"}
"""A look at what is due costs the same at any speed, and most stories wait for something else."""
ROOM = "Nf5kaN9tWo"
ROOM_NAME = "230301302"


@dataclass
class World:
    """What a story needs: the people's Slack, the rooms' Vidyo, and the bot; `phones` where calls are in it."""

    slack: SlackSandbox
    vidyo: VidyoSandbox
    bot: Bot
    directory: Path
    phones: RingCentralSandbox | None = None
    patience: float = PATIENCE

    @property
    def calls(self) -> Switchboard:
        """Where people call each other."""
        assert self.phones is not None
        return self.phones.world

    async def start(self, room: str = ROOM, *, user: str = "vova", channel: str = "#general") -> None:
        """Somebody types the command."""
        await self.slack.command(user, channel, f"/record start {room}")

    async def card(self, *words: str, channel: str = "#general") -> Message:
        """The newest message in the channel that says all this."""
        return await self.slack.see(channel, *words, timeout=self.patience)

    async def told(self, *words: str, user: str = "vova", channel: str = "#general") -> Message:
        """What only this person sees."""
        return await self.slack.see(channel, *words, user=user, timeout=self.patience)

    async def reads(self, message: Message, *words: str) -> None:
        """The message comes to say all this."""
        await self.slack.wait_for(lambda: all(one in text_of(message) for one in words), self.patience)

    async def offers(self, message: Message, label: str) -> None:
        """The message comes to have this button."""
        await self.slack.wait_for(lambda: label in labels(message), self.patience)

    async def carried_out(self) -> None:
        """Nothing that was asked for is still to be done."""

        async def nothing_waits() -> bool:
            return await self.bot.services.store.inbox.pending() == 0

        await eventually(nothing_waits)

    async def looked_again(self, asked: Callable[[], int]) -> None:
        """The library was looked into once more, from beginning to end, and what came of it is told.

        `asked`: how many requests it had from us; a look is one.
        """
        before, owed = asked(), self.bot.services.store.notices.owed
        await eventually(lambda: asked() >= before + 2)

        async def all_is_told() -> bool:
            return await owed() == 0

        await eventually(all_is_told)

    def cards(self, channel: str = "#general") -> list[Message]:
        """The live cards that stand in the channel."""
        return [m for m in self.slack.messages(channel) if "Asked by" in text_of(m)]

    def recorders(self, room: str = ROOM) -> int:
        """How many recorders are in the room now."""
        return len(self.vidyo.world.recorders.in_room(self.vidyo.world.room(room)))

    def starts(self) -> int:
        """How often the portal was asked for a recorder."""
        return self.vidyo.world.journal.count("startRecording")


def labels(message: Message) -> set[str]:
    """What can be pressed there."""
    return {button.label for button in buttons_of(message)}


@asynccontextmanager
async def open_world(
    directory: Path,
    *,
    speed: float = SPEED,
    calls: bool = False,
    patience: float = PATIENCE,
    **sections: dict[str, Any],
) -> AsyncIterator[World]:
    """Slack, Vidyo, the bot and, if asked for, RingCentral, as `recbot demo` puts them together."""
    async with AsyncExitStack() as stack:
        phones = await stack.enter_async_context(RingCentralSandbox(speed=speed)) if calls else None
        if phones is not None:
            more = {"ringcentral": ringcentral_keys(phones, speed=speed)}
            sections["providers"] = more | sections.get("providers", {})
        phone_url = phones.api_url if phones else None
        slack, vidyo = await stack.enter_async_context(far_sides(speed=speed, port=0, phone_url=phone_url))
        sections["pace"] = SLOW_TICK | sections.get("pace", {})
        settings = sandbox_settings(slack, vidyo, directory, speed=speed, sections=sections)
        if settings.slack is not None and settings.slack.mode == "http":
            await slack.set_request_url(f"http://{settings.web.host}:{settings.web.port}/slack/events")
        if not (database := directory / "recbot.db").exists():
            database.write_bytes(new_file())
        with errors_logged() as errors:
            async with running_bot(settings) as bot:
                yield World(slack, vidyo, bot, directory, phones, patience)
        wrong = [failure.text for failure in slack.failures] + errors + layout_problems(slack)
        assert not wrong, wrong


_LAYOUT_REFUSALS = {
    "duplicate_external_id",
    "invalid_arguments",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_metadata_format",
    "metadata_too_large",
    "msg_blocks_too_many",
    "msg_too_long",
    "no_text",
    "view_too_large",
}


def layout_problems(slack: SlackSandbox) -> list[str]:
    """What Slack refused to show, and what stands there beyond its published limits."""
    found = [f"{e.name}: {e.outcome}" for e in slack.workspace.journal if e.outcome in _LAYOUT_REFUSALS]
    for conversation in slack.workspace.conversations.values():
        for message in conversation.messages:
            found += problems(message.blocks)
            if len(message.text) > LONGEST_UPDATE:
                found.append(f"a text of {len(message.text)} characters: {message.text[:80]}")
    for user in slack.workspace.people:
        for view in filter(None, [*slack.views.stack(user), slack.views.home(user)]):
            found += view_problems(view.content)
    return found


class _Ear(logging.Handler):
    """Hears the errors of the bot, of a provider and of the loop."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in ("bot", "providers", "asyncio"):
            self.heard.append(f"{record.name}: {record.getMessage()}")


@contextmanager
def errors_logged() -> Iterator[list[str]]:
    """What is logged as an error meanwhile."""
    ear = _Ear()
    logging.getLogger().addHandler(ear)
    try:
        yield ear.heard
    finally:
        logging.getLogger().removeHandler(ear)
