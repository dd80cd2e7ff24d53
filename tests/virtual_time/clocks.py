"""The clocks of this process, moved by hand: the monotonic one and the wall's go together."""

from __future__ import annotations

import math
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import aiohttp.connector
import time_machine

BEGINNING = datetime(2026, 5, 4, 9, tzinfo=UTC)  # always the same, so that a run can be run again
_A_WHILE = 100_000.0  # for which the machine has been up: nobody takes 0 for "never" by luck
_GRID = 2.0**20  # moments lie on a grid of about a microsecond: their sums and differences are exact

_really_sleep = time.sleep


class Clocks:
    """What `time.monotonic`, `time.time` and `datetime.now` say in this process from `start` to `stop`.

    `time.perf_counter` goes on: pytest and hypothesis measure themselves by it.
    """

    def __init__(self) -> None:
        self.now = _A_WHILE
        self._set_by = 0.0
        self._thread = threading.get_ident()
        self._installed = ExitStack()

    def start(self) -> None:
        self._travel = self._installed.enter_context(time_machine.travel(BEGINNING.timestamp(), tick=False))
        for owner, name, stand_in in (
            (time, "monotonic", self._monotonic),
            (time, "sleep", self._sleep),
            (aiohttp.connector, "monotonic", self._monotonic),  # the one library in use that keeps it by name
        ):
            self._installed.enter_context(patch.object(owner, name, stand_in))

    def stop(self) -> None:
        self._installed.close()

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return self.now - _A_WHILE

    def advance(self, seconds: float) -> None:
        """Later by this, and never a moment too early: a timer that fell due is due."""
        self.now += math.ceil(seconds * _GRID) / _GRID
        self._tell_the_hour()

    def set_the_wall(self, by: float) -> None:
        """Somebody sets the wall's clock; the monotonic one knows nothing of it."""
        self._set_by += by
        self._tell_the_hour()

    def _tell_the_hour(self) -> None:
        self._travel.move_to(BEGINNING.timestamp() + self.passed + self._set_by)

    def _monotonic(self) -> float:
        return self.now

    def _sleep(self, seconds: float) -> Any:
        """Whoever blocks the loop's own thread stands still: time passes for all."""
        if threading.get_ident() == self._thread:
            self.advance(seconds)
        else:
            _really_sleep(seconds)
