"""The bot as several processes, and whoever kills them."""

import asyncio
import os
import random
import re
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.stories.mortals import Mortal, Nursery

# What libraries say of Slack's bad moments is none of ours.
_FAULT = re.compile(r"ERROR (bot|providers|asyncio)\b")
_RUNS = b"Recbot is running"
_SPARED = 0.8


@dataclass
class Crew:
    """So many processes. Each that has ended is started again, as whoever runs services does."""

    nursery: Nursery
    config: Path
    commands: Sequence[Sequence[str]]
    lease: float
    dice: random.Random
    kills: int = 0
    killed_at: float = field(default_factory=time.monotonic)
    """When somebody was killed last, by our count of seconds; before that, when all began."""
    pauses: int = 0
    _crew: list[Mortal] = field(default_factory=list)
    _paused: set[int] = field(default_factory=set)
    _read: dict[int, int] = field(default_factory=dict)
    """How long the log of each was when it was born."""
    _minding: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self._crew = [self._born(number) for number in range(len(self.commands))]
        self._minding = [asyncio.create_task(self._mind(number)) for number in range(len(self.commands))]

    async def kill_one(self) -> None:
        """Kill any of them, wherever it is, but most of those that are only beginning live to begin.

        On a machine that is slow to begin them there would else be nobody who works.
        """
        number = self.dice.randrange(len(self._crew))
        victim = self._crew[number]
        spared = self.dice.random() < _SPARED
        if number in self._paused or victim.code.done() or (spared and not self._runs(number)):
            return
        await self._signal(victim, signal.SIGKILL)
        if await victim.end() == -signal.SIGKILL:
            self.kills += 1
            self.killed_at = time.monotonic()

    async def pause_one(self) -> None:
        """Let one stand still for longer than a lease, and go on then."""
        number = self.dice.randrange(len(self._crew))
        self._paused.add(number)
        try:
            await self._signal(self._crew[number], signal.SIGSTOP)
            await asyncio.sleep(self.lease * self.dice.uniform(1.1, 1.6))
            await self._signal(self._crew[number], signal.SIGCONT)
        finally:
            self._paused.discard(number)
        self.pauses += 1

    async def stop(self) -> list[str]:
        """Tell all of them to stop; what those said who did not end well."""
        for minding in self._minding:
            minding.cancel()
        await asyncio.gather(*self._minding, return_exceptions=True)
        for member in self._crew:
            await self._signal(member, signal.SIGCONT)
        codes = await asyncio.gather(*(member.stop() for member in self._crew))
        return [member.said() for member, code in zip(self._crew, codes, strict=True) if code]

    def said(self) -> list[str]:
        """What looks like a fault in what any of them has written."""
        found = []
        for log in {one.log: one for one in self._crew}.values():
            lines = log.said(10_000_000).splitlines()
            found += ["\n".join(lines[n : n + 40]) for n, line in enumerate(lines) if _FAULT.search(line)]
        return found

    async def _mind(self, number: int) -> None:
        while True:
            await self._crew[number].end()
            self._crew[number] = self._born(number)

    def _born(self, number: int) -> Mortal:
        command = self.commands[number]
        born = self.nursery.start(self.config, command=command, name=f"{command[0]}{number}")
        self._read[number] = born.log.stat().st_size if born.log.exists() else 0
        return born

    def _runs(self, number: int) -> bool:
        """Whether it has said that it runs, since it was born."""
        log = self._crew[number].log
        return log.exists() and _RUNS in log.read_bytes()[self._read[number] :]

    async def _signal(self, member: Mortal, number: int) -> None:
        if not member.code.done():
            with suppress(ProcessLookupError):
                os.kill(await asyncio.shield(member.pid), number)
