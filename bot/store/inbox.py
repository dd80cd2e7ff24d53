"""The inbox: what people asked for, kept before they are answered and carried out until it has ended."""

from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, and_, bindparam, func, select

from bot.domain.requests import Request
from bot.store.claims import Claimed, carry, claim, claiming, due, free, readable, released, renew, renewed
from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.tables import inbox, waiting

_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)

_KEEP = insert(inbox).on_conflict_do_nothing().returning(inbox.c.seq)
READY = and_(waiting, due(inbox), free(inbox))
_CLAIM = claiming(inbox.c.key, READY, order=[inbox.c.seq])
_FINISH = released(
    inbox.c.key, waiting, ended_at=bindparam("ended"), outcome=bindparam("word"), request="null"
)
_PUT_OFF = released(inbox.c.key, waiting, due=bindparam("next_due"))
_RENEW = renewed(inbox.c.key, waiting)
_PENDING = select(func.count()).select_from(inbox).where(waiting)


class Inbox:
    """Requests in the order they came. Whether one may be carried out is decided when it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, key: str, request: Request) -> bool:
        """Keep a request: when this returns it is on disk. False: that key was kept before, ended or not."""
        now = self._database.now()
        kept = await self._database.write(
            _KEEP,
            key=key,
            request=_REQUEST.dump_json(request).decode(),
            kept_at=now,
            due=now,
            fence=0,
            attempts=0,
        )
        return bool(kept)

    async def claim(self, owner: str, lease: timedelta, limit: int) -> list[Claimed[Request]]:
        """Take requests that wait, oldest first, and those whose holder's lease has ended."""
        now, rows = await claim(self._database, _CLAIM, owner, lease, limit)

        def read(row: Row[Any]) -> Claimed[Request]:
            request = _REQUEST.validate_json(row.request)
            return Claimed(row.key, request, row.fence, now, row.attempts, row.kept_at)

        return readable(rows, read, lambda row: row.seq)

    async def finish(self, claimed: Claimed[Request], outcome: str) -> None:
        """It has ended, with a word on how. Its key stays known; what it said is forgotten here."""
        await carry(self._database, _FINISH, claimed, ended=self._database.now(), word=outcome)

    async def put_off(self, claimed: Claimed[Request], delay: timedelta) -> None:
        """Let it go, to be claimed again after this delay."""
        await carry(self._database, _PUT_OFF, claimed, next_due=self._database.now() + delay)

    async def renew(self, claimed: Claimed[Request], lease: timedelta) -> None:
        """It takes longer: the claim lasts for a whole lease from now on."""
        await renew(self._database, _RENEW, claimed, lease)

    async def pending(self) -> int:
        """How many have not ended, whoever has them."""
        [row] = await self._database.read(_PENDING)
        return int(row[0])
