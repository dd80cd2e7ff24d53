"""Bots as processes of their own, started from a test, and how each of them ended."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

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

    async def stop(self) -> int:
        """Tell it to stop as an operator does, and wait until it has."""
        if not self.code.done():
            with suppress(ProcessLookupError):
                os.kill(await asyncio.shield(self.pid), signal.SIGTERM)
        return await self.end()


class Nursery:
    """Starts bots without each of them importing everything anew."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count()
        self._children: dict[int, Mortal] = {}

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
        id = next(self._ids)
        born = self._children[id] = Mortal(config.with_name(f"{name}.log"))
        order = {
            "id": id,
            "config": str(config),
            "point": point,
            "blow": blow,
            "mutant": mutant,
            "command": [*command],
            "log": str(born.log),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return born

    async def listen(self) -> None:
        """Take in what is told of the processes, as long as any may be started."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            child = self._children[told["id"]]
            if "pid" in told:
                child.pid.set_result(told["pid"])
            elif "stands" in told:
                child.stands.set()
            else:
                child.code.set_result(told["code"])


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """A nursery, until the context is left; whatever came out of it is gone by then."""
    program = [sys.executable, "-m", "tests.stories.killable"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *program, cwd=ROOT, stdin=pipe, stdout=pipe, start_new_session=True
    )
    bots = Nursery(process)
    listening = asyncio.create_task(bots.listen())
    try:
        yield bots
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await listening
