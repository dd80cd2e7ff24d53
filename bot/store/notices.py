"""The outbox: messages that are owed until they are delivered, each by a unique key.

Delivery is not our transaction: `trying` is written before a post and `posted` after it, and whoever finds a row
tried but not posted looks for the message before posting again.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Entry, told
from bot.domain.budget import Budget
from bot.domain.notice import CardOf, Notice, RecorderLost, card_key
from bot.domain.watch import Watch
from bot.store.audit import note, write_noted
from bot.store.budgets import ALONE, Purse, Turns, close, open_purse
from bot.store.claims import (
    LIMIT,
    Claimed,
    Grip,
    carry,
    claim_within,
    claiming,
    claiming_any,
    due,
    first,
    free,
    held,
    readable,
    released,
)
from bot.store.conflict import insert
from bot.store.database import Database, rows
from bot.store.errors import LostClaim, NoTurn
from bot.store.tables import notices, owed

_NOTICE: TypeAdapter[Notice] = TypeAdapter(Notice)
_POSTS, _UPDATES = "posts", "updates"

MOST_CLAIMS = 5
"""Claims that may come to nothing before a notice that keeps its line waiting is set aside."""

log = logging.getLogger(__name__)


def _fewer(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


_key = notices.c.key
_OWE = insert(notices).on_conflict_do_nothing().returning(notices.c.seq)
# Those of one line are told one after the other: the first that is owed keeps the others waiting.
_before = notices.alias("before")
_FIRST = not_(
    exists().where(
        _before.c.line == notices.c.line,
        _before.c.seq < notices.c.seq,
        _before.c.wanted > _before.c.shown,
        _before.c.aside.is_(None),
    )
)
READY = and_(owed, due(notices), free(notices), _FIRST)
_stands = notices.c.message.is_not(None)
_NEW = first(
    _key,
    READY,
    ~_stands,
    order=[notices.c.alarm.desc(), notices.c.seq],
    limit=_fewer(LIMIT, bindparam("most_posts", type_=Integer)),
    name="new",
)
_LEFT = LIMIT - select(func.count()).select_from(_NEW).scalar_subquery()
_STANDING = first(
    _key,
    READY,
    _stands,
    order=[notices.c.due, notices.c.seq],
    limit=_fewer(_LEFT, bindparam("most_updates", type_=Integer)),
    name="standing",
)
_CLAIM = claiming_any(_key, _NEW, _STANDING)
_CLAIM_ONE = claiming(_key, _key == bindparam("claim_key"), owed, free(notices))
_SHOWN: ColumnElement[int] = bindparam("was_shown", type_=notices.c.shown.type)
_delivered: dict[str, Any] = {
    "due": bindparam("rested"),
    "shown": case((notices.c.shown < _SHOWN, _SHOWN), else_=notices.c.shown),
    "touched_at": bindparam("now"),
    "attempts": 0,
}
_TRYING = held(_key, tried=True)
_POSTED = released(_key, **_delivered, message=bindparam("stamp"), tried=False)
_UPDATED = released(_key, **_delivered)
_PUT_OFF = released(_key, due=bindparam("next_due"), attempts=0)
_NO_TURN = released(_key, due=bindparam("next_due"), attempts=notices.c.attempts - 1)
_ASIDE = released(_key, aside=bindparam("why"), touched_at=bindparam("now"))
_GET = select(notices).where(_key == bindparam("wanted_key"))
_OWED = select(func.count()).select_from(notices).where(owed)
_BUMPED: ColumnElement[datetime] = bindparam("bumped", type_=notices.c.due.type)
# What is owed anew waits since now, and not since it was last delivered.
_BUMP = (
    update(notices)
    .where(_key == bindparam("card"))
    .values(
        wanted=notices.c.wanted + 1,
        touched_at=case((owed, notices.c.touched_at), else_=_BUMPED),
        due=case((or_(owed, notices.c.due > _BUMPED), notices.c.due), else_=_BUMPED),
    )
)
_FORGET = delete(notices).where(_key == bindparam("card"))
_LAST_IN_LINE = select(func.max(notices.c.due)).where(notices.c.line == bindparam("of_line"), owed)
_ALARMS = select(func.count()).where(notices.c.watch == bindparam("of"), notices.c.alarm.is_(True))


class Notices:
    """What is owed to conversations. An alarm goes before everything else."""

    def __init__(self, database: Database, budget: Budget) -> None:
        self._database = database
        self._budget = budget

    async def owe(self, notice: Notice) -> bool:
        """Owe this from now on. False: its key was owed before, delivered or not."""
        return bool(await self._database.write(_OWE, **_row(notice, self._database)))

    async def claim(self, owner: str, lease: timedelta, limit: int) -> list[Claimed[Notice]]:
        """Take what is owed and due, as far as there are turns for it; whose channel has none is put off until then.

        Alarms come first, then the oldest that do not stand yet, then what has waited longest to be changed. One that
        cannot be read and keeps a line waiting is set aside after some claims.
        """
        async with self._database.transaction(ALONE) as connection:
            purse = await open_purse(connection, self._database)
            posts, updates = self._turns(purse)
            grip, found = await claim_within(
                connection,
                self._database,
                _CLAIM,
                owner,
                lease,
                limit,
                most_posts=posts.left,
                most_updates=updates.left,
            )
            claimed = readable(found, lambda row: _claimed(row, grip), _in_turn)
            kept = []
            for one in claimed:
                needed = self._needed(one.value, purse)
                if all(turns.left for turns in needed):
                    for turns in needed:
                        turns.take()
                    kept.append(one)
                else:
                    ours = {"claim_id": one.id, "claim_fence": one.fence}
                    later = max(turns.wait() for turns in needed if not turns.left)
                    await connection.execute(_NO_TURN, ours | {"next_due": later})
            await purse.spend(connection)
        await self._let_lines_go_on(found, {one.id for one in claimed})
        return kept

    async def claim_one(self, key: str, owner: str, lease: timedelta) -> Claimed[Notice] | None:
        """Take this one, due or not. None: somebody has it, or nothing is owed by that key. NoTurn: not yet."""
        async with self._database.transaction(ALONE) as connection:
            purse = await open_purse(connection, self._database)
            grip, found = await claim_within(
                connection, self._database, _CLAIM_ONE, owner, lease, claim_key=key
            )
            if not found:
                return None
            claimed = _claimed(found[0], grip)
            needed = self._needed(claimed.value, purse)
            if waits := [turns.wait() for turns in needed if not turns.left]:
                raise NoTurn(max(waits) - purse.now)
            for turns in needed:
                turns.take()
            await purse.spend(connection)
            return claimed

    async def too_many(self, notice: Notice, wait: timedelta) -> None:
        """Whoever takes messages has had enough of this kind: nobody claims another one for so long."""
        await close(self._database, _POSTS if notice.message is None else _UPDATES, wait)

    async def trying(self, claimed: Claimed[Notice]) -> Claimed[Notice]:
        """About to post: from here on it may have arrived."""
        values = {"claim_id": claimed.id, "claim_fence": claimed.fence}
        if not (rows := await self._database.write(_TRYING, **values)):
            raise LostClaim(claimed.id)
        return replace(claimed, value=replace(claimed.value, tried=True), fence=rows[0].fence)

    async def posted(self, claimed: Claimed[Notice], message: str, rest: timedelta = timedelta()) -> None:
        """It stands there, as this message. It is still owed if more was to be shown meanwhile.

        Its next state is not due before a `rest`: what changes quickly is then shown once.
        """
        values = self._delivered(claimed, rest) | {"stamp": message}
        entry = told(claimed.value, values["now"], "posted", message=message)
        ours = {"claim_id": claimed.id, "claim_fence": claimed.fence}
        if not await write_noted(self._database, _POSTED, entry, **ours, **values):
            raise LostClaim(claimed.id)

    async def updated(self, claimed: Claimed[Notice], rest: timedelta = timedelta()) -> None:
        """The message shows what it was claimed for. Its next state is not due before a `rest`."""
        await carry(self._database, _UPDATED, claimed, **self._delivered(claimed, rest))

    async def draw_again(self, key: str) -> None:
        """It may show something that is no longer so."""
        await self._database.write(_BUMP, card=key, bumped=self._database.now())

    async def put_off(self, claimed: Claimed[Notice], delay: timedelta) -> None:
        """Let it go, to be claimed again after this delay. Counting its claims begins anew: nobody failed at it."""
        await carry(self._database, _PUT_OFF, claimed, next_due=self._database.now() + delay)

    async def set_aside(self, claimed: Claimed[Notice], reason: str, instead: Iterable[Notice] = ()) -> None:
        """It can never be delivered, for this reason: it is claimed no more, and holds up nobody else.

        What is to be said `instead` is owed from now on, if it was not owed before.
        """
        now = self._database.now()
        async with self._database.transaction() as connection:
            values = {"claim_id": claimed.id, "claim_fence": claimed.fence, "why": reason, "now": now}
            if not await rows(connection, _ASIDE, values):
                raise LostClaim(claimed.id)
            await note(connection, told(claimed.value, now, "set aside", why=reason))
            for notice in instead:
                await owe_within(connection, notice, self._database)

    async def get(self, key: str) -> Notice | None:
        """The notice as it stands, delivered or not."""
        rows = await self._database.read(_GET, wanted_key=key)
        return _read(rows[0]) if rows else None

    async def owed(self) -> int:
        """How many wait for delivery; what was set aside does not."""
        [row] = await self._database.read(_OWED)
        return int(row[0])

    async def aside_reason(self, key: str) -> str | None:
        """Why it was set aside. None: it was not, or is not known."""
        rows = await self._database.read(_GET, wanted_key=key)
        return rows[0].aside if rows else None

    def _turns(self, purse: Purse) -> tuple[Turns, Turns]:
        return purse.turns(_POSTS, self._budget.posts), purse.turns(_UPDATES, self._budget.updates)

    def _needed(self, notice: Notice, purse: Purse) -> list[Turns]:
        """Of which budgets it needs a turn."""
        posts, updates = self._turns(purse)
        if notice.message is not None:
            return [updates]
        return [posts, purse.turns(f"posts in {notice.conversation.place}", self._budget.posts_there)]

    async def _let_lines_go_on(self, claimed: Iterable[Row[Any]], read: Collection[str]) -> None:
        for row in claimed:
            if row.line is not None and row.key not in read and row.attempts > MOST_CLAIMS:
                log.error(
                    "Notice %s cannot be read by this version and is set aside: its line goes on.", row.key
                )
                ours = {"claim_id": row.key, "claim_fence": row.fence}
                why, now = "It cannot be read by this version.", self._database.now()
                entry = Entry(now, "notice", "set aside", where=row.line, detail={"why": why})
                await write_noted(self._database, _ASIDE, entry, **ours, why=why, now=now)

    def _delivered(self, claimed: Claimed[Notice], rest: timedelta) -> dict[str, Any]:
        now = self._database.now()
        return {"was_shown": claimed.value.wanted, "now": now, "rested": now + rest}


async def owe_within(connection: AsyncConnection, notice: Notice, database: Database) -> None:
    """Owe a notice as part of a transaction."""
    await connection.execute(_OWE, _row(notice, database))


async def owe_in_line(
    connection: AsyncConnection, notices: Iterable[Notice], gap: timedelta, database: Database
) -> None:
    """Owe several as part of a transaction: those of one conversation in this order, and a `gap` apart."""
    for notice in notices:
        row = _row(notice, database)
        last: datetime | None = (
            await connection.execute(_LAST_IN_LINE, {"of_line": row["line"]})
        ).scalar_one()
        await connection.execute(_OWE, row if last is None else row | {"due": max(row["due"], last + gap)})


async def redraw_card(connection: AsyncConnection, watch: str, now: datetime) -> None:
    """The watch's card shows something that is no longer so."""
    await connection.execute(_BUMP, {"card": card_key(watch), "bumped": now})


