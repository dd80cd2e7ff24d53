"""A telephone system in dictionaries: for tests of workflows, and for a first try."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from providers import memory_library
from providers.errors import NotFound, NotKept, NotSupported, Refused
from providers.interfaces import CallRecorder, Check, Media, Only, RecordingLibrary
from providers.memory_calls import MemoryCalls
from providers.model import (
    ByteRange,
    CallId,
    CallRecording,
    CallState,
    Direction,
    LiveCall,
    Medium,
    Recording,
    RecordingId,
    RecordingPage,
    RecordingQuery,
)

_CHUNK = 4096
_SIZE = 8_000
_NOT_NOW = {
    CallState.RINGING: "is still ringing: it can be recorded once it is answered.",
    CallState.HELD: "is on hold: it can be recorded once it goes on.",
    CallState.ENDED: "has ended.",
}


class PhoneBackend(MemoryCalls):
    """A hand on the far side: calls are placed, answered, held and hung up, recordings begin and become ready.

    `lets_pause` False: an automatic recording does not let itself be paused. A mistake of the test (an unknown call,
    a misspelt method) is a LookupError or ValueError, never a ProviderError.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.lets_pause = True
        self.calls_now: dict[CallId, LiveCall] = {}
        self.asked: list[CallId] = []
        self.recordings: dict[RecordingId, Recording] = {}
        self.unkept: set[CallId] = set()
        self._ids = count(5001)
        self._now = now

    def place_call(
        self,
        *,
        name: str | None = "Ada Byron",
        number: str | None = "+16505550100",
        extension: str | None = "101",
        owner: str | None = "vova",
        direction: Direction = Direction.INBOUND,
        state: CallState = CallState.CONNECTED,
    ) -> LiveCall:
        """A call goes on, with this other side."""
        id = CallId(f"s-{next(self._ids)}")
        call = LiveCall(id, state, self._now(), direction, name, number, extension, owner)
        self.calls_now[id] = call
        return call

    def becomes(self, call: LiveCall, state: CallState) -> None:
        """The call is answered, held or taken up again."""
        self.calls_now[call.id] = replace(self.calls_now[call.id], state=state)

    def recording_begins(self, call: LiveCall, *, automatic: bool = False) -> RecordingId:
        """What was asked for begins; or `automatic`: the system records by itself."""
        recording = CallRecording(RecordingId(str(next(self._ids))), automatic=automatic)
        self.calls_now[call.id] = replace(self.calls_now[call.id], recording=recording)
        return recording.id

    def recording_breaks_off(self, call: LiveCall) -> None:
        """The recording ends, and the call goes on."""
        self.calls_now[call.id] = replace(self.calls_now[call.id], recording=None)

    def hang_up(self, call: LiveCall) -> None:
        """The call ends, and its recording with it."""
        self.becomes(call, CallState.ENDED)

    def forget(self, call: LiveCall) -> None:
        """The provider does not remember the call any more."""
        del self.calls_now[call.id]

    def pauses(self, call: LiveCall, paused: bool) -> None:
        """The call's recording is paused, or goes on."""
        now = self.calls_now[call.id]
        if now.recording is None:
            raise LookupError(f"call {call.id} is not being recorded")
        self.calls_now[call.id] = replace(now, recording=replace(now.recording, paused=paused))

    def was_too_short(self, call: LiveCall) -> None:
        """The call's recording is not kept."""
        self.unkept.add(call.id)

    def finish(self, call: LiveCall) -> Recording:
        """The file of the call's recording is ready."""
        now = self.calls_now[call.id]
        if now.recording is None:
            raise LookupError(f"call {call.id} was not recorded")
        return self.add_recording(
            id=now.recording.id,
            title=now.name or now.number or "",
            room=now.extension or "",
            owner=now.owner,
            started=now.started,
            duration=self._now() - now.started,
            number=now.number,
            direction=now.direction,
        )

    def add_recording(
        self,
        *,
        id: RecordingId | None = None,
        title: str = "Ada Byron",
        room: str = "101",
        owner: str | None = "vova",
        started: datetime | None = None,
        duration: timedelta = timedelta(minutes=10),
        number: str | None = "+16505550100",
        direction: Direction | None = Direction.INBOUND,
    ) -> Recording:
        """A recorded call of earlier; without `started` it has ended just now."""
        started = started or self._now() - duration
        recording = Recording(
            id=id or RecordingId(str(next(self._ids))),
            title=title,
            room=room,
            owner=owner,
            owner_name=None,
            started=started,
            ended=started + duration,
            duration=duration,
            size=_SIZE,
            scope=None,
            direction=direction,
            numbers=(number,) if number else (),
            extensions=(room,) if room else (),
            medium=Medium.AUDIO,
        )
        self.recordings[recording.id] = recording
        return recording

    def content(self, id: RecordingId) -> bytes:
        """The whole file, as a download must give it."""
        return memory_library.read_file(id, 0, _SIZE)


