"""What buttons carry: which one it is, and the value that comes back with a click.

A click is data from outside. A value names things and proves nothing: whoever hears it looks the thing up again
and asks the policy. What does not read exactly as it was written is refused.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from bot.domain.commands import LATEST_MOST
from bot.domain.errors import UsageError
from bot.domain.found import FIRST, Turn
from bot.slack.blockkit import LONGEST_BUTTON_VALUE
from providers.model import Direction, RecordingId, RecordingQuery, RoomId, Scope, SortBy

_EXACT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

_Id = Annotated[str, StringConstraints(pattern=r"\A[A-Za-z0-9_.:=-]{1,64}\z")]
# A call's id may name its session and the party in it.
_Room = Annotated[RoomId, StringConstraints(pattern=r"\A[A-Za-z0-9_.:=-]{1,128}\z")]
_Recording = Annotated[RecordingId, StringConstraints(pattern=r"\A[A-Za-z0-9_.:=-]{1,32}\z")]
_Provider = Annotated[str, StringConstraints(pattern=r"\A[A-Za-z0-9_-]{1,32}\z")]
_Profile = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Action(StrEnum):
    """The `action_id` of each button and menu."""

    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    REFRESH = "refresh"
    START = "start"
    START_AGAIN = "start_again"
    START_ANYWAY = "start_anyway"
    CHOOSE_ROOM = "choose_room"
    CHOOSE_WATCH = "choose_watch"
    PLAY = "play"
    DOWNLOAD = "download"
    SHARE = "share"
    MORE = "more"
    DETAILS = "details"
    EDIT = "edit"
    LOCK = "lock"
    UNLOCK = "unlock"
    DELETE = "delete"
    NEWER = "newer"
    OLDER = "older"
    UNSUBSCRIBE = "unsubscribe"
    JOIN = "join"
    OPEN_LINK = "open_link"


class Submission(StrEnum):
    """The `callback_id` of each modal."""

    EDIT = "edit_recording"
    DELETE = "delete_recording"


@dataclass(frozen=True, slots=True)
class WatchValue:
    """A watch, by its id."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    watch: _Id


@dataclass(frozen=True, slots=True)
class AgainValue:
    """A watch that may be started again, and how often that was done when the button was drawn."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    watch: _Id
    asks: Annotated[int, Field(ge=0, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class WatchChoice:
    """The watch that was meant, and what is to become of it: `stop`, `pause` or `resume`."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    watch: _Id
    change: Literal["stop", "pause", "resume"]


@dataclass(frozen=True, slots=True)
class RoomValue:
    """A room of a provider, and how it is to be recorded. `again`: the watch whose Start again led here.

    `call`: the id is a phone call's.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    provider: _Provider
    room: _Room
    profile: _Profile | None = None
    webcast: bool = False
    again: _Id | None = None
    call: bool = False


@dataclass(frozen=True, slots=True)
class RecordingValue:
    """A recording of a provider."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    provider: _Provider
    recording: _Recording


@dataclass(frozen=True, slots=True)
class MoreValue:
    """What was chosen in a recording's menu."""

    action: Action
    provider: str
    recording: RecordingId


@dataclass(frozen=True, slots=True)
class PageValue:
    """A page of a search: `query.start` says where it begins, and of several libraries `turn` does.

    `hidden` and `running` are not carried: what may be listed is said by whoever runs the search, not by a button.
    """

    query: RecordingQuery
    on: str | None = None
    turn: Turn = FIRST


@dataclass(frozen=True, slots=True)
class SubscriptionValue:
    """A subscription, by its id."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    subscription: _Id


@dataclass(frozen=True, slots=True)
class ModalValue:
    """What a modal is about, and the conversation it was opened from, where there was one."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    provider: _Provider
    recording: _Recording
    channel: _Id | None = None
    thread: _Id | None = None


Value = (
    WatchValue
    | AgainValue
    | WatchChoice
    | RoomValue
    | RecordingValue
    | MoreValue
    | PageValue
    | SubscriptionValue
    | ModalValue
)
V = TypeVar("V", bound=Value)

MENU = (Action.DETAILS, Action.EDIT, Action.LOCK, Action.UNLOCK, Action.DELETE)
"""What a recording's menu offers."""

_MORE = re.compile(r"([a-z]{4,7})\|([A-Za-z0-9_-]{1,32})\|([A-Za-z0-9_.:=-]{1,32})", re.ASCII)
_TOO_OLD = "That button is too old to be understood. Ask again with /record status or /recordings search."


def fits(value: Value) -> bool:
    """Whether a button can carry this: a provider may name its rooms and recordings as no button can."""
    try:
        decode(type(value), encode(value))
    except (UsageError, ValueError):
        return False
    return True


