"""A clock that a test moves."""

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
