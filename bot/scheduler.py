"""The clock of one process: APScheduler beats, which remember nothing.

What is due stands in the store. A beat that was missed, or cut off in its middle, is made good by the next one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.store import StoreError

log = logging.getLogger(__name__)

Beat = Callable[[], Awaitable[object]]
Outcome = Literal["failed", "missed"]
Count = Callable[[str, Outcome], None]
"""Told of each beat that came to nothing, by its name."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that is done at first, and then every so often."""

    name: str
    beat: Beat
    every: timedelta


@asynccontextmanager
async def beating(
    tick: Beat,
    every: timedelta,
    woken: asyncio.Event,
    errands: Sequence[Errand] = (),
    count: Count = lambda name, outcome: None,
) -> AsyncIterator[None]:
    """Tick every so often, and at once when `woken` is set; run the errands. Leaving the context stops all."""

    troubles: dict[str, str] = {}

    async def guarded(name: str, beat: Beat) -> None:
        try:
            await beat()
            if troubles.pop(name, None) is not None:
                log.info("%s is done again", name)
        except StoreError as error:  # said once, and not four times a second
            count(name, "failed")
            if troubles.get(name) != str(error):
                log.warning("%s cannot be done now: %s", name, error)
            troubles[name] = str(error)
        except Exception as error:  # the outermost edge: the clock goes on, and the next beat tries again
            count(name, "failed")
            if troubles.get(name) != repr(error):
                log.exception("a beat failed")
            troubles[name] = repr(error)

    async def beat() -> None:
        woken.set()

    async def when_woken() -> None:
        while True:
            await woken.wait()
            woken.clear()
            await guarded("tick", tick)

    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(beat, "interval", seconds=every.total_seconds(), id="tick")
    running: dict[str, asyncio.Task[None]] = {}

    async def run(errand: Errand) -> None:
        if errand.name in running and not running[errand.name].done():
            count(errand.name, "missed")
            log.warning("%s takes longer than %s: a turn was left out", errand.name, errand.every)
            return
        # A task of our own: one that APScheduler cuts off at its end stands in the log as a failure.
        running[errand.name] = asyncio.create_task(guarded(errand.name, errand.beat))

    for errand in errands:
        scheduler.add_job(
            run,
            "interval",
            args=[errand],
            seconds=errand.every.total_seconds(),
            id=errand.name,
            next_run_time=datetime.now(UTC),  # what a process that never lives so long does too
        )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler.add_listener(
        lambda event: count(event.job_id, "missed"), EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
    )
    scheduler.start()
    listening = asyncio.create_task(when_woken())
    try:
        yield
    finally:
        scheduler.pause()
        # What it has just begun ends by itself: cut off by APScheduler, it would stand in the log as a failure.
        await asyncio.sleep(0)
        scheduler.shutdown(wait=False)
        ending = [listening, *running.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
