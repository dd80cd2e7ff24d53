"""The audit trail: written in the transaction that it tells of, and sealed into a chain soon after.

Transactions may commit in another order than their rows were numbered in. So a row's place in the trail is its
`number`, which the sealer gives it when it finds it: what was found later comes later, whatever its hour.

A request that was kept is its own record until it is noted here, before it ends and by the next sealing at the
latest: what Slack waits for costs no statement more.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    Executable,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Entry, asked
from bot.domain.chain import NOTHING, Broken, Walk, hash_of
from bot.domain.requests import Request
from bot.logs import id_of
from bot.store import conflict
from bot.store.claims import Claimed, claim, claiming, free, released
from bot.store.database import Database, rows
from bot.store.errors import LostClaim, StoreError
from bot.store.tables import audit, inbox, sealer, unsealed, waiting

_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)

MOST_SEALED = 500
"""Rows that are sealed at once."""

_ALL = -(2**31)
_TRAIL = "audit"
_NOTE = insert(audit)
_UNNOTED = and_(waiting, inbox.c.noted.is_(False))
_WORK = select(literal(1)).where(or_(exists().where(unsealed), exists().where(_UNNOTED)))
# One that somebody has in hand is left: whoever ends it notes it too.
_AT_HAND = (
    select(inbox.c.seq).where(_UNNOTED).order_by(inbox.c.seq).with_for_update(skip_locked=True).cte("at_hand")
)
_NOTED = (
    update(inbox)
    .where(inbox.c.seq.in_(select(_AT_HAND.c.seq)), _UNNOTED)
    .values(noted=True)
    .returning(inbox.c.seq, inbox.c.key, inbox.c.request, inbox.c.kept_at)
)
_OPEN = conflict.insert(sealer).on_conflict_do_nothing()
_mine = sealer.c.trail == _TRAIL
_CLAIM = claiming(sealer.c.trail, _mine, free(sealer))
_FOUND = select(audit).where(unsealed).order_by(audit.c.at, audit.c.seq)
_SOME = _FOUND.limit(MOST_SEALED)
_MOVED = released(sealer.c.trail, number=bindparam("up_to"), head=bindparam("new_head"), attempts=0)
_SEAL = (
    update(audit)
    .where(audit.c.seq == bindparam("of_seq"), unsealed)
    .values(number=bindparam("as_number"), sealed=bindparam("as_sealed"))
)
_STATE = select(sealer).where(_mine)
_SEALED = select(audit).where(audit.c.number > bindparam("after")).order_by(audit.c.number).limit(MOST_SEALED)
_FIRST_SINCE = select(func.min(audit.c.number)).where(audit.c.at >= bindparam("since", type_=audit.c.at.type))
_HASH = select(audit.c.sealed).where(audit.c.number == bindparam("of_number"))
_LET_GO = released(sealer.c.trail)
# Several may forget at once, and each of them may stand still: nobody moves the anchor back.
_ANCHOR = (
    update(sealer)
    .where(_mine, sealer.c.anchor_number < bindparam("up_to"))
    .values(anchor_number=bindparam("up_to"), anchor=bindparam("anchor_hash"))
    .returning(sealer.c.anchor_number)
)
_FORGET = delete(audit).where(audit.c.number <= bindparam("up_to"))


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the trail that was sealed. Its hash speaks for all before it."""

    number: int = 0
    hash: str = NOTHING


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry as it is kept. Without a hash it is not sealed yet."""

    entry: Entry
    number: int | None = None
    hash: str | None = None

    def said(self) -> dict[str, Any]:
        """What its hash covers, together with the hash before it."""
        return {"number": self.number} | self.entry.said()


class Audit:
    """Who asked for what, where, when, and what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, owner: str, lease: timedelta) -> Claimed[Head] | None:
        """Take the trail to seal what is new. None: nothing is, or somebody has it."""
        if not await self._database.read(_WORK):
            return None
        new = {"number": 0, "head": NOTHING, "anchor_number": 0, "anchor": NOTHING, "fence": 0, "attempts": 0}
        await self._database.write(_OPEN, trail=_TRAIL, **new)
        grip, found = await claim(self._database, _CLAIM, owner, lease)
        return Claimed(_TRAIL, Head(found[0].number, found[0].head), found[0].fence, grip) if found else None

    async def seal(self, claimed: Claimed[Head]) -> Head:
        """Seal what is new, so much of it at once, and let the trail go. LostClaim: nothing was sealed.

        StoreError too, where somebody else numbered a row.
        """
        await self._note_requests()
        number, hash = claimed.value.number, claimed.value.hash
        sealed = []
        for row in await self._database.read(_SOME):
            number += 1
            hash = hash_of(hash, replace(_read(row), number=number).said())
            sealed.append({"of_seq": row.seq, "as_number": number, "as_sealed": hash})
        ours = {"claim_id": _TRAIL, "claim_fence": claimed.fence}
        try:
            async with self._database.transaction() as connection:
                if not await rows(connection, _MOVED, ours | {"up_to": number, "new_head": hash}):
                    raise LostClaim(_TRAIL)
                if sealed:
                    await connection.execute(_SEAL, sealed)
        except IntegrityError as error:
            await self._database.write(_LET_GO, **ours)
            raise StoreError(
                "The audit trail holds a row that Recbot did not number, so nothing more is sealed: "
                "`recbot audit verify` names it."
            ) from error
        return Head(number, hash)

    async def sealed(self, after: int = _ALL) -> AsyncIterator[Noted]:
        """What was sealed, in its order."""
        while found := await self._database.read(_SEALED, after=after):
            for row in found:
                yield _read(row)
            after = found[-1].number

    async def unsealed(self) -> Sequence[Noted]:
        """What is not sealed yet, in the order in which it happened."""
        await self._note_requests()
        return [_read(row) for row in await self._database.read(_FOUND)]

    async def before(self, at: datetime | None) -> Head:
        """The last sealed row before the first one that happened at this hour or later. None: what all began with."""
        anchor, head = await self._ends()
        if at is None:
            return anchor
        [(first,)] = await self._database.read(_FIRST_SINCE, since=at)
        if first is None:
            return head
        found = await self._database.read(_HASH, of_number=first - 1)
        return Head(first - 1, found[0].sealed) if found else anchor

    async def verify(self, sought: str | None = None) -> Walk:
        """Walk along all of it, to its end. Broken: it is not as it was sealed, or this head is not in it."""
        anchor, _ = await self._ends()
        try:
            return await self._walk(Walk(anchor.number, anchor.hash, sought=sought))
        except Broken:
            if (await self._ends())[0] == anchor:
                raise
        return await self.verify(sought)  # its old end was cut off meanwhile

    async def forget(self, older_than: timedelta) -> Head | None:
        """Cut off what happened longer ago than this and was sealed. What it ended with; None: nothing went."""
        anchor, _ = await self._ends()
        end = await self.before(self._database.now() - older_than)
        number = anchor.number
        while number < end.number:
            number = min(number + MOST_SEALED, end.number)
            found = await self._database.read(_HASH, of_number=number)
            if not found:  # it was taken away before: that is for `verify` to say
                return None
            async with self._database.transaction() as connection:
                if await rows(connection, _ANCHOR, {"up_to": number, "anchor_hash": found[0].sealed}):
                    await connection.execute(_FORGET, {"up_to": number})
        return end if end.number > anchor.number else None

    async def _walk(self, walk: Walk) -> Walk:
        after = _ALL
        while True:
            async for one in self.sealed(after):
                walk.step(one.said(), one.hash)
            _, head = await self._ends()
            if walk.number >= head.number or walk.number == after:
                break
            after = walk.number  # more may have been sealed meanwhile
        walk.end_at(head.number, head.hash)
        walk.end()
        return walk

    async def _ends(self) -> tuple[Head, Head]:
        """What the trail begins after, and what it ends with."""
        found = await self._database.read(_STATE)
        if not found:
            return Head(), Head()
        return Head(found[0].anchor_number, found[0].anchor), Head(found[0].number, found[0].head)

    async def _note_requests(self) -> None:
        async with self._database.transaction() as connection:
            kept = sorted(await rows(connection, _NOTED, {}), key=lambda row: row.seq)
            await note(connection, *(_asked(row) for row in kept))


