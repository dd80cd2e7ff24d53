"""One group of requests: how many may be sent still, as far as we know, and who waits for it."""

import asyncio
import heapq
import time
from dataclasses import dataclass, field
from math import ceil, inf


@dataclass(eq=False, slots=True)
class Sent:
    """A request of ours that counts until `gone`: never, as long as nobody answered."""

    number: int
    gone: float = inf


@dataclass(order=True, slots=True)
class Place:
    """A place in a queue: people before the background, then first come, first served."""

    behind: bool
    number: int
    woken: asyncio.Event = field(compare=False, default_factory=asyncio.Event)


@dataclass(slots=True)
class Told:
    """What an answer said is left, and after which of our requests; it holds until `over`."""

    number: int = -1
    left: int = 0
    over: float = 0.0


class Group:
    """The budget of one group, as far as it is known."""

    def __init__(self, limit: int, window: float) -> None:
        self.limit = limit
        self.window = window
        self.shut_until = 0.0
        self.sent: list[Sent] = []
        self.told = Told()
        self.queue: list[Place] = []

    def delay(self, *, behind: bool = False) -> float:
        """Seconds until one more request may be sent; infinite where only an answer can tell.

        Whoever is `behind` leaves a fifth of the budget to people, who would else wait for a whole window.
        """
        now = time.monotonic()
        spared = max(1, self.limit // 5) if behind and self.limit > 1 else 0
        if now < self.shut_until:
            return self.shut_until - now
        self.sent = [one for one in self.sent if one.gone > now]
        if len(self.sent) >= self.limit - spared:
            return min(one.gone for one in self.sent) - now
        since = sum(one.number > self.told.number for one in self.sent)
        if now < self.told.over and self.told.left - spared <= since:
            return self.told.over - now
        return 0.0

    def expected(self, place: Place) -> float:
        """About how many seconds it takes until this place's turn."""
        ahead = sum(other < place for other in self.queue)
        delay = self.delay()
        free = max(0, self.limit - len(self.sent)) if not delay else 0
        turns = ceil((ahead + 1 - free) / self.limit) if ahead >= free else 0
        first = min(delay, self.window) if delay else (self.window if turns else 0.0)
        return first + max(0, turns - 1) * self.window

    def shut(self, seconds: float) -> None:
        self.shut_until = max(self.shut_until, time.monotonic() + seconds)

    def wake(self) -> None:
        """Whoever is first looks again."""
        if self.queue:
            self.queue[0].woken.set()

    def join(self, place: Place) -> None:
        heapq.heappush(self.queue, place)

    def leave(self, place: Place) -> None:
        self.queue.remove(place)
        heapq.heapify(self.queue)
        self.wake()
