"""From a query to a page: what Vidyo's search can do is asked of it, the rest is found by walking on.

RecordsSearch filters by a part of the room's name, of the owner's login and of a free text, by scope, and
sorts by date, title and room. Everything else is ours. Bare words are a union that it has not, so each place
where a word may stand is asked for by itself. Of dates it knows the order alone, so a time is found by halving.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from providers.errors import NotSupported
from providers.interfaces import Only
from providers.model import Recording, RecordingId, RecordingPage, RecordingQuery, Scope, SortBy
from providers.spelling import pieces
from providers.vidyo.contract import Value
from providers.vidyo.replay import RecordRows

_MOST_ROWS = 200
_FIRST_ROWS = 25
_FEW_ROWS = 50
_FAR = 100_000
_SORTS = {SortBy.DATE: "date", SortBy.TITLE: "title", SortBy.ROOM: "room"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One RecordsSearch, with values that its types allow: None is nil, and never is anything empty."""

    room: str | None = None
    login: str | None = None
    text: str | None = None
    scope: Scope | None = None
    sort: SortBy = SortBy.DATE
    descending: bool = True
    start: int = 0
    limit: int = _MOST_ROWS

    def values(self, tenant: str) -> dict[str, Value]:
        """The same in the service's words, but for the scope, which each generation may spell otherwise."""
        return {
            "tenantName": tenant or None,
            "roomFilter": self.room,
            "usernameFilter": self.login,
            "query": self.text,
            "recordScope": "all",
            "sortBy": _SORTS[self.sort],
            "dir": "DESC" if self.descending else "ASC",
            "limit": self.limit,
            "start": self.start,
            "webcast": None,
        }


Ask = Callable[[Asked], Awaitable[RecordRows]]


@dataclass(frozen=True, slots=True)
class _Walk:
    """What one walk found. `whole`: every row that could match was seen; `bounded`: it ended at its bound."""

    found: dict[RecordingId, Recording]
    whole: bool
    bounded: bool


async def search(query: RecordingQuery, ask: Ask, bound: int, only: Only | None = None) -> RecordingPage:
    """The page that was asked for, found with at most `bound` rows looked at in each walk.

    Where every filter is the service's own, there is no bound and its count is the total. Whoever wants all since a
    time, newest first, gets it page by page, and the time is where it ends: there the bound is far away.
    """
    query = replace(query, start=max(0, query.start), limit=max(0, query.limit))
    if query.of_calls:
        raise NotSupported("Vidyo records rooms and no calls.", filters=query.of_calls)
    if query.scope is Scope.UNKNOWN or (query.scope is Scope.PRIVATE and not query.hidden):
        return RecordingPage((), total=0, more=False)
    if only is None and _is_all_theirs(query):
        if query.since is None:
            return await _straight(query, ask)
        if query.sort is SortBy.DATE and query.descending:
            return await _straight_back(query, query.since, ask)
    places = _places(query)
    as_asked = len(places) == 1 and (places[0].sort, places[0].descending) == (query.sort, query.descending)
    end = query.start + query.limit
    enough = end + 1 if as_asked else None
    outcomes = await asyncio.gather(
        *(_walk(place, query, only, ask, bound, enough) for place in places), return_exceptions=True
    )
    walks = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        walks.append(outcome)
    merged = {id: recording for walk in walks for id, recording in walk.found.items()}
    # A server's order of titles is not ours: a walk that may end early must keep to it on every page.
    found = list(merged.values()) if as_asked else query.in_order(merged.values())
    bounded = any(walk.bounded for walk in walks)
    more = len(found) > end
    # Whether a walk that ended early had seen all tells how much it left out.
    counted = all(walk.whole for walk in walks) and (only is None or not more)
    return RecordingPage(
        tuple(found[query.start : end]),
        total=len(found) if counted else None,
        more=more,
        complete=not bounded,
        note=_note(places[0], bound, query) if bounded else "",
    )


def _is_all_theirs(query: RecordingQuery) -> bool:
    """True if nothing is left for us to filter, but for a time at which to end.

    A name filter is ours too, since some servers ignore theirs.
    """
    ours = (query.words.split(), query.owner, query.room, query.title)
    bounds = (query.until, query.longer, query.shorter)
    return (
        query.hidden
        and query.running
        and query.sort in _SORTS
        and not any(ours)
        and all(bound is None for bound in bounds)
    )


async def _straight(query: RecordingQuery, ask: Ask) -> RecordingPage:
    asked = Asked(scope=query.scope, sort=query.sort, descending=query.descending, start=query.start)
    found: dict[RecordingId, Recording] = {}
    end = query.start + query.limit
    while True:
        limit = min(_MOST_ROWS, max(1, end - asked.start))
        rows = await ask(replace(asked, limit=limit))
        found |= {recording.id: recording for recording in rows.recordings}
        asked = replace(asked, start=asked.start + rows.received)
        count = rows.count if rows.count is not None else asked.start + (rows.received == limit)
        if not rows.received or asked.start >= min(end, count):
            break
    total = rows.count
    return RecordingPage(tuple(found.values())[: query.limit], total=total, more=count > end)