async def note(connection: AsyncConnection, *entries: Entry) -> None:
    """Write down what happened, as part of the transaction in which it did."""
    if entries:
        await connection.execute(_NOTE, [_row(entry) for entry in entries])


async def write_noted(database: Database, statement: Executable, entry: Entry, /, **values: Any) -> bool:
    """Carry out one statement, and note what it means if it wrote something; whether it did."""
    async with database.transaction() as connection:
        written = await rows(connection, statement, values)
        if written:
            await note(connection, entry)
        return bool(written)


def _asked(row: Row[Any]) -> Entry:
    id = id_of(row.key)
    try:
        return asked(_REQUEST.validate_json(row.request), id, row.kept_at)
    except ValidationError:
        return Entry(
            row.kept_at, "request", "kept", request=id, detail={"why": "It cannot be read by this version."}
        )


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "what": entry.what,
        "outcome": entry.outcome,
        "who": entry.who,
        "place": entry.where,
        "target": entry.target,
        "request": entry.request,
        "detail": json.dumps(entry.detail, sort_keys=True),
    }


def _read(row: Row[Any]) -> Noted:
    try:
        detail = json.loads(row.detail)
    except ValueError:  # nothing of ours: the chain will say so
        detail = {"unreadable": row.detail}
    entry = Entry(row.at, row.what, row.outcome, row.who, row.place, row.target, row.request, detail)
    return Noted(entry, row.number, row.sealed)
