"""Calls that go on now, as the list of active calls and a telephony session describe them, in our words."""

import re
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from providers.model import CallId, CallRecording, CallState, LiveCall, RecordingId
from providers.ringcentral.reading import read_json
from providers.ringcentral.sides import (
    DIRECTIONS,
    NOBODY,
    Maybe,
    Moment,
    Numbers,
    Shape,
    Sides,
    extensions,
    unresolved,
)

_PART = r"^[A-Za-z0-9_=-]{1,60}$"
_ID = re.compile(r"([A-Za-z0-9_=-]{1,60}):([A-Za-z0-9_=-]{1,60})")
_STATES = {
    "setup": CallState.RINGING,
    "proceeding": CallState.RINGING,
    "answered": CallState.CONNECTED,
    "gone": CallState.ENDED,
    "disconnected": CallState.ENDED,
}


class _Active(Sides):
    telephony_session_id: str = Field(pattern=_PART)
    party_id: str = Field(pattern=_PART)
    start_time: Moment
    result: Maybe[str] = None


class _Status(Shape):
    code: Maybe[str] = None


class _Recording(Shape):
    id: str = Field(pattern=_PART)
    active: bool = False
    mode: Maybe[str] = None


class _Party(Sides):
    id: str
    status: Maybe[_Status] = None
    recordings: Maybe[list[Maybe[_Recording]]] = None


class _Session(Shape):
    creation_time: Moment
    parties: list[Maybe[_Party]] = Field(default_factory=list)


def parts_of(id: CallId) -> tuple[str, str] | None:
    """The session of a call, and our party in it; None: no call of ours has such an id."""
    parts = _ID.fullmatch(id)
    return (parts[1], parts[2]) if parts else None


def read_active(record: Any, numbers: Numbers = NOBODY) -> LiveCall | None:
    """A call in the list of active calls, where ended ones stay for minutes. The list does not say whether it rings."""
    try:
        one = _Active.model_validate(record)
    except ValidationError:
        return None
    if (one.result or "in progress").lower() != "in progress":
        return None
    id = CallId(f"{one.telephony_session_id}:{one.party_id}")
    return _call(id, CallState.CONNECTED, one.start_time, one, None, numbers)


def read_session(body: bytes, id: CallId, party: str, numbers: Numbers = NOBODY) -> LiveCall | None:
    """The call as its session shows it now; None if our party is not in it. ValueError if it is no session."""
    session = _Session.model_validate(read_json(body))
    ours = next((one for one in session.parties if one is not None and one.id == party), None)
    if ours is None:
        return None
    # On hold, parked, with a machine: all that is not ringing, talking or over cannot be recorded now.
    said = (ours.status and ours.status.code) or ""
    state = _STATES.get(said.lower(), CallState.HELD)
    return _call(id, state, session.creation_time, ours, _recording(ours), numbers)


def _recording(party: _Party) -> CallRecording | None:
    """The one that is written now, else the last one."""
    known = [one for one in party.recordings or () if one is not None]
    if not known:
        return None
    one = next((one for one in known if one.active), known[-1])
    automatic = (one.mode or "").lower() == "automatic"
    return CallRecording(RecordingId(one.id), paused=not one.active, automatic=automatic)


def _call(
    id: CallId,
    state: CallState,
    started: datetime,
    sides: Sides,
    recording: CallRecording | None,
    numbers: Numbers,
) -> LiveCall:
    direction = DIRECTIONS.get((sides.direction or "").lower())
    ours, theirs = sides.pair(direction, numbers)
    everybody = sides.everybody(direction, numbers)
    return LiveCall(
        id=id,
        state=state,
        started=started,
        direction=direction,
        name=theirs.name or None,
        number=theirs.phone_number or theirs.extension_number or None,
        extension=ours.extension_number or None,
        owner=ours.name or None,
        recording=recording,
        extensions=extensions(everybody),
        unresolved=unresolved(everybody),
    )
