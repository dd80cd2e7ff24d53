"""Slates: what all processes of a provider must agree upon, changed by one after the other."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.moment import NOW
from bot.store.tables import slates

_NEW = insert(slates)
# To write the key once more is to hold the row: nobody else reads it for a change until ours is kept.
_HOLD = _NEW.on_conflict_do_update(index_elements=[slates.c.key], set_={"key": _NEW.excluded.key}).returning(
    slates.c.written
)
# PostgreSQL tells a statement the hour at which it came: one that had to wait would go back behind what it waited for.
_HOUR = select(NOW)
_WRITE = update(slates).where(slates.c.key == bindparam("of_key")).values(written=bindparam("new"))


class Slates:
    """What adapters share with those of other processes. Nothing secret stands there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(self, key: str, fn: Callable[[str | None, datetime], str]) -> None:
        """Put in place of what is written there what `fn` makes of it, at this hour by the clock of the store."""
        async with self._database.transaction() as connection:
            written = (await connection.execute(_HOLD, {"key": key})).scalar_one()
            hour = (await connection.execute(_HOUR, self._database.hour())).scalar_one()
            new = fn(written, hour)
            if new != written:
                await connection.execute(_WRITE, {"of_key": key, "new": new})
