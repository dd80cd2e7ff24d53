"""What Slack takes: text made harmless and short enough, and the published limits of what cards draw.

Slack refuses a whole message for one fault in it, so a message is checked before it is sent. A fault is a
sentence for whoever drew it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]

LONGEST_TEXT = 4_000
LONGEST_SECTION = 3_000
LONGEST_FIELD = 2_000
LONGEST_BUTTON_VALUE = 2_000
LONGEST_OPTION_VALUE = 75
LONGEST_URL = 3_000
MOST_OPTIONS = 5

# -- text -----------------------------------------------------------------------------------------

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_HALF_ENTITY = re.compile(r"&[a-z]{0,3}$")


def mrkdwn(text: str, limit: int = LONGEST_SECTION) -> str:
    """Foreign text as Slack's mrkdwn: it mentions nobody and links nowhere. Line breaks stay."""
    escaped = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return bounded(escaped, limit)


def bounded(marked: str, limit: int) -> str:
    """mrkdwn of at most so many characters, cut through no entity, no mention and no link."""
    if len(marked) <= limit:
        return marked
    kept = marked[: limit - 1]
    opened = kept.rfind("<")
    if opened > kept.rfind(">"):
        kept = kept[:opened]
    return _HALF_ENTITY.sub("", kept) + "…"


def cut(text: str, limit: int) -> str:
    """One line of at most so many characters. It is not escaped yet."""
    line = " ".join(clean(text[: limit * 8]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain(text: str, limit: int) -> str:
    """One line for Slack's plain text, which is never empty there."""
    return cut(text, limit) or "–"


def clean(text: str) -> str:
    """The text without what cannot be seen and changes how the rest reads. Line breaks stay."""
    return "".join(letter for letter in text if letter in "\n\t" or not _harmful(letter))


def _harmful(letter: str) -> bool:
    return letter in _BIDI or unicodedata.category(letter) in ("Cc", "Cs")


# -- layouts --------------------------------------------------------------------------------------

_MOST_BLOCKS = 50
_IDS = (("action_id", 255), ("block_id", 255))


@dataclass(slots=True)
class _Report:
    said: list[str] = field(default_factory=list)

    def length(self, at: str, value: object, most: int) -> None:
        if not isinstance(value, str):
            self.said.append(f"{at} must be text")
        elif not 1 <= len(value) <= most:
            self.said.append(f"{at} has {len(value)} characters; 1 to {most} are allowed")

    def count(self, at: str, value: object, most: int, least: int = 1) -> list[Any]:
        if not isinstance(value, list):
            self.said.append(f"{at} must be a list")
            return []
        if not least <= len(value) <= most:
            self.said.append(f"{at} holds {len(value)}; {least} to {most} are allowed")
        return value

    def once(self, at: str, parts: Iterable[object], key: str) -> None:
        seen = [part[key] for part in parts if isinstance(part, dict) and key in part]
        if len(seen) != len(set(map(str, seen))):
            self.said.append(f"{at} has the same {key} twice")

    def text(self, at: str, value: object, most: int, *, only_plain: bool = False) -> None:
        if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
            self.said.append(f"{at} must be a text object")
            return
        if only_plain and value["type"] != "plain_text":
            self.said.append(f"{at} must be plain_text")
        self.length(f"{at}.text", value.get("text"), most)

    def url(self, at: str, value: object) -> None:
        self.length(at, value, LONGEST_URL)
        if not str(value).startswith(("https://", "http://")):
            self.said.append(f"{at} must be a web address")


def check_message(text: str, blocks: Sequence[Any]) -> list[str]:
    """What Slack would refuse in a message, a sentence each; empty: nothing.

    `text` is what notifications and screen readers say. Only the kinds of blocks that cards draw are known.
    """
    report = _Report()
    report.length("text", text, LONGEST_TEXT)
    found = report.count("blocks", blocks, _MOST_BLOCKS, 0)
    report.once("blocks", found, "block_id")
    for number, block in enumerate(found):
        _check_block(report, f"blocks[{number}]", block)
    return report.said


def _check_block(report: _Report, at: str, block: object) -> None:
    check = _BLOCKS.get(str(block.get("type"))) if isinstance(block, dict) else None
    if not isinstance(block, dict) or check is None:
        report.said.append(f"{at} is no block that is known here")
        return
    _check_ids(report, at, block)
    check(report, at, block)


def _check_ids(report: _Report, at: str, part: Block) -> None:
    for key, most in _IDS:
        if key in part:
            report.length(f"{at}.{key}", part[key], most)


def _section(report: _Report, at: str, block: Block) -> None:
    if "text" not in block and "fields" not in block:
        report.said.append(f"{at} has neither text nor fields")
    if "text" in block:
        report.text(f"{at}.text", block["text"], LONGEST_SECTION)
    if "fields" in block:
        for number, one in enumerate(report.count(f"{at}.fields", block["fields"], 10)):
            report.text(f"{at}.fields[{number}]", one, LONGEST_FIELD)
    if "accessory" in block:
        _element(report, f"{at}.accessory", block["accessory"])


def _header(report: _Report, at: str, block: Block) -> None:
    report.text(f"{at}.text", block.get("text"), 150, only_plain=True)


def _context(report: _Report, at: str, block: Block) -> None:
    for number, one in enumerate(report.count(f"{at}.elements", block.get("elements"), 10)):
        report.text(f"{at}.elements[{number}]", one, LONGEST_SECTION)


def _actions(report: _Report, at: str, block: Block) -> None:
    elements = report.count(f"{at}.elements", block.get("elements"), 25)
    report.once(f"{at}.elements", elements, "action_id")
    for number, one in enumerate(elements):
        _element(report, f"{at}.elements[{number}]", one)


_BLOCKS: dict[str, Callable[[_Report, str, Block], None]] = {
    "actions": _actions,
    "context": _context,
    "header": _header,
    "section": _section,
}

# -- elements -------------------------------------------------------------------------------------


def _element(report: _Report, at: str, element: object) -> None:
    check = _ELEMENTS.get(str(element.get("type"))) if isinstance(element, dict) else None
    if not isinstance(element, dict) or check is None:
        report.said.append(f"{at} is no element that is known here")
        return
    _check_ids(report, at, element)
    check(report, at, element)


def _button(report: _Report, at: str, button: Block) -> None:
    report.text(f"{at}.text", button.get("text"), 75, only_plain=True)
    if "value" in button:
        report.length(f"{at}.value", button["value"], LONGEST_BUTTON_VALUE)
    if "url" in button:
        report.url(f"{at}.url", button["url"])
    if "accessibility_label" in button:
        report.length(f"{at}.accessibility_label", button["accessibility_label"], 75)
    if button.get("style", "primary") not in ("primary", "danger"):
        report.said.append(f"{at}.style must be primary or danger")


def _overflow(report: _Report, at: str, menu: Block) -> None:
    options = report.count(f"{at}.options", menu.get("options"), MOST_OPTIONS)
    report.once(f"{at}.options", options, "value")
    for number, option in enumerate(options):
        where = f"{at}.options[{number}]"
        if not isinstance(option, dict):
            report.said.append(f"{where} must be an object")
            continue
        report.text(f"{where}.text", option.get("text"), 75, only_plain=True)
        report.length(f"{where}.value", option.get("value"), LONGEST_OPTION_VALUE)


_ELEMENTS: dict[str, Callable[[_Report, str, Block], None]] = {"button": _button, "overflow": _overflow}
