"""How many times at once, and how often, one link may open its file: a player that seeks opens it time and again.

Each opening is a request to the provider, of which some allow ten in a minute to all of us together. Whoever comes too
often waits, and only a crowd is turned away.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from providers.errors import Unavailable

_AT_ONCE = 4
_MOST_WAITING = 16
_PATIENCE = 20.0
_MOST_LINKS = 1024


@dataclass(frozen=True, slots=True)
class Pace:
    """So many openings in a row, and then one in so many seconds."""

    in_a_row: int
    seconds: float


FREE = Pace(30, 1.0)
RATIONED = Pace(5, 12.0)
"""Where a provider counts what is asked of it."""


class TooOften(Unavailable):
    """The person: this very link is being opened too often."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "A link is being opened too often.", asked=False, retry_after=timedelta(seconds=seconds)
        )


@dataclass(slots=True)
class _Gate:
    """One link: who is within or waits, and up to which moment its openings have used up its pace."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    there: int = 0
    used: float = 0.0


class Turnstile:
    """All links that were opened lately, each by itself."""

    def __init__(self) -> None:
        self._gates: OrderedDict[str, _Gate] = OrderedDict()

    @asynccontextmanager
    async def passage(self, link: str, pace: Pace) -> AsyncIterator[None]:
        """Within this its file may be open. TooOften where that would have to wait for long."""
        gate = self._gate(link)
        if gate.there >= _AT_ONCE + _MOST_WAITING:
            raise TooOften(pace.seconds)
        gate.there += 1
        try:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await gate.places.acquire()
            except TimeoutError:
                raise TooOften(pace.seconds) from None
            try:
                await self._turn(gate, pace)
                yield
            finally:
                gate.places.release()
        finally:
            gate.there -= 1

    async def _turn(self, gate: _Gate, pace: Pace) -> None:
        now = time.monotonic()
        wait = max(0.0, gate.used - (pace.in_a_row - 1) * pace.seconds - now)
        if wait > _PATIENCE:
            raise TooOften(wait)
        gate.used = max(gate.used, now) + pace.seconds
        try:
            await asyncio.sleep(wait)
        except asyncio.CancelledError:  # who hung up meanwhile has opened nothing
            gate.used -= pace.seconds
            raise

    def _gate(self, link: str) -> _Gate:
        gate = self._gates.setdefault(link, _Gate())
        self._gates.move_to_end(link)
        if len(self._gates) > _MOST_LINKS:
            oldest = next((id for id, one in self._gates.items() if not one.there and one is not gate), None)
            if oldest is not None:
                del self._gates[oldest]
        return gate
