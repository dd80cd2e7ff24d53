"""How recordings kept in a dictionary are searched and read: pure functions of values."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from providers.errors import Refused
from providers.model import (
    ByteRange,
    Recording,
    RecordingId,
    RecordingPage,
    RecordingQuery,
    Scope,
    SortBy,
)

_BLOCK = 8191
"""Bytes after which a file repeats: a prime, so that no round offset reads as another."""

_SORT: dict[SortBy, Callable[[Recording], Any]] = {
    SortBy.DATE: lambda recording: recording.started,
    SortBy.TITLE: lambda recording: recording.title.casefold(),
    SortBy.ROOM: lambda recording: recording.room.casefold(),
    SortBy.DURATION: lambda recording: recording.duration or timedelta(),
}


def search(recordings: Iterable[Recording], query: RecordingQuery) -> RecordingPage:
    """The page of these recordings that was asked for. Equal ones come in the order of their numbers."""
    sort = _SORT[query.sort]
    found = sorted(
        (recording for recording in recordings if matches(recording, query)),
        key=lambda recording: (sort(recording), int(recording.id)),
        reverse=query.descending,
    )
    start = max(0, query.start)
    end = start + max(0, query.limit)
    return RecordingPage(tuple(found[start:end]), total=len(found), more=end < len(found))


def matches(recording: Recording, query: RecordingQuery) -> bool:
    """True if every filter holds. A length that is not known yet is neither longer nor shorter.

    Lengths are bounded as times are: `longer` <= duration < `shorter`.
    """
    owners = [recording.owner or "", recording.owner_name or ""]
    texts = [recording.title, recording.room, *owners]
    length = recording.duration
    return (
        (query.running or not recording.running)
        and (query.hidden or recording.scope is not Scope.PRIVATE)
        and all(_in_any(word, texts) for word in query.words.split())
        and (query.owner is None or _in_any(query.owner, owners))
        and (query.title is None or _in_any(query.title, [recording.title]))
        and (query.room is None or _is_room(recording.room, query.room, exact=query.exact_room))
        and (query.since is None or query.since <= recording.started)
        and (query.until is None or recording.started < query.until)
        and (query.longer is None or (length is not None and query.longer <= length))
        and (query.shorter is None or (length is not None and length < query.shorter))
        and (query.scope is None or recording.scope is query.scope)
    )


def bounds(part: ByteRange, size: int) -> tuple[int, int]:
    """The first and the last byte of this part in a file of that size, or Refused if it has none."""
    if part.first is None:
        first, last = max(0, size - (part.last or 0)), size - 1
    else:
        first, last = part.first, size - 1 if part.last is None else min(part.last, size - 1)
    if not 0 <= first <= last:
        raise Refused(f"The file has no such part ({part.header()}), it is {size} bytes long.")
    return first, last


def read_file(id: RecordingId, first: int, length: int) -> bytes:
    """A part of a file. Each recording has bytes of its own, and none are kept."""
    block = hashlib.shake_256(id.encode()).digest(_BLOCK)
    offset = first % _BLOCK
    return (block * (1 + (offset + length) // _BLOCK))[offset : offset + length]


def _in_any(part: str, texts: Iterable[str]) -> bool:
    return any(part.casefold() in text.casefold() for text in texts)


def _is_room(room: str, wanted: str, *, exact: bool) -> bool:
    # Vidyo stores a scheduled room with an old dedicated prefix as its extension with the PIN behind.
    room, wanted = room.casefold(), wanted.casefold()
    if not exact:
        return wanted in room
    pin = room.removeprefix(wanted)
    return room == wanted or (room.startswith(wanted) and pin.isascii() and pin.isdigit())
