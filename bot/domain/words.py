"""What was typed, cut into words: quotes, options like `room:standup`, and Slack's own markup undone.

Telephones write curly quotes, and Slack may wrap what it knows in angle brackets: a link becomes
`<https://…|shown>`, a person `<@U123|vova>`, and `&`, `<`, `>` become entities.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.errors import UsageError
from providers.spelling import folded

LONGEST = 4_000
"""Characters of a command that are read; one that is longer is refused."""

LONGEST_VALUE = 200
"""Characters of one name, target or filter."""

_DOUBLE = '"“”„‟«»″＂〝〞〟'
_IN_SINGLE = re.compile(r"['‘’‚＇](.{1,200}?)['‘’＇](?=\s|$)", re.DOTALL)
_KEY = re.compile(r"([A-Za-zＡ-Ｚａ-ｚ][A-Za-zＡ-Ｚａ-ｚ_-]{0,30})[:：﹕∶꞉](?!//|／／|\\\\)")
_MARKUP = re.compile(r"<([@#]|[a-z][a-z0-9+.-]{0,20}:)([^<>|]{1,3000})(?:\|([^<>]{0,300}))?>", re.IGNORECASE)
_REFUSED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: bare, or the value of an option. `key` is in small letters; `typed` is how it stood there."""

    text: str
    key: str | None = None
    quoted: bool = False
    typed: str = ""


def split(text: str) -> list[Word]:
    """The words of a command, or UsageError where it holds what nobody types.

    A key with nothing behind its colon gives an empty `text`: only the reader knows whether it is an option.
    """
    if len(text) > LONGEST:
        raise UsageError(f"That is too long: a command has at most {LONGEST:,} characters.")
    if _REFUSED.search(text):
        raise UsageError("There are control characters in what was typed. Please type it again by hand.")
    text = text.translate(_INVISIBLE)
    words: list[Word] = []
    at = _next(text, 0)
    while at < len(text):
        start, key = at, None
        if match := _KEY.match(text, at):
            key, at = folded(match[1]), match.end()
        value, at, quoted = _value(text, at)
        words.append(Word(value, key, quoted, _unescaped(text[start:at])))
        at = _next(text, at)
    return words


def from_shell(arguments: Iterable[str]) -> str:
    """A command line's arguments as one text, with quotes round what the shell had kept together."""
    return " ".join(_quoted(argument) for argument in arguments)


def shown(text: str) -> str:
    """A piece of what was typed, fit to stand in a sentence as code."""
    text = " ".join(text.replace("`", "'").split())
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _value(text: str, at: int) -> tuple[str, int, bool]:
    """The word that begins here, where it ends, and whether it began with a quotation mark."""
    parts: list[str] = []
    quoted = False
    if text[at : at + 1] and text[at] in _DOUBLE:
        end = next((i for i in range(at + 1, len(text)) if text[i] in _DOUBLE), None)
        if end is None:
            raise UsageError(f"A quotation mark is opened and not closed: {shown(text[at:])}")
        parts, at, quoted = [_unescaped(text[at + 1 : end])], end + 1, True
    elif match := _IN_SINGLE.match(text, at):
        parts, at, quoted = [_unescaped(match[1])], match.end(), True
    while at < len(text) and not text[at].isspace():
        if match := _MARKUP.match(text, at):
            parts.append(_unwrapped(match))
            at = match.end()
            continue
        end = at + 1
        while end < len(text) and not text[end].isspace() and text[end] != "<":
            end += 1
        parts.append(_unescaped(text[at:end]))
        at = end
    value = "".join(parts)
    if quoted and (match := _MARKUP.fullmatch(value)):
        value = _unwrapped(match)
    return " ".join(value.split()), at, quoted


def _unwrapped(match: re.Match[str]) -> str:
    kind, rest, label = match[1], match[2], match[3]
    if kind in ("@", "#"):
        return _unescaped(label) if label else match[0]
    address = _unescaped(kind + rest)
    # Slack links bare words that look like a host, a mail address or a number: those were typed as shown.
    if label and kind + rest in (f"http://{label}", f"mailto:{label}", f"tel:{label}"):
        return _unescaped(label)
    if address.startswith("tel:"):
        return _unescaped(label) if label else address.removeprefix("tel:")
    return address


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _quoted(argument: str) -> str:
    if not any(letter.isspace() for letter in argument) or any(mark in argument for mark in _DOUBLE):
        return argument
    match = _KEY.match(argument)
    return f'{match[0]}"{argument[match.end() :]}"' if match else f'"{argument}"'
