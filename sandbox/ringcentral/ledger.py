"""The calls that were made and what is kept of them, and the hands that change the past."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.ringcentral.calls import Call, Calls, Direction, Leg, Recording, RecordingKind
from sandbox.ringcentral.media_file import Form
from sandbox.ringcentral.people import ACCOUNT_ID, Extensions
from sandbox.ringcentral.settings import Settings


class Ledger:
    """The calls of one account. `revision` is the number of the last change that a synchronisation can tell of;
    tokens of synchronisations belong to an `epoch` of the log."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.clock = clock
        self.settings = settings
        self.account_id = ACCOUNT_ID
        self.extensions = Extensions()
        self.calls = Calls()
        self.revision = 0
        self.epoch = 1
        self._ids = itertools.count(7_402_118_001)

    def add_call(
        self,
        *,
        other: str = "Ada Byron",
        number: str = "+16505550100",
        extension: str = "101",
        owner: str = "Vova Tareiev",
        direction: Direction = "Inbound",
        inner: str | None = None,
        started: datetime | None = None,
        duration: timedelta = timedelta(minutes=5),
        recording: RecordingKind | None = "OnDemand",
        media: Form = "wav",
        size: int | None = None,
        result: str = "Call connected",
        type: str = "Voice",
        transport: str = "PSTN",
        content_uri: str | None = None,
        extras: Mapping[str, object] | None = None,
    ) -> Call:
        """A call that is over and listed, with its recording; it ended just now unless told otherwise.

        `inner` is the extension of the other side, if that is one of ours too. `size` pads a WAV file to so many
        bytes, `content_uri` stands in the place of the file's true address.
        `extras` are members of the record, over those that it would have: values that nobody has heard of.
        """
        started = started or self.clock.now() - duration
        call = self.new_call(
            other=other,
            number=number,
            extension=extension,
            owner=owner,
            direction=direction,
            started=started,
            inner=inner,
        )
        call.state, call.result, call.type, call.transport = "Disconnected", result, type, transport
        call.extras.update(extras or {})
        call.leg.duration, call.ended = duration, started + duration
        if recording is not None:
            made = Recording(self.new_id(), recording, media, ready=True, size=size, content_uri=content_uri)
            made.media()
            call.leg.recording = made
        self.touch(call)
        return call

    def add_transfer(
        self, call: Call, *, extension: str, owner: str, duration: timedelta = timedelta(minutes=2)
    ) -> Recording | None:
        """A past call went on with somebody else: one more leg, with a recording of its own if it had one."""
        first, ended = call.recording, call.ended or self.clock.now()
        leg = self.new_leg(extension, owner, ended, call.telephony_session_id)
        leg.duration, call.ended = duration, ended + duration
        if first:
            leg.recording = Recording(self.new_id(), first.kind, first.form, ready=True)
        call.legs.append(leg)
        self.touch(call)
        return leg.recording

    def content(self, recording_id: str) -> bytes:
        """The whole file of a recording. For small ones: it is built in memory."""
        return b"".join(self._recording(recording_id).media().chunks())

    def sha256(self, recording_id: str) -> str:
        """The hex digest of a recording's file, of any size."""
        return self._recording(recording_id).media().sha256()

    def delete_recording(self, recording_id: str) -> None:
        """Somebody deletes a recording: the record of its call stays."""
        self._recording(recording_id).gone = True
        for call in self.calls:
            for leg in call.legs:
                if leg.recording and leg.recording.id == recording_id:
                    if not self.settings.deleted_stay_listed:
                        leg.recording = None
                    self.touch(call)

    def expire_audio(self, recording_id: str) -> None:
        """The file was kept long enough and is gone; the record still speaks of it."""
        self._recording(recording_id).gone = True

    def delete_call(self, call: Call) -> None:
        """Somebody deletes a call from the log."""
        call.deleted = True
        self.touch(call)

    def mask_number(self, call: Call) -> None:
        """Hide the last digits of the other side's number."""
        call.number = f"{call.number[:-4]}XXXX"
        self.touch(call)

    def forget_sync_tokens(self) -> None:
        """No token of an earlier synchronisation is known any more."""
        self.epoch += 1

    def touch(self, call: Call) -> None:
        """A call is in the log, and has changed: synchronisations tell of it."""
        call.modified = self.clock.now()
        self.revision += 1
        call.revision = self.revision

    def new_id(self) -> str:
        """A number that nothing else has, as a string."""
        return f"{next(self._ids)}008"

    def new_call(
        self,
        *,
        other: str,
        number: str,
        extension: str,
        owner: str,
        direction: Direction,
        started: datetime,
        inner: str | None = None,
        telephony_session_id: str | None = None,
    ) -> Call:
        """A call that rings, on one leg."""
        telephony_session_id = telephony_session_id or f"s-{secrets.token_hex(11)}"
        call = Call(
            id=f"A{secrets.token_urlsafe(8).replace('-', 'x')}U",
            session_id=self.new_id(),
            telephony_session_id=telephony_session_id,
            other_party_id=_party(telephony_session_id),
            other=other,
            number=number,
            direction=direction,
            legs=[self.new_leg(extension, owner, started, telephony_session_id)],
            state="Proceeding",
            inner=self.extensions.get(inner, other) if inner else None,
        )
        return self.calls.add(call)

    def new_leg(self, extension: str, owner: str, started: datetime, telephony_session_id: str) -> Leg:
        ours = self.extensions.get(extension, owner)
        return Leg(ours, owner, ours.phone, _party(telephony_session_id), started)

    def _recording(self, id: str) -> Recording:
        if found := self.calls.of_recording(id):
            return found[2]
        raise KeyError(f"The sandbox has no recording with the id {id!r}.")


def _party(telephony_session_id: str) -> str:
    return f"p-{telephony_session_id.removeprefix('s-')}-{secrets.randbelow(9000) + 1000}"
