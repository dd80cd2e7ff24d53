"""The clock of one process: APScheduler beats, which remember nothing.

What is due stands in the store. A beat that was missed, or cut off in its middle, is made good by the next one.
"""

import asyncio
import logging
import time
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
_TEN_BEATS = 10
_TEN_SECONDS = timedelta(seconds=10)
_LOOK_AT_THE_CLOCK = 1.0
_STEP = 1.0

Count = Callable[[str, Outcome], None]
"""Told of each beat that came to nothing, by its name."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that is done at first, and then every so often."""

    name: str
    beat: Beat
    every: timedelta


class Pulse:
    """When the last tick ended."""

    def __init__(self, every: timedelta) -> None:
        self._longest = max(_TEN_BEATS * every, _TEN_SECONDS).total_seconds()
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    def missing(self) -> Sequence[str]:
        """That there is none any more, if so: a new process may do better."""
        since = time.monotonic() - self._last
        return [f"The clock has not ticked for {since:.0f} s."] if since > self._longest else []


@asynccontextmanager
async def beating(
    tick: Beat,
    every: timedelta,
    woken: asyncio.Event,
    errands: Sequence[Errand] = (),
    count: Count = lambda name, outcome: None,
) -> AsyncIterator[Pulse]:
    """Tick every so often, and at once when `woken` is set; run the errands. Leaving the context stops all.

    The pulse says whether it still ticks.
    """
    pulse = Pulse(every)
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
            pulse.beat()

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
    minding = asyncio.create_task(_mind_the_clock(scheduler))
    try:
        yield pulse
    finally:
        scheduler.pause()
        # What it has just begun ends by itself: cut off by APScheduler, it would stand in the log as a failure.
        await asyncio.sleep(0)
        scheduler.shutdown(wait=False)
        ending = [listening, minding, *running.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)


async def _mind_the_clock(scheduler: AsyncIOScheduler) -> None:
    """APScheduler reckons by the wall's clock: once that was set back, it would wait for an hour that is far away."""
    apart = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(_LOOK_AT_THE_CLOCK)
        before, apart = apart, time.time() - time.monotonic()
        if abs(apart - before) > _STEP:
            log.warning("this machine's clock was set by %+.0f s: all that beats is due now", apart - before)
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
