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


_BLANK = b" \t\r\n\x00"
_MARKS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
_TAG = re.compile(rb"<[a-z!?/]", re.IGNORECASE)
_JSON = re.compile(rb"[{\[]\s*[\"{\[}\]]")


def looks_like_a_page(beginning: bytes) -> bool:
    """True if these are the first bytes of a web page or of JSON, however it is labelled: no medium begins so."""
    for mark in _MARKS:
        beginning = beginning.removeprefix(mark)
    text = beginning.lstrip(_BLANK)
    return bool(_TAG.match(text) or _JSON.match(text))


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
