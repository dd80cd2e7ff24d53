"""What a service wrote and XML forbids, made legible: names come from people, and not every server cleans them.

One bad name must not hide the thousand good ones beside it. Characters that cannot be are taken out, an `&` that means
itself is written as such, and a row that still cannot be read becomes an empty one, which its reader leaves out and
counts. Nothing is guessed of what was cut off: that stays illegible.
"""

import codecs
import re
from collections.abc import Iterator
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape

_MOST = 100_000  # of what is looked at one by one; a full page of records has a few hundred
_LONGEST_ROW = 2**20
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#([0-9]{1,8}|[xX][0-9a-fA-F]{1,8});|([A-Za-z]\w{1,31};))?", re.DOTALL
)
_KEPT = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_ROW = re.compile(r"<(/?)((?:[\w.-]{1,60}:)?records)(?=[\s/>])")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["'](iso-8859-\d{1,2}|windows-125\d)["']""", re.IGNORECASE)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def mended(data: bytes) -> bytes:
    """The same document in UTF-8, as far as it can be mended."""
    text = _text(data)
    if text.count("&") > _MOST:
        return data
    text = _REFERENCE.sub(_referred, _FORBIDDEN.sub("", text))
    return "".join(_with_legible_rows(text)).encode()


def _text(data: bytes) -> str:
    """What is written there, without the declaration that says how."""
    if data.startswith(_WIDE):
        text = data.decode("utf-16", "replace")
        return text[text.index("?>") + 2 :] if text.startswith("<?xml") and "?>" in text else text
    data = data.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARATION.match(data)
    if declared is None:
        return data.decode("utf-8", "replace")
    named = _ENCODING.search(declared[0])
    return data[declared.end() :].decode(named[1].decode() if named else "utf-8", "replace")


def _referred(match: re.Match[str]) -> str:
    """What stands for a character, if there is such a one; CDATA as it is, since nothing stands for anything there."""
    number, name = match.groups()
    if number is not None:
        point = int(number[1:], 16) if number[0] in "xX" else int(number)
        return f"&#{point};" if point <= 0x10FFFF and not _FORBIDDEN.match(chr(point)) else ""
    if match[0][0] == "<" or name in _KEPT:
        return match[0]
    if name in html5:
        return escape(html5[name])
    return "&amp;" + match[0][1:]


def _with_legible_rows(text: str) -> Iterator[str]:
    """The document in pieces: what is before its rows, each of them or an empty one in its place, and what is after."""
    begun: re.Match[str] | None = None
    end = 0
    for tag in _ROW.finditer(text):
        if not end:
            yield text[: tag.start()]
        closes = bool(tag[1])
        end = text.find(">", tag.end()) + 1 if closes else tag.start()
        if begun is not None:
            row = text[begun.start() : end]
            yield row if closes and _is_legible(row) else f"<{begun[2]}/>"
        begun = None if closes else tag
    yield text[end:]


def _is_legible(row: str) -> bool:
    """Whether it is well-formed by itself. What its prefixes stand for is said outside of it."""
    if len(row) > _LONGEST_ROW:
        return False
    try:
        expat.ParserCreate().Parse(row.encode(), True)
    except expat.ExpatError:
        return False
    return True
