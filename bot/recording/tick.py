"""The tick: claim what is due and hand it to the pools, without waiting for any of it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from bot.domain.notice import CardOf, Notice
from bot.domain.watch import Watch
from bot.logs import id_of, on_behalf_of
from bot.recording.follow import look
from bot.recording.inbox import carry_out
from bot.recording.library import look_into_library
from bot.recording.services import Services
from bot.store import Claimed, StoreError
from providers.waiting import background

log = logging.getLogger(__name__)

_ROOM_TIMES = {"inbox": 10}
"""Requests mostly wait for a provider: those that wait for a silent one leave the others' room enough."""

_WORK = {"inbox": "requests", "slack": "notices"}

T = TypeVar("T")
Deliver = Callable[[Claimed[Notice]], Coroutine[Any, Any, None]]


class Pools:
    """Work under way, bounded by pool: a slow provider stalls neither another one nor Slack.

    Each body catches what it raises, and all are awaited at the end: a failure cancels nobody else.
    """

    def __init__(self, room: int, room_again: Callable[[], None]) -> None:
        self._room = room
        self._room_again = room_again
        self._running: dict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._short: set[str] = set()

    def free(self, pool: str) -> int:
        """How many more bodies the pool takes now."""
        return max(0, self._room_of(pool) - len(self._running[pool]))

    def run(self, pool: str, body: Coroutine[Any, Any, None]) -> None:
        """Run the body in the pool."""
        task = asyncio.create_task(_guarded(body))
        running = self._running[pool]
        running.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            running.discard(task)
            if pool in self._short and len(running) <= self._room_of(pool) // 2:
                self._short.discard(pool)
                self._room_again()

        task.add_done_callback(ended)

    def short(self, pool: str) -> None:
        """More may be waiting than the pool had room for: `room_again` is called once half of it is free."""
        self._short.add(pool)

    def _room_of(self, pool: str) -> int:
        return self._room * _ROOM_TIMES.get(pool, 1)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way; what is not done by then is cancelled, and its claim stays."""
        tasks = [task for pool in self._running.values() for task in pool]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _guarded(body: Coroutine[Any, Any, None]) -> None:
    try:
        await body
    except StoreError as error:
        log.warning("a piece of work stopped, and is taken up again when its claim has run out: %s", error)
    except Exception:  # the outermost edge: a beat never ends in a traceback that stops the clock
        log.exception("a piece of work failed; it is taken up again when its claim has run out")


class Tick:
    """Claims what is due, for one process among those that share the store."""

    def __init__(self, services: Services, deliver: Deliver, pools: Pools) -> None:
        self._services = services
        self._deliver = deliver
        self._pools = pools

    async def __call__(self) -> None:
        """Claim once. To return is to have begun, not to have finished."""
        s = self._services
        store, us = s.store, (s.owner, s.lease)
        due = await store.agenda()
        if due.requests:
            await self._fill("inbox", partial(store.inbox.claim, *us), lambda request: carry_out(request, s))
        for provider in s.providers.all:
            if provider.name in due.providers:
                await self._fill(provider.name, partial(store.watches.claim, provider.name, *us), self._look)
        if due.libraries:
            await self._fill(
                "library", partial(store.looks.claim, *us), lambda due: look_into_library(due, s)
            )
        if due.notices:
            await self._fill("slack", partial(store.notices.claim, *us), self._tell)

    async def _fill(
        self,
        pool: str,
        claim: Callable[[int], Awaitable[Sequence[Claimed[T]]]],
        body: Callable[[Claimed[T]], Coroutine[Any, Any, None]],
    ) -> None:
        """Claim as much as the pool has room for."""
        free = self._pools.free(pool)
        claimed = await claim(free) if free else ()
        for one in claimed:
            if one.due is not None:
                self._services.metrics.claimed(_WORK.get(pool, "watches"), one.at - one.due)
            with on_behalf_of(_began_as(one)):
                self._pools.run(pool, body(one))
        if len(claimed) == free:
            self._pools.short(pool)

    async def _look(self, claimed: Claimed[Watch]) -> None:
        with background():
            await look(claimed, self._services)

    async def _tell(self, claimed: Claimed[Notice]) -> None:
        """Deliver what is owed. What stands behind it in its line has waited for it, and not for the clock."""
        await self._deliver(claimed)
        if claimed.value.line is not None:
            self._services.wake()


def _began_as(claimed: Claimed[Any]) -> str:
    """The id of the request that this is done for, if it is one's."""
    match claimed.value:
        case Watch(begun_by=id) | Notice(body=CardOf(watch=id)):
            return id
        case Notice() | str():
            return ""
    return id_of(claimed.id)
