"""Emoji by Slack's names: it sends what was typed as ☕ as `:coffee:`, in commands and in forms."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

_NAME = re.compile(r":([a-z0-9_+'-]{1,60})(?=:)")
_WORD = re.compile(r"[^\W_]+\Z")
_NEVER_TYPED = re.compile(r"[a-z0-9_]{1,2}|[0-9]+")
# Cal Henderson's table, which is Slack's own (github.com/iamcal/emoji-data, MIT licence).
_TABLE = Path(__file__).with_name("emoji.txt")


def spelled_out(text: str, keys: Collection[str] = ()) -> str:
    """The text with the emoji themselves in the place of their names. A workspace's own ones stay names.

    Right behind one of `keys`, or behind a letter and as short as in 1:1:1, what looks like a name is none.
    """
    if text.count(":") < 2:
        return text
    parts: list[str] = []
    at = 0
    for match in _NAME.finditer(text):
        emoji = _table().get(match[1])
        if emoji is not None and match.start() >= at and not _is_text(text, match, keys):
            parts += [text[at : match.start()], emoji]
            at = match.end() + 1
    return "".join([*parts, text[at:]])


def _is_text(text: str, match: re.Match[str], keys: Collection[str]) -> bool:
    before = _WORD.search(text[max(0, match.start() - 60) : match.start()])
    if before is None:
        return False
    number = before[0].isdecimal() and match[1].lstrip("+-").isdecimal()
    return number or before[0].casefold() in keys or _NEVER_TYPED.fullmatch(match[1]) is not None


@cache
def _table() -> dict[str, str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {name: emoji for emoji, *names in map(str.split, lines) for name in names}
