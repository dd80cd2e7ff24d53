"""Emoji by Slack's names: it sends what was typed as ☕ as `:coffee:`, in commands and in forms."""

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"(?<![0-9A-Za-z]):([a-z0-9_+'-]{1,60})(?=:)")
# Cal Henderson's table, which is Slack's own (github.com/iamcal/emoji-data, MIT licence).
_TABLE = Path(__file__).with_name("emoji.txt")


def spelled_out(text: str) -> str:
    """The text with the emoji themselves in the place of their names. A workspace's own ones stay names."""
    if text.count(":") < 2:
        return text
    parts: list[str] = []
    at = 0
    for match in _NAME.finditer(text):
        emoji = _table().get(match[1])
        if emoji is not None and match.start() >= at:
            parts += [text[at : match.start()], emoji]
            at = match.end() + 1
    return "".join([*parts, text[at:]])


@cache
def _table() -> dict[str, str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {name: emoji for emoji, *names in map(str.split, lines) for name in names}
