"""Which recordings a query means. Vidyo's own search knows few filters, and nobody documents how they match."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from providers.model import Recording, RecordingQuery, Scope, SortBy

_KEYS: dict[SortBy, Callable[[Recording], Any]] = {
    SortBy.DATE: lambda recording: recording.started,
    SortBy.TITLE: lambda recording: recording.title.casefold(),
    SortBy.ROOM: lambda recording: recording.room.casefold(),
    SortBy.DURATION: lambda recording: recording.duration or timedelta(),
}


def matches(recording: Recording, query: RecordingQuery) -> bool:
    """True if every filter holds: since <= started < until, longer <= duration < shorter.

    A length that is not known yet is neither longer nor shorter. A scope that we cannot read counts as
    private: better one recording too few than one shown that should not be.
    """
    length = recording.duration
    owners = (recording.owner or "", recording.owner_name or "")
    return (
        (query.running or not recording.running)
        and (query.hidden or recording.scope not in {Scope.PRIVATE, None})
        and (query.since is None or query.since <= recording.started)
        and (query.until is None or recording.started < query.until)
        and (query.longer is None or (length is not None and query.longer <= length))
        and (query.shorter is None or (length is not None and length < query.shorter))
        and (query.scope is None or recording.scope is query.scope)
        and (not query.owner or _within(query.owner, owners))
        and (not query.title or _within(query.title, (recording.title,)))
        and (not query.room or _is_room(recording.room, query.room, exact=query.exact_room))
        and all(_within(word, (recording.title, recording.room, *owners)) for word in query.words.split())
    )


def in_order(recordings: Iterable[Recording], query: RecordingQuery) -> list[Recording]:
    """Sorted as asked; equal ones by their numbers, so that pages fit together."""
    key = _KEYS[query.sort]
    return sorted(
        recordings, key=lambda recording: (key(recording), int(recording.id)), reverse=query.descending
    )


def _within(part: str, texts: Iterable[str]) -> bool:
    folded = part.casefold()
    return any(folded in text.casefold() for text in texts)


def _is_room(room: str, wanted: str, *, exact: bool) -> bool:
    # With an old dedicated prefix scheme a scheduled room is stored as its extension with the PIN behind.
    room, wanted = room.casefold(), wanted.casefold()
    if not exact:
        return wanted in room
    pin = room.removeprefix(wanted)
    return room == wanted or (room.startswith(wanted) and pin.isascii() and pin.isdigit())
