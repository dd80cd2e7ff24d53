"""Looks that found nothing new, written down together: as many as end at once cost one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.domain.watch import Watch
from bot.store.claims import Claimed, released
from bot.store.database import Database
from bot.store.tables import watched, watches
from bot.store.watch_rows import as_json

_id = watches.c.id
_ONE = released(_id, watched, attempts=0)
_FENCES = (
    select(_id, watches.c.fence)
    .where(_id.in_(bindparam("ids", expanding=True)), watched)
    .order_by(_id)  # whoever locks several locks them in one order
    .with_for_update()
)
_ALL = (
    update(watches)
    .where(_id == bindparam("claim_id"))
    .values(
        watch=bindparam("as_json"),
        due=bindparam("next_due"),
        fence=watches.c.fence + 1,
        owner=None,
        lease_until=None,
        attempts=0,
    )
)


@dataclass(slots=True, eq=False)
class _Line:
    """What one look leaves. `written` says that it had its turn, `fence` that its claim still held."""

    id: str
    claimed: int
    as_json: str
    due: datetime
    written: bool = False
    fence: int | None = None


class QuietSteps:
    """Writes steps by which nobody is owed anything: of each only the watch and its next look change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Line] = []
        self._turn = asyncio.Lock()

    async def write(self, claimed: Claimed[Watch], watch: Watch, due: datetime) -> int | None:
        """Write this one, with all that wait by then, and let it go; its fence. None: the claim was lost."""
        line = _Line(claimed.id, claimed.fence, as_json(watch), due)
        self._waiting.append(line)
        try:
            async with self._turn:
                if not line.written:
                    await asyncio.sleep(0)  # looks that ended in the same turn of the loop come along
                    await self._write(list(self._waiting))
        finally:
            if line in self._waiting:
                self._waiting.remove(line)
        return line.fence

    async def _write(self, lines: Sequence[_Line]) -> None:
        """All or none. Where it fails, whoever asked for it is told, and the others try for themselves."""
        if len(lines) == 1:
            await self._write_one(lines[0])
        else:
            await self._write_all(lines)
        for line in lines:
            line.written = True
        self._waiting = [line for line in self._waiting if not line.written]

    async def _write_one(self, line: _Line) -> None:
        values = {"claim_id": line.id, "claim_fence": line.claimed, "watch": line.as_json, "due": line.due}
        for row in await self._database.write(_ONE, **values):
            line.fence = row.fence

    async def _write_all(self, lines: Sequence[_Line]) -> None:
        async with self._database.transaction() as connection:
            found = await connection.execute(_FENCES, {"ids": [line.id for line in lines]})
            fences = {row.id: row.fence for row in found}
            # A claim is good for one settling: a second line of the same claim finds its fence taken.
            ours = [line for line in lines if fences.pop(line.id, None) == line.claimed]
            if ours:
                rows = [{"claim_id": line.id, "as_json": line.as_json, "next_due": line.due} for line in ours]
                await connection.execute(_ALL, rows)
        for line in ours:
            line.fence = line.claimed + 1
