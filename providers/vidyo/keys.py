"""A room's key, taken out of whatever a person pasted."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from providers.model import RoomKey

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_JOIN = re.compile(r"/join/([^/]+)/?\Z")
_LINK = re.compile(r"https?://[^\s<>|\"'`“”‘’«»\[\](){}]+", re.IGNORECASE)
_NO_SCHEME = re.compile(r"(?:^|(?<=\s))(?=[\w-]+(?:\.[\w-]+)+(?::\d+)?/)")
_MARKS = " \t\r\n<>\"'`“”‘’«»[](){}.,;:!?*~…。、，"
_LONGEST = 4_000
_DEEPEST = 3


def read_key(text: str) -> RoomKey | None:
    """The room key in a join link, or the text itself where it has the form of a key; else None.

    Links come as `…/join/KEY` and as `…/flex.html?roomdirect.html&key=KEY`, and may end in `&noguest`. Mail, chat and
    browsers leave words before them, punctuation behind them, and other links around them that lead through a guard.
    The host is not looked at and nothing is asked of it: a returned key need not belong to any room of ours. None too
    where there are links to several rooms.
    """
    seen = "".join(letter for letter in text[:_LONGEST] if unicodedata.category(letter) != "Cf")
    written = unicodedata.normalize("NFKC", seen.strip().replace("&amp;", "&"))
    bare = written.strip("<>").split("|")[0].rstrip(_MARKS)
    if _KEY.fullmatch(bare):
        return RoomKey(bare)
    links = _links(_NO_SCHEME.sub("https://", written.replace("\\", "/")))
    found = {key for key in map(_in_link, links) if key is not None}
    return found.pop() if len(found) == 1 else None


def _links(text: str, deep: int = 0) -> Iterator[str]:
    """The links in a text that ends with one; of one that leads to another, the other."""
    matches = list(_LINK.finditer(text))
    if not matches or text[_end(text, matches[-1]) :].strip(_MARKS):
        return
    for match in matches:
        link = _without_marks(text, match)
        within = _led_to(link) if deep < _DEEPEST and _in_link(link) is None else ""
        yield from _links(within, deep + 1) if within else [link]


def _end(text: str, match: re.Match[str]) -> int:
    """Where what belongs to a link ends: Slack shows it once more behind a stroke."""
    end = match.end()
    if text[end : end + 1] == "|":
        closed = text.find(">", end)
        return len(text) if closed < 0 else closed
    return end


def _without_marks(text: str, match: re.Match[str]) -> str:
    link = match[0].rstrip(_MARKS)
    slanted = match.start() and text[match.start() - 1] == "_" and link.endswith("_")
    return link[:-1] if slanted else link


def _led_to(link: str) -> str:
    """The link inside a link, as mail guards and redirecting pages write it; empty if there is none."""
    if match := re.search(r"/v2/url\?u=(https?-3A[^&]+)", link, re.IGNORECASE):  # Proofpoint
        return unquote(match[1].replace("_", "/").replace("-", "%"))
    if match := re.search(r"/v3/__(https?:/.+?)__;", link, re.IGNORECASE):
        return _whole(match[1])
    try:
        parts = urlsplit(link)
        values = [value for _, value in parse_qsl(parts.query)]
    except ValueError:
        return ""
    inner = re.search("https?:/.*", unquote(parts.path), re.IGNORECASE)
    return next((value for value in values if _LINK.match(value)), _whole(inner[0]) if inner else "")


def _whole(link: str) -> str:
    """A link that stood in a path, where two strokes may have become one."""
    return re.sub("^(https?):/+", r"\1://", link, flags=re.IGNORECASE)


def _in_link(link: str) -> RoomKey | None:
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if not parts.netloc:
        return None
    if join := _JOIN.search(unquote(parts.path).split("&")[0].rstrip()):
        return _key(join[1])
    if parts.path.endswith("/flex.html"):
        for part in (parts.query, parts.fragment):
            for name, value in parse_qsl(part):
                if name == "key":
                    return _key(value)
    return None


def _key(text: str) -> RoomKey | None:
    return RoomKey(text) if _KEY.fullmatch(text) else None
