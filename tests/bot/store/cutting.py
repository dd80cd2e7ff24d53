"""Cutting work off, wherever it waits for something."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from itertools import count
from typing import Any


class Cut:
    """Work in a task of its own that is cancelled when it waits for the `at`-th time. `reached`: it did so.

    `late`: what it waits for has come by then, and it has not been told.
    """

    def __init__(self, work: Coroutine[Any, Any, Any], at: int, *, late: bool) -> None:
        self.reached = False
        self._at = at
        self._late = late
        self._task = asyncio.create_task(self._work(work))

    async def ended(self) -> None:
        """It has ended, and undone what it left half done. If it was not cut, what it raised is raised."""
        await asyncio.wait([self._task])
        if not self.reached:
            self._task.result()

    async def _work(self, work: Coroutine[Any, Any, Any]) -> None:
        await _Steps(work, self._waits)

    def _waits(self, waited_for: Any, number: int) -> None:
        if number != self._at:
            return
        self.reached = True
        if self._late and waited_for is not None:
            waited_for.add_done_callback(lambda _: self._task.cancel())
        else:
            self._task.cancel()


class _Steps:
    """The work step by step: `waits` hears what it waits for, and for the how many-th time."""

    def __init__(self, work: Coroutine[Any, Any, Any], waits: Any) -> None:
        self._work = work
        self._waits = waits

    def __await__(self) -> Generator[Any, Any, Any]:
        go_on = partial(self._work.send, None)
        for number in count(1):
            try:
                waited_for = go_on()
            except StopIteration:
                return
            self._waits(waited_for, number)
            try:
                yield waited_for
            except BaseException as error:  # noqa: BLE001  it is the work's
                go_on = partial(self._work.throw, error)
            else:
                go_on = partial(self._work.send, None)
