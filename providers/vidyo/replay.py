"""What the replay server's answers say, in our words. Elements too many and elements missing are both borne."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from lxml import etree

from providers.harmless import link, moment, one_line, some_lines
from providers.model import Recording, RecordingId, Scope

_IN = "{http://replay.vidyo.com/apiservice}"
_RECORDS = _IN + "records"
_COUNT = _IN + "searchCount"
_BEGAN = _IN + "dateCreated"
_A_TURN = 4
_ENOUGH = 20  # rows: one server writes all its times alike
_DURATION = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{2})(?:\.\d+)?", re.ASCII)
_MIDNIGHT = re.compile(r"(?P<day>[^T]+T)24(?P<rest>:00(?::00(?:\.0+)?)?(?![0-9:.]).*)", re.ASCII)
_ZONED = re.compile(r"T.*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)\Z", re.ASCII)
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
class Habits:
    """How a server writes: `zone` is that of its times that say none, `longest` how long a recording lasts at most."""

    zone: tzinfo = UTC
    longest: timedelta = timedelta(hours=12)


_USUAL = Habits()


@dataclass(frozen=True, slots=True)
class RecordRows:
    """One page of a search. `count` is the service's own number of hits, None if it gave none.

    `received` rows came; those among them that lack an id or a date are not in `recordings`. `zoneless`: some
    began at a time that says no offset from UTC.
    """

    recordings: tuple[Recording, ...]
    received: int
    count: int | None
    zoneless: bool = False


def read_records(answer: etree._Element, habits: Habits = _USUAL) -> RecordRows:
    """The rows of RecordsSearchResponse or RecordsResponse."""
    now = datetime.now(UTC)
    return _rows(answer, [_read(element, habits, now) for element in answer.iterchildren(_RECORDS)])


async def read_records_in_turns(answer: etree._Element, habits: Habits = _USUAL) -> RecordRows:
    """As `read_records`, a few rows at a time, so that nobody else on the loop waits for long.

    On a thread the reading would hold the interpreter for 5 ms on end: longer than Slack's answers take.
    """
    read, now = [], datetime.now(UTC)
    for element in answer.iterchildren(_RECORDS):
        read.append(_read(element, habits, now))
        if len(read) % _A_TURN == 0:
            await asyncio.sleep(0)
    return _rows(answer, read)


def _rows(answer: etree._Element, read: Sequence[Recording | None]) -> RecordRows:
    legible = tuple(recording for recording in read if recording is not None)
    began = (element.text for element in islice(answer.iterfind(f"{_RECORDS}/{_BEGAN}"), _ENOUGH))
    zoneless = any(text and not _ZONED.search(text.strip()) for text in began)
    return RecordRows(legible, len(read), _whole(answer.findtext(_COUNT)), zoneless)


def read_duration(text: str | None) -> timedelta | None:
    """`01:48` and `1:02:03` as lengths; None for anything else."""
    match = _DURATION.fullmatch((text or "").strip())
    if not match:
        return None
    return timedelta(hours=int(match[1] or 0), minutes=int(match[2]), seconds=int(match[3]))


def read_moment(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """An xs:dateTime in UTC; None if it is not one, or stands for none, as 0001-01-01. Without an offset: of `zone`.

    Its day may end with 24:00:00, which is the midnight that begins the next one.
    """
    written = (text or "").strip()
    midnight = _MIDNIGHT.fullmatch(written) if "T24" in written else None
    if midnight is not None:
        written = f"{midnight['day']}00{midnight['rest']}"
    try:
        read = moment(datetime.fromisoformat(written), zone)
    except (ValueError, OverflowError):
        return None
    return read + timedelta(days=1) if midnight is not None else read


def _read(element: etree._Element, habits: Habits, now: datetime) -> Recording | None:
    fields = {child.tag: child.text for child in element}

    def text(name: str) -> str:
        return one_line(fields.get(_IN + name) or "")

    size = _whole(text("fileSize"))
    file = link((fields.get(_IN + "fileLink") or "").strip())
    length = read_duration(text("duration")) or None
    ended = read_moment(text("endTime"), habits.zone)
    started = read_moment(text("dateCreated"), habits.zone)
    if started is None and ended is not None and length is not None:
        started = ended - length
    id = text("id")
    if started is None or not _WHOLE.fullmatch(id):
        return None
    # endTime is nil as long as the recorder writes, and for ever where a generation does not fill it in: there a file
    # of some size, or an age that no recording reaches, tells that it is finished.
    over = bool(ended or (file and size) or now - started > habits.longest)
    if over and ended is None and length is not None:
        ended = started + length
    if ended is not None and length is None:
        length = max(ended - started, timedelta())
    return Recording(
        id=RecordingId(id),
        title=text("title"),
        room=text("roomName"),
        owner=text("userName") or None,
        owner_name=text("userFullName") or None,
        started=started,
        ended=ended,
        duration=length if over else None,
        size=size,
        scope=_SCOPES.get(text("recordScope").lower(), Scope.UNKNOWN),
        tags=text("tags"),
        comments=some_lines(fields.get(_IN + "comments") or ""),
        locked=text("locked") in {"true", "1"},
        has_pin=bool(text("pin")),
        webcast=text("webcast") in {"true", "1"},
        resolution=text("resolution"),
        over=over and ended is None,
        file=file,
    )


def _whole(text: str | None) -> int | None:
    match = _WHOLE.fullmatch((text or "").strip())
    return int(match[0]) if match else None
