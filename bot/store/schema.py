"""Bringing the database to the form that this version reads and writes."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import engine, immediate, sqlite_file, translated
from bot.store.errors import StoreError

NEWEST = "0003"
_KNOWN = frozenset({"0001", "0002", NEWEST})
_VERSION = text("SELECT version_num FROM alembic_version")


async def upgrade(url: str) -> str:
    """Bring the database at this address to the newest form, and say which that is.

    Two processes that start at once take turns. A failure leaves it as it was.
    """
    return await upgrade_file(sqlite_file(url))


async def upgrade_file(file: URL) -> str:
    """The same, for an address that was read already."""
    # A table that is made anew must not take along the rows that refer to it: hence no foreign keys here.
    migrating = engine(file, "foreign_keys=OFF", connections=1)
    try:
        with translated(file):
            async with migrating.connect() as connection:
                if await connection.run_sync(version) != NEWEST:
                    await _bring_up(connection, file)
    finally:
        await migrating.dispose()
    return NEWEST


def version(connection: Connection) -> str | None:
    """The form that a database has. None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.execute(_VERSION).scalar_one())


async def _bring_up(connection: AsyncConnection, file: URL) -> None:
    await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    async with immediate(connection):
        found = await connection.run_sync(version)
        if found is not None and found not in _KNOWN:
            raise StoreError(
                f"The database file {file.database} was written by a newer Recbot (its form is {found}, ours "
                f"{NEWEST}): start that version, or restore the copy that you made before it."
            )
        if found != NEWEST:
            await connection.run_sync(_migrate)


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST)
