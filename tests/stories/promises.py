"""What a bot promises wherever it is struck, and by which of its things it keeps each promise."""

import signal
from dataclasses import dataclass
from typing import Literal

How = Literal[
    "killed",
    "answered",
    "stood",
    "stood_alone",
    "stood_to_the_end",
    "stood_until_it_ended",
    "stood_until_asked_again",
]
"""Which story is told: a method of `Trial`."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds though the bot is struck at the point, and what is `seen` where the bot is a `mutant` instead."""

    words: str
    point: str
    how: How
    mutant: str | None = None
    seen: str = ""

    @property
    def blow(self) -> signal.Signals:
        return signal.SIGKILL if self.how in ("killed", "answered") else signal.SIGSTOP

    def __str__(self) -> str:
        return self.words


_TWO = "there are 2 messages in the channel"
_ASKED_TWICE = "a recorder was asked for 2 times"

PROMISES = (
    Promise(
        "who comes back too late changes nothing",
        "before the recorder's sight is written",
        "stood_until_it_ended",
        "no fence",
        "it was processing, and then recording",
    ),
    Promise(
        "who comes back too late asks for nothing",
        "after the intent is written",
        "stood_until_asked_again",
        "no look at the lease",
        _ASKED_TWICE,
    ),
    Promise(
        "who comes back too late begins nothing",
        "before the room is reserved",
        "stood",
        "no unique key",
        _TWO,
    ),
    Promise(
        "a message is looked for before it is posted again",
        "after Slack has the card and before we know",
        "killed",
        "no look for the message",
        _TWO,
    ),
    Promise(
        "a message is known to have been tried before it is posted",
        "after Slack has the card and before we know",
        "killed",
        "no write before the post",
        _TWO,
    ),
    Promise(
        "a recorder is looked for before one is asked for again",
        "after the portal has answered",
        "killed",
        "no look into the room",
        _ASKED_TWICE,
    ),
    Promise(
        "what Slack was told to be taken is kept",
        "after Slack has its acknowledgement",
        "answered",
        "no write before the answer",
        "Slack was told that it was taken, and nothing was kept",
    ),
    Promise("a post that was tried is made once", "after the card is tried", "stood"),
    Promise("a post that was made is found", "after Slack has the card and before we know", "stood"),
    Promise("a recorder is asked for once", "before the portal is asked", "stood_alone"),
    Promise("a look is closed once", "before the look into the library is closed", "stood_to_the_end"),
)

AS_IT_IS = tuple({(promise.point, promise.how): promise for promise in PROMISES}.values())
"""Those of which each is told in another way."""

BROKEN = tuple(promise for promise in PROMISES if promise.mutant is not None)
"""Those that a mutant breaks."""
