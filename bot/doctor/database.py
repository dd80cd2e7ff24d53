"""The database: whether it is there, has our form, takes what we write, and what time it is there."""

import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.store import StoreError, postgresql, sqlite
from bot.store.database import HOW_WRITTEN, address_of, translated
from bot.store.postgresql import postgresql_address
from bot.store.schema import NEWEST, require_newest, upgrade_file, version
from bot.store.sqlite import sqlite_file
from providers.interfaces import Check

DATABASE, SCHEMA, WRITABLE = "database", "database: schema", "database: writable"
DATABASE_CLOCK, SPACE = "database: clock", "storage: free space"
SKEW = timedelta(minutes=2)
_LEAST = 200_000_000


class DatabaseLooks:
    """Opens the database in steps, so that each can fail by itself. `parts` are there once it takes what we write."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._file: URL | None = None
        self._server: URL | None = None
        self.parts: Parts | None = None

    @property
    def served(self) -> bool:
        """Whether a server keeps it, with a clock of its own; else a file does."""
        return self._settings.database.url.startswith("postgresql")

    async def reached(self) -> Check:
        """Whether somebody answers at the address, or a file can be opened."""
        try:
            address = address_of(self._settings.database.url)
            match address.get_backend_name():
                case "sqlite":
                    self._file = file = sqlite_file(address)
                    engine = sqlite.engine(file, connections=1)
                    where = await _opened(engine, sqlite.place_of(file), sqlite.KNOWN)
                case "postgresql":
                    self._server = server = postgresql_address(address)
                    engine = postgresql.engine(server, connections=1)
                    where = await _opened(engine, postgresql.place_of(server), postgresql.KNOWN)
                case _:
                    raise StoreError(f"database.url names one that Recbot does not know; {HOW_WRITTEN}.")
        except StoreError as error:
            return Check(DATABASE, ok=False, advice=str(error))
        warning = sqlite.exposed(self._settings.database.url)
        return Check(DATABASE, ok=True, found=f"{where} answers{'; but ' if warning else ''}{warning}")

    async def schema(self) -> Check:
        """Whether it has the form that we read and write. A file is brought up to it, as at each start."""
        try:
            if self._server is not None:
                await require_newest(self._server)
            elif self._file is not None:
                await upgrade_file(self._file)
        except StoreError as error:
            return Check(SCHEMA, ok=False, advice=str(error))
        return Check(SCHEMA, ok=True, found=f"the newest, {NEWEST}")

    async def writable(self) -> Check:
        """Whether it keeps what is written. From then on there are parts."""
        try:
            parts = await self._stack.enter_async_context(open_parts(self._settings))
            said = await parts.store.check()
        except StoreError as error:
            return Check(WRITABLE, ok=False, advice=str(error))
        self.parts = parts
        return Check(WRITABLE, ok=True, found=said)

    async def clock(self) -> Check:
        """Whether the server's clock, by which all who share the database go, is like ours."""
        assert self.parts is not None
        return clock_check(DATABASE_CLOCK, "the database's", await self.parts.store.now())

    async def space(self) -> Check:
        """Whether the disk of the file lets it grow."""
        assert self._file is not None
        folder = Path(self._file.database or ".").parent
        free = shutil.disk_usage(folder).free
        said = f"{free / 1e6:,.0f} MB are free where the database file is"
        if free >= _LEAST:
            return Check(SPACE, ok=True, found=said)
        advice = "Make room: nothing that is asked for can be kept once the disk is full."
        return Check(SPACE, ok=False, found=f"Only {said}.", advice=advice)


def clock_check(what: str, whose: str, there: datetime) -> Check:
    """How far our clock is from somebody's who says that it is now `there`."""
    off = abs(datetime.now(UTC) - there)
    if off <= SKEW:
        return Check(what, ok=True, found=f"agrees with {whose}")
    return Check(
        what,
        ok=False,
        found=f"Ours and {whose} are {off.total_seconds():.0f} s apart.",
        advice="Synchronise this machine's clock, or theirs if that is wrong; at 300 s Slack's signatures fail.",
    )


async def _opened(engine: AsyncEngine, where: str, known: Mapping[str, str]) -> str:
    """Connect once, and read a little."""
    try:
        with translated(where, known):
            async with engine.connect() as connection:
                await connection.run_sync(version)
    finally:
        await engine.dispose()
    return where
