"""One SQLite file: one connection that writes, a few that read.

A writing statement by itself is its own transaction; several share one that begins IMMEDIATE, so that nobody finds
out at its end that somebody else wrote first. To return from either is to have it on disk.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Executable, Row, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.errors import StoreError
from bot.store.one_hop import cross_once

BUSY_SECONDS = 5
_READERS = 3


class Database:
    """Runs statements. Each failure of the database is a StoreError, but for IntegrityErrors."""

    def __init__(self, url: URL, now: Callable[[], datetime]) -> None:
        self.now = now
        self._url = url
        self._writer = engine(url, connections=1)
        self._readers = engine(url, "query_only=ON", connections=_READERS)

    async def read(self, statement: Executable, /, **values: Any) -> Sequence[Row[Any]]:
        """The rows of one statement that only reads."""
        with translated(self._url):
            async with self._readers.connect() as connection:
                return (await connection.execute(statement, values)).all()

    async def write(self, statement: Executable, /, **values: Any) -> Sequence[Row[Any]]:
        """Carry out one statement and commit it; the rows it returns."""
        with translated(self._url):
            async with self._writer.connect() as connection:
                return await rows(connection, statement, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Several statements, all of which are kept or none. An exception rolls them back."""
        with translated(self._url):
            async with self._writer.connect() as connection, immediate(connection):
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._readers.dispose()
        await self._writer.dispose()


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
        for pragma in ("synchronous=FULL", "foreign_keys=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return made


@asynccontextmanager
async def immediate(connection: AsyncConnection) -> AsyncIterator[None]:
    """One transaction that takes the right to write at its beginning."""
    try:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        await connection.exec_driver_sql("COMMIT")
    except BaseException:
        # A cancelled BEGIN or COMMIT is still carried out on its thread: this comes after it, whatever it did.
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.rollback()
        raise


async def rows(
    connection: AsyncConnection, statement: Executable, values: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Carry out a statement; the rows it returns, none where it returns none."""
    result = await connection.execute(statement, values)
    return result.all() if result.returns_rows else ()


def sqlite_file(url: str) -> URL:
    """The database's address for our driver, its file made private before anything is in it."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError("database.url cannot be read; it looks like sqlite:///recbot.db") from None
    if address.get_backend_name() != "sqlite":
        raise StoreError("database.url must name an SQLite file, like sqlite:///recbot.db")
    file = address.database
    if not file or file == ":memory:" or file.startswith("file:"):
        raise StoreError(
            "database.url must name a file, like sqlite:///recbot.db: memory forgets what was promised"
        )
    try:
        Path(file).touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"The database file {file} cannot be made: {error.strerror}.") from error
    return address.set(drivername="sqlite+aiosqlite")


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """A failure of the database, as a sentence for the operator."""
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise StoreError(_sentence(url, error)) from error


def _sentence(url: URL, error: SQLAlchemyError) -> str:
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    where = f"The database file {url.database}"
    for sign, sentence in _KNOWN.items():
        if sign in said:
            return f"{where} {sentence}"
    return f"{where} cannot be used: {said}."


_KNOWN = {
    "locked": f"has been locked for {BUSY_SECONDS} s: is a backup or another tool holding it?",
    "disk is full": "cannot grow: its disk is full.",
    "disk I/O": "cannot be read or written: look at its disk.",
    "unable to open": "cannot be opened: does its folder exist, and may we write there?",
    "readonly": "may not be written to: look at its owner and mode.",
    "not a database": "is not an SQLite database.",
    "malformed": "is damaged: restore it from a backup.",
}