async def _straight_back(query: RecordingQuery, since: datetime, ask: Ask) -> RecordingPage:
    """From the newest back to a time: no row in between is ours to leave out, so each page begins where it says.

    Mostly little has happened since: the first page is small, and the next ones are as large as pages may be.
    """
    asked = Asked(scope=query.scope, start=query.start)
    found: dict[RecordingId, Recording] = {}
    wanted = query.limit + 1  # the next one tells whether there is a later page
    while True:
        limit = min(_MOST_ROWS if asked.start else _FIRST_ROWS, wanted - len(found))
        rows = await ask(replace(asked, limit=limit))
        again = bool(rows.recordings) and all(one.id in found for one in rows.recordings)
        found |= {one.id: one for one in rows.recordings if since <= one.started}
        asked = replace(asked, start=asked.start + rows.received)
        last = asked.start >= rows.count if rows.count is not None else rows.received < limit
        ended = last or not rows.received or _is_beyond(asked, query, rows)
        bounded = not ended and (again or asked.start >= _FAR)  # some server may never come to an end
        if ended or bounded or len(found) >= wanted:
            break
    return RecordingPage(
        tuple(found.values())[: query.limit],
        total=query.start + len(found) if ended else None,
        more=len(found) >= wanted and not bounded,
        complete=not bounded,
        note=_note(asked, asked.start, query) if bounded else "",
    )


def _places(query: RecordingQuery) -> list[Asked]:
    """Where to look, so that whatever matches is in one place at least; what else it must be is seen by us.

    A login is compared whole, so a part of one is left to the free text. Of several words each must be
    found, so the longest one narrows the most. The server compares letters, so what may be written in several ways
    is looked for by those letters that are in all of them.
    """
    timed = query.since is not None or query.until is not None
    newest_first = query.sort not in _SORTS or (timed and query.sort is not SortBy.DATE)
    asked = Asked(
        scope=query.scope,
        sort=SortBy.DATE if newest_first else query.sort,
        descending=True if newest_first else query.descending,
    )
    if query.owner and (parts := pieces(query.owner)):
        return [replace(asked, login=query.owner), *(replace(asked, text=part) for part in parts)]
    if query.room and (parts := pieces(query.room)):
        return [replace(asked, room=part) for part in parts] + [replace(asked, text=part) for part in parts]
    word = max(query.words.split(), key=lambda word: len(next(iter(pieces(word)), "")), default="")
    if parts := pieces(word):
        texts, rooms = (
            [replace(asked, text=part) for part in parts],
            [replace(asked, room=part) for part in parts],
        )
        return [*texts, replace(asked, login=word), *rooms]
    return [asked]


async def _walk(
    asked: Asked, query: RecordingQuery, only: Only | None, ask: Ask, bound: int, enough: int | None
) -> _Walk:
    """Go from page to page until nothing more can match, `enough` was found, or the bound is reached."""
    found: dict[RecordingId, Recording] = {}
    named = bool(only or query.title or query.owner or query.room or query.longer or query.shorter)
    limit = _MOST_ROWS if enough is None or named else min(_MOST_ROWS, enough + _FEW_ROWS)
    start = skipped = pages = 0
    while True:
        pages += 1
        limit = min(limit, bound + skipped - start)
        rows = await ask(replace(asked, start=start, limit=limit))
        start += rows.received
        if pages == 1 and rows.recordings and all(_is_before(asked, query, one) for one in rows.recordings):
            skipped = await _skip(asked, query, ask, rows) - start
            start += skipped
        for recording in rows.recordings:
            if query.matches(recording) and (only is None or only(recording)):
                found.setdefault(recording.id, recording)
        last = start >= rows.count if rows.count is not None else rows.received < limit
        if last or not rows.received or _is_beyond(asked, query, rows):
            return _Walk(found, whole=True, bounded=False)
        if enough is not None and len(found) >= enough:
            return _Walk(found, whole=False, bounded=False)
        if start - skipped >= bound or pages * _FEW_ROWS >= bound:  # a server may also give a row a page
            return _Walk(found, whole=False, bounded=True)
        limit = _MOST_ROWS


async def _skip(asked: Asked, query: RecordingQuery, ask: Ask, first: RecordRows) -> int:
    """Where to walk on after a first page that lies wholly before the time that is asked for.

    Halved until what is left is one page. A few rows are kept for those that shift meanwhile. Where a server does not
    say how many there are, or gives the same row wherever it is asked, nothing is passed over.
    """
    low, high = first.received, first.count or 0
    while high - low > _MOST_ROWS:
        middle = (low + high) // 2
        rows = await ask(replace(asked, start=middle, limit=1))
        if rows.received and not rows.recordings:  # illegible: whoever walks on will count it
            break
        if any(one.id == first.recordings[0].id for one in rows.recordings):
            return first.received
        if rows.recordings and _is_before(asked, query, rows.recordings[0]):
            low = middle + 1
        else:
            high = middle
    return max(first.received, low - _FEW_ROWS)


def _is_before(asked: Asked, query: RecordingQuery, recording: Recording) -> bool:
    """True if a walk by date meets this row before any that can match."""
    if asked.sort is not SortBy.DATE:
        return False
    if asked.descending:
        return query.until is not None and recording.started >= query.until
    return query.since is not None and recording.started < query.since


def _is_beyond(asked: Asked, query: RecordingQuery, rows: RecordRows) -> bool:
    """True if a walk by date has come to where nothing can match any more."""
    if asked.sort is not SortBy.DATE:
        return False
    since, until = query.since, query.until
    if asked.descending:
        return since is not None and any(recording.started < since for recording in rows.recordings)
    return until is not None and any(recording.started >= until for recording in rows.recordings)


def _note(asked: Asked, bound: int, query: RecordingQuery) -> str:
    newest = asked.sort is SortBy.DATE and asked.descending
    which, missing = ("newest", "older ones") if newest else ("first", "others")
    of_then = " of that time" if newest and query.until is not None else ""
    return f"Only the {which} {bound:,} recordings{of_then} were looked through; {missing} may be missing."
