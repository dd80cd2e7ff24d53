"""Budgets: turns that all who share the store take from one purse, each of them once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.budget import Rate
from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.moment import EPOCH, Moment
from bot.store.tables import budgets

ALONE = budgets.name
"""With what a transaction has to be alone that takes turns."""

_HOUR: ColumnElement[datetime] = bindparam("hour", type_=Moment)
_MISSING = select(budgets).where(or_(budgets.c.full_at > _HOUR, budgets.c.opens_at > _HOUR))
_NEW = insert(budgets)
_KEY = [budgets.c.name]
_SPEND = _NEW.on_conflict_do_update(index_elements=_KEY, set_={"full_at": _NEW.excluded.full_at})
_OPENS = _NEW.excluded.opens_at
_LATER = case((budgets.c.opens_at > _OPENS, budgets.c.opens_at), else_=_OPENS)
_CLOSE = _NEW.on_conflict_do_update(index_elements=_KEY, set_={"opens_at": _LATER})
_FORGET = delete(budgets).where(budgets.c.full_at < _HOUR, budgets.c.opens_at < _HOUR)


class Turns:
    """What one budget has at this hour. It has none before it `opens_at`, however many were saved."""

    def __init__(self, rate: Rate, full_at: datetime, opens_at: datetime, now: datetime) -> None:
        self.full_at = full_at
        self.taken = 0
        self._rate = rate
        self._opens_at = opens_at
        self._now = now
        self._waiting = 0

    @property
    def left(self) -> int:
        """How many can be taken now."""
        return self._rate.left(self.full_at, self._now) if self._opens_at <= self._now else 0

    def take(self) -> None:
        """Take one that is left."""
        self.full_at = self._rate.taken(self.full_at, self._now, 1)
        self.taken += 1

    def wait(self) -> datetime:
        """When the next one comes that nobody else here waits for."""
        self._waiting += 1
        return max(self._opens_at, self._rate.when(self.full_at, self._now, self._waiting))


class Purse:
    """Every budget, at one hour. What is taken is gone once it is spent."""

    def __init__(self, missing: Iterable[Row[Any]], now: datetime) -> None:
        self._missing = {row.name: (row.full_at, row.opens_at) for row in missing}
        self._turns: dict[str, Turns] = {}
        self.now = now

    def turns(self, name: str, rate: Rate) -> Turns:
        """Those of this budget."""
        if name not in self._turns:
            self._turns[name] = Turns(rate, *self._missing.get(name, (EPOCH, EPOCH)), self.now)
        return self._turns[name]

    async def spend(self, connection: AsyncConnection) -> None:
        """Write down what was taken."""
        taken = [_row(name, full_at=turns.full_at) for name, turns in self._turns.items() if turns.taken]
        if taken:
            await connection.execute(_SPEND, taken)


async def open_purse(connection: AsyncConnection, database: Database) -> Purse:
    """The purse, in a transaction that is ALONE: until it ends nobody else takes anything."""
    now = database.now()
    return Purse(await connection.execute(_MISSING, {"hour": now}), now)


async def close(database: Database, name: str, wait: timedelta) -> None:
    """No turns of this budget for so long, for nobody."""
    await database.write(_CLOSE, **_row(name, opens_at=database.now() + wait))


async def forget_full(database: Database, older_than: timedelta) -> None:
    """Forget what has been full for so long: what is not there is full."""
    await database.write(_FORGET, hour=database.now() - older_than)


def _row(name: str, full_at: datetime = EPOCH, opens_at: datetime = EPOCH) -> dict[str, object]:
    return {"name": name, "full_at": full_at, "opens_at": opens_at}
