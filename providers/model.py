"""The words of the field: rooms, recorders and recordings, as frozen values.

Nothing here knows how a provider spells these things, and no value is invented where a provider gave
none: what is unknown is `None`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

RoomKey = NewType("RoomKey", str)
RoomId = NewType("RoomId", str)
RecorderId = NewType("RecorderId", str)
RecordingId = NewType("RecordingId", str)


class Occupancy(StrEnum):
    """How full a room is, as the provider says; recorders do not count as people."""

    EMPTY = "empty"
    OCCUPIED = "occupied"
    FULL = "full"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Room:
    """A place where people meet: its key is what they type, its id what the provider calls it.

    `ours` and `may_record` are what the provider said when it was asked; None where it did not say.
    They help a message along and decide nothing: only the answer to a start does.
    """

    id: RoomId
    key: RoomKey | None
    name: str
    extension: str | None = None
    owner: str | None = None
    join_url: str | None = None
    occupancy: Occupancy = Occupancy.UNKNOWN
    ours: bool | None = None
    may_record: bool | None = None


@dataclass(frozen=True, slots=True)
class RecordingProfile:
    """A way to record. `name` is what one asks with (a string: `000` is not `0`)."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Recorder:
    """The participant that records a room right now.

    `id` is good for one stay in the room only. `paused` is what the provider reports, and may be
    a request on its way rather than a fact.
    """

    id: RecorderId
    name: str
    paused: bool = False
    webcast: bool = False


@dataclass(frozen=True, slots=True)
class RoomView:
    """One complete look into a room. `recorder` None means: looked at all of it, nobody records."""

    recorder: Recorder | None
    people: int


class Scope(StrEnum):
    """Who a library shows a recording to."""

    NEW = "new"
    PRIVATE = "private"
    ORGANIZATION = "organization"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that a library keeps, or is making.

    `ended` None: still running, there is no file yet. `file` is the provider's own address of the file:
    data, for the provider that gave it, never for a person's eyes. A PIN is never carried, only whether
    one is set. `size` is in bytes.
    """

    id: RecordingId
    title: str
    room: str
    owner: str | None
    owner_name: str | None
    started: datetime
    ended: datetime | None
    duration: timedelta | None
    size: int | None
    scope: Scope | None
    tags: str = ""
    comments: str = ""
    locked: bool = False
    has_pin: bool = False
    webcast: bool = False
    resolution: str = ""
    file: str | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """True while the recorder writes: nothing can be downloaded yet."""
        return self.ended is None


class SortBy(StrEnum):
    DATE = "date"
    TITLE = "title"
    ROOM = "room"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class RecordingQuery:
    """What to look for. Filters hold together; `words` match title, owner or room (one suffices).

    Times bound the start: `since` <= started < `until`. `running` False leaves out what is still being
    recorded. `hidden` True also gives private recordings. Every comparison of text ignores case and
    matches a part; `exact_room` matches the room's name or extension whole (with an optional PIN behind).
    """

    words: str = ""
    owner: str | None = None
    room: str | None = None
    exact_room: bool = False
    title: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    longer: timedelta | None = None
    shorter: timedelta | None = None
    scope: Scope | None = None
    sort: SortBy = SortBy.DATE
    descending: bool = True
    running: bool = False
    hidden: bool = False
    start: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class RecordingPage:
    """Some rows of a search, in its order.

    `total` None: not counted, since the provider could not apply every filter and we stopped walking.
    `more` says whether a later page has rows. `complete` False: the walk ended at its stated bound, so that
    older rows may be missing; `note` then says so in a sentence.
    """

    recordings: tuple[Recording, ...]
    total: int | None
    more: bool
    complete: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordingChange:
    """An edit of one recording: None leaves a field as it is; an empty `pin` removes the PIN."""

    title: str | None = None
    tags: str | None = None
    comments: str | None = None
    scope: Scope | None = None
    pin: str | None = field(default=None, repr=False)
    locked: bool | None = None


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a file: bytes `first` to `last`, both included; last None: to the end.

    `first` None means the last `last` bytes (a suffix range).
    """

    first: int | None
    last: int | None

    def header(self) -> str:
        """As the value of an HTTP Range header."""
        first = "" if self.first is None else str(self.first)
        last = "" if self.last is None else str(self.last)
        return f"bytes={first}-{last}"
