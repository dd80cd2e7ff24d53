"""Clocks: one that a test moves, and how far the loop's has come."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta


class Clock:
    """It is `now` until the test says otherwise."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta = timedelta(), /, **units: float) -> None:
        """So much later: by a duration, or by `minutes=5` and the like."""
        self.now += by + timedelta(**units)


@contextmanager
def lasting(seconds: float) -> Iterator[None]:
    """What is done within takes so many seconds, of those that a virtual loop counts."""
    begun = time.monotonic()
    yield
    took = time.monotonic() - begun
    assert abs(took - seconds) < 0.001, f"it took {took} s, and not {seconds} s"
