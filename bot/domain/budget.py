"""Turns: how often we may do what somebody else counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.pace import Pace

_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A turn every so often, on average. After a rest, so many may be taken `at_once`.

    What was taken is kept as one moment, `full_at`: when all turns will be there again. In any stretch of time there
    are at most as many turns as go into it, and those that may be taken at once.
    """

    every: timedelta
    at_once: int

    def left(self, full_at: datetime, now: datetime) -> int:
        """How many turns there are now."""
        missing = -((now - full_at) // self.every)
        return max(0, self.at_once - max(0, missing))

    def when(self, full_at: datetime, now: datetime, number: int = 1) -> datetime:
        """When the turn with this number, counted from the next one, can be taken."""
        return max(now, max(full_at, now) - (self.at_once - number) * self.every)

    def taken(self, full_at: datetime, now: datetime, number: int) -> datetime:
        """When all turns will be there again, once so many were taken."""
        return max(full_at, now) + number * self.every


@dataclass(frozen=True, slots=True)
class Budget:
    """How often messages may be posted, in all and in one channel, and how often those that stand may be changed."""

    posts: Rate
    posts_there: Rate
    updates: Rate

    @classmethod
    def of(cls, pace: Pace) -> "Budget":
        """What Slack takes, at this pace: fifty updates a minute, a post a second and channel, a few at once."""
        return cls(
            posts=Rate(max(pace.posts_apart, _LEAST), 20),
            posts_there=Rate(max(pace.notice_gap, _LEAST), 3),
            updates=Rate(max(pace.updates_apart, _LEAST), 4),
        )


ENDLESS = Budget(*[Rate(_LEAST, 1_000_000_000)] * 3)
"""For messages that nobody counts."""
