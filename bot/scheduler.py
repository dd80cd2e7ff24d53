"""The clock of one process: APScheduler beats, which remember nothing.

What is due stands in the store. A beat that was missed, or cut off in its middle, is made good by the next one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

Beat = Callable[[], Awaitable[object]]

_HOURLY = timedelta(hours=1)


@asynccontextmanager
async def beating(tick: Beat, purge: Beat, every: timedelta, woken: asyncio.Event) -> AsyncIterator[None]:
    """Tick every so often, and at once when `woken` is set; purge at first and once an hour.

    Leaving the context stops both.
    """

    async def beat() -> None:
        woken.set()

    async def guarded_purge() -> None:
        await _guarded(purge)

    async def when_woken() -> None:
        while True:
            await woken.wait()
            woken.clear()
            await _guarded(tick)

    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(beat, "interval", seconds=every.total_seconds(), id="tick")
    scheduler.add_job(
        guarded_purge,
        "interval",
        seconds=_HOURLY.total_seconds(),
        id="purge",
        next_run_time=datetime.now(UTC),  # a process that never lives for an hour purges too
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler.start()
    listening = asyncio.create_task(when_woken())
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _guarded(beat: Beat) -> None:
    try:
        await beat()
    except Exception:  # the outermost edge: the clock goes on, and the next beat tries again
        log.exception("a beat failed")
