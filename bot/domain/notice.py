"""What we owe a conversation until it is delivered."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.conversation import Asker, Conversation
from bot.domain.subscription import Subscription
from providers.model import Recording, RecordingId, Room


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


@dataclass(frozen=True, slots=True)
class RecordingReady:
    """A new recording, told to a channel that subscribed to its like."""

    provider: str
    recording: Recording
    body: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Somebody subscribed this conversation: said to all who will read what comes of it."""

    subscription: Subscription
    body: Literal["subscribed"] = "subscribed"


@dataclass(frozen=True, slots=True)
class NotTold:
    """What could not be told where somebody asked for it, said to them directly. `notice`: the key of what was owed."""

    notice: str
    body: Literal["not told"] = "not told"


Body = Annotated[
    CardOf | RecorderLost | RoomCreated | RecordingShared | RecordingReady | Subscribed | NotTold,
    Field(discriminator="body"),
]


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

    @property
    def line(self) -> str | None:
        """What is told in its order, and one after the other: a channel's new recordings. None: told by itself."""
        return self.conversation.place if isinstance(self.body, RecordingReady) else None


def card_key(watch: str) -> str:
    """The key of a watch's live card."""
    return f"card:{watch}"


def not_told(owed: str, asker: Asker, about: str = "") -> Notice:
    """What is owed to whoever asked, directly, where the notice with this key cannot be told; once `about` a thing."""
    where = Conversation("slack", asker.user, asker.team)
    return Notice(f"not told:{about or owed}", where, NotTold(owed))


def ready_key(provider: str, recording: RecordingId, conversation: Conversation) -> str:
    """The key of the one notice by which a channel hears of a recording."""
    return f"ready:{provider}:{recording}:{conversation.place}"
