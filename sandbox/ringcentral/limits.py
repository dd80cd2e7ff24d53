"""Rate limits: so many requests of one group a minute, and a penalty that every impatience begins anew.

The minute is one of the sandbox's world: at twenty times the speed it lasts three seconds. What headers say
are seconds of that world too.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.clock import Clock

DEFAULTS = {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
WINDOW = 60
PENALTY = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in a group after a request."""

    group: str
    limit: int
    remaining: int
    admitted: bool = True
    in_penalty: bool = False

    def headers(self) -> dict[str, str]:
        return {
            "X-Rate-Limit-Group": self.group,
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
            "X-Rate-Limit-Window": str(WINDOW),
        }


@dataclass(slots=True)
class _Bucket:
    times: deque[float] = field(default_factory=deque)
    shut_until: float = 0.0


class Limits:
    """A sliding window for each user and app and group. `per_minute` can be changed while it runs."""

    def __init__(self, clock: Clock, per_minute: Mapping[str, int] | None = None) -> None:
        self._clock = clock
        self._told = {group.lower(): limit for group, limit in (per_minute or {}).items()}
        self._buckets: dict[tuple[str, str], _Bucket] = defaultdict(_Bucket)
        self.per_minute = DEFAULTS | self._told

    def admit(self, who: str, group: str) -> Standing:
        """Count a request in, or refuse it. One that comes within a penalty begins the penalty anew."""
        now = time.monotonic()
        limit = self.per_minute.get(group, DEFAULTS["heavy"])
        bucket = self._buckets[who, group]
        while bucket.times and bucket.times[0] <= now - self._clock.scaled(WINDOW):
            bucket.times.popleft()
        in_penalty = now < bucket.shut_until
        if in_penalty or len(bucket.times) >= limit:
            bucket.shut_until = now + self._clock.scaled(PENALTY)
            return Standing(group, limit, 0, admitted=False, in_penalty=in_penalty)
        bucket.times.append(now)
        return Standing(group, limit, limit - len(bucket.times))

    def forget(self) -> None:
        """Every budget is whole again, and as at the start."""
        self._buckets.clear()
        self.per_minute = DEFAULTS | self._told
