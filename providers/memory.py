"""A whole provider in dictionaries: for tests of workflows, and for a first try."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from providers import memory_library
from providers.errors import (
    NoRecorderFree,
    NotFound,
    NotOurRoom,
    Protected,
    ProviderError,
    RecordingForbidden,
    Refused,
)
from providers.interfaces import (
    Check,
    FreshLibrary,
    Media,
    Only,
    RecordingControl,
    RecordingDeleter,
    RecordingEditor,
    RoomMaker,
)
from providers.memory_backend import JOIN_URL, MemoryBackend, Place, Seat
from providers.model import (
    ByteRange,
    Recorder,
    Recording,
    RecordingChange,
    RecordingId,
    RecordingPage,
    RecordingProfile,
    RecordingQuery,
    Room,
    RoomId,
    RoomKey,
    RoomView,
)
from providers.spelling import folded

PROFILES = (
    RecordingProfile("000", "Application and conference"),
    RecordingProfile("01", "Audio only"),
)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHUNK = 4096
_MOST_ROOMS = 20


def utcnow() -> datetime:
    """The hour it is, in UTC."""
    return datetime.now(UTC)


class MemoryProvider(RecordingControl, RoomMaker, FreshLibrary, RecordingEditor, RecordingDeleter):
    """Rooms and recordings that last as long as the process, with Vidyo's habits where they matter.

    A start only asks, a second one asks for a second recorder (`view` reports the one that came last), and a
    recording is listed as running from the moment its recorder is there. Nothing happens by itself: `backend`
    is the hand that lets people and recorders come and go, and files become ready.
    """

    kind = "memory"

    def __init__(
        self,
        name: str = "memory",
        *,
        profiles: Sequence[RecordingProfile] = PROFILES,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.name = name
        self.default_profile = profiles[0]
        self.backend = MemoryBackend(profiles, now)

    async def check(self) -> Sequence[Check]:
        async with self.backend.call("check"):
            return [Check("memory", ok=True)]

    def key_in(self, text: str) -> RoomKey | None:
        key = text.strip().removeprefix(JOIN_URL)
        return RoomKey(key) if _KEY.fullmatch(key) else None

    async def find_room(self, key: RoomKey) -> Room:
        async with self.backend.call("find_room"):
            for place in self.backend.places.values():
                if place.settled.key == key:
                    return place.room
            raise NotFound(f"There is no room with the key {key}.")

    async def find_rooms(self, name: str) -> Sequence[Room]:
        async with self.backend.call("find_rooms"):
            wanted = folded(name)
            found = [
                place.room
                for place in self.backend.places.values()
                if not place.scheduled
                and (wanted in folded(place.settled.name) or wanted in (place.settled.extension or ""))
            ]
            return found[:_MOST_ROOMS]

    async def room(self, id: RoomId) -> Room:
        async with self.backend.call("room"):
            return self._place(id).room

    async def profiles(self) -> Sequence[RecordingProfile]:
        async with self.backend.call("profiles"):
            return tuple(self.backend.idle)

    async def start(self, room: Room, profile: RecordingProfile, *, webcast: bool = False) -> None:
        async with self.backend.call("start"):
            place = self._our_place(room)
            if not place.settled.may_record:
                raise RecordingForbidden(f"{place.settled.name} belongs to a group that may not be recorded.")
            if profile.name not in [idle.name for idle in self.backend.idle]:
                raise NoRecorderFree(f"No recorder with the profile {profile.name} is free now.")
            place.starts += 1
            place.asked.append((profile, webcast))

    async def view(self, room: Room) -> RoomView:
        async with self.backend.call("view"):
            place = self._our_place(room)
            seen = self.backend.look(place)
            return RoomView(seen[-1] if seen else None, place.people)

    async def recorders(self, room: Room) -> Sequence[Recorder]:
        async with self.backend.call("recorders"):
            return self.backend.look(self._our_place(room))

    async def stop(self, room: Room, recorder: Recorder) -> None:
        async with self.backend.call("stop"):
            self.backend.dismiss(self._our_place(room), recorder)

    async def pause(self, room: Room, recorder: Recorder) -> None:
        async with self.backend.call("pause"):
            seat = self._seat(room, recorder)
            seat.recorder = replace(seat.recorder, paused=True)

    async def resume(self, room: Room, recorder: Recorder) -> None:
        async with self.backend.call("resume"):
            seat = self._seat(room, recorder)
            seat.recorder = replace(seat.recorder, paused=False)

    async def create_room(self, name: str | None = None) -> Room:
        """A new scheduled room. The name is on this answer only: such a room is called by its extension."""
        async with self.backend.call("create_room"):
            room = self.backend.add_scheduled_room()
            return replace(room, name=name or room.name)

    async def delete_room(self, room: Room) -> None:
        async with self.backend.call("delete_room"):
            if not self._our_place(room).scheduled:
                raise NotFound(f"{room.name} is no scheduled room.")
            self.backend.remove_room(room)

    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        async with self.backend.call("search"):
            return memory_library.search(self.backend.recordings.values(), query, only)

    async def recording(self, id: RecordingId) -> Recording:
        async with self.backend.call("recording"):
            return self._recording(id)

    async def fresh(self, id: RecordingId) -> Recording:
        async with self.backend.call("fresh"):
            return self._recording(id)

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        lost = await self.backend.begin("open")
        kept = self._recording(recording.id)
        if kept.size is None:
            raise Refused(f"{kept.title} has no file yet.")
        first, last = (0, kept.size - 1) if part is None else memory_library.bounds(part, kept.size)
        length = last - first + 1
        chunks = self._chunks(kept.id, first, length, lost)
        self.backend.open_files += 1
        try:
            yield Media(chunks, "video/mp4", length, (first, last, kept.size) if part else None)
        finally:
            self.backend.open_files -= 1
            await chunks.aclose()

    async def edit(self, id: RecordingId, change: RecordingChange) -> Recording:
        async with self.backend.call("edit"):
            old = self._recording(id)
            self.backend.recordings[id] = replace(
                old,
                title=old.title if change.title is None else change.title,
                tags=old.tags if change.tags is None else change.tags,
                comments=old.comments if change.comments is None else change.comments,
                scope=old.scope if change.scope is None else change.scope,
                has_pin=old.has_pin if change.pin is None else bool(change.pin),
                locked=old.locked if change.locked is None else change.locked,
            )
            return self.backend.recordings[id]

    async def delete(self, id: RecordingId) -> None:
        async with self.backend.call("delete"):
            recording = self._recording(id)
            if recording.locked:
                raise Protected(f"{recording.title} is locked; unlock it before it is deleted.")
            if recording.running:
                raise Refused(f"{recording.title} is still being recorded.")
            del self.backend.recordings[id]

    def _place(self, id: RoomId) -> Place:
        place = self.backend.places.get(id)
        if place is None:
            raise NotFound(f"There is no room with the id {id}.")
        return place

    def _our_place(self, room: Room) -> Place:
        place = self._place(room.id)
        if not place.settled.ours:
            raise NotOurRoom(f"{place.settled.name} belongs to {place.settled.owner}, not to us.")
        return place

    def _seat(self, room: Room, recorder: Recorder) -> Seat:
        for seat in self._our_place(room).seats:
            if seat.recorder.id == recorder.id:
                return seat
        raise Refused(f"{recorder.name} is no longer in {room.name}.")

    def _recording(self, id: RecordingId) -> Recording:
        recording = self.backend.recordings.get(id)
        if recording is None:
            raise NotFound(f"There is no recording {id}.")
        return recording

    async def _chunks(
        self, id: RecordingId, first: int, length: int, lost: ProviderError | None
    ) -> AsyncGenerator[bytes, None]:
        end = first + (length // 2 if lost else length)
        for start in range(first, end, _CHUNK):
            yield memory_library.read_file(id, start, min(_CHUNK, end - start))
        if lost is not None:
            raise lost
