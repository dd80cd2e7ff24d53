"""How names, times, lengths and sizes are written on a card."""

import re
from datetime import UTC, datetime, timedelta

from bot.domain.conversation import Asker
from bot.slack.blockkit import cut, mrkdwn
from providers.model import Direction, Scope

_MEMBER = re.compile(r"[UW][A-Z0-9]{1,20}")
_LOOKALIKES = str.maketrans({"*": "∗", "`": "ˋ"})
_SCOPES = {
    Scope.NEW: "New",
    Scope.PRIVATE: "Private",
    Scope.ORGANIZATION: "Organization",
    Scope.PUBLIC: "Public",
    Scope.UNKNOWN: "Unknown",
}
_CALLS = {Direction.INBOUND: "Inbound call", Direction.OUTBOUND: "Outbound call"}

DAY_AND_TIME = "{date_short_pretty} at {time}"
SINCE = "since {time} ({ago})"


def name(text: str | None, limit: int = 120) -> str:
    """A foreign name in mrkdwn: one line, escaped, and without what would end our own bold or code."""
    return mrkdwn(cut(text or "", limit).translate(_LOOKALIKES), limit * 5) or "–"


def bold(text: str | None, limit: int = 120) -> str:
    return f"*{name(text, limit)}*"


def person(asker: Asker | None) -> str:
    """Whoever asked: mentioned if Slack knows them, else by name."""
    if asker is None:
        return "Somebody"
    if asker.front == "slack" and _MEMBER.fullmatch(asker.user):
        return f"<@{asker.user}>"
    return f"{name(asker.user, 60)} (command line)" if asker.front == "cli" else "Somebody"


def date(at: datetime, form: str = DAY_AND_TIME) -> str:
    """A time that Slack draws in each reader's own zone. Where it cannot, the hour is UTC's."""
    at = at.astimezone(UTC)
    written = f"{at.year:04}-{at:%m-%d %H:%M} UTC"
    unix = int(at.timestamp())
    if unix < 0:
        return written
    lead = "since " if form == SINCE else ""
    return f"<!date^{unix}^{form}|{lead}{written}>"


def length(duration: timedelta | None) -> str:
    """A length as a player shows it: 1:48, 1:02:03. Empty if nobody knows it."""
    if duration is None:
        return ""
    seconds = max(0, int(duration.total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def size(octets: int | None) -> str:
    """A size in decimal units: 1.5 MB. Empty if nobody knows it."""
    if octets is None or octets < 0:
        return ""
    number, unit = float(octets), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 999.5:
            break
        number, unit = number / 1000, larger
    shown = f"{number:.1f}" if number < 99.95 and unit != "B" else f"{number:.0f}"
    return f"{shown.removesuffix('.0')} {unit}"


def scope(of: Scope | None) -> str:
    return _SCOPES[of] if of else ""


def call(direction: Direction) -> str:
    return _CALLS[direction]


def people(number: int | None) -> str:
    """How many people, in words that can stand in a sentence."""
    if number is None:
        return "an unknown number of people"
    if number == 0:
        return "nobody"
    return "1 person" if number == 1 else f"{number} people"


def line(*parts: str) -> str:
    """Parts beside each other; empty ones are left out."""
    return "  ·  ".join(part for part in parts if part)
