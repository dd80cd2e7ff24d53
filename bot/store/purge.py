"""Forgetting what has ended long ago."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, exists, not_, select

from bot.store.budgets import forget_full
from bot.store.database import Database
from bot.store.moment import Moment
from bot.store.tables import announced, inbox, links, looks, notices, owed, watches

_BATCH = 500
_CUT: ColumnElement[datetime] = bindparam("cut", type_=Moment)

_OWED_OF_WATCH = exists().where(notices.c.watch == watches.c.id, owed)
_WATCH_OF_NOTICE = exists().where(watches.c.id == notices.c.watch)

# What a look may read again is not to be announced again.
_READ_AGAIN = exists().where(
    looks.c.provider == announced.c.provider, looks.c.watermark <= announced.c.started
)

# What a watch owes is drawn from it, and its card may change for as long as it is kept.
_ENDED: tuple[tuple[Table, ColumnElement[bool]], ...] = (
    (inbox, inbox.c.ended_at < _CUT),
    (watches, and_(watches.c.closed_at < _CUT, not_(_OWED_OF_WATCH))),
    (notices, and_(notices.c.touched_at < _CUT, not_(owed), not_(_WATCH_OF_NOTICE))),
    (links, links.c.expires_at < _CUT),
    (announced, and_(announced.c.at < _CUT, not_(_READ_AGAIN))),
)


async def purge(database: Database, older_than: timedelta) -> int:
    """Delete what ended longer ago than this, a few rows a transaction; how many rows went."""
    cut = database.now() - older_than
    gone = 0
    for table, ended in _ENDED:
        statement = _forgetting(table, ended)
        while batch := len(await database.write(statement, cut=cut)):
            gone += batch
            if batch < _BATCH:
                break
    await forget_full(database, older_than)
    return gone


def _forgetting(table: Table, ended: ColumnElement[bool]) -> Any:
    chosen = select(table.c.seq).where(ended).limit(_BATCH)
    return delete(table).where(table.c.seq.in_(chosen)).returning(table.c.seq)
