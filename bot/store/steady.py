"""The hour of a machine whose clock may be set while we run.

What is due stands in the store as an hour. Were that the hour of a clock that is wrong for five seconds, nothing would
be looked at for an hour once it is right again.
"""

import time
from datetime import UTC, datetime, timedelta

_NOTICED = timedelta(seconds=1)
_BELIEVED = timedelta(minutes=1)
_SLOWER = 0.5


class SteadyClock:
    """The wall's hour, but for steps: those are believed once they have lasted for a minute.

    It never goes back. Where the wall was set back for good, it goes at half the pace until the wall has caught up.
    """

    def __init__(self) -> None:
        self._looked = time.monotonic()
        self._ahead = time.time() - self._looked
        """The wall's hour less the count of seconds, as far as it is believed."""
        self._claimed = self._ahead
        self._since = self._looked

    def __call__(self) -> datetime:
        count = time.monotonic()
        self._look(time.time() - count, count)
        self._looked = count
        return datetime.fromtimestamp(count + self._ahead, UTC)

    def _look(self, claimed: float, count: float) -> None:
        if abs(claimed - self._ahead) < _NOTICED.total_seconds():
            self._ahead = max(claimed, self._ahead)
            return
        if abs(claimed - self._claimed) >= _NOTICED.total_seconds():
            self._claimed, self._since = claimed, count
        if count - self._since < _BELIEVED.total_seconds():
            return
        if claimed > self._ahead:
            self._ahead = claimed
        else:
            self._ahead = max(claimed, self._ahead - _SLOWER * (count - self._looked))
