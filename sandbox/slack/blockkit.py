"""Slack's rules for layouts: what `invalid_blocks` would say, one sentence for each fault.

Counts, lengths, required parts, unknown keys, uniqueness, and which block stands on which surface, as
Slack publishes them. Where Slack publishes no rule, nothing is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.slack.blockkit_elements import (
    BUTTON,
    FEEDBACK_BUTTONS,
    ICON_BUTTON,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    SLACK_FILE,
    marked,
    plain,
)
from sandbox.slack.blockkit_shape import (
    Check,
    Findings,
    anything,
    boolean,
    by_type,
    integer,
    items,
    objects,
    one_of,
    shape,
    string,
    unique,
    web_address,
)

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LARGEST_VIEW = 250_000
_ONLY_ON = {
    "alert": ("modal",),
    "card": ("message",),
    "carousel": ("message",),
    "container": ("message",),
    "context_actions": ("message",),
    "data_table": ("message",),
    "file": ("message",),
    "markdown": ("message",),
    "plan": ("message",),
    "table": ("message",),
    "task_card": ("message",),
}


def _block(
    name: str, required: Mapping[str, Check], optional: Mapping[str, Check], also: Check | None = None
) -> Check:
    return shape(name, required, {"block_id": string(255)} | dict(optional), also)


def _action_ids(found: Findings, at: str, block: Any) -> None:
    elements = objects(block.get("elements"))
    unique(found, at, [element.get("action_id") for element in elements], "an element with this action_id")


def _section(found: Findings, at: str, block: Any) -> None:
    if "text" not in block and "fields" not in block:
        found.say(at, "text or fields is needed")


def _input(found: Findings, at: str, block: Any) -> None:
    if found.surface == "message" and block.get("dispatch_action") is not True:
        found.say(at, "an input in a message needs dispatch_action")
    element = block.get("element")
    if isinstance(element, dict) and element.get("type") == "file_input" and found.surface != "modal":
        found.say(f"{at}/element", "file_input is for modals only")


def _image(found: Findings, at: str, block: Any) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        found.say(at, "either image_url or slack_file is needed, and not both")


def _card(found: Findings, at: str, block: Any) -> None:
    if not any(part in block for part in ("hero_image", "title", "actions", "body")):
        found.say(at, "at least one of hero_image, title, actions, body is needed")


def _same_width(found: Findings, at: str, block: Any) -> None:
    rows = block.get("rows")
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        found.say(at, "every row must have the same number of cells")


def _cell_characters(block: Mapping[str, Any]) -> int:
    return sum(len(text) for row in block.get("rows") or [] for cell in objects(row) for text in _texts(cell))


def _texts(part: Any) -> list[str]:
    """Every `text` that stands somewhere in a part."""
    if isinstance(part, list):
        return [text for item in part for text in _texts(item)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for value in part.values() if isinstance(value, list | dict) for text in _texts(value)]


def _child_blocks(found: Findings, at: str, value: Any) -> None:
    items(by_type(BLOCKS, "block"), 1, 10)(found, at, value)


_RICH_LINES: dict[str, Check] = {
    "style": anything,
    "indent": integer(0, 8),
    "offset": integer(0, 10_000),
    "border": integer(0, 1),
}
_RICH_PARTS: dict[str, Check] = {
    kind: shape(kind, {"elements": items(anything, 0, 1000)}, _RICH_LINES)
    for kind in ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
}
_RICH_TEXT = _block("rich_text", {"elements": items(by_type(_RICH_PARTS, "rich text"), 0, 1000)}, {})
_RAW_TEXT = shape("raw_text", {"text": string(10_000, 0)}, {"emoji": boolean})
_RAW_NUMBER = shape("raw_number", {"value": anything}, {"text": string(10_000)})
_CELL = by_type({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": _RICH_TEXT}, "table cell")
_COLUMN = shape(None, {}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_CONTEXT_PART = by_type(
    {"image": IMAGE, "plain_text": plain(3000), "mrkdwn": marked(3000)}, "context element"
)
_CONTEXT_ACTION = by_type(
    {"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}, "context action"
)
_CARD = _block(
    "card",
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": marked(150),
        "subtitle": marked(150),
        "body": marked(200),
        "actions": items(by_type({"button": BUTTON}, "card action"), 1, 25),
    },
    _card,
)
_ONE_CARD = by_type({"card": _CARD}, "carousel element")
_TASK = _block(
    "task_card",
    {"task_id": string(255), "title": string(3000)},
    {
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": _RICH_TEXT,
        "output": _RICH_TEXT,
        "sources": items(anything, 0, 100),
    },
)

_ONE_TASK = by_type({"task_card": _TASK}, "task")

BLOCKS: dict[str, Check] = {
    "actions": _block("actions", {"elements": items(by_type(IN_ACTIONS, "action"), 1, 25)}, {}, _action_ids),
    "alert": _block("alert", {"text": marked(200)}, {"level": string(50)}),
    "card": _CARD,
    "carousel": _block(
        "carousel", {"elements": items(by_type({"card": _CARD}, "carousel element"), 1, 10)}, {}
    ),
    "container": _block(
        "container",
        {"child_blocks": _child_blocks},
        {
            "title": marked(150),
            "rich_text_title": _RICH_TEXT,
            "subtitle": marked(150),
            "icon": IMAGE,
            "width": string(50),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    "context": _block("context", {"elements": items(_CONTEXT_PART, 1, 10)}, {}),
    "context_actions": _block("context_actions", {"elements": items(_CONTEXT_ACTION, 1, 5)}, {}, _action_ids),
    "data_table": _block(
        "data_table",
        {"rows": items(items(_CELL, 1, 20), 2, 101), "caption": string(3000)},
        {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        _same_width,
    ),
    "divider": _block("divider", {}, {}),
    "file": _block("file", {"external_id": string(255), "source": one_of("remote")}, {}),
    "header": _block("header", {"text": plain(150)}, {}),
    "image": _block(
        "image",
        {"alt_text": string(2000)},
        {"image_url": web_address, "slack_file": SLACK_FILE, "title": plain(2000)},
        _image,
    ),
    "input": _block(
        "input",
        {"label": plain(2000), "element": by_type(IN_INPUT, "input element")},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        _input,
    ),
    "markdown": _block("markdown", {"text": string(12_000)}, {}),
    "plan": _block(
        "plan", {"title": string(3000)}, {"tasks": items(by_type({"task_card": _TASK}, "task"), 0, 50)}
    ),
    "rich_text": _RICH_TEXT,
    "section": _block(
        "section",
        {},
        {
            "text": marked(3000),
            "fields": items(marked(2000), 1, 10),
            "accessory": by_type(IN_SECTION, "accessory"),
            "expand": boolean,
        },
        _section,
    ),
    "table": _block(
        "table",
        {"rows": items(items(_CELL, 1, 20), 1, 100)},
        {"column_settings": items(_COLUMN, 0, 20)},
    ),
    "task_card": _TASK,
    "video": _block(
        "video",
        {
            "alt_text": string(2000),
            "title": plain(199),
            "thumbnail_url": web_address,
            "video_url": web_address,
        },
        {
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": web_address,
            "provider_name": string(255),
            "title_url": web_address,
        },
    ),
}


def problems(blocks: Any, surface: str = "message") -> list[str]:
    """Everything Slack would refuse in these blocks on a `message`, `modal` or `home`; empty: none.

    It takes whatever came over the wire, so that a string or a number is a problem and not a crash.
    """
    found = Findings(surface)
    items(by_type(BLOCKS, "block"), 0, MOST_BLOCKS[surface])(found, "/blocks", blocks)
    known = objects(blocks)
    unique(found, "/blocks", [block.get("block_id") for block in known], "a block with this block_id")
    for number, block in enumerate(blocks if isinstance(blocks, list) else []):
        kind = block.get("type") if isinstance(block, dict) else None
        if isinstance(kind, str) and surface not in _ONLY_ON.get(kind, (surface,)):
            found.say(f"/blocks/{number}", f"{kind} does not stand in a {surface}")
    if sum(block.get("type") == "table" for block in known) > 1:
        found.say("/blocks", "only one table allowed")
    for kind, most in (("table", 10_000), ("data_table", 10_000)):
        if sum(_cell_characters(block) for block in known if block.get("type") == kind) > most:
            found.say("/blocks", f"the cells of a {kind} hold no more than {most} characters together")
    markdown = [block.get("text") for block in known if block.get("type") == "markdown"]
    if sum(len(text) for text in markdown if isinstance(text, str)) > 12_000:
        found.say("/blocks", "markdown holds no more than 12000 characters together")
    return found.said


_HOME: dict[str, Check] = {
    "type": one_of("modal", "home"),
    "blocks": anything,
    "callback_id": string(255, 0),
    "private_metadata": string(3000, 0),
    "external_id": string(255, 0),
}
_MODAL: dict[str, Check] = _HOME | {
    "title": plain(24),
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}


def view_problems(view: Any) -> list[str]:
    """Everything Slack would refuse in this view; empty: nothing. Its size is `too_large`'s matter."""
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"]
    if view.get("type") not in ("modal", "home"):
        return [f"must be one of modal, home [json-pointer:/view/type]: {view.get('type')}"]
    surface = str(view["type"])
    found = Findings(surface)
    known = _MODAL if surface == "modal" else _HOME
    needed = ("type", "blocks", "title") if surface == "modal" else ("type", "blocks")
    required = {key: known[key] for key in needed}
    shape(None, required, known)(found, "/view", view)
    if "blocks" in view:
        found.said.extend(problems(view["blocks"], surface))
    has_input = any(block.get("type") == "input" for block in objects(view.get("blocks")))
    if surface == "modal" and has_input and not view.get("submit"):
        found.say("/view", "submit is required with an input block")
    return found.said


def too_large(view: Any) -> bool:
    """Whether a view is over Slack's 250 kB of JSON."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW
