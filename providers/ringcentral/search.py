"""From a query to a page: the call log is walked from the newest call on, until there is enough or no more.

RingCentral filters by time, direction, a whole number and an extension. Everything else is ours.
"""

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from providers.errors import NotSupported
from providers.interfaces import Only
from providers.model import Recording, RecordingId, RecordingPage, RecordingQuery, SortBy
from providers.ringcentral.log import KEPT, Asked, CallLog
from providers.ringcentral.settings import RingCentralSettings

_NAMELESS = (
    "RingCentral does not tell the numbers of some extensions, so that calls of theirs may be missing."
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


async def search(
    query: RecordingQuery, log: CallLog, settings: RingCentralSettings, only: Only | None = None
) -> RecordingPage:
    """The page that was asked for, found on at most `search_bound` pages of the log."""
    if query.scope is not None:
        raise NotSupported("RingCentral does not say who may hear a recording.", filters=("scope",))
    query = replace(query, start=max(0, query.start), limit=max(0, query.limit))
    asked = _asked(query, log.now(), settings)
    if asked.since >= asked.until:
        return RecordingPage((), total=0, more=False)
    newest_first = query.sort is SortBy.DATE and query.descending
    end = query.start + query.limit
    found: dict[RecordingId, Recording] = {}
    whole = enough = nameless = False
    anywhere = replace(query, extension=None, room=None)
    looked = 0
    async with aclosing(log.pages(asked)) as pages:
        async for page in pages:
            looked += 1
            for recording in page.recordings:
                if query.matches(recording) and (only is None or only(recording)):
                    found.setdefault(recording.id, recording)
                elif recording.unresolved and anywhere.matches(recording):
                    nameless |= only is None or only(recording)
            whole = page.last
            enough = newest_first and len(found) > end
            if enough or looked == settings.search_bound:
                break
    # A walk that may end early keeps to the log's order, so that pages fit together.
    ordered = list(found.values()) if newest_first else query.in_order(found.values())
    notes = [_NAMELESS] if nameless else []
    if not enough:
        notes += _notes(query, settings, whole)
    more = len(found) > end
    return RecordingPage(
        tuple(ordered[query.start : end]),
        # Whether a walk that ended early had seen all tells how much it left out.
        total=len(found) if whole and (only is None or not more) else None,
        more=more,
        complete=not notes,
        note=" ".join(notes),
    )


def _asked(query: RecordingQuery, now: datetime, settings: RingCentralSettings) -> Asked:
    """What the service can filter by itself. Only a number with its plus is surely a whole one."""
    number = (query.number or "").strip()
    digits = "".join(filter(str.isdecimal, number))
    at_account = settings.level == "account"
    return Asked(
        since=query.since or max(min(now, query.until or now), _EARLIEST) - settings.look_back,
        until=query.until or now,
        direction=query.direction,
        number=digits if digits and number.startswith("+") else None,
        extension=query.extension if query.extension and at_account else None,
    )


def _notes(query: RecordingQuery, settings: RingCentralSettings, whole: bool) -> list[str]:
    if not whole:
        pages = settings.search_bound
        return [
            f"Only the newest {pages} pages of the call log were looked through; older recordings may be missing."
        ]
    if query.since is None and settings.look_back < KEPT:
        days = settings.look_back.days
        return [f"Only the last {days} days were looked through; name a time to look further back."]
    return []
