"""The tick: claim what is due and hand it to the pools, without waiting for any of it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from bot.domain.answers import Sentence
from bot.domain.conversation import ReplyTo
from bot.domain.errors import CannotDo
from bot.domain.notice import Notice
from bot.domain.watch import Watch
from bot.recording.follow import look
from bot.recording.inbox import carry_out
from bot.recording.library import look_into_library
from bot.recording.services import Services
from bot.store import Claimed

log = logging.getLogger(__name__)

Deliver = Callable[[Claimed[Notice]], Coroutine[Any, Any, None]]


class Pools:
    """Work under way, bounded by pool: a slow portal stalls neither another one nor Slack.

    Each body catches what it raises, and all are awaited at the end: a failure cancels nobody else.
    """

    def __init__(self, room: int, room_again: Callable[[], None]) -> None:
        self._room = room
        self._room_again = room_again
        self._running: dict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._full: set[str] = set()

    def free(self, pool: str) -> int:
        """How many more bodies the pool takes now."""
        return max(0, self._room - len(self._running[pool]))

    def run(self, pool: str, body: Coroutine[Any, Any, None]) -> None:
        """Run the body in the pool. `room_again` is called when half of a pool that was full is free again."""
        task = asyncio.create_task(_guarded(body))
        running = self._running[pool]
        running.add(task)
        if len(running) >= self._room:
            self._full.add(pool)

        def ended(task: asyncio.Task[None]) -> None:
            running.discard(task)
            if pool in self._full and len(running) <= self._room // 2:
                self._full.discard(pool)
                self._room_again()

        task.add_done_callback(ended)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way; what is not done by then is cancelled, and its claim runs out."""
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
        s, pools = self._services, self._pools
        store, claim = s.store, (s.owner, s.lease)
        if free := pools.free("inbox"):
            for request in await store.inbox.claim(*claim, free):
                pools.run("inbox", carry_out(request, s))
        for provider in s.providers.all:
            if free := pools.free(provider.name):
                for watch in await store.watches.claim(*claim, free, providers=[provider.name]):
                    pools.run(provider.name, self._look(watch))
        if free := pools.free("library"):
            for due in await store.looks.claim(*claim, free):
                pools.run("library", look_into_library(due, s))
        if free := pools.free("slack"):
            for notice in await store.notices.claim(*claim, free):
                pools.run("slack", self._deliver(notice))

    async def _look(self, claimed: Claimed[Watch]) -> None:
        watch = claimed.value
        try:
            await look(claimed, self._services)
        except CannotDo as error:
            reply = ReplyTo(watch.conversation, watch.asker)
            await self._services.messenger.tell(reply, Sentence(str(error), bad=True))
