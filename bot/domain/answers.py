"""What the person who asked is told, for their eyes only."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.requests import Change, StartRecording
from bot.domain.watch import Watch
from providers.model import Recording, Room


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain words. `bad` when what was asked did not happen."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A room of a provider."""

    provider: str
    room: Room


@dataclass(frozen=True, slots=True)
class WhichRoom:
    """The words fit several rooms, or one only in part: they choose."""

    request: StartRecording
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class WhichWatch:
    """This channel records several rooms: they choose."""

    change: Change
    watches: tuple[Watch, ...]


@dataclass(frozen=True, slots=True)
class RoomIsEmpty:
    """Nobody is in the room: a recording would be accepted and hold nothing."""

    request: StartRecording
    place: Place


@dataclass(frozen=True, slots=True)
class MayStartAgain:
    """A recorder that was asked for earlier did not come, and may still: they decide whether to ask again."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link for one reader."""

    recording: Recording
    provider: str
    purpose: str
    url: str = field(repr=False)
    expires: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A recording as it reads after an edit."""

    provider: str
    recording: Recording


Answer = Sentence | WhichRoom | WhichWatch | RoomIsEmpty | MayStartAgain | Link | Changed