def encode(value: Value) -> str:
    """The value as text: at most 75 characters for a menu's choice, else at most 2,000."""
    if isinstance(value, MoreValue):
        return f"{value.action}|{value.provider}|{value.recording}"
    if isinstance(value, PageValue):
        return _encode_page(value)
    return _adapters()[type(value)].dump_json(value, exclude_defaults=True).decode()


def decode(kind: type[V], text: str) -> V:
    """The value of this kind that the text carries, or UsageError: it is not one that we wrote."""
    try:
        value = _decode(kind, text)
    except (ValidationError, ValueError):
        raise UsageError(_TOO_OLD) from None
    if not isinstance(value, kind):
        raise UsageError(_TOO_OLD)
    return value


def _decode(kind: type[Any], text: str) -> object:
    if kind is PageValue:
        return _Page.model_validate_json(text).value()
    if kind is not MoreValue:
        return _adapters()[kind].validate_json(text)
    match = _MORE.fullmatch(text)
    if match is None or match[1] not in MENU:
        return None
    return MoreValue(Action(match[1]), match[2], RecordingId(match[3]))


@cache
def _adapters() -> dict[object, TypeAdapter[Any]]:
    kinds = (WatchValue, AgainValue, WatchChoice, RoomValue, RecordingValue, SubscriptionValue, ModalValue)
    return {kind: TypeAdapter(kind) for kind in kinds}


# -- a page of a search ---------------------------------------------------------------------------

_Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_BUTTON_VALUE)]
_Time = Annotated[int, Field(ge=-62_135_596_800, lt=253_402_300_800)]  # the years 1 to 9999
_Length = Annotated[int, Field(ge=0, le=3_200_000_000)]
_Digits = Annotated[str, StringConstraints(pattern=r"\A[0-9]{1,20}\z")]
_Start = Annotated[int, Field(ge=0, le=1_000_000)]
_Places = Annotated[dict[_Provider, _Start], Field(max_length=20)]


class _Page(BaseModel):
    """A search in few letters. Times and lengths are in whole seconds."""

    model_config = _EXACT

    q: _Text | None = None
    u: _Text | None = None
    r: _Text | None = None
    t: _Text | None = None
    s: _Time | None = None
    b: _Time | None = None
    m: _Length | None = None
    n: _Length | None = None
    c: Scope | None = None
    w: Direction | None = None
    h: _Digits | None = None
    x: _Digits | None = None
    o: SortBy = SortBy.DATE
    d: bool = True
    i: _Start = 0
    z: Annotated[int, Field(ge=1, le=LATEST_MOST)] = 10
    on: _Provider | None = None
    p: _Places = {}
    k: bool = False

    def value(self) -> PageValue:
        query = RecordingQuery(
            words=self.q or "",
            owner=self.u,
            room=self.r,
            title=self.t,
            since=_time(self.s),
            until=_time(self.b),
            longer=_length(self.m),
            shorter=_length(self.n),
            scope=self.c,
            direction=self.w,
            number=self.h,
            extension=self.x,
            sort=self.o,
            descending=self.d,
            start=self.i,
            limit=self.z,
        )
        return PageValue(query, self.on, Turn(self.p, back=self.k))


def _encode_page(value: PageValue) -> str:
    """The page as text. Words that a button cannot hold are cut from their end: it then finds more, never less."""
    query = value.query
    text = _page(query, value)
    longest = LONGEST_BUTTON_VALUE
    while (excess := len(text) - LONGEST_BUTTON_VALUE) > 0 and longest > 1:
        longest = max(len(query.words), len(query.title or ""), len(query.room or ""), len(query.owner or ""))
        keep = max(1, longest - max(1, excess // 24))  # four texts, six characters a letter at most
        query = replace(
            query,
            words=query.words[:keep],
            title=query.title and query.title[:keep],
            room=query.room and query.room[:keep],
            owner=query.owner and query.owner[:keep],
        )
        text = _page(query, value)
    return text


def _page(query: RecordingQuery, value: PageValue) -> str:
    wire = _Page.model_construct(
        q=query.words or None,
        u=query.owner or None,
        r=query.room or None,
        t=query.title or None,
        s=None if query.since is None else int(query.since.timestamp()),
        b=None if query.until is None else int(query.until.timestamp()),
        m=None if query.longer is None else int(query.longer.total_seconds()),
        n=None if query.shorter is None else int(query.shorter.total_seconds()),
        c=query.scope,
        w=query.direction,
        h=query.number or None,
        x=query.extension or None,
        o=query.sort,
        d=query.descending,
        i=query.start,
        z=query.limit,
        on=value.on,
        p=dict(value.turn.places),
        k=value.turn.back,
    )
    return wire.model_dump_json(exclude_defaults=True)


def _time(unix: int | None) -> datetime | None:
    return None if unix is None else datetime.fromtimestamp(unix, UTC)


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
