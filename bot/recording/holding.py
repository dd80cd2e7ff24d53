"""Work that may take longer than a lease: whoever does it keeps its claim for as long as it takes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.store import LostClaim, StoreError

log = logging.getLogger(__name__)


@asynccontextmanager
async def holding(renew: Callable[[], Awaitable[None]], lease: timedelta) -> AsyncIterator[None]:
    """Renew three times a lease until the context is left.

    A claim that was lost all the same is found so by whatever is written with it next.
    """
    over = asyncio.Event()

    async def keep() -> None:
        while True:
            try:
                async with asyncio.timeout(lease.total_seconds() / 3):
                    await over.wait()
                return
            except TimeoutError:
                try:
                    await renew()
                except LostClaim:
                    return
                except StoreError as error:  # a database that is locked for a moment is not lost
                    log.warning("a claim could not be renewed: %s", error)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(keeping, return_exceptions=True)
