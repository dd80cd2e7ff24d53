"""What happens while nobody asks: things that take their time, and end when the world does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine

from sandbox.clock import Clock


class Background:
    """The tasks of one part of the world."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Let something happen; an error of it is not lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()

    async def wait(self, seconds: float) -> None:
        """Wait so many seconds of this world, or until the world ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self._clock.scaled(seconds))

    def open(self) -> None:
        """Time passes, from the start or again."""
        self._closing.clear()

    def drop(self) -> list[asyncio.Task[None]]:
        """What is under way never ends."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        return tasks

    async def close(self) -> None:
        """Time stops."""
        self._closing.set()
        await asyncio.gather(*self.drop(), return_exceptions=True)
