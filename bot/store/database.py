"""What both databases can do: run a statement, or several that are kept together, and tell the hour.

A writing statement by itself is its own transaction; several share one. To return from either is to have it on disk.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Executable, Row, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.errors import StoreError

HOW_WRITTEN = "it looks like sqlite:///recbot.db or postgresql://recbot@db.example.org/recbot"


T = TypeVar("T")


class Database(ABC):
    """Runs statements. Each failure of the database is a StoreError, but for IntegrityErrors."""

    def __init__(
        self, where: str, known: Mapping[str, str], writers: AsyncEngine, readers: AsyncEngine
    ) -> None:
        self._where = where
        self._known = known
        self._writers = writers
        self._readers = readers

    @abstractmethod
    def now(self) -> datetime:
        """The hour by the clock that all who share this database go by."""

    @abstractmethod
    def hour(self) -> Mapping[str, datetime]:
        """What a statement that speaks of NOW is handed: nothing, where the database tells the hour by itself."""

    @abstractmethod
    async def keep_time(self) -> None:
        """Compare our clock with the database's, if it has one and that was not done lately."""

    async def read(self, statement: Executable, /, **values: Any) -> Sequence[Row[Any]]:
        """The rows of one statement that only reads."""
        with translated(self._where, self._known):
            async with self._readers.connect() as connection:
                return (await connection.execute(statement, values)).all()

    async def ask(self, fn: Callable[[Connection], T]) -> T:
        """What `fn` finds on a connection by which it only reads."""
        with translated(self._where, self._known):
            async with self._readers.connect() as connection:
                return await connection.run_sync(fn)

    async def write(self, statement: Executable, /, **values: Any) -> Sequence[Row[Any]]:
        """Carry out one statement and commit it; the rows it returns."""
        with translated(self._where, self._known):
            async with self._writers.connect() as connection:
                return await rows(connection, statement, values)

    @asynccontextmanager
    async def transaction(self, *alone: str) -> AsyncIterator[AsyncConnection]:
        """Several statements, all of which are kept or none. An exception rolls them back.

        Nobody else writes to the tables that are named until it has ended.
        """
        with translated(self._where, self._known):
            async with self._writers.connect() as connection, self._begun(connection, alone):
                yield connection

    @abstractmethod
    def _begun(self, connection: AsyncConnection, alone: Sequence[str]) -> AbstractAsyncContextManager[None]:
        """A transaction on this connection, alone with these tables."""

    @abstractmethod
    def version(self, connection: Connection) -> str:
        """The database's name and version."""

    async def close(self) -> None:
        """Close every connection."""
        await self._readers.dispose()
        await self._writers.dispose()


@asynccontextmanager
async def begun(connection: AsyncConnection, begin: str) -> AsyncIterator[None]:
    """One transaction on a connection that commits each statement by itself."""
    try:
        await connection.exec_driver_sql(begin)
        yield
        await connection.exec_driver_sql("COMMIT")
    except BaseException:
        # One that was cut off in the middle of a statement may have been closed, which rolls back as well.
        if not connection.invalidated:
            # A cancelled BEGIN or COMMIT is still carried out over there: this comes after it, whatever it did.
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            try:
                await raw.driver_connection.rollback()
            except Exception:  # noqa: BLE001  it broke off, which rolls back as well; what came first is what is raised
                await connection.invalidate()
        raise


async def rows(
    connection: AsyncConnection, statement: Executable, values: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Carry out a statement; the rows it returns, none where it returns none."""
    result = await connection.execute(statement, values)
    return result.all() if result.returns_rows else ()


def address_of(url: str) -> URL:
    """The database's address, in parts."""
    try:
        address = make_url(url)
        served = address.get_backend_name() == "postgresql"
        if served or address.get_backend_name() == "sqlite":
            address.get_dialect()().create_connect_args(address)
    except (ArgumentError, ValueError):  # a port that is no number, a file behind two strokes
        raise StoreError(f"database.url cannot be read; {HOW_WRITTEN}") from None
    # What stands behind a bare @ is taken for the host, and would be told as one, be it half a password.
    if served and "@" in f"{address.host}{address.database}":
        raise StoreError("database.url has one @ too many: in a user name or a password it is written %40")
    return address


@contextmanager
def translated(where: str, known: Mapping[str, str]) -> Iterator[None]:
    """A failure of the database, as a sentence for the operator."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error)
        sentence = next((text for sign, text in known.items() if sign in said), None)
        if sentence is None and isinstance(error, IntegrityError):
            raise
        raise StoreError(f"{where} {sentence or f'cannot be used: {said}.'}") from error
