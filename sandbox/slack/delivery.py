"""Bringing a request to the app and its answer back, whichever way the app listens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sandbox.slack.model import Json

EVENT, COMMAND, INTERACTIVE = "events_api", "slash_commands", "interactive"


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repeat of an event this is (0: none, it is the first), and why."""

    number: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request for the app. `kind` is an envelope's type in Socket Mode."""

    kind: str
    payload: Json
    retry: Retry = field(default_factory=Retry)
    takes_answer: bool = True


class NotDelivered(Exception):
    """The app did not take the request.

    `error` is what a person reads, `reason` what a repeat says, `final` whether the app asked for none.
    """

    def __init__(self, error: str, reason: str, *, final: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.reason = reason
        self.final = final


class Courier(Protocol):
    """A way to the app."""

    async def deliver(self, delivery: Delivery) -> Json:
        """The app's answer, empty if it only took note. Raises NotDelivered."""
        ...
