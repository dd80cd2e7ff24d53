"""What Slack has delivered already: it may deliver the same once more, by another connection or after a while."""

import time
from collections import OrderedDict
from collections.abc import Callable

_SECONDS = 3600.0
_MOST = 10_000


class Seen:
    """The keys of what came within the last hour to this process, the newest at the end."""

    def __init__(self, seconds: Callable[[], float] | None = None) -> None:
        self._seconds = seconds or time.monotonic
        self._keys: OrderedDict[str, float] = OrderedDict()

    def first(self, key: str) -> bool:
        """Whether this has not been here before. What has no key is new each time."""
        now = self._seconds()
        while self._keys and (now - next(iter(self._keys.values())) > _SECONDS or len(self._keys) >= _MOST):
            self._keys.popitem(last=False)
        if not key:
            return True
        if key in self._keys:
            return False
        self._keys[key] = now
        return True
