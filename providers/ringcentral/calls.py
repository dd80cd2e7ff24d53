"""What the call log says of a call, and the recordings in it, in our words.

Only a record's id and start are certain. Names may be missing, numbers masked, words new: nothing of this fails.
"""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field, FiniteFloat, ValidationError

from providers.harmless import link
from providers.model import Medium, Recording, RecordingId
from providers.ringcentral.reading import read_json
from providers.ringcentral.sides import (
    DIRECTIONS,
    NOBODY,
    Maybe,
    Moment,
    Numbers,
    Shape,
    Side,
    Sides,
    extensions,
    present,
    unresolved,
)

_LONGEST = 10**7
_SOMEBODY = ""


class _File(Shape):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    content_uri: Maybe[str] = None


class _Metadata(Shape):
    content_uri: Maybe[str] = None
    duration: Maybe[FiniteFloat] = None


class _Part(Sides):
    """A call, or one leg of it: both say the same of themselves."""

    start_time: Maybe[Moment] = None
    duration: Maybe[FiniteFloat] = None
    recording: Maybe[_File] = None
    party_id: Maybe[str] = None


class _Call(_Part):
    id: str
    start_time: Moment
    telephony_session_id: Maybe[str] = None
    short_recording: Maybe[bool] = None
    deleted: Maybe[bool] = None
    legs: Maybe[list[Maybe[_Part]]] = None


def read_call(record: Any, numbers: Numbers = NOBODY) -> list[Recording]:
    """The recordings of one record of the call log, newest first. None of one that cannot be read at all.

    The legs of a call repeat its recording, but a call that was passed on may have another one on each leg.
    """
    try:
        call = _Call.model_validate(record)
        return [] if call.deleted else _recordings(call, numbers)
    except ValidationError:
        return []


def read_metadata(body: bytes, id: RecordingId, before: datetime) -> Recording | None:
    """A recording of whose call nothing is known but that it was `before`. None without a file."""
    try:
        said = _Metadata.model_validate(read_json(body))
    except ValueError:
        return None
    if (file := link(said.content_uri)) is None:
        return None
    duration = _length(said.duration)
    return Recording(
        id=id,
        title="",
        room="",
        owner=None,
        owner_name=None,
        started=before,
        ended=before,
        duration=duration,
        size=None,
        scope=None,
        comments="Its call was not found in the call log: who talked, and when, is not known; it was before this time.",
        unresolved=(_SOMEBODY,),
        medium=Medium.AUDIO,
        file=file,
    )


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


def _recordings(call: _Call, numbers: Numbers) -> list[Recording]:
    legs = [leg for leg in call.legs or () if leg is not None and leg.recording is not None]
    files = {part.recording.id: part.recording for part in (call, *legs) if part.recording is not None}
    found = []
    for file in files.values():
        theirs = [leg for leg in legs if leg.recording is not None and leg.recording.id == file.id]
        found.append(_recording(call, theirs, file, numbers, whole=len(files) == 1))
    return sorted(found, key=lambda one: one.started, reverse=True)


def _recording(call: _Call, legs: list[_Part], file: _File, numbers: Numbers, *, whole: bool) -> Recording:
    """One recording of a call: of the `whole` of it, or of these legs."""
    direction = DIRECTIONS.get((call.direction or "").lower())
    ours, theirs = call.pair(direction, numbers)
    if legs and not whole:
        leg_ours, leg_theirs = legs[0].pair(direction, numbers)
        ours, theirs = _filled(leg_ours, ours), _filled(leg_theirs, theirs)
    parts = [call, *legs] if whole else legs
    sides = [ours, theirs, *(side for part in parts for side in part.everybody(direction, numbers))]
    started, duration = _span(call, [] if whole else legs)
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
        numbers=present(ours.phone_number, theirs.phone_number),
        extensions=extensions(sides),
        unresolved=unresolved(sides),
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


def _filled(side: Side, whole: Side) -> Side:
    """A side as its leg gives it; of whoever it says nothing, what the call says."""
    return side if side.is_ours or side.name or side.phone_number else whole
