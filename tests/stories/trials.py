"""Short stories of one recording, in which a bot dies or stands still at a point, and another one takes over.

The bots are processes of their own, or lodge in the test's own process: it is the same story.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.reading import text_of
from tests.eventually import eventually
from tests.stories.bots import Bot, Bots
from tests.stories.deaths import CHANNEL, CLAIMED, ROOM, SOON, Story, open_story
from tests.stories.promises import Promise
from tests.stories.unhurried import PATIENCE
from tests.stories.world import labels

_LATE = "10m"
_WORKER = ("worker", "--port", "0")
_WEB = ("web", "--port", "0")


@dataclass
class Trial:
    """The far sides, and the bots between them, all of them the same `mutant` if any, the first of which is struck."""

    story: Story
    bots: Bots
    blow: signal.Signals
    mutant: str | None
    _born: list[Bot] = field(default_factory=list)

    async def killed(self) -> None:
        """It dies there, and is started again."""
        first = self._start(at_point=True)
        await self._record()
        await self._dies(first)
        self.story.let_go(self.story.owners(), *CLAIMED)
        self._start()
        await self._says("Recording")
        await self.story.quiet()
        self._look()

    async def answered(self) -> None:
        """It dies there, and what Slack was told is all that anybody knows."""
        first = self._start(at_point=True)
        taken = await self._record()
        await self._dies(first)
        assert taken, "Slack was told nothing"
        assert self._one("SELECT count(*) FROM inbox"), (
            "Slack was told that it was taken, and nothing was kept"
        )

    async def stood(self) -> None:
        """It stands still there until the other one has shown that it records."""
        first = await self._stands()
        self._start(_WORKER)
        await self._says("Recording")
        await self._end(first)
        self.story.fall_due()
        await self.story.quiet()
        self._look()

    async def stood_alone(self) -> None:
        """It stands still there until the other one has taken its watch over, and nobody knows whether it asked."""
        first = await self._stands()
        fence = self._one("SELECT fence FROM watches")
        self._start(_WORKER)
        await eventually(lambda: self._one("SELECT fence FROM watches") > fence + 1, PATIENCE)
        first.go_on()
        await self._says("Recording")
        await self._end(first)
        await self.story.quiet()
        self._look()

    async def stood_to_the_end(self) -> None:
        """It stands still there until the file is told, and then there is nobody else."""
        await self._outlived("Ready", "ready")

    async def stood_until_it_ended(self) -> None:
        """It stands still there until the recording has ended, and then there is nobody else. A file never comes."""
        self.story.vidyo.world.settings.processing_delay = "never"
        await self._outlived("Processing", "processing")

    async def _outlived(self, words: str, state: str) -> None:
        first = await self._stands()
        second = self._start(_WORKER)
        await self._says("Recording")
        self.story.vidyo.world.people_leave(ROOM)
        await self._says(words)
        await self.story.quiet()
        await self._end(second)
        await self._end(first)
        now = self._one("SELECT state FROM watches")
        assert now == state, f"it was {state}, and then {now}"
        self._look()

    async def stood_until_asked_again(self) -> None:
        """It stands still there until a person has read that no recorder came, and has pressed Start again."""
        self._start(_WEB)
        first = await self._stands(_WORKER)
        self._start(_WORKER)
        await self._says("Start again")
        assert (await self.story.slack.press("anna", self._cards()[0], "Start again")).ok
        await self._says("Recording")
        await self._end(first)
        await self.story.quiet()
        self._look()

    def _start(self, command: tuple[str, ...] = ("run",), *, at_point: bool = False) -> Bot:
        born = self.bots.start(
            self.story.config,
            self.story.point if at_point else None,
            command,
            f"{command[0]}{len(self._born)}",
            blow=self.blow,
            mutant=self.mutant,
        )
        self._born.append(born)
        return born

    async def _stands(self, command: tuple[str, ...] = ("run",)) -> Bot:
        """One that stands still at the point, and whose leases have ended."""
        first = self._start(command, at_point=True)
        await self._record()
        await self._wait(first.stands.wait(), "it never stood still")
        self.story.let_go(self.story.owners(), *CLAIMED)
        return first

    async def _record(self) -> bool:
        await self.story.connected()
        return (await self.story.slack.command("vova", CHANNEL, f"/record start {ROOM}")).ok

    async def _dies(self, bot: Bot) -> None:
        code = await self._wait(bot.end(), "it never came to the point")
        assert code == -signal.SIGKILL, f"it ended by {code} instead of dying there: {bot.said()}"

    async def _end(self, bot: Bot) -> None:
        how = bot.go_on_and_stop() if bot.stands.is_set() else bot.stop()
        code = await self._wait(how, "it did not stop")
        assert code == 0, f"it ended by {code}: {bot.said()}"

    async def _says(self, words: str) -> None:
        """Wait until a card says so, or offers it."""

        def said() -> bool:
            return any(words in text_of(card) or words in labels(card) for card in self._cards())

        try:
            await self.story.slack.wait_for(said, PATIENCE)
        except Exception as error:
            raise AssertionError(
                f"no card says {words}: {[text_of(card) for card in self._cards()]}"
            ) from error

    def _look(self) -> None:
        """What a person sees in the end."""
        cards = len(self._cards())
        assert cards == 1, f"there are {cards} messages in the channel"
        asked = self.story.vidyo.world.journal.count("startRecording")
        assert asked == 1, f"a recorder was asked for {asked} times"

    def _cards(self) -> list[Message]:
        return [message for message in self.story.slack.messages(CHANNEL) if message.user == BOT_USER]

    def _one(self, question: str) -> Any:
        [(answer,), *_] = self.story.ask(question)
        return answer

    async def _wait(self, what: Awaitable[Any], else_what: str) -> Any:
        try:
            return await asyncio.wait_for(what, PATIENCE)
        except TimeoutError:
            raise AssertionError(else_what) from None

    async def leave(self) -> None:
        """Nobody is left behind, wherever the story ended."""
        for bot in self._born:
            await bot.kill()


@asynccontextmanager
async def _open_trial(
    bots: Bots, directory: Path, promise: Promise, mutant: str | None
) -> AsyncIterator[Trial]:
    """A trial that has not begun.

    Where somebody is to read that no recorder came, the bot soon says so, and does not ask for another one by itself.
    """
    patience = SOON if promise.how == "stood_until_asked_again" else _LATE
    own_form = mutant == "no unique key"
    pace = {"confirm_patience": patience, "start_again": _LATE}
    async with open_story(bots, directory, promise.point, own_form=own_form, **pace) as story:
        trial = Trial(story, bots, promise.blow, mutant)
        try:
            yield trial
        finally:
            await trial.leave()


async def seen(promise: Promise, mutant: str | None, bots: Bots, directory: Path) -> str:
    """What is seen in the end that should not be; nothing, if all is well."""
    async with _open_trial(bots, directory, promise, mutant) as trial:
        tell: Callable[[], Awaitable[None]] = getattr(trial, promise.how)
        try:
            await tell()
        except AssertionError as broken:
            return str(broken)
    return ""
