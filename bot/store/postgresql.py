"""PostgreSQL: any number of processes on any number of machines share one database, and go by its clock.

NOW is told by the database's own function `recbot_now()`. Hours that we reckon ourselves (when to look again) come from
a clock that only ever goes forward, set by the database's.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.database import Database, begun
from bot.store.errors import StoreError
from bot.store.moment import EPOCH, MICROSECOND

BEGIN = "BEGIN"
_CONNECTIONS = 10
_CONNECT_SECONDS = 5
_COMPARE_EVERY = timedelta(minutes=1)
_HOUR = text("SELECT recbot_now()")

# A process that is stopped in the middle of a transaction must not hold its locks for ever.
_SESSION = (
    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; "
    "SET idle_in_transaction_session_timeout = '10s'; SET timezone = 'UTC'"
)

KNOWN = {
    "password authentication failed": "refuses the user name or the password of database.url.",
    "no password supplied": "wants a password; database.url has none.",
    "does not exist": "is not there as database.url names it: make the database and its user first.",
    "recbot_now": "has not been prepared: run `recbot db upgrade`.",
    "too many clients": "has no connection left: raise its max_connections, or run fewer processes.",
    "remaining connection slots": "has no connection left: raise its max_connections, or run fewer processes.",
    "lock timeout": "has been locked for 5 s: is a backup or another tool holding it?",
    "deadlock detected": "let two of us wait for each other; one was sent back to try again.",
    "permission denied": "forbids us what we need: the user must own the tables, or be granted all on them.",
    "read-only transaction": "only lets us read: is it a standby?",
    "could not extend": "cannot grow: its disk is full.",
    "starting up": "is starting up; try again in a moment.",
    "shutting down": "is shutting down.",
    "connection": "cannot be reached, or broke off: look at its address and the network.",
}


def steady() -> datetime:
    """An hour that only ever goes forward; which one it is means nothing."""
    return EPOCH + timedelta(seconds=time.monotonic())


class PostgreSQL(Database):
    """The database at this address."""

    def __init__(self, url: URL, clock: Callable[[], datetime]) -> None:
        shared = engine(url, connections=_CONNECTIONS)
        super().__init__(place_of(url), KNOWN, shared, shared)
        self._clock = clock
        self._ahead: timedelta | None = None
        self._compared = clock()

    def now(self) -> datetime:
        assert self._ahead is not None, "keep_time comes first"
        return self._clock() + self._ahead

    def hour(self) -> Mapping[str, datetime]:
        return {}

    async def keep_time(self) -> None:
        if self._ahead is not None and self._clock() - self._compared < _COMPARE_EVERY:
            return
        [(said,)] = await self.read(_HOUR)
        # By the end of the question: what we call now has come for the database too, and is never a moment ahead.
        self._compared = self._clock()
        self._ahead = EPOCH + said * MICROSECOND - self._compared

    @asynccontextmanager
    async def _begun(self, connection: AsyncConnection, alone: Sequence[str]) -> AsyncIterator[None]:
        async with begun(connection, BEGIN):
            for table in alone:
                await connection.exec_driver_sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield

    def version(self, connection: Connection) -> str:
        return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"


def engine(url: URL, *, connections: int) -> AsyncEngine:
    """Connections that commit each statement by itself, unless we BEGIN."""
    made = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_CONNECT_SECONDS,
        hide_parameters=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )

    @event.listens_for(made.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(_SESSION)
        cursor.close()

    return made


def postgresql_address(address: URL) -> URL:
    """The database's address for our driver."""
    if not address.database:
        raise StoreError("database.url must name a database, like postgresql://recbot@db.example.org/recbot")
    return address.set(drivername="postgresql+psycopg")


def place_of(url: URL) -> str:
    """How we speak of the database: never with its password."""
    host = url.host or url.query.get("host") or "this machine"
    return f"The database {url.database} on {host}"
