"""One at a time, among all processes that share a memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from secrets import token_hex

from providers.memories import SlateMemory

_SECONDS = 15.0
_LOOK = 0.2


class Lease:
    """What only one may do at a time, whoever it is. One who died is waited for until his lease has run out."""

    def __init__(self, memory: SlateMemory, key: str) -> None:
        self._memory = memory
        self._key = key
        self._us = token_hex(8)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Wait until it is ours. It stays so for as long as this takes."""
        while True:
            if await self._take(_SECONDS):
                break
            await asyncio.sleep(_LOOK)
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._take(0.0)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS / 3)
            with suppress(Exception):  # a memory that fails now may work again before the lease has run out
                await self._take(_SECONDS)

    async def _take(self, seconds: float) -> bool:
        """Take it for so long, if nobody else has it."""
        taken = False

        def take(kept: str | None, now: datetime) -> str:
            nonlocal taken
            at = now.timestamp()
            owner, until = _read(kept)
            # One that lasts for longer than any is given was taken before somebody put the clock back.
            taken = owner == self._us or not at < until <= at + _SECONDS
            return json.dumps([self._us, at + seconds]) if taken else kept or ""

        await self._memory.change(self._key, take)
        return taken


def _read(kept: str | None) -> tuple[str, float]:
    try:
        owner, until = json.loads(kept or "")
        return str(owner), float(until)
    except (ValueError, TypeError):
        return "", 0.0
