"""Slack's rate limits: so many calls of one method in a minute, and so many posts in one channel.

The minute is one of the sandbox's world: at twenty times the speed it lasts three seconds.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.slack.refusal import RateLimited

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, for a method and workspace."""
SPECIAL = {"auth.test": 600, "chat.postMessage": 300}
"""Slack speaks of "several hundred" posts a minute in a workspace, besides one a second in a channel."""
BURST = 4
"""So many posts may follow each other at once in a channel that was quiet, then one a second."""


@dataclass(slots=True)
class _OnDemand:
    times: int
    retry_after: int


class Limits:
    """Refuses what comes too fast. A refused call does not count."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, tuple[float, float]] = {}
        self._on_demand: dict[str, _OnDemand] = {}

    def demand(self, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        """Refuse the next calls of a method, `*` for any, whatever their pace."""
        self._on_demand[method] = _OnDemand(times, retry_after)

    def admit(self, method: str, tier: int | None) -> None:
        """Count a call in, or raise RateLimited. Without a tier only what was demanded is refused."""
        for name in (method, "*"):
            demanded = self._on_demand.get(name)
            if demanded and demanded.times > 0:
                demanded.times -= 1
                raise RateLimited(demanded.retry_after)
        most = SPECIAL.get(method, TIERS[tier] if tier else None)
        if most is None:
            return
        now, minute = time.monotonic(), self._clock.scaled(60)
        calls = self._calls[method]
        while calls and calls[0] <= now - minute:
            calls.popleft()
        if len(calls) >= most:
            raise RateLimited(max(1, math.ceil(calls[0] + minute - now)))
        calls.append(now)

    def admit_post(self, place: str) -> None:
        """Count a post into a channel in, or raise RateLimited."""
        now, second = time.monotonic(), self._clock.scaled(1)
        left, since = self._posts.get(place, (float(BURST), now))
        left = min(float(BURST), left + (now - since) / second)
        if left < 1:
            self._posts[place] = (left, now)
            raise RateLimited(max(1, math.ceil((1 - left) * second)))
        self._posts[place] = (left - 1, now)
