"""A notice as a row: the whole of it as JSON, and in columns what changes and what it is looked for by."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.domain.notice import CardOf, Notice, RecorderLost
from bot.store.claims import Claimed, Grip
from bot.store.database import Database

_NOTICE: TypeAdapter[Notice] = TypeAdapter(Notice)


def new_row(notice: Notice, database: Database, due_in: timedelta = timedelta()) -> dict[str, Any]:
    """The row of a notice that is owed from now on, and due to the clock after this delay."""
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
        "due": now + due_in,
        "fence": 0,
        "attempts": 0,
    }


def read_claimed(row: Row[Any], grip: Grip) -> Claimed[Notice]:
    """The notice of a row that was claimed."""
    return Claimed(row.key, read_notice(row), row.fence, grip, row.attempts, row.touched_at, row.due)


def read_notice(row: Row[Any]) -> Notice:
    """The notice that a row keeps, as it stands."""
    kept = _NOTICE.validate_json(row.notice)
    return replace(kept, wanted=row.wanted, shown=row.shown, message=row.message, tried=row.tried)
