"""How recordings kept in a dictionary are searched and read: pure functions of values."""

import hashlib
from collections.abc import Iterable

from providers.errors import NotSupported, Refused
from providers.interfaces import Only
from providers.model import ByteRange, Recording, RecordingId, RecordingPage, RecordingQuery

_BLOCK = 8191
"""Bytes after which a file repeats: a prime, so that no round offset reads as another."""


def search(recordings: Iterable[Recording], query: RecordingQuery, only: Only | None = None) -> RecordingPage:
    """The page of these recordings of rooms that was asked for. No room has a telephone."""
    if query.of_calls:
        raise NotSupported("Rooms in memory know no calls.", filters=query.of_calls)
    return page(recordings, query, only)


def page(recordings: Iterable[Recording], query: RecordingQuery, only: Only | None = None) -> RecordingPage:
    """The page of these recordings that was asked for."""
    found = query.in_order(one for one in recordings if query.matches(one) and (only is None or only(one)))
    start = max(0, query.start)
    end = start + max(0, query.limit)
    return RecordingPage(tuple(found[start:end]), total=len(found), more=end < len(found))


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
