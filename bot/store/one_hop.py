"""SQLite statements that cross to their thread once.

SQLAlchemy's cursor for aiosqlite crosses four times a statement (make a cursor, execute, fetch, close), which costs
more than the statement. This one does all four over there: a read takes two thirds of the time.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
)
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import EMPTY_DICT, await_only

_LONGEST_FAREWELL = 5.0

Run = Callable[[sqlite3.Cursor, Any, Any], object]


@dataclass(frozen=True, slots=True)
class _Ran:
    """What is left of a cursor on the other thread."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1


def _run(
    connection: sqlite3.Connection, run: Run, operation: Any, parameters: Any
) -> tuple[Sequence[Any], _Ran]:
    cursor = connection.cursor()
    try:
        run(cursor, operation, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return rows, _Ran(cursor.description, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._soft_closed_memoized = EMPTY_DICT
        self._take((), _Ran())

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        return self._cross(sqlite3.Cursor.execute, operation, parameters or ())

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        return self._cross(sqlite3.Cursor.executemany, operation, seq_of_parameters)

    def _cross(self, run: Run, operation: Any, parameters: Any) -> Any:
        there = self._connection
        try:
            self._take(*await_only(there._execute(_run, there._conn, run, operation, parameters)))
        except Exception as error:  # noqa: BLE001  it is raised again, in SQLAlchemy's words
            self._adapt_connection._handle_exception(error)
        return self

    def _take(self, rows: Sequence[Any], ran: Any) -> None:
        self._rows = deque(rows)
        self._cursor = ran

    async def _async_soft_close(self) -> None:
        """It is closed already."""

    def close(self) -> None:
        self._rows.clear()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()

    _cursor_cls = _Cursor


def cross_once(engine: Engine) -> None:
    """Let every connection of this engine cross to its thread once a statement."""
    # aiosqlite spells out every statement with its values, and some of those are addresses that are secret.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, record: object, args: list[Any], options: dict[str, Any]) -> _Connection:
        connection: Any = aiosqlite.connect(*args, **options)
        connection._thread.daemon = True  # as SQLAlchemy does: a forgotten connection holds up no exit
        return _Connection(dialect.dbapi, await_only(_opened(connection)))


async def _opened(connection: Any) -> Any:
    """The connection, once it is open. One that was given up is waited for: its thread still speaks to our loop."""
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(connection._thread.join, _LONGEST_FAREWELL)
        raise
