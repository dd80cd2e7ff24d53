"""Durations as people write them: `30s`, `10m`, `1h30m`, `7d`, `250ms`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from providers.spelling import folded

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_PART = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*(ms|[smhdw])", re.ASCII)
_LONGEST = timedelta(days=36_500)


def read_duration(value: object) -> timedelta:
    """The duration that was written, or ValueError with what is allowed."""
    if isinstance(value, timedelta):
        return value
    text = folded(str(value))
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise ValueError(f"{str(value)[:40]!r} is no duration; write for example 30s, 10m, 1h30m or 7d")
    total = sum((float(number) * _UNITS[unit] for number, unit in parts), timedelta())
    if total > _LONGEST:
        raise ValueError("that duration is longer than a hundred years")
    return total


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("this must be longer than nothing")
    return value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Limit = Annotated[Duration, AfterValidator(_positive)]
