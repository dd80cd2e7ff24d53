"""What can be typed after `/record` and `/recordings`, as values."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.policy import Verb
from providers.model import RecordingId, RecordingQuery

LATEST_DEFAULT = 5
LATEST_MOST = 20


class RecordVerb(StrEnum):
    """What `/record` can be told."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    STATUS = "status"
    ROOM = "room"
    PROFILES = "profiles"
    CALLS = "calls"
    CAN = "can"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class RecordCommand:
    """What was typed after `/record`.

    `target` is a room's key, name or join link, or a call's extension or number, as typed; None: what this channel
    records. `name` is the label of a room to be created. `on` names a provider. `who` may do `what` is asked: a person
    by their Slack ID, None: whoever asks.
    """

    verb: RecordVerb
    target: str | None = None
    profile: str | None = None
    on: str | None = None
    webcast: bool = False
    name: str | None = None
    who: str | None = None
    what: Verb | None = None


@dataclass(frozen=True, slots=True)
class SearchCommand:
    """Look for recordings. `query.hidden` is never set here: it is for the policy to say."""

    query: RecordingQuery
    on: str | None = None


@dataclass(frozen=True, slots=True)
class LatestCommand:
    """The newest recordings."""

    count: int = LATEST_DEFAULT
    on: str | None = None


@dataclass(frozen=True, slots=True)
class ShowCommand:
    """One recording, by its number."""

    id: RecordingId
    on: str | None = None


@dataclass(frozen=True, slots=True)
class SubscribeCommand:
    """Tell this channel of each new recording like this. `text` is what was typed."""

    query: RecordingQuery
    on: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class UnsubscribeCommand:
    """End the subscription of this number, or the one whose filters mean the same; neither: the only one."""

    number: int | None = None
    meaning: str | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionsCommand:
    """What this channel has subscribed to."""


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """What can be written."""


RecordingsCommand = (
    SearchCommand
    | LatestCommand
    | ShowCommand
    | SubscribeCommand
    | UnsubscribeCommand
    | SubscriptionsCommand
    | HelpCommand
)
