"""What a subscription asks to hear of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from sandbox.ringcentral.calls import Call, Leg

_SESSIONS = re.compile(
    r"/restapi/v1\.0/account/(?P<account>~|\d+)(/extension/(?P<extension>~|\d+))?/telephony/sessions"
)
_REMINDER = re.compile(r"/restapi/v1\.0/subscription/~")
_KNOWN = ("direction", "missedCall", "phoneNumber", "statusCode", "sipData", "withRecordings")


class NotAFilter(ValueError):
    """No event of this kind is told."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """One filter, with real ids. With a `threshold` it asks to be reminded that the subscription ends."""

    path: str
    query: str
    extension_id: str | None
    wanted: dict[str, str]
    threshold: float | None = None
    interval: float = 60.0

    @property
    def needs(self) -> str:
        """The permission that the app must have for it."""
        return "CallControl" if self.threshold is None else ""

    def __str__(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def matches(self, call: Call, leg: Leg, status: str) -> bool:
        if self.threshold is not None or self.extension_id not in (None, leg.extension.id):
            return False
        recorded = leg.recording is not None and leg.recording.begun is not None
        facts = {
            "direction": call.direction,
            "missedCall": str(call.result == "Missed").lower(),
            "statusCode": status,
            "phoneNumber": call.number.lstrip("+"),
        }
        return all(
            name not in facts or value.lstrip("+ ") == facts[name] for name, value in self.wanted.items()
        ) and (self.wanted.get("withRecordings", "false").lower() != "true" or recorded)


def read_filter(text: str, account_id: str, my_extension_id: str) -> EventFilter:
    """A filter as it was written; `~` stands for us."""
    path, _, query = text.partition("?")
    wanted = {name: values[-1] for name, values in parse_qs(query).items()}
    if _REMINDER.fullmatch(path):
        try:
            threshold, interval = float(wanted.get("threshold", "60")), float(wanted.get("interval", "15"))
        except ValueError:
            raise NotAFilter(text) from None
        return EventFilter(path, query, None, {}, threshold, interval)
    match = _SESSIONS.fullmatch(path)
    if match is None or match["account"] not in ("~", account_id) or set(wanted) - set(_KNOWN):
        raise NotAFilter(text)
    extension = my_extension_id if match["extension"] == "~" else match["extension"]
    real = f"/restapi/v1.0/account/{account_id}"
    if extension is not None:
        real = f"{real}/extension/{extension}"
    return EventFilter(f"{real}/telephony/sessions", query, extension, wanted)
