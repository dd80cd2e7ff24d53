"""The rooms that the words in rules name: a rule may know a room by its key, and a library by its name alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from providers.model import Room
from providers.spelling import folded

_SCHEDULED = 6  # digits that the extension of a scheduled room has at the least


@dataclass(frozen=True, slots=True)
class Named:
    """The rooms that a word names at a provider, by both. `None`: that could not be found out.

    What was not looked up names nothing but itself.
    """

    rooms: Mapping[tuple[str, str], tuple[Room, ...] | None] = field(default_factory=dict)

    def is_known(self, provider: str | None, word: str) -> bool:
        """False if the word may name a room of which nothing could be found out."""
        return self.rooms.get((provider or "", word), ()) is not None

    def is_surely(self, provider: str | None, word: str, id: str | None, words: frozenset[str]) -> bool:
        """Whether the word names the very room with this ID, or else one of these extensions."""
        rooms = self._at(provider, word)
        if id is not None:
            return any(room.id == id for room in rooms)
        return any(room.extension in words for room in rooms if room.extension)

    def may_be(self, provider: str | None, word: str, id: str | None, words: frozenset[str]) -> bool:
        """Whether the word may name the room with this ID, or one that is known by any of these words."""
        if any(_may_be(word, other) for other in words):
            return True
        rooms = self._at(provider, word)
        if id is not None:
            return any(room.id == id for room in rooms)
        return any(_may_be(name, other) for name in _names(rooms) for other in words)

    def may_hold(self, provider: str | None, word: str, part: str) -> bool:
        """Whether a room that the word names may be one whose name holds the part."""
        return any(_may_hold(name, part) for name in (word, *_names(self._at(provider, word))))

    def _at(self, provider: str | None, word: str) -> tuple[Room, ...]:
        return self.rooms.get((provider or "", word)) or ()


def words_for(room: Room) -> frozenset[str]:
    """All words by which the room is known."""
    return frozenset(filter(None, (room.id, room.key, room.name, room.extension)))


def _names(rooms: Iterable[Room]) -> list[str]:
    return [name for room in rooms for name in words_for(room)]


def _may_hold(room: str, part: str) -> bool:
    """Whether what is in this room may be in one whose name holds the part."""
    # Behind a room's extension its PIN may stand; and a call is listed under one extension, and has two.
    room, part = folded(room), folded(part)
    return part in room or (part.isdecimal() and room.isdecimal())


def _may_be(room: str, word: str) -> bool:
    """Whether the word may mean this room, however it is written."""
    room, word = folded(room), folded(word)
    # A library may file a scheduled room's recordings under its extension with the PIN behind; those are long.
    pin = word.removeprefix(room) if room.isdecimal() and len(room) >= _SCHEDULED else ""
    return word == room or (pin != word and pin.isdecimal())
