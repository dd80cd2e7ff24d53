"""Claims: a row is one process's for as long as a lease lasts, and every write after that carries the fence.

A claim that outlives its lease may be taken over. Whoever comes back too late finds the fence moved on, and writes
nothing.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Row,
    Table,
    Update,
    bindparam,
    or_,
    select,
    update,
)

from bot.store.database import Database
from bot.store.errors import LostClaim
from bot.store.moment import MICROSECOND, NOW

T = TypeVar("T")
_log = logging.getLogger(__name__)

_LEASE_END: ColumnElement[Any] = NOW + bindparam("claim_lease", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Claimed(Generic[T]):
    """A row that is ours until its lease ends, as it stood when it was claimed, `at` the store's clock.

    `attempts`: how often it was claimed since it was last brought forward, this time included; above 1, somebody
    put it off, gave up or died on the way. `kept_at`: when a request was kept.
    """

    id: str
    value: T
    fence: int
    at: datetime
    attempts: int = 1
    kept_at: datetime | None = None

    @property
    def round(self) -> int:
        """How many looks there were before this one since it was last wanted: for gaps that grow."""
        return self.attempts - 1


def due(table: Table) -> ColumnElement[bool]:
    """Its time has come."""
    return table.c.due <= NOW


def free(table: Table) -> ColumnElement[bool]:
    """Nobody has it, or nobody has it any more."""
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= NOW)


def claiming(
    key: Column[Any], *where: ColumnElement[bool], order: Sequence[ColumnElement[Any]] = (), **also: object
) -> Update:
    """The one statement that claims such rows, the first of them in this order, and tells what they hold.

    The answer itself is in no order. `also` are columns that change with the claim.
    """
    table = key.table
    assert isinstance(table, Table)
    # Chosen by themselves and first: PostgreSQL might carry out a plain sub-query anew for each row, past its limit.
    wanted = select(key).where(*where).order_by(*order).limit(bindparam("claim_limit"))
    chosen = wanted.with_for_update(skip_locked=True).cte("chosen")
    return (
        update(table)
        .where(key.in_(select(chosen.c[key.name])))
        .values(
            owner=bindparam("claim_owner"),
            lease_until=_LEASE_END,
            fence=table.c.fence + 1,
            attempts=table.c.attempts + 1,
            **also,
        )
        .returning(*table.c, NOW.label("claimed_at"))
    )


async def claim(
    database: Database, statement: Update, owner: str, lease: timedelta, limit: int = 1, **values: Any
) -> tuple[datetime, Sequence[Row[Any]]]:
    """Carry out a `claiming` statement; the hour by the store's clock, and the rows that are ours now."""
    rows = await database.write(
        statement,
        claim_owner=owner,
        claim_lease=lease // MICROSECOND,
        claim_limit=limit,
        **database.hour(),
        **values,
    )
    return rows[0].claimed_at if rows else database.now(), rows


def released(key: Column[Any], *where: ColumnElement[bool], **values: object) -> Update:
    """The statement that writes to a claimed row and lets it go, if the claim still holds."""
    return held(key, *where, owner=None, lease_until=None, **values)


def held(key: Column[Any], *where: ColumnElement[bool], **values: object) -> Update:
    """The statement that writes to a claimed row and keeps it, if the claim still holds."""
    table = key.table
    assert isinstance(table, Table)
    mine = (key == bindparam("claim_id"), table.c.fence == bindparam("claim_fence"))
    return (
        update(table).where(*mine, *where).values(fence=table.c.fence + 1, **values).returning(table.c.fence)
    )


def renewed(key: Column[Any], *where: ColumnElement[bool]) -> Update:
    """The statement that lets a claim last a `claim_lease` longer, if it still holds. Its fence stays as it is."""
    table = key.table
    assert isinstance(table, Table)
    mine = (key == bindparam("claim_id"), table.c.fence == bindparam("claim_fence"))
    return update(table).where(*mine, *where).values(lease_until=_LEASE_END).returning(table.c.fence)


async def renew(database: Database, statement: Update, claimed: Claimed[Any], lease: timedelta) -> None:
    """Carry out a `renewed` statement, or raise LostClaim."""
    await carry(database, statement, claimed, claim_lease=lease // MICROSECOND, **database.hour())


async def carry(database: Database, statement: Executable, claimed: Claimed[Any], **values: Any) -> None:
    """Write by a claim, or raise LostClaim."""
    if not await database.write(statement, claim_id=claimed.id, claim_fence=claimed.fence, **values):
        raise LostClaim(claimed.id)


def readable(
    rows: Iterable[Row[Any]], read: Callable[[Row[Any]], Claimed[T]], key: Callable[[Row[Any]], Any]
) -> list[Claimed[T]]:
    """The claimed rows as values, in this order. One that cannot be read holds up none of the others."""
    values = []
    for row in sorted(rows, key=key):
        try:
            values.append(read(row))
        except ValidationError as error:
            # Its text would quote what was kept: capabilities and people's words.
            _log.error(
                "Row %s cannot be read by this version (%d faults); it is left.", row[0], error.error_count()
            )
    return values
