"""Who asks, where they asked, and how to answer them."""

from dataclasses import dataclass, field
from typing import Literal

Front = Literal["slack", "cli"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where people asked, and where the answer goes.

    On the command line there is no conversation to post into: `channel` names the process that asked.
    """

    front: Front
    channel: str
    team: str = ""
    thread: str | None = None

    @property
    def place(self) -> str:
        """Where people are together: its channel, whatever the thread."""
        return f"{self.front}/{self.team}/{self.channel}"

    @property
    def takes_invitations(self) -> bool:
        """Whether Recbot can be invited there: Slack's channels take whom they invite, direct messages nobody."""
        return self.front == "slack" and self.channel.startswith(("C", "G"))


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asks. `zone` is their time zone's IANA name, where we were told.

    What they may do is looked up when it is done, not when it is asked.
    """

    front: Front
    user: str
    team: str = ""
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """How to reach the person who asked, and nobody else.

    `response_url` is a capability that Slack gave for half an hour: it is kept, and never logged.
    """

    conversation: Conversation
    asker: Asker
    response_url: str | None = field(default=None, repr=False)
