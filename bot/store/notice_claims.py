"""Claiming what is owed: in turn, line by line, and as far as there are turns for it."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, bindparam, case, exists, func, not_, select

from bot.domain.audit import Entry
from bot.domain.budget import Budget
from bot.domain.notice import Notice
from bot.store.audit import write_noted
from bot.store.budgets import ALONE, Purse, Turns, close, open_purse
from bot.store.claims import (
    LIMIT,
    Claimed,
    claim_within,
    claiming,
    claiming_any,
    due,
    first,
    free,
    readable,
    released,
)
from bot.store.database import Database
from bot.store.errors import NoTurn
from bot.store.notice_rows import read_claimed
from bot.store.tables import notices, owed

_POSTS, _UPDATES = "posts", "updates"

MOST_CLAIMS = 20
"""Claims that may come to nothing before a notice that keeps its line waiting is set aside.

So many, since a bot that is killed time and again for another reason dies with some notice in hand each time.
"""

log = logging.getLogger(__name__)


def _fewer(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


_key = notices.c.key
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
_NO_TURN = released(_key, due=bindparam("next_due"), attempts=notices.c.attempts - 1)
_NOW: ColumnElement[datetime] = bindparam("now", type_=notices.c.touched_at.type)
# What may stand there unknown to us is looked for since it was first owed, whatever became of it meanwhile.
ASIDE = released(
    _key, aside=bindparam("why"), touched_at=case((notices.c.tried, notices.c.touched_at), else_=_NOW)
)


class NoticeClaims:
    """Who delivers which notice now. An alarm goes before everything else."""

    def __init__(self, database: Database, budget: Budget) -> None:
        self._database = database
        self._budget = budget

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
            claimed = readable(found, lambda row: read_claimed(row, grip), _in_turn)
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
            claimed = read_claimed(found[0], grip)
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
                await write_noted(self._database, ASIDE, entry, **ours, why=why, now=now)


def _in_turn(row: Row[Any]) -> Any:
    return (False, not row.alarm, row.seq) if row.message is None else (True, row.due, row.seq)
