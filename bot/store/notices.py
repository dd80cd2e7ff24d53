"""The outbox: messages that are owed until they are delivered, each by a unique key.

Delivery is not our transaction: `trying` is written before a post and `posted` after it, and whoever finds a row
tried but not posted looks for the message before posting again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import told
from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, RecorderLost, card_key
from bot.domain.watch import Watch
from bot.store.audit import note, write_noted
from bot.store.claims import Claimed, carry, held, released
from bot.store.conflict import insert
from bot.store.database import Database, rows
from bot.store.errors import LostClaim
from bot.store.notice_claims import ASIDE, NoticeClaims
from bot.store.notice_rows import new_row, read_notice
from bot.store.tables import notices, owed, watches

_key = notices.c.key
_OWE = insert(notices).on_conflict_do_nothing().returning(notices.c.seq)
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
_POST_ANEW = released(_key, message=None, tried=False, due=bindparam("next_due"), attempts=0)
_GET = select(notices).where(_key == bindparam("wanted_key"))
_OWED = select(func.count()).select_from(notices).where(owed)
_BUMPED: ColumnElement[datetime] = bindparam("bumped", type_=notices.c.due.type)
# What is owed anew waits since now, and not since it was last delivered; but what may stand there is looked for since
# it was first owed.
_BUMP = (
    update(notices)
    .where(_key == bindparam("card"))
    .values(
        wanted=notices.c.wanted + 1,
        touched_at=case((or_(owed, notices.c.tried), notices.c.touched_at), else_=_BUMPED),
        due=case((or_(owed, notices.c.due > _BUMPED), notices.c.due), else_=_BUMPED),
    )
)
_CARDS_ASIDE = and_(
    notices.c.aside.is_not(None),
    notices.c.alarm.is_(False),
    notices.c.watch.in_(select(watches.c.id).where(watches.c.place == bindparam("at_place"))),
)
_NEXT_DUE: ColumnElement[datetime] = bindparam("next_due", type_=notices.c.due.type)
_FIND_ASIDE = select(_key).where(_CARDS_ASIDE)
_LIVE_AGAIN = (
    update(notices)
    .where(_CARDS_ASIDE)
    .values(
        aside=None,
        due=_NEXT_DUE,
        touched_at=case((notices.c.tried, notices.c.touched_at), else_=_NEXT_DUE),
        attempts=0,
    )
    .returning(_key)
)
_OWE_AGAIN = (
    update(notices)
    .where(_key == bindparam("wanted_key"), notices.c.aside.is_not(None))
    .values(aside=None, due=bindparam("next_due"), attempts=0)
    .returning(_key)
)
_FORGET = delete(notices).where(_key == bindparam("card"))
_LAST_IN_LINE = select(func.max(notices.c.due)).where(notices.c.line == bindparam("of_line"), owed)
_ALARMS = select(func.count()).where(notices.c.watch == bindparam("of"), notices.c.alarm.is_(True))


class Notices(NoticeClaims):
    """What is owed to conversations."""

    async def owe(self, notice: Notice, due_in: timedelta = timedelta()) -> bool:
        """Owe this from now on. False: its key was owed before, delivered or not.

        Whoever means to show it at once has it due later: they alone answer for it then, unless they die.
        """
        return bool(await self._database.write(_OWE, **new_row(notice, self._database, due_in)))

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

    async def post_anew(self, claimed: Claimed[Notice]) -> None:
        """Its message is gone, or stays as it is for good: what it should show is owed as a new one."""
        await carry(self._database, _POST_ANEW, claimed, next_due=self._database.now())

    async def set_aside(self, claimed: Claimed[Notice], reason: str, instead: Iterable[Notice] = ()) -> None:
        """It can never be delivered, for this reason: it is claimed no more, and holds up nobody else.

        What is to be said `instead` is owed from now on, if it was not owed before.
        """
        now = self._database.now()
        async with self._database.transaction() as connection:
            values = {"claim_id": claimed.id, "claim_fence": claimed.fence, "why": reason, "now": now}
            if not await rows(connection, ASIDE, values):
                raise LostClaim(claimed.id)
            await note(connection, told(claimed.value, now, "set aside", why=reason))
            for notice in instead:
                await owe_within(connection, notice, self._database)

    async def live_again(self, conversation: Conversation) -> int:
        """Owe again the cards there that were set aside, to show what is so now; how many there are.

        Somebody was heard from there: it may take messages again.
        """
        there = {"at_place": conversation.place}
        if not await self._database.read(_FIND_ASIDE, **there):
            return 0
        return len(await self._database.write(_LIVE_AGAIN, **there, next_due=self._database.now()))

    async def owe_again(self, key: str, due_in: timedelta = timedelta()) -> bool:
        """Owe this one again if it was set aside: somebody asks for it anew, and its place may take it by now."""
        due = self._database.now() + due_in
        return bool(await self._database.write(_OWE_AGAIN, wanted_key=key, next_due=due))

    async def get(self, key: str) -> Notice | None:
        """The notice as it stands, delivered or not."""
        rows = await self._database.read(_GET, wanted_key=key)
        return read_notice(rows[0]) if rows else None

    async def owed(self) -> int:
        """How many wait for delivery; what was set aside does not."""
        [row] = await self._database.read(_OWED)
        return int(row[0])

    async def aside_reason(self, key: str) -> str | None:
        """Why it was set aside. None: it was not, or is not known."""
        rows = await self._database.read(_GET, wanted_key=key)
        return rows[0].aside if rows else None

    def _delivered(self, claimed: Claimed[Notice], rest: timedelta) -> dict[str, Any]:
        now = self._database.now()
        return {"was_shown": claimed.value.wanted, "now": now, "rested": now + rest}


async def owe_within(
    connection: AsyncConnection, notice: Notice, database: Database, due_in: timedelta = timedelta()
) -> None:
    """Owe a notice as part of a transaction, due to the clock after this delay."""
    await connection.execute(_OWE, new_row(notice, database, due_in))


async def owe_in_line(
    connection: AsyncConnection, notices: Iterable[Notice], gap: timedelta, database: Database
) -> None:
    """Owe several as part of a transaction: those of one conversation in this order, and a `gap` apart."""
    for notice in notices:
        row = new_row(notice, database)
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
