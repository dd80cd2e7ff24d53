"""How things stand for all who share the store: for those who look after them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.domain.watch import State
from bot.store.claims import due
from bot.store.database import Database
from bot.store.tables import inbox, looks, notices, owed, waiting, watched, watches

_WATCHES = select(watches.c.state, func.count().label("number")).where(watched).group_by(watches.c.state)
_NOTICES = select(func.count().label("number"), func.min(notices.c.touched_at).label("since")).where(owed)
_REQUESTS = select(func.count().label("number"), func.min(inbox.c.kept_at).label("since")).where(waiting)
_LIBRARIES = select(func.min(looks.c.due).label("since")).where(due(looks))


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept at one moment, `at` by the store's clock.

    `notices_since` and `requests_since`: since when the oldest of them has waited. `libraries_since`: since when a look
    into a library has been due that nobody has taken up.
    """

    at: datetime
    watches: Mapping[State, int]
    notices: int
    notices_since: datetime | None
    requests: int
    requests_since: datetime | None
    libraries_since: datetime | None


async def read_standing(database: Database) -> Standing:
    """Open watches by state, what is owed and what was asked for: one read of few rows each."""
    by_state = {State(row.state): row.number for row in await database.read(_WATCHES)}
    [messages] = await database.read(_NOTICES)
    [asked] = await database.read(_REQUESTS)
    [library] = await database.read(_LIBRARIES, **database.hour())
    return Standing(
        at=database.now(),
        watches={state: by_state.get(state, 0) for state in State},
        notices=messages.number,
        notices_since=messages.since,
        requests=asked.number,
        requests_since=asked.since,
        libraries_since=library.since,
    )
