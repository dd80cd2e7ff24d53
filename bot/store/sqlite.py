"""One SQLite file: one connection that writes, a few that read.

A transaction begins IMMEDIATE, so that nobody finds out at its end that somebody else wrote first. Whoever shares the
file runs on this machine, and goes by its clock.
"""

import asyncio
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.database import Database, address_of, begun
from bot.store.errors import StoreError
from bot.store.one_hop import cross_once

BUSY_SECONDS = 5
IMMEDIATE = "BEGIN IMMEDIATE"
_READERS = 3
_LOOK = 0.02

KNOWN = {
    "locked": f"has been locked for {BUSY_SECONDS} s: is a backup or another tool holding it?",
    "disk is full": "cannot grow: its disk is full.",
    "disk I/O": "cannot be read or written: look at its disk.",
    "unable to open": "cannot be opened: does its folder exist, and may we write there?",
    "readonly": "may not be written to: look at its owner and mode.",
    "not a database": "is not an SQLite database.",
    "malformed": "is damaged: restore it from a backup.",
    "NOT NULL": "is damaged: restore it from a backup.",  # we write no row without its values
}


class Sqlite(Database):
    """The file at this address."""

    def __init__(self, url: URL, clock: Callable[[], datetime]) -> None:
        readers = engine(url, "query_only=ON", connections=_READERS)
        super().__init__(place_of(url), KNOWN, engine(url, connections=1), readers)
        self._clock = clock

    def now(self) -> datetime:
        return self._clock()

    def hour(self) -> Mapping[str, datetime]:
        return {"claim_now": self._clock()}

    async def keep_time(self) -> None:
        """A file has no clock."""

    def _begun(self, connection: AsyncConnection, alone: Sequence[str]) -> AbstractAsyncContextManager[None]:
        return begun(connection, IMMEDIATE)  # whoever writes is alone

    def version(self, connection: Connection) -> str:
        return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"


def engine(url: URL, *pragmas: str, connections: int) -> AsyncEngine:
    """Connections to the file that commit each statement by itself, unless we BEGIN."""
    made = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    )
    cross_once(made.sync_engine)

    @event.listens_for(made.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return made


async def use_write_ahead_log(connection: AsyncConnection) -> None:
    """Have the file written by way of a log, so that one may read while another writes. It stays so for good.

    SQLite waits for its turn at everything but this: of those who ask at once, some are refused in the same moment.
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > give_up:
                raise
        else:
            return
        await asyncio.sleep(_LOOK)


def sqlite_file(address: URL) -> URL:
    """The file's address for our driver, made private before anything is in it."""
    file = address.database
    if not file or file == ":memory:" or file.startswith("file:"):
        raise StoreError(
            "database.url must name a file, like sqlite:///recbot.db: memory forgets what was promised"
        )
    try:
        if Path(file).is_dir():
            raise StoreError(f"The database file {file} is a folder.")
        Path(file).touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"The database file {file} cannot be made: {error.strerror}.") from error
    return address.set(drivername="sqlite+aiosqlite")


def exposed(url: str) -> str:
    """A warning where everybody on this machine may read or change the file, else nothing. One that we made is ours."""
    address = address_of(url)
    if address.get_backend_name() != "sqlite" or not (file := Path(address.database or ".")).is_file():
        return ""
    if not file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return ""
    return f"everybody on this machine may read {file}, and what is kept there: chmod o= {file}"


def place_of(url: URL) -> str:
    """How we speak of the file."""
    return f"The database file {url.database}"
