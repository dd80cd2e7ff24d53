"""What the replay server's answers say, in our words. Elements too many and elements missing are both borne."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from providers.harmless import link, moment, one_line, some_lines
from providers.model import Recording, RecordingId, Scope

_IN = "{http://replay.vidyo.com/apiservice}"
_RECORDS = _IN + "records"
_COUNT = _IN + "searchCount"
_A_TURN = 4
_DURATION = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{2})(?:\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
# The display forms; an update writes `organization`, a filter `organizational`.
_SCOPES = {
    "new": Scope.NEW,
    "private": Scope.PRIVATE,
    "organization": Scope.ORGANIZATION,
    "organizational": Scope.ORGANIZATION,
    "public": Scope.PUBLIC,
}


@dataclass(frozen=True, slots=True)
class RecordRows:
    """One page of a search. `count` is the service's own number of hits, None if it gave none.

    `received` rows came; those among them that lack an id or a date are not in `recordings`.
    """

    recordings: tuple[Recording, ...]
    received: int
    count: int | None


def read_records(answer: etree._Element) -> RecordRows:
    """The rows of RecordsSearchResponse or RecordsResponse."""
    return _rows(answer, [_read(element) for element in answer.iterchildren(_RECORDS)])


async def read_records_in_turns(answer: etree._Element) -> RecordRows:
    """As `read_records`, a few rows at a time, so that nobody else on the loop waits for long.

    On a thread the reading would hold the interpreter for 5 ms on end: longer than Slack's answers take.
    """
    read = []
    for element in answer.iterchildren(_RECORDS):
        read.append(_read(element))
        if len(read) % _A_TURN == 0:
            await asyncio.sleep(0)
    return _rows(answer, read)


def _rows(answer: etree._Element, read: Sequence[Recording | None]) -> RecordRows:
    legible = tuple(recording for recording in read if recording is not None)
    return RecordRows(legible, len(read), _whole(answer.findtext(_COUNT)))


def read_duration(text: str | None) -> timedelta | None:
    """`01:48` and `1:02:03` as lengths; None for anything else."""
    match = _DURATION.fullmatch((text or "").strip())
    if not match:
        return None
    return timedelta(hours=int(match[1] or 0), minutes=int(match[2]), seconds=int(match[3]))


def read_moment(text: str | None) -> datetime | None:
    """An xs:dateTime in UTC; None if it is not one. Without a zone it is taken for UTC, as the server runs."""
    try:
        return moment(datetime.fromisoformat((text or "").strip()))
    except ValueError:
        return None


def _read(element: etree._Element) -> Recording | None:
    fields = {child.tag: child.text for child in element}

    def text(name: str) -> str:
        return one_line(fields.get(_IN + name) or "")

    started = read_moment(text("dateCreated"))
    if started is None or not _WHOLE.fullmatch(text("id")):
        return None
    # endTime is nil as long as the recorder writes.
    ended = read_moment(text("endTime"))
    duration = None
    if ended is not None:
        duration = read_duration(text("duration")) or max(ended - started, timedelta())
    return Recording(
        id=RecordingId(text("id")),
        title=text("title"),
        room=text("roomName"),
        owner=text("userName") or None,
        owner_name=text("userFullName") or None,
        started=started,
        ended=ended,
        duration=duration,
        size=_whole(text("fileSize")),
        scope=_SCOPES.get(text("recordScope").lower(), Scope.UNKNOWN),
        tags=text("tags"),
        comments=some_lines(fields.get(_IN + "comments") or ""),
        locked=text("locked") in {"true", "1"},
        has_pin=bool(text("pin")),
        webcast=text("webcast") in {"true", "1"},
        resolution=text("resolution"),
        file=link((fields.get(_IN + "fileLink") or "").strip()),
    )


def _whole(text: str | None) -> int | None:
    match = _WHOLE.fullmatch((text or "").strip())
    return int(match[0]) if match else None
