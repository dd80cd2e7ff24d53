"""Word of every change in the workspace: to the pages that are open, and to whoever waits for one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from sandbox.slack.model import Json

Seen = TypeVar("Seen")


class News:
    """Carries page events to the people they concern, and wakes those who wait for a change."""

    def __init__(self) -> None:
        self._pages: dict[str, set[asyncio.Queue[Json]]] = defaultdict(set)
        self._waiting: set[asyncio.Future[None]] = set()

    def subscribe(self, person: str) -> asyncio.Queue[Json]:
        """Page events for one person, from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._pages[person].add(queue)
        return queue

    def unsubscribe(self, person: str, queue: asyncio.Queue[Json]) -> None:
        self._pages[person].discard(queue)

    def tell(self, people: Iterable[str], event: Json) -> None:
        """Send a page event to these people, wherever they have the page open."""
        for person in set(people):
            for queue in self._pages[person]:
                queue.put_nowait(event)
        self.stir()

    def stir(self) -> None:
        """Something changed: everybody who waits looks again."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_for(self, look: Callable[[], Seen], timeout: float) -> Seen:
        """What `look` sees once it sees something true; it is asked after each change.

        Raises TimeoutError after `timeout` real seconds.
        """
        async with asyncio.timeout(timeout):
            while not (seen := look()):
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
        return seen
