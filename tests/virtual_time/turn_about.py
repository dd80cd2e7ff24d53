"""A thread and the loop that work turn about, never at once: so two runs go alike."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

_Lent = tuple[Coroutine[Any, Any, Any], "Future[Any]"]
_lent: ContextVar[SimpleQueue[_Lent | None]] = ContextVar("_lent")


async def turn_about(func: Callable[[], T]) -> T:
    """What it returns, done in a thread, for which the loop and its clock stand still until it lends them some work."""
    lent: SimpleQueue[_Lent | None] = SimpleQueue()

    def run() -> T:
        _lent.set(lent)
        try:
            return func()
        finally:
            lent.put(None)

    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(copy_context().run, run)
        while (asked := lent.get()) is not None:
            work, done = asked
            try:
                done.set_result(await work)
            except BaseException as error:  # noqa: BLE001  it is the thread's
                done.set_exception(error)
        return result.result()


def lend(work: Coroutine[Any, Any, T]) -> T:
    """Have it done on the loop, for a function that was given to `turn_about` and does nothing meanwhile."""
    done: Future[T] = Future()
    _lent.get().put((work, done))
    return done.result()
