"""What goes on after Slack was answered: held, bounded, and awaited when we stop."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """A held set of tasks behind a semaphore. Bodies catch what they raise: one failure cancels nobody else."""

    def __init__(self, at_once: int = 100) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()

    def run(self, body: Coroutine[Any, Any, None]) -> None:
        """Begin soon, and return at once."""
        task = asyncio.create_task(self._in_turn(body))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way; cancel what takes longer."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _in_turn(self, body: Coroutine[Any, Any, None]) -> None:
        async with self._room:
            await body
