"""aiosqlite on a virtual loop: what its threads would do is done by the loop, in the order in which it was asked for.

Where another connection holds the file, SQLite would block its thread until the file is free. Here the loop must go on,
since whoever holds the file may need it: the job is tried again a little later, in virtual time, for as long as its
connection is patient.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import Any
from unittest.mock import patch

import aiosqlite.core

_LOOK_AGAIN = 0.01

Job = tuple["asyncio.Future[Any] | None", Callable[[], Any]]


@contextmanager
def done_in_turn(mine: Callable[[], asyncio.AbstractEventLoop | None]) -> Iterator[None]:
    """Connections that are made meanwhile on the loop that `mine` gives have no thread."""

    def queue() -> Any:
        return SimpleQueue() if (loop := mine()) is None else _Jobs(loop)

    def thread(**how: Any) -> Any:
        return Thread(**how) if mine() is None else _NoThread()

    with ExitStack() as stack:
        stack.enter_context(patch.object(aiosqlite.core, "SimpleQueue", queue))
        stack.enter_context(patch.object(aiosqlite.core, "Thread", thread))
        yield


class _NoThread:
    daemon = False

    def start(self) -> None:
        """Its jobs are done by the loop."""

    def join(self, timeout: float | None = None) -> None:
        """There is nobody to wait for."""


class _Jobs:
    """What one connection was asked to do, one after the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._jobs: deque[Job] = deque()
        self._patience = 0.0
        self._give_up: float | None = None

    def put_nowait(self, job: Job) -> None:
        if self._loop.is_closed():  # a connection that nobody closed: whoever drops it says so
            job[1]()
            return
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self._loop.call_soon(self._work)

    def _work(self) -> None:
        future, function = self._jobs[0]
        try:
            result = function()
        except sqlite3.OperationalError as error:
            if self._may_wait(error):
                self._loop.call_later(_LOOK_AGAIN, self._work)
                return
            self._ended(future, aiosqlite.core.set_exception, error)
        except BaseException as error:  # noqa: BLE001  as the thread does: it is the asker's
            self._ended(future, aiosqlite.core.set_exception, error)
        else:
            if isinstance(result, sqlite3.Connection):
                self._take_over(result)
            self._ended(future, aiosqlite.core.set_result, result)

    def _ended(self, future: asyncio.Future[Any] | None, tell: Callable[..., None], outcome: Any) -> None:
        if future is not None:
            tell(future, outcome)
        self._give_up = None
        self._jobs.popleft()
        if self._jobs:
            self._loop.call_soon(self._work)

    def _take_over(self, connection: sqlite3.Connection) -> None:
        """Wait for the file in SQLite's place."""
        [milliseconds] = connection.execute("PRAGMA busy_timeout").fetchone()
        self._patience = milliseconds / 1000
        connection.execute("PRAGMA busy_timeout = 0")

    def _may_wait(self, error: sqlite3.OperationalError) -> bool:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
            return False
        now = self._loop.time()
        self._give_up = now + self._patience if self._give_up is None else self._give_up
        return now < self._give_up
