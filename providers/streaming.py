"""How an HTTP answer says which bytes of which kind of file it carries."""

import re

_PART = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_SUFFIXES = {
    "video/mp4": ".mp4",
    "video/x-flv": ".flv",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
}
PAGES = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain"})
"""Content types that no recording has: something else is being said."""


def is_no_file(content_type: str) -> bool:
    """True if what comes is words about a file, and not the file."""
    return content_type in PAGES or content_type.endswith("json")


def read_part(content_range: str) -> tuple[int, int, int] | None:
    """The first byte, the last one and the size of the whole; None if they cannot be."""
    match = _PART.fullmatch(content_range.strip())
    if not match:
        return None
    first, last, size = (int(number) for number in match.groups())
    return (first, last, size) if first <= last < size else None


def suffix_of(content_type: str) -> str | None:
    """How the name of such a file ends; None if its type does not tell."""
    return _SUFFIXES.get(content_type)
