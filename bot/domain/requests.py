"""What people ask for that changes something: kept before it is acknowledged, then carried out.

Requests are plain values, so that one that was kept by a process that died is carried out by the next.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.conversation import ReplyTo
from providers.model import RecordingChange, RecordingId, RecordingQuery, RoomId

Change = Literal["stop", "pause", "resume"]


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record the room that `target` names: a key, a join link, a room's name, or a call's extension or number.

    `room`: the room that was chosen among several, by its id; `on` then says whose it is, and `call` that the id is
    a phone call's. `anyway`: the person was warned that the room is empty. `again`: the watch whose Start again was
    pressed, and `asks` how often it had been asked for when that button was drawn.
    """

    reply: ReplyTo
    target: str = ""
    room: RoomId | None = None
    profile: str | None = None
    on: str | None = None
    webcast: bool = False
    anyway: bool = False
    again: str | None = None
    call: bool = False
    asks: int | None = None
    verb: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class ChangeWatch:
    """Stop, pause or resume: the watch that is named, the room that is named, or what this channel records."""

    reply: ReplyTo
    change: Change
    watch: str | None = None
    target: str | None = None
    on: str | None = None
    verb: Literal["change"] = "change"


@dataclass(frozen=True, slots=True)
class RefreshWatch:
    """Look at the watch's room and library now rather than when it is due."""

    reply: ReplyTo
    watch: str
    verb: Literal["refresh"] = "refresh"


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """Create a scheduled room and post its join link."""

    reply: ReplyTo
    name: str | None = None
    on: str | None = None
    verb: Literal["room"] = "room"


@dataclass(frozen=True, slots=True)
class ShareRecording:
    """Post one recording where it was asked for, for everybody there. `message`: whose button was pressed, if any."""

    reply: ReplyTo
    provider: str
    recording: RecordingId
    message: str = ""
    verb: Literal["share"] = "share"


@dataclass(frozen=True, slots=True)
class SendFile:
    """Send the file itself to the asker's direct messages: where no public address serves a link."""

    reply: ReplyTo
    provider: str
    recording: RecordingId
    verb: Literal["send"] = "send"


@dataclass(frozen=True, slots=True)
class EditRecording:
    """Change a recording's title, tags, comment, scope, PIN or lock."""

    reply: ReplyTo
    provider: str
    recording: RecordingId
    change: RecordingChange
    verb: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class DeleteRecording:
    """Delete a recording for good; the person was asked twice."""

    reply: ReplyTo
    provider: str
    recording: RecordingId
    verb: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Tell this channel of each new recording that fits `query`. `text` is what was typed."""

    reply: ReplyTo
    query: RecordingQuery
    on: str | None = None
    text: str = ""
    verb: Literal["subscribe"] = "subscribe"


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End a subscription of this channel: by its id, by the number people see, by its meaning, or the only one."""

    reply: ReplyTo
    subscription: str | None = None
    number: int | None = None
    meaning: str | None = None
    everything: bool = False
    verb: Literal["unsubscribe"] = "unsubscribe"


Request = Annotated[
    StartRecording
    | ChangeWatch
    | RefreshWatch
    | CreateRoom
    | ShareRecording
    | SendFile
    | EditRecording
    | DeleteRecording
    | Subscribe
    | Unsubscribe,
    Field(discriminator="verb"),
]