class MemoryPhone(CallRecorder, RecordingLibrary):
    """Calls and their recordings that last as long as the process, with RingCentral's habits where they matter.

    To record only asks; nothing happens by itself: `backend` is the hand that lets recordings begin and calls end.
    """

    kind = "memory"

    def __init__(self, name: str, *, now: Callable[[], datetime]) -> None:
        self.name = name
        self.backend = PhoneBackend(now)

    async def check(self) -> Sequence[Check]:
        async with self.backend.call("check"):
            return [Check("memory", ok=True)]

    async def live_calls(self) -> Sequence[LiveCall]:
        async with self.backend.call("live_calls"):
            return [call for call in self.backend.calls_now.values() if call.state is not CallState.ENDED]

    async def call(self, id: CallId) -> LiveCall:
        async with self.backend.call("call"):
            return self._call(id)

    async def recording_of(self, call: CallId, id: RecordingId) -> Recording:
        async with self.backend.call("recording_of"):
            if call in self.backend.unkept:
                raise NotKept(f"{self.name} kept no recording of this call, since it was too short.")
            return self._recording(id)

    async def record(self, call: LiveCall) -> None:
        async with self.backend.call("record"):
            now = self._call(call.id)
            if now.state is not CallState.CONNECTED:
                raise Refused(f"The call with {now.name or now.number} {_NOT_NOW[now.state]}")
            if now.recording is None:
                self.backend.asked.append(call.id)

    async def pause_call(self, call: LiveCall) -> None:
        async with self.backend.call("pause_call"):
            self._steer(call, paused=True)

    async def resume_call(self, call: LiveCall) -> None:
        async with self.backend.call("resume_call"):
            self._steer(call, paused=False)

    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        async with self.backend.call("search"):
            if query.scope is not None:
                raise NotSupported("Calls in memory have no scopes.", filters=("scope",))
            return memory_library.page(self.backend.recordings.values(), query, only)

    async def recording(self, id: RecordingId) -> Recording:
        async with self.backend.call("recording"):
            return self._recording(id)

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        async with self.backend.call("open"):
            first, last = (0, _SIZE - 1) if part is None else memory_library.bounds(part, _SIZE)
        chunks = _chunks(recording.id, first, last + 1)
        length = last - first + 1
        yield Media(chunks, "audio/mpeg", length, (first, last, _SIZE) if part else None, ".mp3")

    def _call(self, id: CallId) -> LiveCall:
        call = self.backend.calls_now.get(id)
        if call is None:
            raise NotFound("There is no such call any more.")
        return call

    def _recording(self, id: RecordingId) -> Recording:
        if id not in self.backend.recordings:
            raise NotFound(f"There is no recording {id}.")
        return self.backend.recordings[id]

    def _steer(self, call: LiveCall, *, paused: bool) -> None:
        now = self._call(call.id)
        if now.recording is None or now.state is CallState.ENDED:
            raise Refused(f"The call with {now.name or now.number} is not being recorded.")
        if now.recording.automatic and not self.backend.lets_pause:
            raise Refused("An automatic recording cannot be paused here: the account does not allow it.")
        self.backend.pauses(call, paused)


async def _chunks(id: RecordingId, first: int, end: int) -> AsyncIterator[bytes]:
    for start in range(first, end, _CHUNK):
        yield memory_library.read_file(id, start, min(_CHUNK, end - start))
