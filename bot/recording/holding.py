"""Work that may take longer than a lease: whoever does it keeps its claim for as long as it takes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta


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
                await renew()

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(keeping, return_exceptions=True)
