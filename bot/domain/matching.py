"""Which file belongs to which watch.

No provider links a recording to the request that began it. What remains: the room, its owner, the time, and what
the library had listed before. Titles say nothing, since anybody can write them.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from bot.domain.pace import Pace
from bot.domain.watch import Watch
from providers.model import Recording, RecordingId, Room
from providers.spelling import folded


def candidates(
    watch: Watch, recordings: Iterable[Recording], taken: Collection[RecordingId], pace: Pace
) -> tuple[Recording, ...]:
    """The recordings that may be the watch's, oldest first. `taken` belong to other watches."""
    found = [r for r in recordings if r.id not in taken and _may_be(watch, r, pace)]
    if watch.bound is not None:
        found = [r for r in found if r.id == watch.bound]
    return tuple(sorted(found, key=lambda r: (r.started, r.id)))


def is_room(room: Room, recorded_in: str) -> bool:
    """Whether a library's room name means this room: its name, or its extension with an optional PIN behind."""
    name = folded(recorded_in)
    if name == folded(room.name):
        return True
    extension = folded(room.extension or "")
    if not extension or not name.startswith(extension):
        return False
    pin = name.removeprefix(extension)
    return not pin or (pin.isdecimal() and len(pin) <= _LONGEST_PIN)


_LONGEST_PIN = 12


def _may_be(watch: Watch, recording: Recording, pace: Pace) -> bool:
    if watch.bound == recording.id:
        return True
    if not is_room(watch.room, recording.room):
        return False
    owner, room_owner = recording.owner, watch.room.owner
    if owner and room_owner and folded(owner) != folded(room_owner):
        return False
    earliest, latest = _window(watch, pace)
    if not earliest <= recording.started or (latest is not None and recording.started > latest):
        return False
    return watch.listed is None or recording.id not in watch.listed


def _window(watch: Watch, pace: Pace) -> tuple[datetime, datetime | None]:
    """When our recording can have begun, by clocks that differ by minutes.

    Where the library could not be asked before the start, an older recording of the same room could slip in:
    the window then begins close to the request.
    """
    slack = pace.clock_skew if watch.listed is not None else min(pace.clock_skew, timedelta(seconds=30))
    latest = None if watch.ended_at is None else watch.ended_at + pace.clock_skew
    return watch.asked_at - slack, latest
