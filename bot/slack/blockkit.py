"""What Slack takes: text made harmless and short enough, and every published limit of its layouts.

Slack refuses a whole message for one fault in it, so a layout is checked before it is sent. A fault is a
sentence for whoever wrote the layout.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]
Block = dict[str, Any]

LONGEST_TEXT = 4_000
LONGEST_SECTION = 3_000
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
    if len(escaped) <= limit:
        return escaped
    return _HALF_ENTITY.sub("", escaped[: limit - 1]) + "…"


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

_MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
_MESSAGES_ONLY = frozenset(
    {"table", "data_table", "markdown", "context_actions", "card", "carousel", "container"}
)
_INPUTS = frozenset(
    {
        "plain_text_input",
        "static_select",
        "users_select",
        "checkboxes",
        "radio_buttons",
        "datepicker",
        "file_input",
    }
)
_ACTIONS = frozenset(
    {"button", "overflow", "static_select", "users_select", "checkboxes", "radio_buttons", "datepicker"}
)
_IDS = (("action_id", 255), ("block_id", 255))


@dataclass(slots=True)
class _Report:
    surface: Surface
    said: list[str] = field(default_factory=list)

    def length(self, at: str, value: object, most: int, least: int = 1) -> None:
        if not isinstance(value, str):
            self.said.append(f"{at} must be text")
        elif not least <= len(value) <= most:
            self.said.append(f"{at} has {len(value)} characters; {least} to {most} are allowed")

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


def problems(blocks: Sequence[Any], *, surface: Surface = "message") -> list[str]:
    """What Slack would refuse in these blocks, a sentence each; empty: nothing."""
    report = _Report(surface)
    found = report.count("blocks", blocks, _MOST_BLOCKS[surface], 0)
    report.once("blocks", found, "block_id")
    if sum(isinstance(block, dict) and block.get("type") == "table" for block in found) > 1:
        report.said.append("blocks holds more than one table")
    texts = [
        block.get("text") for block in found if isinstance(block, dict) and block.get("type") == "markdown"
    ]
    if sum(len(text) for text in texts if isinstance(text, str)) > 12_000:
        report.said.append("blocks holds more than 12000 characters of markdown")
    for number, block in enumerate(found):
        _check_block(report, f"blocks[{number}]", block)
    return report.said


def check_message(text: str, blocks: Sequence[Any]) -> list[str]:
    """What Slack would refuse in a message. `text` is what notifications and screen readers say."""
    report = _Report("message")
    report.length("text", text, LONGEST_TEXT)
    return report.said + problems(blocks)


def check_view(view: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse in a modal."""
    report = _Report("modal")
    for key in ("title", "submit", "close"):
        if key in view or key == "title":
            report.text(key, view.get(key), 24, only_plain=True)
    report.length("private_metadata", view.get("private_metadata", ""), 3_000, 0)
    report.length("callback_id", view.get("callback_id", ""), 255, 0)
    blocks = view.get("blocks", [])
    if any(block.get("type") == "input" for block in blocks) and "submit" not in view:
        report.said.append("submit is missing, and there is an input")
    return report.said + problems(blocks, surface="modal")


def _check_block(report: _Report, at: str, block: object) -> None:
    check = _BLOCKS.get(str(block.get("type"))) if isinstance(block, dict) else None
    if not isinstance(block, dict) or check is None:
        report.said.append(f"{at} is no block that is known here")
        return
    if report.surface != "message" and block["type"] in _MESSAGES_ONLY:
        report.said.append(f"{at} is for messages only")
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
            report.text(f"{at}.fields[{number}]", one, 2_000)
    if "accessory" in block:
        _element(report, f"{at}.accessory", block["accessory"], _ACTIONS | {"image"})


def _header(report: _Report, at: str, block: Block) -> None:
    report.text(f"{at}.text", block.get("text"), 150, only_plain=True)


def _context(report: _Report, at: str, block: Block) -> None:
    for number, one in enumerate(report.count(f"{at}.elements", block.get("elements"), 10)):
        where = f"{at}.elements[{number}]"
        if isinstance(one, dict) and one.get("type") == "image":
            _image(report, where, one)
        else:
            report.text(where, one, LONGEST_SECTION)


