"""Whether the store can be written to, for whoever asks often."""

import asyncio
import time
from collections.abc import Sequence

from bot.store.errors import StoreError
from bot.store.store import Store

_REMEMBERED = 5.0
_PATIENCE = 2.0


class Writable:
    """Tries a write, at most once in five seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._trying: asyncio.Task[Sequence[str]] | None = None
        self._tried = 0.0

    async def __call__(self) -> Sequence[str]:
        """Why it cannot be written to, if so. A try that takes long goes on, since a write cannot be called back."""
        now = time.monotonic()
        if self._trying is None or (self._trying.done() and now - self._tried > _REMEMBERED):
            self._trying, self._tried = asyncio.create_task(self._try()), now
        done, _ = await asyncio.wait([self._trying], timeout=_PATIENCE)
        if done:
            return self._trying.result()
        return [
            f"Nothing can be kept: the database has not answered for {time.monotonic() - self._tried:.0f} s."
        ]

    async def _try(self) -> Sequence[str]:
        try:
            await self._store.check()
        except StoreError as error:
            return [f"Nothing can be kept: {error}"]
        return []
