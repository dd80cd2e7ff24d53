"""Claims: a row is one process's for as long as a lease lasts, and every write after that carries the fence.

A claim that outlives its lease may be taken over. Whoever comes back too late finds the fence moved on, and writes
nothing.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Integer,
    Row,
    Table,
    Update,
    bindparam,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, rows
from bot.store.errors import LostClaim
from bot.store.moment import MICROSECOND, NOW

T = TypeVar("T")
_log = logging.getLogger(__name__)

LIMIT: ColumnElement[int] = bindparam("claim_limit", type_=Integer)
"""How many a claim takes at the most."""
_LEASE_END: ColumnElement[Any] = NOW + bindparam("claim_lease", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Grip:
    """Since when a claim holds by the store's clock, and until when, by this machine's own count of seconds."""

    at: datetime
    ends: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class Claimed(Generic[T]):
    """A row that is ours until its lease ends, as it stood when it was claimed.

    `attempts`: how often it was claimed since it was last brought forward, this time included; above 1, somebody
    put it off, gave up or died on the way. `kept_at`: since when a request is kept, or a notice owed. `due`: since when
    it might have been claimed, where that is kept.
    """

    id: str
    value: T
    fence: int
    grip: Grip
    attempts: int = 1
    kept_at: datetime | None = None
    due: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it was claimed, by the store's clock."""
        return self.grip.at

    def require(self) -> None:
        """Return if the lease has not ended; else LostClaim. For right before what no fence can hold back.

        A process may stand still for as long as it likes between two lines of its own. A claim that was renewed holds
        for longer than is known here: `holding` knows.
        """
        if time.monotonic() >= self.grip.ends:
            raise LostClaim(self.id)

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
    return claiming_any(key, first(key, *where, order=order), **also)


def first(
    key: Column[Any],
    *where: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    limit: ColumnElement[int] = LIMIT,
    name: str = "chosen",
) -> CTE:
    """The first of such rows that nobody else is just about to claim."""
    # Chosen by themselves and first: PostgreSQL might carry out a plain sub-query anew for each row, past its limit.
    wanted = select(key).where(*where).order_by(*order).limit(limit)
    return wanted.with_for_update(skip_locked=True, of=key.table).cte(name)


def claiming_any(key: Column[Any], *chosen: CTE, **also: object) -> Update:
    """The one statement that claims the rows that are in one of these lists."""
    table = key.table
    assert isinstance(table, Table)
    return (
        update(table)
        .where(key.in_(union_all(*(select(one.c[key.name]) for one in chosen))))
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
) -> tuple[Grip, Sequence[Row[Any]]]:
    """Carry out a `claiming` statement; for how long it holds, and the rows that are ours now."""
    ends = time.monotonic() + lease.total_seconds()
    found = await database.write(statement, **_claim_of(owner, lease, limit, database), **values)
    return Grip(found[0].claimed_at if found else database.now(), ends), found


async def claim_within(
    connection: AsyncConnection,
    database: Database,
    statement: Update,
    owner: str,
    lease: timedelta,
    limit: int = 1,
    **values: Any,
) -> tuple[Grip, Sequence[Row[Any]]]:
    """The same as part of a transaction."""
    ends = time.monotonic() + lease.total_seconds()
    found = await rows(connection, statement, _claim_of(owner, lease, limit, database) | values)
    return Grip(found[0].claimed_at if found else database.now(), ends), found


def _claim_of(owner: str, lease: timedelta, limit: int, database: Database) -> dict[str, Any]:
    return {
        "claim_owner": owner,
        "claim_lease": lease // MICROSECOND,
        "claim_limit": limit,
        **database.hour(),
    }


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


def handed_back(table: Table, *where: ColumnElement[bool]) -> Update:
    """The statement that ends the leases of `claim_owner` now: whoever comes next need not wait for their end."""
    mine = (table.c.owner == bindparam("claim_owner"), table.c.lease_until > NOW)
    return update(table).where(*mine, *where).values(lease_until=NOW).returning(table.c.fence)


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
