"""Links that were given out: who may open what until when, and each time somebody did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, or_, select, update

from bot.domain.audit import Entry
from bot.store.audit import note
from bot.store.database import Database, rows
from bot.store.tables import link_openings, links

_ISSUE = insert(links)
_GET = select(links).where(links.c.id == bindparam("link"))
_LIST = select(links).order_by(links.c.seq.desc()).limit(bindparam("most"))
_OPENED = (
    update(links).where(links.c.id == bindparam("link")).values(opened=links.c.opened + 1).returning(*links.c)
)
_OPENING = insert(link_openings)
_LONGEST_DOWNLOAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """One link as it was given out. `opened` counts the openings; `revoked_at` None: good until it expires."""

    id: str
    provider: str
    recording: str
    purpose: str
    reader: str
    issued_at: datetime
    expires: datetime
    revoked_at: datetime | None = None
    opened: int = 0


class Links:
    """Every link that may be out there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue(
        self, id: str, provider: str, recording: str, purpose: str, reader: str, expires: datetime
    ) -> None:
        """Write down a link before it is given out."""
        now = self._database.now()
        link = IssuedLink(id, provider, recording, purpose, reader, now, expires)
        async with self._database.transaction() as connection:
            await connection.execute(_ISSUE, _row(link))
            await note(connection, _entry(link, now, "issued", reader))

    async def get(self, id: str) -> IssuedLink | None:
        """The link as it stands. To be found is not to be good: look at the hours."""
        rows = await self._database.read(_GET, link=id)
        return _read(rows[0]) if rows else None

    async def opened(self, id: str) -> None:
        """Somebody opens it now."""
        async with self._database.transaction() as connection:
            now = self._database.now()
            for row in await rows(connection, _OPENED, {"link": id}):
                await connection.execute(_OPENING, {"link": row.seq, "at": now})
                await note(connection, _entry(_read(row), now, "opened", row.reader))

    async def revoke(
        self,
        *,
        id: str | None = None,
        recording: str | None = None,
        reader: str | None = None,
        everything: bool = False,
        by: str = "",
    ) -> int:
        """Revoke the links that all of these say, which somebody wants; how many may have been good until then.

        What plays in a page that was opened in time outlives the link to the page, and a long download its link.
        """
        chosen = [
            column == value
            for column, value in ((links.c.id, id), (links.c.recording, recording), (links.c.reader, reader))
            if value is not None
        ]
        if not chosen and not everything:
            raise ValueError("Say which links to revoke, or that it is all of them.")
        now = self._database.now()
        begun = and_(
            links.c.opened > 0,
            or_(links.c.purpose == "play", links.c.expires_at > now - _LONGEST_DOWNLOAD),
        )
        good = (links.c.revoked_at.is_(None), or_(links.c.expires_at > now, begun))
        statement = update(links).where(*good, *chosen).values(revoked_at=now).returning(*links.c)
        async with self._database.transaction() as connection:
            revoked = [_read(row) for row in await rows(connection, statement, {})]
            await note(connection, *(_entry(link, now, "revoked", by) for link in revoked))
        return len(revoked)

    async def list(self, limit: int) -> Sequence[IssuedLink]:
        """The newest links, good or not."""
        return [_read(row) for row in await self._database.read(_LIST, most=limit)]


def _row(link: IssuedLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "provider": link.provider,
        "recording": link.recording,
        "purpose": link.purpose,
        "reader": link.reader,
        "issued_at": link.issued_at,
        "expires_at": link.expires,
        "opened": 0,
    }


def _entry(link: IssuedLink, at: datetime, outcome: str, who: str) -> Entry:
    """A link by its id: it opens nothing, as its token would."""
    detail = {
        "link": link.id,
        "purpose": link.purpose,
        "reader": link.reader,
        "until": link.expires.isoformat(),
    }
    return Entry(at, "link", outcome, who, target=f"{link.provider}/{link.recording}", detail=detail)


def _read(row: Row[Any]) -> IssuedLink:
    return IssuedLink(
        row.id,
        row.provider,
        row.recording,
        row.purpose,
        row.reader,
        row.issued_at,
        row.expires_at,
        row.revoked_at,
        row.opened,
    )
