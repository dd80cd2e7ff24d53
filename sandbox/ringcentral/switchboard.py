"""Calls that are going on: who rings, who answers, who records, and what is kept afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.ringcentral.background import Background
from sandbox.ringcentral.calls import Call, Direction, Leg, Recording, RecordingKind
from sandbox.ringcentral.ledger import Ledger
from sandbox.ringcentral.media_file import Form
from sandbox.ringcentral.settings import Settings

Watcher = Callable[[Call, Leg, str, str], None]
"""Hears of a call, one of its legs, the status of our party there now, and the reason for it."""


class Switchboard(Ledger):
    """Moves live calls, tells of each step, and lets finished ones into the log in their own time."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        super().__init__(clock, settings)
        self.background = Background(clock)
        self.watchers: list[Watcher] = []

    def place_call(
        self,
        *,
        other: str = "Ada Byron",
        number: str = "+16505550100",
        extension: str = "101",
        owner: str | None = None,
        direction: Direction = "Inbound",
        inner: str | None = None,
        answered: bool = False,
        recording: RecordingKind | None = None,
        media: Form = "wav",
        conference: bool = False,
    ) -> Call:
        """A call that rings now, or is `answered` at once.

        "Automatic": the account records it from the moment it is answered. "OnDemand": somebody on the call
        begins to record then. `inner`: the extension of the other side, if that is one of ours too.
        """
        call = self.new_call(
            other=other,
            number=number,
            extension=extension,
            owner=owner or self.extensions.get(extension).name,
            direction=direction,
            started=self.clock.now(),
            inner=inner,
        )
        if conference:
            call.session_id = "0"
        if recording:
            call.leg.recording = Recording(self.new_id(), recording, media)
        self._tell(call, "Proceeding")
        if answered:
            self.answer(call)
        return call

    def answer(self, call: Call) -> None:
        """Somebody takes the call."""
        if call.state != "Proceeding":
            raise ValueError("Only a call that rings can be answered.")
        call.state, call.answered = "Answered", self.clock.now()
        if call.leg.recording:
            _begin(call.leg.recording, call.answered)
        self._tell(call, "Answered")

    def record(self, call: Call, *, kind: RecordingKind = "OnDemand", media: Form = "wav") -> Recording:
        """Begin to record."""
        self._must_be_answered(call)
        if call.leg.recording:
            raise ValueError("This call is being recorded already.")
        call.leg.recording = Recording(self.new_id(), kind, media)
        _begin(call.leg.recording, self.clock.now())
        self._tell(call, "Answered")
        return call.leg.recording

    def pause(self, call: Call) -> None:
        """Stop recording for a while."""
        self._switch(call, active=False)

    def resume(self, call: Call) -> None:
        """Go on recording."""
        self._switch(call, active=True)

    def _switch(self, call: Call, *, active: bool) -> None:
        self._must_be_answered(call)
        if call.leg.recording is None:
            raise ValueError("This call is not being recorded.")
        call.leg.recording.active = active
        self._tell(call, "Answered")

    def transfer(
        self, call: Call, *, extension: str = "102", owner: str | None = None, own_record: bool = False
    ) -> Call:
        """Hand the call over to another extension: the rest is recorded anew if it was recorded so far.

        The rest is one more leg of the same call. With `own_record` it is a call of its own in the same
        telephony session, with a record of its own. What goes on is returned.
        """
        self._must_be_answered(call)
        now, before = self.clock.now(), call.leg
        name = owner or self.extensions.get(extension).name
        before.duration = now - before.started
        rest = call
        if own_record:
            rest = self.new_call(
                other=call.other,
                number=call.number,
                extension=extension,
                owner=name,
                direction=call.direction,
                started=now,
                inner=call.inner.number if call.inner else None,
                telephony_session_id=call.telephony_session_id,
            )
            rest.other_party_id, rest.sequence = call.other_party_id, call.sequence + 1
            rest.state, rest.answered = "Answered", now
            call.state = "Gone"
        else:
            call.legs.append(self.new_leg(extension, name, now, call.telephony_session_id))
        if before.recording:
            rest.leg.recording = Recording(self.new_id(), before.recording.kind, before.recording.form)
            _begin(rest.leg.recording, now)
        self._tell(call, "Gone", "BlindTransfer", before)
        if own_record:
            self._finish(call, now)
        self._tell(rest, "Answered")
        return rest

    def hang_up(self, call: Call, *, lasted: timedelta | None = None) -> None:
        """The call ends; with `lasted` as if its legs, and what was recorded of them, had been so long together.

        Its record comes after `log_delay`, and its recordings after `recording_delay`.
        """
        if not call.live:
            raise ValueError("This call is over.")
        now = self.clock.now()
        if call.state == "Proceeding":
            call.result = "Missed" if call.direction == "Inbound" else "No Answer"
            call.leg.recording = None
        call.state = "Disconnected"
        call.leg.duration = now - call.leg.started
        if lasted is not None:
            _stretch(call, now, lasted / len(call.legs))
        self._tell(call, "Disconnected")
        self._finish(call, now)

    def make_ready(self, call: Call) -> None:
        """Do not wait: the record of a call that is over is in the log now, and its recordings have files."""
        if call.live:
            raise ValueError("This call is not over.")
        for recording in call.recordings:
            recording.ready = True
        self.touch(call)

    def _finish(self, call: Call, now: datetime) -> None:
        call.ended = now
        shortest = self.clock.scaled(self.settings.shortest_recording)
        for leg in call.legs:
            if leg.recording is None:
                continue
            leg.recording.active = False
            ended = leg.started + (leg.duration or timedelta())
            if (ended - (leg.recording.begun or ended)).total_seconds() < shortest:
                leg.recording, call.short_recording = None, True
        self.background.start(self._keep(call))

    async def _keep(self, call: Call) -> None:
        """The record comes first, without its recordings; the two are one when both were waited for."""
        log, whole = self.settings.log_delay, self.settings.recording_delay
        await self.clock.sleep(log)
        if not call.listed:
            self.touch(call)
        if call.recordings:
            await self.clock.sleep(max(0.0, whole - log))
            if not all(recording.ready for recording in call.recordings):
                self.make_ready(call)

    def _must_be_answered(self, call: Call) -> None:
        if call.state != "Answered":
            raise ValueError("This call is not answered.")

    def _tell(self, call: Call, status: str, reason: str = "", leg: Leg | None = None) -> None:
        call.sequence += 1
        for watcher in self.watchers:
            watcher(call, leg or call.leg, status, reason)


def _begin(recording: Recording, now: datetime) -> None:
    recording.active, recording.begun = True, now


def _stretch(call: Call, now: datetime, each: timedelta) -> None:
    """Let every leg have been so long, and recorded from its start."""
    for number, leg in enumerate(reversed(call.legs), 1):
        leg.started, leg.duration = now - each * number, each
        if leg.recording:
            leg.recording.begun = leg.started
