"""The loop itself."""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

import anyio.to_thread

from tests.virtual_time.chance import drawn_from_the_seed
from tests.virtual_time.clocks import Clocks
from tests.virtual_time.loopback import Messenger, send_at_once
from tests.virtual_time.sqlite import done_in_turn
from tests.virtual_time.trace import Trace

T = TypeVar("T")
P = ParamSpec("P")

_MOST_JUMPS = 200_000
"""Something ticks, and what the test waits for never comes."""


class Stuck(Exception):
    """What the test waits for cannot come."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop on clocks that stand still while anybody works.

    When nothing is ready and nothing is on its way over loopback, they jump to the next timer. What others do in
    threads is done by the loop, in turn: SQLite's work and executors' jobs. Processes of their own, a browser and
    PostgreSQL have clocks of their own, and are not for this loop.

    A job that must not be done here, since it waits for something that this loop serves, is given to `in_thread`:
    meanwhile time passes as it does outside.
    """

    def __init__(self) -> None:
        self._clocks = Clocks()
        self._messenger = Messenger()
        self._installed = ExitStack()
        self._outside = 0
        self._begun = 0
        self.trace = Trace()
        super().__init__(_Selector(self))
        self._clocks.start()
        self._installed.callback(self._clocks.stop)
        self._installed.enter_context(drawn_from_the_seed())
        self._installed.enter_context(done_in_turn(self._if_it_runs))
        self._installed.enter_context(patch.object(anyio.to_thread, "run_sync", _anyio_runs))

    def time(self) -> float:
        return self._clocks.now

    @property
    def passed(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._clocks.passed

    def set_the_wall(self, by: float) -> None:
        """Set the wall's clock forward or back by so many seconds; no timer minds."""
        self._clocks.set_the_wall(by)

    def close(self) -> None:
        if not self.is_closed():
            super().close()
            self._installed.close()
            self._messenger.close()

    # -- what it does when nothing is ready -------------------------------------------------------------------

    def idle(self, select: Callable[[float], list[Any]], due: bool) -> list[Any]:
        """What came after all; nothing where time has jumped. `due`: whether there is a timer to jump to."""
        if self._outside:
            return self._at_the_real_pace(select)
        self._messenger.run()
        if ready := select(0):
            return ready
        if not due:
            raise Stuck("Nothing is ready, nothing is due and nobody works: what is waited for cannot come.")
        if self.trace.jumps >= _MOST_JUMPS:
            raise Stuck(f"{_MOST_JUMPS} timers fell due, and what is waited for did not come.")
        self._clocks.advance(max(0.0, self._scheduled[0].when() - self.time()))  # type: ignore[attr-defined]
        self.trace.jumped(self.passed, self._begun)
        return []

    def _at_the_real_pace(self, select: Callable[[float], list[Any]]) -> list[Any]:
        begun = time.perf_counter()
        ready = select(0.01)
        self._clocks.advance(time.perf_counter() - begun)
        return ready

    @contextmanager
    def _as_outside(self) -> Iterator[None]:
        """Time passes as it does for somebody who works in a thread meanwhile."""
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1

    def create_task(self, coro: Any, **how: Any) -> asyncio.Task[Any]:
        self._begun += 1
        return super().create_task(coro, **how)

    # -- who works for it ----------------------------------------------------------------------------------------

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Do it in one of the next turns."""
        future = self.create_future()
        self.call_soon(_work, future, func, args)
        return future

    async def in_thread(self, func: Callable[[], T]) -> T:
        """What it returns, done in a thread of its own, which may wait for this loop."""
        with self._as_outside():
            return await super().run_in_executor(None, func)

    async def shutdown_default_executor(self) -> None:
        """The threads of `in_thread` end."""
        with self._as_outside():
            await super().shutdown_default_executor()

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        raise Stuck("A process has a clock of its own: mark the test `real_time`.")

    async def subprocess_shell(self, *args: Any, **kwargs: Any) -> Any:
        raise Stuck("A process has a clock of its own: mark the test `real_time`.")

    def _make_socket_transport(self, sock: socket.socket, *args: Any, **kwargs: Any) -> Any:
        send_at_once(sock)
        return super()._make_socket_transport(sock, *args, **kwargs)  # type: ignore[misc]

    def _if_it_runs(self) -> asyncio.AbstractEventLoop | None:
        """This loop, for whoever runs on it."""
        return self if asyncio._get_running_loop() is self else None


async def _anyio_runs(func: Callable[..., T], *args: Any, **_: Any) -> T:
    """anyio, and Starlette by it, has threads of its own."""
    done: T = await asyncio.get_running_loop().run_in_executor(None, func, *args)
    return done


def _work(future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        result = func(*args)
    except Exception as error:  # noqa: BLE001  it is the asker's
        if not future.done():
            future.set_exception(error)
    else:
        if not future.done():
            future.set_result(result)


class _Selector(selectors.DefaultSelector):
    """Asks the loop before it waits."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        return self._loop.idle(super().select, due=timeout is not None)


async def in_thread(func: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `func` returns, done in a thread that may wait for what this loop serves, whichever loop it is."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop):
        return await loop.in_thread(partial(copy_context().run, func, *args, **kwargs))
    return await asyncio.to_thread(func, *args, **kwargs)
