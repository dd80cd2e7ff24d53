"""The words of the field: rooms, recorders and recordings, as frozen values.

Nothing here knows how a provider spells these things, and no value is invented where a provider gave
none: what is unknown is `None`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from providers.number import ends_with
from providers.spelling import folded

RoomKey = NewType("RoomKey", str)
RoomId = NewType("RoomId", str)
RecorderId = NewType("RecorderId", str)
RecordingId = NewType("RecordingId", str)
CallId = NewType("CallId", str)


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
    They help a message along and decide nothing: only the answer to a start does. `began`: when what goes on there
    began, where somebody knows. Of a call, `extensions` and `unresolved` are those that a live call has.
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
    began: datetime | None = None
    extensions: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


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
    """Who a library shows a recording to. UNKNOWN: it said something that we cannot read."""

    NEW = "new"
    PRIVATE = "private"
    ORGANIZATION = "organization"
    PUBLIC = "public"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Who called whom, as seen from the account that keeps the recording."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Medium(StrEnum):
    """What a recording's file needs to be played."""

    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that a library keeps, or is making.

    `ended` None: still running, there is no file yet; but where it is `over`, only nobody says when it ended.
    `file` is the provider's own address of the file: data, for the provider that gave it, never for a person's eyes.
    A PIN is never carried, only whether one is set. `size` is in bytes. `scope` None: this library shows each of its
    recordings to whoever may look.

    Of a phone call, `title` is the other side's name or number, `room` our side's extension, `numbers` are the phone
    numbers of both sides as the provider writes them (some digits may be masked), and `extensions` the short ones.
    `unresolved`: what the provider calls extensions on the call whose short numbers it does not tell; one that is empty
    is anybody.
    `medium` None: only the file can tell.
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
    direction: Direction | None = None
    numbers: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    medium: Medium | None = None
    over: bool = False
    file: str | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """True while the recorder writes: nothing can be downloaded yet."""
        return self.ended is None and not self.over

    @property
    def of_call(self) -> bool:
        """True of a phone call, whose title says with whom it was and no more."""
        return self.direction is not None or bool(self.numbers or self.extensions or self.unresolved)

    @property
    def private(self) -> bool:
        """True unless it is known that others than its owner may see it."""
        return self.scope in (Scope.PRIVATE, Scope.UNKNOWN)


class SortBy(StrEnum):
    DATE = "date"
    TITLE = "title"
    ROOM = "room"
    DURATION = "duration"


class CallState(StrEnum):
    """How far a call is. Only one that is CONNECTED can be recorded."""

    RINGING = "ringing"
    CONNECTED = "connected"
    HELD = "held"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallRecording:
    """The recording that a live call has: its id is the one that the library will list.

    `automatic`: the system began it by itself; whether it lets itself be paused is the account's rule.
    """

    id: RecordingId
    paused: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A phone call that goes on now, as seen from our side of it.

    `name` and `number` are the other side's, `extension` and `owner` ours; what the provider did not say is None.
    `extensions` are those of both sides; `unresolved` are as a recording has them.
    """

    id: CallId
    state: CallState
    started: datetime
    direction: Direction | None = None
    name: str | None = None
    number: str | None = None
    extension: str | None = None
    owner: str | None = None
    recording: CallRecording | None = None
    extensions: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingQuery:
    """What to look for. Filters hold together; `words` match title, owner or room (one suffices).

    Times bound the start: `since` <= started < `until`; lengths likewise: `longer` <= duration < `shorter`.
    `running` False leaves out what is still being recorded. `hidden` True also gives private recordings.
    Every comparison of text is of what it says (`folded`) and matches a part. `number` is a phone number or its end,
    however it is dialled; `extension` a short number whole. A library that has no scopes, or no calls, refuses such a
    filter as NotSupported.
    """

    words: str = ""
    owner: str | None = None
    room: str | None = None
    title: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    longer: timedelta | None = None
    shorter: timedelta | None = None
    scope: Scope | None = None
    direction: Direction | None = None
    number: str | None = None
    extension: str | None = None
    sort: SortBy = SortBy.DATE
    descending: bool = True
    running: bool = False
    hidden: bool = False
    start: int = 0
    limit: int = 10

    @property
    def of_calls(self) -> tuple[str, ...]:
        """Those of its filters that only calls can fit, by the names of their fields."""
        return tuple(name for name in ("direction", "number", "extension") if getattr(self, name))

    def matches(self, recording: Recording) -> bool:
        """True if every filter holds.

        A length that is not known yet is neither longer nor shorter. A scope that nobody could read counts as
        private: better one recording too few than one shown that should not be. A masked number matches no digits.
        """
        length = recording.duration
        owners = (recording.owner or "", recording.owner_name or "")
        return (
            (self.running or not recording.running)
            and (self.hidden or not recording.private)
            and (self.since is None or self.since <= recording.started)
            and (self.until is None or recording.started < self.until)
            and (self.longer is None or (length is not None and self.longer <= length))
            and (self.shorter is None or (length is not None and length < self.shorter))
            and (self.scope is None or recording.scope is self.scope)
            and (not self.owner or _within(self.owner, owners))
            and (not self.title or _within(self.title, (recording.title,)))
            and (not self.room or _within(self.room, (recording.room,)))
            and (self.direction is None or recording.direction is self.direction)
            and (not self.number or any(ends_with(number, self.number) for number in recording.numbers))
            and (not self.extension or self.extension in recording.extensions)
            and all(_within(word, (recording.title, recording.room, *owners)) for word in self.words.split())
        )

    def in_order(self, recordings: Iterable[Recording]) -> list[Recording]:
        """Sorted as asked; equal ones by their ids, shorter ones first, so that pages fit together."""
        key = _SORT_KEYS[self.sort]
        return sorted(recordings, key=lambda one: (key(one), len(one.id), one.id), reverse=self.descending)


_SORT_KEYS: dict[SortBy, Callable[[Recording], Any]] = {
    SortBy.DATE: lambda recording: recording.started,
    SortBy.TITLE: lambda recording: folded(recording.title),
    SortBy.ROOM: lambda recording: folded(recording.room),
    SortBy.DURATION: lambda recording: recording.duration or timedelta(),
}


def _within(part: str, texts: Iterable[str]) -> bool:
    wanted = folded(part)
    return any(wanted in folded(text) for text in texts)


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
