"""Calls: who spoke with whom, over which legs, and what was recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.ringcentral.media_file import Form, MediaFile
from sandbox.ringcentral.people import Extension

Direction = Literal["Inbound", "Outbound"]
RecordingKind = Literal["OnDemand", "Automatic"]
State = Literal["Proceeding", "Answered", "Gone", "Disconnected"]


@dataclass(slots=True)
class Recording:
    """What was recorded of one leg. Its id is known from the start; `ready` says whether there is a file.

    `gone`: the file is no longer kept. `content_uri` replaces the true address of the file.
    """

    id: str
    kind: str
    form: Form
    active: bool = False
    ready: bool = False
    gone: bool = False
    size: int | None = None
    content_uri: str | None = None
    begun: datetime | None = None

    @property
    def has_audio(self) -> bool:
        return self.ready and not self.gone

    def media(self) -> MediaFile:
        return MediaFile(self.id, self.form, self.size)


@dataclass(slots=True)
class Leg:
    """One stretch of a call, on one extension of ours; `owner` and `phone` are what the record says of us."""

    extension: Extension
    owner: str
    phone: str
    party_id: str
    started: datetime
    duration: timedelta | None = None
    recording: Recording | None = None


@dataclass(slots=True)
class Call:
    """One call, live or past. `state` is that of our party on the last leg.

    `inner` is the other side where that is one of ours, too: then both extensions' logs show the call.
    `extras` are members that stand in the record as they are, over what would stand there.
    `revision` grows with each change that a synchronisation tells of; 0 is not in the log yet.
    """

    id: str
    session_id: str
    telephony_session_id: str
    other_party_id: str
    other: str
    number: str
    direction: Direction
    legs: list[Leg]
    state: State
    result: str = "Call connected"
    type: str = "Voice"
    transport: str = "PSTN"
    inner: Extension | None = None
    short_recording: bool = False
    deleted: bool = False
    answered: datetime | None = None
    ended: datetime | None = None
    modified: datetime | None = None
    revision: int = 0
    sequence: int = 0
    extras: dict[str, object] = field(default_factory=dict)

    @property
    def started(self) -> datetime:
        return self.legs[0].started

    @property
    def leg(self) -> Leg:
        """The leg that the call is on, or ended on."""
        return self.legs[-1]

    @property
    def live(self) -> bool:
        return self.state in ("Proceeding", "Answered")

    @property
    def listed(self) -> bool:
        return self.revision > 0

    @property
    def recordings(self) -> list[Recording]:
        """All recordings of the call, in its order."""
        return [leg.recording for leg in self.legs if leg.recording]

    @property
    def recording(self) -> Recording | None:
        """The recording of the leg that the call is on, or the last there is."""
        return self.leg.recording or next(reversed(self.recordings), None)

    @property
    def recording_id(self) -> str:
        """The id of that recording, or nothing."""
        return self.recording.id if self.recording else ""

    @property
    def party_id(self) -> str:
        return self.leg.party_id

    @property
    def extensions(self) -> list[Extension]:
        """Those of ours that it is on."""
        return [*(leg.extension for leg in self.legs), *([self.inner] if self.inner else [])]

    def is_on(self, extension: Extension) -> bool:
        return any(one.id == extension.id for one in self.extensions)


class Calls:
    """All calls, in the order they came."""

    def __init__(self) -> None:
        self._by_id: dict[str, Call] = {}

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, call: Call) -> Call:
        self._by_id[call.id] = call
        return call

    def by_id(self, id: str) -> Call | None:
        return self._by_id.get(id)

    def live(self) -> list[Call]:
        return [call for call in self if call.live]

    def in_session(self, telephony_session_id: str) -> list[Call]:
        return [call for call in self if call.telephony_session_id == telephony_session_id]

    def of_recording(self, id: str) -> tuple[Call, Leg, Recording] | None:
        for call in self:
            for leg in call.legs:
                if leg.recording and leg.recording.id == id:
                    return call, leg, leg.recording
        return None

    def clear(self) -> None:
        self._by_id.clear()
