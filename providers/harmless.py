"""What a far side says, made fit to be kept, logged and shown: once, where it comes in.

Databases refuse some characters, terminals obey others, a line break forges a line of a log, and one name of a
megabyte fills what was made for a thousand. What is left is still data: whoever draws it escapes it.
"""

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

LONGEST_NAME = 1_000
LONGEST_TEXT = 10_000
LONGEST_LINK = 2_000

# Control characters, halves of characters, and what turns the direction of reading for all that follows.
_HARMFUL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]+")
_ENDS = re.compile("\r\n|[\x0b-\r\x85\u2028\u2029]")
_YEARS = range(1970, 3000)


def one_line(text: str, longest: int = LONGEST_NAME) -> str:
    """A name, on one line and not too long."""
    text = text.strip()
    if len(text) <= longest and text.isprintable():
        return text
    return _cut(_BREAKS.sub(" ", _HARMFUL.sub("", text)).strip(), longest)


def some_lines(text: str, longest: int = LONGEST_TEXT) -> str:
    """What somebody wrote at length: its line breaks stay."""
    return _cut(_HARMFUL.sub("", _ENDS.sub("\n", text)).strip(), longest)


def link(text: str | None) -> str | None:
    """An address that is to be looked at before anything is sent there; None if it is too long to be one."""
    return text if text and len(text) <= LONGEST_LINK else None


def moment(said: datetime, zone: tzinfo = UTC) -> datetime:
    """The same in UTC, a time of `zone` where it says none; ValueError if it is of no time that we live in."""
    if said.year not in _YEARS:
        raise ValueError("this is of another time")
    return (said.replace(tzinfo=zone) if said.tzinfo is None else said).astimezone(UTC)


def http_date(value: str) -> datetime | None:
    """The moment that a header names, in UTC; None if it names none."""
    try:
        return moment(parsedate_to_datetime(value))
    except (ValueError, OverflowError):
        return None


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
