"""The directory: which rooms the words in rules name, as the providers say."""

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

from bot.domain.named import Named
from bot.recording.patience import Read, ask_all
from providers.errors import NotFound, NotSupported, ProviderError
from providers.interfaces import RecordingControl
from providers.model import Room, RoomId
from providers.registry import Providers
from providers.spelling import folded

_SECONDS = 60.0
_FAILED = 5.0

Rooms = tuple[Room, ...]


class Directory:
    """Looks words up as keys, names, extensions and numbers of rooms, and remembers for a minute what they name.

    A provider tells who types a room's name nothing of its key, and a library knows a room by its name or extension
    alone: so it is the rule's word that is looked up. While a provider does not answer, what it said last holds.
    """

    def __init__(self, seconds: Callable[[], float] | None = None) -> None:
        self._seconds = seconds or time.monotonic
        self._known: dict[tuple[str, str], tuple[float, Rooms | None]] = {}

    async def look_up(self, words: Collection[str], providers: Providers, patience: timedelta) -> Named:
        """What these words name, wherever rooms are recorded."""
        if not words:
            return Named()
        try:
            controls = providers.controls(None)
        except NotSupported:
            return Named()
        now = self._seconds()
        wanted = {(control.name, word): control for control in controls for word in words}
        old = [key for key in wanted if self._until(key) <= now]
        reads: list[tuple[str, Read[Rooms]]] = [(key[0], partial(_named, wanted[key], key[1])) for key in old]
        for key, found in zip(old, await ask_all(reads, patience), strict=True):
            if isinstance(found, ProviderError):
                self._known[key] = (now + _FAILED, self._last(key))
            else:
                self._known[key] = (now + _SECONDS, found)
        return Named({key: self._known[key][1] for key in wanted})

    def forget(self) -> None:
        """Whatever is asked next is looked up."""
        self._known.clear()

    def _until(self, key: tuple[str, str]) -> float:
        known = self._known.get(key)
        return known[0] if known else float("-inf")

    def _last(self, key: tuple[str, str]) -> Rooms | None:
        known = self._known.get(key)
        return known[1] if known else None


async def _named(control: RecordingControl, word: str) -> Rooms:
    """Every room that this word names whole. A room with this key is enough; nothing else fails for that."""
    found: dict[RoomId, Room] = {}
    key = control.key_in(word)
    if key is not None:
        try:
            room = await control.find_room(key)
            found[room.id] = room
        except NotFound:
            key = None
    try:
        for room in await _by_other_names(control, word):
            found.setdefault(room.id, room)
    except ProviderError:
        if key is None:
            raise
    return tuple(found.values())


async def _by_other_names(control: RecordingControl, word: str) -> list[Room]:
    found: list[Room] = []
    if "://" not in word and len(word) > 1:
        try:
            rooms = await control.find_rooms(word)
        except NotSupported:
            rooms = ()
        wanted = folded(word)
        found += [room for room in rooms if wanted in (folded(room.name), folded(room.extension or ""))]
    if word.isdecimal():
        try:
            found.append(await control.room(RoomId(word)))
        except (NotFound, NotSupported):
            return found
    return found
