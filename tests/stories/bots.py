"""What a story needs of its bots, whether they are processes of their own or lodge in the test's."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Bot(Protocol):
    """`code` is its exit code, once it has ended (negative: the signal it died by).

    `stands`: it was stopped where it is, and goes on when somebody lets it.
    """

    code: asyncio.Future[int]
    stands: asyncio.Event

    def said(self) -> str:
        """The end of what it wrote to its log."""

    async def end(self) -> int:
        """Wait until it has ended; how it did."""

    def go_on(self) -> None:
        """Let it go on where it stands."""

    async def go_on_and_stop(self) -> int:
        """Let it do what it was about to do where it stands, and nothing after that."""

    async def stop(self) -> int:
        """Tell it to stop as an operator does, and wait until it has."""

    async def kill(self) -> None:
        """It is gone when this returns, wherever it was."""


class Bots(Protocol):
    """Whoever starts them."""

    def start(
        self,
        config: Path,
        point: str | None = None,
        command: Sequence[str] = ("run",),
        name: str = "recbot",
        *,
        blow: signal.Signals = signal.SIGKILL,
        mutant: str | None = None,
    ) -> Bot:
        """A bot with this configuration, or the half of it that a command runs, which dies at the point.

        By SIGSTOP it stands still there. A `mutant` is one without a thing that the bot has. `name` is that of its log.
        """
