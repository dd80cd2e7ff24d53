"""Bots as processes of their own, started from a test, and how each of them ended."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from tests.eventually import eventually
from tests.stories.unhurried import PATIENCE

ROOT = Path(__file__).parents[2]


@dataclass(eq=False)
class Mortal:
    """One process: its number once it has begun, and its exit code (negative: the signal it died by).

    `stands`: it was stopped where it is, and goes on when somebody lets it.
    """

    log: Path
    pid: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    code: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    stands: asyncio.Event = field(default_factory=asyncio.Event)

    def said(self, most: int = 2_000) -> str:
        """The end of what it wrote to its log."""
        return self.log.read_text(encoding="utf-8")[-most:] if self.log.exists() else ""

    async def end(self) -> int:
        """Wait until it has ended; how it did."""
        return await asyncio.shield(self.code)

    def go_on(self) -> None:
        """Let it go on where it stands."""
        self.stands.clear()
        os.kill(self.pid.result(), signal.SIGCONT)

    async def go_on_and_stop(self) -> int:
        """Let it do what it was about to do where it stands, and nothing after that."""
        os.kill(self.pid.result(), signal.SIGTERM)  # waits for it
        self.go_on()
        return await self.end()

    async def kill(self) -> None:
        """It is gone when this returns, wherever it was."""
        if not self.code.done():
            with suppress(ProcessLookupError):
                os.kill(await asyncio.shield(self.pid), signal.SIGKILL)
        await self.end()

    async def stop(self) -> int:
        """Tell it to stop as an operator does, and wait until it has."""
        if not self.code.done():
            with suppress(ProcessLookupError):
                os.kill(await asyncio.shield(self.pid), signal.SIGTERM)
        return await self.end()


class Nursery:
    """Starts bots, from a cradle at this address, without each of them importing everything anew."""

    def __init__(self, cradle: Path) -> None:
        self._cradle = cradle
        self._minding: set[asyncio.Task[None]] = set()

    def start(
        self,
        config: Path,
        point: str | None = None,
        command: Sequence[str] = ("run",),
        name: str = "recbot",
        *,
        blow: signal.Signals = signal.SIGKILL,
        mutant: str | None = None,
    ) -> Mortal:
        """A bot with this configuration, or the half of it that a command runs, which dies at the point.

        By SIGSTOP it stands still there. A `mutant` is one without a thing that the bot has. `name` is that of its log.
        """
        born = Mortal(config.with_name(f"{name}.log"))
        order = {
            "config": str(config),
            "point": point,
            "blow": blow,
            "mutant": mutant,
            "command": [*command],
            "log": str(born.log),
        }
        minding = asyncio.create_task(self._mind(born, order))
        self._minding.add(minding)
        minding.add_done_callback(self._minding.discard)
        return born

    async def _mind(self, born: Mortal, order: dict[str, Any]) -> None:
        """Have it started, and take in what is told of it until it has ended."""
        reader, writer = await asyncio.open_unix_connection(self._cradle)
        try:
            writer.write(json.dumps(order).encode() + b"\n")
            async for line in reader:
                told = json.loads(line)
                if "pid" in told:
                    born.pid.set_result(told["pid"])
                elif "stands" in told:
                    born.stands.set()
                else:
                    born.code.set_result(told["code"])
        finally:
            writer.close()

    async def close(self) -> None:
        """Whatever came out of it is killed."""
        for minding in self._minding:
            minding.cancel()
        await asyncio.gather(*self._minding, return_exceptions=True)


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """A nursery, until the context is left."""
    cradle = await asyncio.to_thread(_cradle)
    await eventually(cradle.exists, PATIENCE)
    bots = Nursery(cradle)
    try:
        yield bots
    finally:
        await bots.close()


def _cradle() -> Path:
    """The address of the one cradle of all processes of this run, where it will be: whoever comes first starts it."""
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    address = Path(gettempdir()) / f"recbot-cradle-{owner}"
    with suppress(FileExistsError):
        address.with_suffix(".lock").touch(exist_ok=False)
        # Behind a shell that does not wait for it: it outlives whoever started it, and goes by itself.
        command = ["sh", "-c", '"$@" &', "sh", sys.executable, "-m", "tests.stories.cradle"]
        nothing = subprocess.DEVNULL
        subprocess.run(
            [*command, str(address), str(owner)],
            cwd=ROOT,
            stdin=nothing,
            stdout=nothing,
            start_new_session=True,
            check=True,
        )
    return address
