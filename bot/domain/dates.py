"""Dates as people type them: `2026-05-01`, `7d`, `yesterday`, `last week`, in the zone of whoever asks."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import UsageError
from providers.spelling import folded

ALLOWED = "2026-05-01, 7d, 2w, 12h, today, yesterday, monday, this week, last week, this month, last month"
"""What may be written, for a sentence."""

# In which order 05/01/2026 goes depends on who writes it: that is asked about rather than guessed.
_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"),
)
_MOMENT = re.compile(
    r"(?P<day>.+?)(?P<at>t|,? )(?P<hour>[0-9]{1,2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})"
    r"(?:[.,](?P<part>[0-9]+))?)?)? ?(?P<zone>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_UNIX = re.compile(r"([0-9]{10})([0-9]{3})?")
_AGO = re.compile(r"(?:last )?([0-9]{1,6})\s?(h|d|w)(?:(?<=h)ours?|(?<=d)ays?|(?<=w)eeks?)?(?: ago)?")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = timedelta(days=36_500)

HOUR = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:z|[+-][0-9]{2}(?::?[0-9]{2})?)?", re.ASCII
)
"""What may follow a day, when somebody left out the quotes."""

ZONE = re.compile(r"z|utc|gmt|[+-][0-9]{2}:?[0-9]{2}", re.ASCII)
"""What may follow an hour, when somebody left out the quotes."""

COUNTED = frozenset({"hour", "hours", "day", "days", "week", "weeks"})
"""What may follow a number, when somebody left out the quotes."""

_NAMED = (*_WEEKDAYS, *(day[:3] for day in _WEEKDAYS))

DAYS = frozenset({"today", "yesterday", *_NAMED})
"""Names of one day, behind which an hour may follow."""

CONTINUED = frozenset({"week", "month", *_NAMED})
"""What may follow `last` or `this`, when somebody left out the quotes."""


def read_zone(name: str | None) -> ZoneInfo:
    """The time zone of this IANA name; UTC where there is none or it is not known here."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def read_period(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The period that was named: its first instant, and the first one after it, in UTC.

    Days begin at midnight in the zone. Hours, and moments as systems write them, name an instant rather than a period:
    both ends are the same.
    """
    words = " ".join(re.split(r"[\s_]+|(?<=[a-z])-", folded(text)))
    if match := _AGO.fullmatch(words):
        return _ago(int(match[1]), match[2], text, now, zone)
    today = now.astimezone(zone).date()
    if match := _UNIX.fullmatch(words):
        instant = datetime.fromtimestamp(int(match[1]), UTC)
        return instant, instant
    if (match := _MOMENT.fullmatch(words)) and (match["at"] == "t" or ":" in words):
        instant = _instant(match, text, today, zone)
        return instant, instant
    first, after = _days(words, text, today)
    return _midnight(first, zone), _midnight(after, zone)


def _ago(number: int, unit: str, text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    back = number * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[unit]
    if back > _LONGEST:
        raise UsageError(f"`{text}` is more than a hundred years back.")
    if unit == "h":
        return now.astimezone(UTC) - back, now.astimezone(UTC) - back
    day = now.astimezone(zone).date() - back
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _instant(said: re.Match[str], text: str, today: date, zone: ZoneInfo) -> datetime:
    first, after = _days(said["day"], text, today)
    wrong = UsageError(f"`{text.replace('`', '')[:60]}` is no moment. Write it as 2026-05-01T10:00.")
    hour, minute, second = (int(said[name] or 0) for name in ("hour", "minute", "second"))
    if after - first > timedelta(days=1) or (said["minute"] is None and len(said["hour"]) < 2):
        raise wrong
    if (hour, minute, second) == (24, 0, 0):  # how ISO 8601 may write the end of a day
        first, hour = after, 0
    try:
        part = int((said["part"] or "0")[:6].ljust(6, "0"))
        there = _offset(said["zone"]) or zone
        return datetime.combine(first, time(hour, minute, second, part), there).astimezone(UTC)
    except ValueError:
        raise wrong from None


def _offset(zone: str | None) -> timezone | None:
    """What stands behind the hour; None where nothing does."""
    if zone is None or zone[0] not in "+-":
        return UTC if zone else None
    digits = zone[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(ahead if zone[0] == "+" else -ahead)


def _days(words: str, text: str, today: date) -> tuple[date, date]:
    """The first day, and the first day after."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    known = {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "this week": (monday, monday + timedelta(weeks=1)),
        "last week": (monday - timedelta(weeks=1), monday),
        "this month": (month, _next_month(month)),
        "last month": (last_month, month),
    }
    for number, name in enumerate(_WEEKDAYS):
        day = today - timedelta(days=(today.weekday() - number) % 7)
        before = day if day < today else day - timedelta(weeks=1)
        for spelling in (name, name[:3]):
            known[spelling] = (day, day + timedelta(days=1))
            known[f"last {spelling}"] = (before, before + timedelta(days=1))
    if words in known:
        return known[words]
    match = next(filter(None, (form.fullmatch(words) for form in _DAYS)), None)
    if match is None:
        raise UsageError(f"`{text.replace('`', '')[:60]}` is no date. Write one of: {ALLOWED}.")
    return _calendar(int(match["year"]), int(match["month"]), int(match["day"]), words)


def _calendar(year: int, month: int, day: int, written: str) -> tuple[date, date]:
    if not 1970 <= year <= 2999:
        raise UsageError(f"`{written}` is out of reach: years from 1970 to 2999 are known.")
    try:
        first = date(year, month, day)
    except ValueError:
        raise UsageError(
            f"`{written}` is no day of the calendar. Write year-month-day: 2026-05-01."
        ) from None
    return first, first + timedelta(days=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
