"""The pace of a sandbox world: its delays may be shortened, its wall clock never is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class Clock:
    """Tells the time as it is, and shortens every wait of the world alike.

    With `speed=20` a recorder that needs 3 seconds to join needs 0.15. `now` stays the true time,
    so that dates in answers agree with the clocks of whoever reads them.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"The speed of the sandbox is a positive number, not {speed}.")
        self.speed = speed

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""
        return datetime.now(UTC)

    def scaled(self, seconds: float) -> float:
        """How many real seconds a delay of `seconds` takes in this world."""
        return seconds / self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this world."""
        await asyncio.sleep(self.scaled(seconds))