async def forget_card(connection: AsyncConnection, watch: str) -> None:
    """The watch is no more, and owes nothing."""
    await connection.execute(_FORGET, {"card": card_key(watch)})


async def owe_alarm(connection: AsyncConnection, watch: Watch, database: Database) -> None:
    """The recorder was lost: say so aloud, once for each time it happens."""
    before = (await connection.execute(_ALARMS, {"of": watch.id})).scalar_one()
    notice = Notice(f"lost:{watch.id}:{before + 1}", watch.conversation, RecorderLost(watch.id))
    await owe_within(connection, notice, database)


def _row(notice: Notice, database: Database) -> dict[str, Any]:
    now = database.now()
    body = notice.body
    return {
        "key": notice.key,
        "watch": body.watch if isinstance(body, CardOf | RecorderLost) else None,
        "line": notice.line,
        "alarm": isinstance(body, RecorderLost),
        "notice": _NOTICE.dump_json(notice).decode(),
        "wanted": notice.wanted,
        "shown": notice.shown,
        "message": notice.message,
        "tried": notice.tried,
        "touched_at": now,
        "due": now,
        "fence": 0,
        "attempts": 0,
    }


def _in_turn(row: Row[Any]) -> Any:
    return (False, not row.alarm, row.seq) if row.message is None else (True, row.due, row.seq)


def _claimed(row: Row[Any], grip: Grip) -> Claimed[Notice]:
    return Claimed(row.key, _read(row), row.fence, grip, row.attempts, due=row.due)


def _read(row: Row[Any]) -> Notice:
    kept = _NOTICE.validate_json(row.notice)
    return replace(kept, wanted=row.wanted, shown=row.shown, message=row.message, tried=row.tried)
