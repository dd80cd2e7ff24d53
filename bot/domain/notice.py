"""What we owe a conversation until it is delivered."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.conversation import Asker, Conversation
from providers.model import Recording, Room


@dataclass(frozen=True, slots=True)
class CardOf:
    """The live card of a watch, drawn from the watch as it stands when the card is shown."""

    watch: str
    body: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class RecorderLost:
    """The recorder left while people are still in the room: said aloud, beside the card."""

    watch: str
    body: Literal["lost"] = "lost"


@dataclass(frozen=True, slots=True)
class RoomCreated:
    """A new room and its join link."""

    provider: str
    room: Room
    asker: Asker
    body: Literal["room"] = "room"


@dataclass(frozen=True, slots=True)
class RecordingShared:
    """A recording that somebody put before everybody."""

    provider: str
    recording: Recording
    asker: Asker
    body: Literal["shared"] = "shared"


Body = Annotated[CardOf | RecorderLost | RoomCreated | RecordingShared, Field(discriminator="body")]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that is owed, once, to one conversation.

    `key` is unique and goes into the message's metadata. `wanted` counts the states the message should have
    shown, `shown` is the newest one it did; `tried`: a post may have arrived though nobody told us.
    """

    key: str
    conversation: Conversation
    body: Body
    wanted: int = 1
    shown: int = 0
    message: str | None = None
    tried: bool = False


def card_key(watch: str) -> str:
    """The key of a watch's live card."""
    return f"card:{watch}"