def _actions(report: _Report, at: str, block: Block) -> None:
    elements = report.count(f"{at}.elements", block.get("elements"), 25)
    report.once(f"{at}.elements", elements, "action_id")
    for number, one in enumerate(elements):
        _element(report, f"{at}.elements[{number}]", one, _ACTIONS)


def _input(report: _Report, at: str, block: Block) -> None:
    report.text(f"{at}.label", block.get("label"), 2_000, only_plain=True)
    if "hint" in block:
        report.text(f"{at}.hint", block["hint"], 2_000, only_plain=True)
    if report.surface == "message" and block.get("dispatch_action") is not True:
        report.said.append(f"{at} needs dispatch_action in a message")
    _element(report, f"{at}.element", block.get("element"), _INPUTS)


def _image(report: _Report, at: str, block: Block) -> None:
    report.url(f"{at}.image_url", block.get("image_url"))
    report.length(f"{at}.alt_text", block.get("alt_text"), 2_000)
    if "title" in block:
        report.text(f"{at}.title", block["title"], 2_000, only_plain=True)


def _markdown(report: _Report, at: str, block: Block) -> None:
    report.length(f"{at}.text", block.get("text"), 12_000)


def _table(report: _Report, at: str, block: Block) -> None:
    for number, row in enumerate(report.count(f"{at}.rows", block.get("rows"), 100)):
        report.count(f"{at}.rows[{number}]", row, 20)


def _divider(report: _Report, at: str, block: Block) -> None:
    """A line has nothing to be wrong about."""


_BLOCKS: dict[str, Callable[[_Report, str, Block], None]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "section": _section,
    "table": _table,
}

# -- elements -------------------------------------------------------------------------------------


def _element(report: _Report, at: str, element: object, allowed: frozenset[str]) -> None:
    kind = str(element.get("type")) if isinstance(element, dict) else ""
    if not isinstance(element, dict) or kind not in allowed:
        report.said.append(f"{at} does not belong there: {kind or element!r}")
        return
    _check_ids(report, at, element)
    if "confirm" in element:
        _confirm(report, f"{at}.confirm", element["confirm"])
    if "placeholder" in element:
        report.text(f"{at}.placeholder", element["placeholder"], 150, only_plain=True)
    if kind == "button":
        _button(report, at, element)
    elif kind == "plain_text_input":
        _text_input(report, at, element)
    elif kind == "image":
        _image(report, at, element)
    elif kind in _MENUS:
        _menu(report, at, element, _MENUS[kind])


_MENUS = {"overflow": MOST_OPTIONS, "checkboxes": 10, "radio_buttons": 10, "static_select": 100}


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


def _text_input(report: _Report, at: str, element: Block) -> None:
    report.length(f"{at}.initial_value", element.get("initial_value", ""), 3_000, 0)
    most = element.get("max_length", 3_000)
    if not isinstance(most, int) or not 1 <= most <= 3_000:
        report.said.append(f"{at}.max_length must be 1 to 3000")
    elif len(str(element.get("initial_value", ""))) > most:
        report.said.append(f"{at}.initial_value is longer than max_length")


def _menu(report: _Report, at: str, element: Block, most: int) -> None:
    options = report.count(f"{at}.options", element.get("options"), most)
    report.once(f"{at}.options", options, "value")
    for number, option in enumerate(options):
        where = f"{at}.options[{number}]"
        if not isinstance(option, dict):
            report.said.append(f"{where} must be an object")
            continue
        report.text(f"{where}.text", option.get("text"), 75)
        report.length(f"{where}.value", option.get("value"), LONGEST_OPTION_VALUE)
        if "description" in option:
            report.text(f"{where}.description", option["description"], 75)
        if "url" in option:
            report.url(f"{where}.url", option["url"])
    chosen = (
        [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    )
    if any(option not in options for option in chosen):
        report.said.append(f"{at} begins with an option that it does not offer")


def _confirm(report: _Report, at: str, confirm: object) -> None:
    if not isinstance(confirm, dict):
        report.said.append(f"{at} must be an object")
        return
    report.text(f"{at}.title", confirm.get("title"), 100, only_plain=True)
    report.text(f"{at}.text", confirm.get("text"), 300)
    for key in ("confirm", "deny"):
        report.text(f"{at}.{key}", confirm.get(key), 30, only_plain=True)
