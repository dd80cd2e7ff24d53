"""What the call log says of a call, and the recordings in it, in our words.

Only a record's id and start are certain. Names may be missing, numbers masked, words new: nothing of this fails.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, WrapValidator
from pydantic.alias_generators import to_camel

from providers.harmless import link, moment, one_line
from providers.model import Direction, Medium, Recording, RecordingId

_DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
_LONGEST = 10**7

T = TypeVar("T")


def _or_none(value: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Maybe = Annotated[T | None, WrapValidator(_or_none)]
Name = Annotated[str, AfterValidator(one_line)]
Moment = Annotated[datetime, AfterValidator(moment)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, alias_generator=to_camel)


class _Side(_Shape):
    phone_number: Maybe[Name] = None
    extension_number: Maybe[Name] = None
    name: Maybe[Name] = None


class _File(_Shape):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    content_uri: Maybe[str] = None


class _Part(_Shape):
    """A call, or one leg of it: both say the same of themselves."""

    start_time: Maybe[Moment] = None
    duration: Maybe[FiniteFloat] = None
    direction: Maybe[str] = None
    from_: Maybe[_Side] = Field(default=None, alias="from")
    to: Maybe[_Side] = None
    recording: Maybe[_File] = None
    party_id: Maybe[str] = None


class _Call(_Part):
    id: str
    start_time: Moment
    telephony_session_id: Maybe[str] = None
    short_recording: Maybe[bool] = None
    deleted: Maybe[bool] = None
    legs: Maybe[list[Maybe[_Part]]] = None


def read_call(record: Any) -> list[Recording]:
    """The recordings of one record of the call log, newest first. None of one that cannot be read at all.

    The legs of a call repeat its recording, but a call that was passed on may have another one on each leg.
    """
    try:
        call = _Call.model_validate(record)
        return [] if call.deleted else _recordings(call)
    except ValidationError:
        return []


def was_too_short(record: Any, session: str, party: str) -> bool:
    """Whether this record is of our party to this call, and says that its recording was too short to be kept."""
    try:
        call = _Call.model_validate(record)
    except ValidationError:
        return False
    if not call.short_recording or call.telephony_session_id != session:
        return False
    parts = [call, *(leg for leg in call.legs or () if leg is not None)]
    parties = {part.party_id for part in parts if part.party_id is not None}
    # A call that was passed on says nothing of which of its legs was short, if another one was kept.
    return all(part.recording is None for part in parts) and (party in parties or not parties)


def _recordings(call: _Call) -> list[Recording]:
    legs = [leg for leg in call.legs or () if leg is not None and leg.recording is not None]
    files = {part.recording.id: part.recording for part in (call, *legs) if part.recording is not None}
    found = []
    for file in files.values():
        theirs = [leg for leg in legs if leg.recording is not None and leg.recording.id == file.id]
        found.append(_recording(call, theirs if len(files) > 1 else [], file))
    return sorted(found, key=lambda one: one.started, reverse=True)


def _recording(call: _Call, legs: list[_Part], file: _File) -> Recording:
    """One recording of a call: of the whole of it, unless it has several; then of these legs."""
    direction = _DIRECTIONS.get((call.direction or "").lower())
    ours, theirs = _sides(call, direction)
    if legs:
        leg_ours, leg_theirs = _sides(legs[0], direction)
        ours, theirs = _filled(leg_ours, ours), _filled(leg_theirs, theirs)
    started, duration = _span(call, legs)
    return Recording(
        id=RecordingId(file.id),
        title=theirs.name or theirs.phone_number or theirs.extension_number or "",
        room=ours.extension_number or "",
        owner=ours.name or None,
        owner_name=None,
        started=started,
        ended=started + (duration or timedelta()),
        duration=duration,
        size=None,
        scope=None,
        direction=direction,
        numbers=_present(ours.phone_number, theirs.phone_number),
        extensions=_present(ours.extension_number, theirs.extension_number),
        medium=Medium.AUDIO,
        file=link(file.content_uri),
    )


def _span(call: _Call, legs: list[_Part]) -> tuple[datetime, timedelta | None]:
    """From the first of these legs to the end of the last; the call's own span where they do not tell."""
    whole = call.start_time, _length(call.duration)
    timed = [(leg.start_time, _length(leg.duration)) for leg in legs if leg.start_time is not None]
    if not timed:
        return whole
    started = min(begin for begin, _ in timed)
    ends = [begin + length for begin, length in timed if length is not None]
    return started, max(ends) - started if ends else None


def _length(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=min(max(seconds, 0), _LONGEST))


def _sides(part: _Part, direction: Direction | None) -> tuple[_Side, _Side]:
    """Ours, and the other one. A leg that goes on from an inbound call is outbound, and still leads to one of us."""
    caller, called = part.from_ or _Side(), part.to or _Side()
    if bool(caller.extension_number) != bool(called.extension_number):
        return (caller, called) if caller.extension_number else (called, caller)
    return (caller, called) if direction is Direction.OUTBOUND else (called, caller)


def _filled(side: _Side, whole: _Side) -> _Side:
    """A side as its leg gives it; of whoever it says nothing, what the call says."""
    told = (side.name, side.phone_number, side.extension_number)
    return side if any(told) else whole


def _present(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
