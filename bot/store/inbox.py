"""The inbox: what people asked for, kept before they are answered and carried out until it has ended."""

import json
from datetime import datetime, timedelta
from typing import Any, get_args

from pydantic import TypeAdapter
from sqlalchemy import Row, and_, bindparam, func, select

from bot.domain.answers import Answer, Ended
from bot.domain.audit import asked, ended
from bot.domain.requests import Request
from bot.logs import id_of
from bot.store.audit import note
from bot.store.claims import Claimed, carry, claim, claiming, due, free, readable, released, renew, renewed
from bot.store.conflict import insert
from bot.store.database import Database, rows
from bot.store.errors import LostClaim
from bot.store.moment import NOW
from bot.store.tables import inbox, waiting

_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
_ANSWERS: dict[str, TypeAdapter[Answer]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Answer)}

# By the hour that is right now: whoever keeps requests may have compared its clock long ago.
_KEEP = insert(inbox).values(kept_at=NOW, due=NOW).on_conflict_do_nothing().returning(inbox.c.seq)
READY = and_(waiting, due(inbox), free(inbox))
_CLAIM = claiming(inbox.c.key, READY, order=[inbox.c.seq])
_FINISH = released(
    inbox.c.key, waiting, ended_at=bindparam("ended"), outcome=bindparam("word"), request="null", answer=None
).returning(inbox.c.noted, inbox.c.kept_at)
# Whoever puts it off has not failed at it: that claim does not count.
_later = {"due": bindparam("next_due"), "attempts": inbox.c.attempts - 1}
_PUT_OFF = released(inbox.c.key, waiting, **_later)
_OWE_ANSWER = released(inbox.c.key, waiting, **_later, answer=bindparam("kept_answer"))
_RENEW = renewed(inbox.c.key, waiting)
_older = inbox.alias("older")
_BEFORE = (
    select(_older.c.request)
    .join(inbox, _older.c.seq < inbox.c.seq)
    .where(inbox.c.key == bindparam("of_key"), _older.c.ended_at.is_(None), _older.c.answer.is_(None))
    .order_by(_older.c.seq)
)
_PENDING = select(func.count()).select_from(inbox).where(waiting)


class Inbox:
    """Requests in the order they came. Whether one may be carried out is decided when it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, key: str, request: Request) -> bool:
        """Keep a request: when this returns it is on disk. False: that key was kept before, ended or not."""
        kept = await self._database.write(
            _KEEP,
            key=key,
            request=_REQUEST.dump_json(request).decode(),
            fence=0,
            attempts=0,
            **self._database.hour(),
        )
        return bool(kept)

    async def claim(self, owner: str, lease: timedelta, limit: int) -> list[Claimed[Request | Ended]]:
        """Take requests that wait, oldest first, and those whose holder's lease has ended.

        Of one that has Ended nothing but the answer is left to be done.
        """
        grip, found = await claim(self._database, _CLAIM, owner, lease, limit)

        def read(row: Row[Any]) -> Claimed[Request | Ended]:
            request = _REQUEST.validate_json(row.request)
            value = request if row.answer is None else _ended(request, row.answer, row.kept_at)
            return Claimed(row.key, value, row.fence, grip, row.attempts, row.kept_at, row.due)

        return readable(found, read, lambda row: row.seq)

    async def finish(self, claimed: Claimed[Request | Ended], outcome: str, why: str = "") -> None:
        """It has ended, with a word on how and a sentence why. Its key stays known; what it said is forgotten here."""
        now, id, request = self._database.now(), id_of(claimed.id), claimed.value
        if isinstance(request, Ended):
            request = request.request
        values = {"claim_id": claimed.id, "claim_fence": claimed.fence, "ended": now, "word": outcome}
        async with self._database.transaction() as connection:
            found = await rows(connection, _FINISH, values)
            if not found:
                raise LostClaim(claimed.id)
            before = [] if found[0].noted else [asked(request, id, found[0].kept_at)]
            await note(connection, *before, ended(request, id, now, outcome, why))

    async def put_off(self, claimed: Claimed[Request | Ended], delay: timedelta) -> None:
        """Let it go, to be claimed again after this delay."""
        await carry(self._database, _PUT_OFF, claimed, next_due=self._database.now() + delay)

    async def owe_answer(self, claimed: Claimed[Request | Ended], end: Ended, delay: timedelta) -> None:
        """It has come to this end, and is not to be carried out again: its answer is owed, and due after the delay."""
        assert end.answer is not None
        kept = {
            "outcome": end.outcome,
            "why": end.why,
            "at": end.at.isoformat(),
            "kind": (kind := type(end.answer).__name__),
            "answer": _ANSWERS[kind].dump_python(end.answer, mode="json"),
        }
        due = self._database.now() + delay
        await carry(self._database, _OWE_ANSWER, claimed, kept_answer=json.dumps(kept), next_due=due)

    async def renew(self, claimed: Claimed[Request | Ended], lease: timedelta) -> None:
        """It takes longer: the claim lasts for a whole lease from now on."""
        await renew(self._database, _RENEW, claimed, lease)

    async def before(self, key: str) -> list[Request]:
        """What was kept before this request and has not come to its end, oldest first."""
        found = await self._database.read(_BEFORE, of_key=key)
        return [_REQUEST.validate_json(row.request) for row in found]

    async def pending(self) -> int:
        """How many have not ended, whoever has them."""
        [row] = await self._database.read(_PENDING)
        return int(row[0])


def _ended(request: Request, kept: str, kept_at: datetime) -> Ended:
    said = json.loads(kept)
    answer = _ANSWERS[said["kind"]].validate_python(said["answer"])
    at = datetime.fromisoformat(said["at"]) if "at" in said else kept_at  # earlier versions did not say
    return Ended(request, answer, said["outcome"], said["why"], at)
