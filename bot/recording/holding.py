"""Work that may take longer than a lease: whoever does it keeps its claim for as long as it takes."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

from bot.store import Claimed, LostClaim, StoreError

log = logging.getLogger(__name__)

_AGAIN = 1.0

T = TypeVar("T")
Ours: TypeAlias = Callable[[], None]
"""Returns while the work is ours; else LostClaim. For right before what no fence can hold back."""


def claimed_by_nobody() -> None:
    """The `Ours` of work that stands in no store, so that nobody else can take it up."""


async def written(write: Callable[[], Awaitable[T]]) -> T:
    """Write down what has happened as soon as the store takes it: what is not written would happen again.

    What is raised but StoreError is for whoever writes.
    """
    while True:
        try:
            return await write()
        except StoreError as error:
            log.warning("what has happened cannot be written down now: %s", error)
            await asyncio.sleep(_AGAIN)


@asynccontextmanager
async def holding(
    claimed: Claimed[Any], renew: Callable[[], Awaitable[None]], lease: timedelta
) -> AsyncIterator[Ours]:
    """Renew three times a lease until the context is left.

    A claim that was lost all the same is found so by whatever is written with it next, and by `Ours`: a process may
    stand still for as long as it likes between two lines of its own.
    """
    over = asyncio.Event()
    ends = claimed.grip.ends

    async def keep() -> None:
        nonlocal ends
        while True:
            try:
                async with asyncio.timeout(lease.total_seconds() / 3):
                    await over.wait()
                return
            except TimeoutError:
                begun = time.monotonic()
                try:
                    await renew()
                except LostClaim:
                    return
                except StoreError as error:  # a database that is locked for a moment is not lost
                    log.warning("a claim could not be renewed: %s", error)
                else:
                    ends = begun + lease.total_seconds()

    def ours() -> None:
        if time.monotonic() >= ends:
            raise LostClaim(claimed.id)

    keeping = asyncio.create_task(keep())
    try:
        yield ours
    finally:
        over.set()
        await asyncio.gather(keeping, return_exceptions=True)
