"""The far side of the memory provider: what people, recorders and time do there, as a test tells them to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from providers.memory_calls import MemoryCalls
from providers.memory_library import read_file
from providers.model import (
    Occupancy,
    Recorder,
    RecorderId,
    Recording,
    RecordingId,
    RecordingProfile,
    Room,
    RoomId,
    RoomKey,
    Scope,
)

OUR_LOGIN = "recbot"
JOIN_URL = "https://memory.example/join/"


@dataclass(slots=True)
class Seat:
    """A recorder in a room, and what it writes. `looks_left` counts down once it was asked to leave."""

    recorder: Recorder
    recording: RecordingId
    looks_left: int | None = None


@dataclass(slots=True)
class Place:
    """A room with everybody in it, and the recordings of it whose file is not ready yet."""

    settled: Room
    people: int
    scheduled: bool = False
    starts: int = 0
    asked: list[tuple[RecordingProfile, bool]] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    unfinished: list[RecordingId] = field(default_factory=list)

    @property
    def room(self) -> Room:
        """The room as it is now."""
        return replace(self.settled, occupancy=Occupancy.OCCUPIED if self.people else Occupancy.EMPTY)


class MemoryBackend(MemoryCalls):
    """A hand on the far side. A room is named by its key, or by the Room itself.

    `idle` are the profiles with an idle recorder: take one out, and it is busy. `lingers` is how many looks
    a recorder stays visible after it was asked to leave. A mistake of the test (an unknown key, a misspelt
    method) is a LookupError or ValueError, never a ProviderError.
    """

    def __init__(self, profiles: Sequence[RecordingProfile], now: Callable[[], datetime]) -> None:
        super().__init__()
        self.idle = list(profiles)
        self.lingers = 0
        self.open_files = 0
        self.places: dict[RoomId, Place] = {}
        self.recordings: dict[RecordingId, Recording] = {}
        self._keys: dict[str, RoomId] = {}
        self._stopped: dict[RecordingId, datetime] = {}
        self._ids = count(1001)
        self._default = self.idle[0]
        self._now = now

    def add_room(
        self,
        key: str,
        *,
        name: str | None = None,
        extension: str | None = None,
        people: int = 2,
        ours: bool = True,
        may_record: bool = True,
        owner: str | None = None,
        scheduled: bool = False,
    ) -> Room:
        """A room with people in it. A search by name does not find a scheduled one."""
        if key in self._keys:
            raise ValueError(f"there is a room {key} already")
        room = Room(
            id=RoomId(str(next(self._ids))),
            key=RoomKey(key),
            name=name or key,
            extension=extension,
            owner=owner or (OUR_LOGIN if ours else "somebody"),
            join_url=f"{JOIN_URL}{key}",
            ours=ours,
            may_record=may_record,
        )
        self._keys[key] = room.id
        self.places[room.id] = Place(room, people, scheduled)
        return self.places[room.id].room

    def add_scheduled_room(self) -> Room:
        """An empty room that its key alone finds, and that is called by its extension, as with Vidyo."""
        number = next(self._ids)
        extension = str(230_300_000 + number)
        return self.add_room(
            f"Scheduled{number}", name=extension, extension=extension, people=0, scheduled=True
        )

    def remove_room(self, where: Room | str) -> None:
        """The room is no longer there; its recordings stay."""
        place = self.place(where)
        self._everybody_leaves(place)
        del self.places[place.settled.id]
        del self._keys[str(place.settled.key)]

    def place(self, where: Room | str) -> Place:
        """The room and everybody in it."""
        id = where.id if isinstance(where, Room) else self._keys.get(where)
        if id is None or id not in self.places:
            raise LookupError(f"there is no room {where}")
        return self.places[id]

    def starts(self, where: Room | str) -> int:
        """How many recorders were asked for."""
        return self.place(where).starts

    def people_join(self, where: Room | str, people: int = 1) -> None:
        self.place(where).people += people

    def people_leave(self, where: Room | str, people: int | None = None) -> None:
        """Some leave, or everybody; the last one takes the recorders along."""
        place = self.place(where)
        place.people = 0 if people is None else max(0, place.people - people)
        if not place.people:
            self._everybody_leaves(place)

    def recorder_joins(self, where: Room | str) -> Recorder:
        """The recorder asked for first arrives, or one that somebody asked for elsewhere.

        Nobody is recorded in an empty room: there it leaves again at once.
        """
        place = self.place(where)
        profile, webcast = place.asked.pop(0) if place.asked else (self._default, False)
        recorder = Recorder(
            id=RecorderId(str(next(self._ids))), name=profile.description or profile.name, webcast=webcast
        )
        room = place.settled
        recording = Recording(
            id=RecordingId(str(next(self._ids))),
            title=room.name,
            room=room.name,
            owner=room.owner,
            owner_name=None,
            started=self._now(),
            ended=None,
            duration=None,
            size=None,
            scope=Scope.NEW,
            webcast=webcast,
        )
        self.recordings[recording.id] = recording
        place.unfinished.append(recording.id)
        place.seats.append(Seat(recorder, recording.id))
        if not place.people:
            self._everybody_leaves(place)
        return recorder

    def recorder_leaves(self, where: Room | str) -> None:
        """The recorder that came last drops out, and its recording ends."""
        place = self.place(where)
        if not place.seats:
            raise LookupError(f"no recorder is in room {place.settled.name}")
        self._stop_writing(place.seats.pop())

    def dismiss(self, place: Place, recorder: Recorder) -> None:
        """The recorder was asked to leave; nothing happens if it has left, or is leaving."""
        for seat in [s for s in place.seats if s.recorder.id == recorder.id and s.looks_left is None]:
            self._stop_writing(seat)
            seat.looks_left = self.lingers
        self._clear_seats(place)

    def look(self, place: Place) -> list[Recorder]:
        """The recorders seen now, the last to come at the end."""
        seen = [seat.recorder for seat in place.seats]
        for seat in place.seats:
            if seat.looks_left is not None:
                seat.looks_left -= 1
        self._clear_seats(place)
        return seen

    def add_recording(
        self,
        *,
        title: str = "Recording",
        owner: str | None = OUR_LOGIN,
        owner_name: str | None = None,
        room: str = "Room",
        started: datetime | None = None,
        duration: timedelta = timedelta(minutes=10),
        scope: Scope | None = Scope.ORGANIZATION,
        size: int = 10_000,
        tags: str = "",
        comments: str = "",
        locked: bool = False,
        has_pin: bool = False,
    ) -> Recording:
        """A recording whose file is ready; without `started` it has ended just now."""
        started = started or self._now() - duration
        recording = Recording(
            id=RecordingId(str(next(self._ids))),
            title=title,
            room=room,
            owner=owner,
            owner_name=owner_name,
            started=started,
            ended=started + duration,
            duration=duration,
            size=size,
            scope=scope,
            tags=tags,
            comments=comments,
            locked=locked,
            has_pin=has_pin,
        )
        self.recordings[recording.id] = recording
        return recording

    def running(self, where: Room | str) -> Recording | None:
        """The newest recording of the room that has no file yet."""
        unfinished = self.place(where).unfinished
        return self.recordings[unfinished[-1]] if unfinished else None

    def finish(self, where: Room | str, *, size: int = 20_000) -> Recording:
        """The file of the room's oldest unfinished recording is ready; its recorder leaves if it is there."""
        place = self.place(where)
        if not place.unfinished:
            raise LookupError(f"nothing is being recorded in room {place.settled.name}")
        id = place.unfinished.pop(0)
        for seat in [s for s in place.seats if s.recording == id and s.looks_left is None]:
            self._stop_writing(seat)
            place.seats.remove(seat)
        running, ended = self.recordings[id], self._stopped.pop(id)
        self.recordings[id] = replace(running, ended=ended, duration=ended - running.started, size=size)
        return self.recordings[id]

    def content(self, id: str) -> bytes:
        """The whole file, as a download must give it."""
        return read_file(RecordingId(id), 0, self.recordings[RecordingId(id)].size or 0)

    def _stop_writing(self, seat: Seat) -> None:
        if seat.looks_left is None:
            self._stopped[seat.recording] = self._now()

    def _everybody_leaves(self, place: Place) -> None:
        for seat in place.seats:
            self._stop_writing(seat)
        place.seats.clear()

    def _clear_seats(self, place: Place) -> None:
        place.seats = [seat for seat in place.seats if seat.looks_left is None or seat.looks_left > 0]
