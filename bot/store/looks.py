"""Looks into libraries: one claimable row a provider, however many watches wait for a file there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.claims import Claimed, carry, claim, claiming, due, free, readable, released, renew, renewed
from bot.store.conflict import insert
from bot.store.database import Database, rows
from bot.store.errors import LostClaim
from bot.store.moment import NOW, phase
from bot.store.tables import looks


def _sooner(new: Any) -> Any:
    return case((or_(looks.c.due.is_(None), looks.c.due > new), new), else_=looks.c.due)


_NEW = insert(looks)
_WANT = _NEW.on_conflict_do_update(
    index_elements=[looks.c.provider], set_={"due": _sooner(_NEW.excluded.due), "attempts": 0}
)
# A claim takes the hour away, so that one that is wanted meanwhile stands out; the end of a lease brings it back.
_DIED = looks.c.lease_until <= NOW
READY = or_(and_(due(looks), free(looks)), _DIED)
_CLAIM = claiming(looks.c.provider, READY, order=[looks.c.due, looks.c.provider], due=None)
_NEXT = bindparam("next_due", type_=looks.c.due.type)
_AGAIN = released(looks.c.provider, due=_sooner(_NEXT))
_DONE = released(looks.c.provider)
_READ_TO: dict[str, Any] = {
    "watermark": bindparam("read_on", type_=looks.c.watermark.type),
    "mark": func.coalesce(bindparam("new_mark", type_=looks.c.mark.type), looks.c.mark),
    "whole_at": func.coalesce(bindparam("read_whole", type_=looks.c.whole_at.type), looks.c.whole_at),
}
_READ_AGAIN = released(looks.c.provider, due=_sooner(_NEXT), **_READ_TO)
_READ = released(looks.c.provider, **_READ_TO)
_RENEW = renewed(looks.c.provider)
_PROGRESS = select(looks.c.watermark, looks.c.mark, looks.c.whole_at).where(
    looks.c.provider == bindparam("of_provider")
)


class Looks:
    """When to look into each provider's library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def want(self, provider: str, delay: timedelta) -> None:
        """Look within this delay, or sooner if that was wanted already. Counting looks begins anew."""
        await self._database.write(_WANT, **_wanted(provider, self._database.now() + delay))

    async def claim(self, owner: str, lease: timedelta, limit: int) -> list[Claimed[str]]:
        """Take providers whose library is due. `attempts` is 1 for the first look since one was wanted."""
        grip, found = await claim(self._database, _CLAIM, owner, lease, limit)

        def read(row: Row[Any]) -> Claimed[str]:
            return Claimed(row.provider, row.provider, row.fence, grip, row.attempts)

        return readable(found, read, lambda row: row.provider)

    async def renew(self, claimed: Claimed[str], lease: timedelta) -> None:
        """It takes longer: the claim lasts for a whole lease from now on."""
        await renew(self._database, _RENEW, claimed, lease)

    async def finish(
        self, claimed: Claimed[str], next_in: timedelta | None, *, jitter: timedelta = timedelta()
    ) -> None:
        """Looked; once more after this delay, or not again. What was wanted during the look still comes.

        `jitter` adds a random delay of at most this. The watermark stays where it is.
        """
        if next_in is None:
            await carry(self._database, _DONE, claimed)
        else:
            next_due = self._database.now() + next_in + phase(jitter)
            await carry(self._database, _AGAIN, claimed, next_due=next_due)

    async def watermark(self, provider: str) -> datetime | None:
        """Since when the next look has to read. None: nobody subscribed, or no look has ended since."""
        found = await self._database.read(_PROGRESS, of_provider=provider)
        return found[0].watermark if found else None

    async def mark(self, provider: str, whole_since: datetime) -> str | None:
        """Where a library that tells its changes is to go on. None: read all, which was not done since then."""
        found = await self._database.read(_PROGRESS, of_provider=provider)
        if not found or found[0].whole_at is None or found[0].whole_at < whole_since:
            return None
        return str(found[0].mark) if found[0].mark else None


async def want_look(connection: AsyncConnection, provider: str, at: datetime) -> None:
    """Want a look as part of a transaction."""
    await connection.execute(_WANT, _wanted(provider, at))


@dataclass(frozen=True, slots=True)
class ReadTo:
    """How far a look has read: the next one begins at the watermark, or goes on from the mark that was given, if any.

    `whole_at`: when all since the watermark before was read, and not only what had changed. None leaves what was kept.
    """

    watermark: datetime | None
    mark: str | None = None
    whole_at: datetime | None = None


async def finish_within(
    connection: AsyncConnection, claimed: Claimed[str], due: datetime | None, read: ReadTo
) -> None:
    """Looked, as part of a transaction, and read so far; or LostClaim."""
    values = {
        "claim_id": claimed.id,
        "claim_fence": claimed.fence,
        "read_on": read.watermark,
        "new_mark": read.mark,
        "read_whole": read.whole_at,
    }
    statement = _READ if due is None else _READ_AGAIN
    if not await rows(connection, statement, values if due is None else values | {"next_due": due}):
        raise LostClaim(claimed.id)


def _wanted(provider: str, at: datetime) -> dict[str, Any]:
    return {"provider": provider, "due": at, "fence": 0, "attempts": 0}
