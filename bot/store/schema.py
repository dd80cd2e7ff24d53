"""Bringing the database to the form that this version reads and writes."""

from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import postgresql, sqlite
from bot.store.database import HOW_WRITTEN, address_of, begun, translated
from bot.store.errors import StoreError
from bot.store.postgresql import postgresql_address
from bot.store.sqlite import sqlite_file

NEWEST = "0008"
_KNOWN = frozenset({"0001", "0002", "0003", "0004", "0005", "0006", "0007", NEWEST})
_VERSION = text("SELECT version_num FROM alembic_version")
# Any number that nothing else in the database locks: two who upgrade at once take turns.
_OUR_TURN = text("SELECT pg_advisory_xact_lock(7267629001)")


async def upgrade(url: str) -> str:
    """Bring the database at this address to the newest form, and say which that is.

    Two processes that start at once take turns. A failure leaves it as it was.
    """
    address = address_of(url)
    match address.get_backend_name():
        case "sqlite":
            return await upgrade_file(sqlite_file(address))
        case "postgresql":
            return await _upgrade_server(postgresql_address(address))
    raise StoreError(f"database.url names a database that Recbot does not know; {HOW_WRITTEN}")


async def upgrade_file(file: URL) -> str:
    """The same, for an SQLite file."""
    # A table that is made anew must not take along the rows that refer to it: hence no foreign keys here.
    migrating = sqlite.engine(file, "foreign_keys=OFF", connections=1)
    try:
        with translated(where := sqlite.place_of(file), sqlite.KNOWN):
            async with migrating.connect() as connection:
                if await connection.run_sync(version) != NEWEST:
                    await sqlite.use_write_ahead_log(connection)
                    async with begun(connection, sqlite.IMMEDIATE):
                        await _bring_up(connection, where)
    finally:
        await migrating.dispose()
    return NEWEST


async def _upgrade_server(address: URL) -> str:
    migrating = postgresql.engine(address, connections=1)
    try:
        with translated(where := postgresql.place_of(address), postgresql.KNOWN):
            async with migrating.connect() as connection, begun(connection, postgresql.BEGIN):
                await connection.execute(_OUR_TURN)
                await _bring_up(connection, where)
    finally:
        await migrating.dispose()
    return NEWEST


async def require_newest(address: URL) -> None:
    """Return if a PostgreSQL database has our form; else StoreError: it is changed only when somebody says so."""
    looking = postgresql.engine(address, connections=1)
    try:
        with translated(where := postgresql.place_of(address), postgresql.KNOWN):
            async with looking.connect() as connection:
                found = await connection.run_sync(version)
    finally:
        await looking.dispose()
    _refuse_newer(found, where)
    if found != NEWEST:
        has = f"has the form {found}" if found else "is empty"
        raise StoreError(f"{where} {has}, and this Recbot needs {NEWEST}: run `recbot db upgrade` once.")


def version(connection: Connection) -> str | None:
    """The form that a database has. None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.execute(_VERSION).scalar_one())


async def _bring_up(connection: AsyncConnection, where: str) -> None:
    found = await connection.run_sync(version)
    _refuse_newer(found, where)
    if found != NEWEST:
        await connection.run_sync(_migrate)


def _refuse_newer(found: str | None, where: str) -> None:
    if found is not None and found not in _KNOWN:
        raise StoreError(
            f"{where} was written by a newer Recbot (its form is {found}, ours {NEWEST}): start that version, or "
            "restore the copy that you made before it."
        )


def _migrate(connection: Connection) -> None:
    # Few starts migrate, and importing this takes a tenth of one.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST)
