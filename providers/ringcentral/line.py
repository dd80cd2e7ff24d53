"""The line of those in one process who wait for a turn: people's questions before files and the background, then
first come, first served."""

import asyncio
import heapq
from dataclasses import dataclass, field
from math import inf


@dataclass(order=True, slots=True)
class Place:
    """A place in a line."""

    behind: bool
    number: int
    woken: asyncio.Event = field(compare=False, default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Wait for so long, or until somebody says that it is worth another look."""
        try:
            async with asyncio.timeout(None if seconds == inf else seconds):
                await self.woken.wait()
        except TimeoutError:
            pass


class Line:
    """Those who wait. Only the first of them looks whether there is a turn."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def __bool__(self) -> bool:
        return bool(self._places)

    @property
    def first(self) -> Place:
        return self._places[0]

    def ahead_of(self, place: Place) -> int:
        """How many come before this place."""
        return sum(other < place for other in self._places)

    def join(self, place: Place) -> None:
        heapq.heappush(self._places, place)

    def leave(self, place: Place) -> None:
        self._places.remove(place)
        heapq.heapify(self._places)
        self.wake()

    def wake(self) -> None:
        """Whoever is first looks again."""
        if self._places:
            self._places[0].woken.set()
