"""The outbox: messages that are owed until they are delivered, each by a unique key.

Delivery is not our transaction: `trying` is written before a post and `posted` after it, and whoever finds a row
tried but not posted looks for the message before posting again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, and_, bindparam, case, delete, exists, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import CardOf, Notice, RecorderLost, RecordingReady, card_key
from bot.domain.watch import Watch
from bot.store.claims import Claimed, carry, claim, claiming, due, free, held, readable, released
from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.errors import LostClaim
from bot.store.tables import notices, owed

_NOTICE: TypeAdapter[Notice] = TypeAdapter(Notice)

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
_CLAIM = claiming(_key, READY, order=[notices.c.alarm.desc(), notices.c.seq])
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
_PUT_OFF = released(_key, due=bindparam("next_due"))
_ASIDE = released(_key, aside=bindparam("why"), touched_at=bindparam("now"))
_GET = select(notices).where(_key == bindparam("wanted_key"))
_OWED = select(func.count()).select_from(notices).where(owed)
_BUMP = update(notices).where(_key == bindparam("card")).values(wanted=notices.c.wanted + 1)
_FORGET = delete(notices).where(_key == bindparam("card"))
_LAST_IN_LINE = select(func.max(notices.c.due)).where(notices.c.line == bindparam("of_line"), owed)
_ALARMS = select(func.count()).where(notices.c.watch == bindparam("of"), notices.c.alarm.is_(True))


class Notices:
    """What is owed to conversations. An alarm goes before everything else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owe(self, notice: Notice) -> bool:
        """Owe this from now on. False: its key was owed before, delivered or not."""
        return bool(await self._database.write(_OWE, **_row(notice, self._database)))

    async def claim(self, owner: str, lease: timedelta, limit: int) -> list[Claimed[Notice]]:
        """Take what is owed and due: alarms first, then the oldest."""
        now, rows = await claim(self._database, _CLAIM, owner, lease, limit)
        return readable(rows, lambda row: _claimed(row, now), lambda row: (not row.alarm, row.seq))

    async def claim_one(self, key: str, owner: str, lease: timedelta) -> Claimed[Notice] | None:
        """Take this one, due or not. None: somebody has it, or nothing is owed by that key."""
        now, rows = await claim(self._database, _CLAIM_ONE, owner, lease, claim_key=key)
        return _claimed(rows[0], now) if rows else None

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
        await self._deliver(_POSTED, claimed, rest, stamp=message)

    async def updated(self, claimed: Claimed[Notice], rest: timedelta = timedelta()) -> None:
        """The message shows what it was claimed for. Its next state is not due before a `rest`."""
        await self._deliver(_UPDATED, claimed, rest)

    async def put_off(self, claimed: Claimed[Notice], delay: timedelta) -> None:
        """Let it go, to be claimed again after this delay."""
        await carry(self._database, _PUT_OFF, claimed, next_due=self._database.now() + delay)

    async def set_aside(self, claimed: Claimed[Notice], reason: str) -> None:
        """It can never be delivered, for this reason: it is claimed no more, and holds up nobody else."""
        await carry(self._database, _ASIDE, claimed, why=reason, now=self._database.now())

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

    async def _deliver(
        self, statement: Any, claimed: Claimed[Notice], rest: timedelta, **values: Any
    ) -> None:
        now, shown = self._database.now(), claimed.value.wanted
        await carry(self._database, statement, claimed, was_shown=shown, now=now, rested=now + rest, **values)


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


async def redraw_card(connection: AsyncConnection, watch: str) -> None:
    """The watch's card shows something that is no longer so."""
    await connection.execute(_BUMP, {"card": card_key(watch)})


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
        "line": notice.conversation.place if isinstance(body, RecordingReady) else None,
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


def _claimed(row: Row[Any], now: Any) -> Claimed[Notice]:
    return Claimed(row.key, _read(row), row.fence, now, row.attempts)


def _read(row: Row[Any]) -> Notice:
    kept = _NOTICE.validate_json(row.notice)
    return replace(kept, wanted=row.wanted, shown=row.shown, message=row.message, tried=row.tried)
