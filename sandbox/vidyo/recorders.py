"""Recorders: their slots, the ringing, the joining, and all the ways they leave."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.vidyo.library import Library, Recording
from sandbox.vidyo.rooms import Room
from sandbox.vidyo.settings import Settings

RINGING = 30.0
"""Seconds that the portal lets a slot ring before it tries another one."""

ALONE = 0.5
"""Seconds that a recorder stays in a room which it found empty."""

Spawn = Callable[[Coroutine[None, None, None]], None]


class NoRecorderFree(Exception):
    """No idle slot serves the prefix."""


class NotInThisRoom(Exception):
    """A recorder, but not in this room, or on its way out of it already."""


class NoSuchRecorder(Exception):
    """The number never was a recorder's."""


@dataclass(slots=True)
class Slot:
    """A line of the replay server. `prefix` is what it is registered under, `description` its profile."""

    prefix: str
    description: str
    busy: bool = False


@dataclass(slots=True)
class Recorder:
    """A recorder that is in a room, from join to leave; its number is new with each join."""

    id: int
    slot: Slot
    room: Room
    webcast: bool
    recording: Recording | None
    paused: bool = False
    leaving: bool = False


@dataclass(slots=True)
class _Call:
    room: Room
    slot: Slot
    prefix: str
    webcast: bool
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Recorders:
    """The recorder slots of the tenant and what they are doing."""

    def __init__(self, clock: Clock, settings: Settings, library: Library, spawn: Spawn) -> None:
        self._clock = clock
        self._settings = settings
        self._library = library
        self._spawn = spawn
        self._ids = itertools.count(1_109_053)
        self._known: set[int] = set()
        self._present: dict[str, list[Recorder]] = {}
        self._calls: list[_Call] = []
        self.slots: list[Slot] = []

    def profiles(self) -> list[Slot]:
        """One idle slot for each prefix and description, by prefix: busy ones are not offered."""
        idle = {(slot.prefix, slot.description): slot for slot in self.slots if not slot.busy}
        return [idle[key] for key in sorted(idle)]

    def in_room(self, room: Room) -> list[Recorder]:
        return list(self._present.get(room.entity_id, ()))

    def ringing(self, room: Room) -> int:
        """How many recorders are invited and have not come yet."""
        return sum(call.room is room for call in self._calls)

    def invite(self, room: Room, prefix: str, *, webcast: bool) -> None:
        """Ring an idle slot. To return is to have invited; nobody says whether it comes."""
        slot = self._idle(prefix)
        if slot is None:
            raise NoRecorderFree
        slot.busy = True
        call = _Call(room, slot, prefix, webcast)
        self._calls.append(call)
        self._spawn(self._ring(call))

    def come(self, room: Room) -> bool:
        """Let every recorder that rings for this room join now; False if none was ringing."""
        waiting = [call for call in self._calls if call.room is room]
        for call in waiting:
            self._let_in(call)
        return bool(waiting)

    def join(self, slot: Slot, room: Room, *, webcast: bool = False) -> Recorder:
        """A recorder is in the room from now on, and the library lists its recording as running."""
        slot.busy = True
        recording = self._library.begin(room, webcast=webcast) if room.people else None
        recorder = Recorder(next(self._ids), slot, room, webcast, recording)
        self._known.add(recorder.id)
        self._present.setdefault(room.entity_id, []).append(recorder)
        if recording is None:
            self._spawn(self._leave_after(recorder, ALONE))
        return recorder

    def stop(self, room: Room, number: int) -> None:
        """Ask a recorder to go. It lingers for a moment, its recording ends now."""
        recorder = self._find(room, number)
        recorder.leaving = True
        self._end_recording(recorder)
        self._spawn(self._leave_after(recorder, self._settings.linger))

    def set_paused(self, room: Room, number: int, *, paused: bool) -> None:
        self._find(room, number).paused = paused

    def drop_out(self, room: Room) -> int:
        """Every recorder leaves the room at once, as after a crash; what was recorded is kept."""
        gone = self.in_room(room)
        for recorder in gone:
            self._leave(recorder)
        return len(gone)

    def _find(self, room: Room, number: int) -> Recorder:
        if number not in self._known:
            raise NoSuchRecorder
        for recorder in self.in_room(room):
            if recorder.id == number and not recorder.leaving:
                return recorder
        raise NotInThisRoom

    def _idle(self, prefix: str, other_than: Slot | None = None) -> Slot | None:
        """The portal takes a slot whose prefix leads the asked one, else one registered as `default`."""
        idle = [slot for slot in self.slots if not slot.busy and slot is not other_than]
        fitting = [slot for slot in idle if slot.prefix and prefix.startswith(slot.prefix)]
        return next(iter(fitting), None) or next((s for s in idle if s.prefix == "default"), None)

    def _let_in(self, call: _Call) -> None:
        call.answered.set()
        self._calls.remove(call)
        self.join(call.slot, call.room, webcast=call.webcast)

    async def _ring(self, call: _Call) -> None:
        first = call.slot
        while not await self._answers(call):
            call.slot.busy = False
            other = self._idle(call.prefix, other_than=first) if call.slot is first else None
            if other is None:
                self._calls.remove(call)
                return
            other.busy = True
            call.slot = other
        if not call.answered.is_set():  # else it was let in already
            self._let_in(call)

    async def _answers(self, call: _Call) -> bool:
        delay = self._settings.join_delay if call.room.join_delay is None else call.room.join_delay
        patience = RINGING if delay == "never" else delay
        try:
            await asyncio.wait_for(call.answered.wait(), self._clock.scaled(patience))
        except TimeoutError:
            return call.answered.is_set() or delay != "never"
        return True

    async def _leave_after(self, recorder: Recorder, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._leave(recorder)

    def _leave(self, recorder: Recorder) -> None:
        present = self._present.get(recorder.room.entity_id, [])
        if recorder not in present:
            return
        present.remove(recorder)
        recorder.slot.busy = False
        self._end_recording(recorder)

    def _end_recording(self, recorder: Recorder) -> None:
        recording, recorder.recording = recorder.recording, None
        if recording is not None:
            self._spawn(self._library.process(recording))
