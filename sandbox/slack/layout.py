"""Finding one's way in blocks that were checked: which parts can be pressed, and what they hold."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.slack.blockkit_elements import IN_INPUT, IN_SECTION, offered
from sandbox.slack.model import Json
from sandbox.slack.refusal import NotThere

_PRESSED_ONLY = {"button", "overflow", "workflow_button", "image", "feedback_buttons", "icon_button"}
_ACTIVE = (set(IN_INPUT) | set(IN_SECTION) | _PRESSED_ONLY | {"datetimepicker"}) - {"image"}

HOLDS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
"""The key under which each type of element reports what was chosen; all others report `value`."""


def active(block: Json) -> list[Json]:
    """Those parts of a block that a person can press or fill in."""
    parts = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    return [part for part in parts if isinstance(part, dict) and part.get("type") in _ACTIVE]


def parts(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with each of its active parts, from top to bottom."""
    for block in blocks:
        for element in active(block):
            yield block, element


def name_parts(blocks: list[Json]) -> None:
    """Give each block and active part the id that Slack gives it where the app gave none."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in active(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))


def held_key(element: Json) -> str:
    return HOLDS.get(element["type"], "value")


def holds_value(element: Json) -> bool:
    """Whether what was chosen stays in the element; a button or an overflow menu forgets it."""
    return element["type"] not in _PRESSED_ONLY


def chosen(element: Json, choice: Any) -> Json:
    """What an element reports when a person enters `choice`.

    For menus `choice` is the value of an option (or a list of them), or the options themselves. Raises
    LookupError when the element offers no such option.
    """
    key = held_key(element)
    report: Json = {"type": element["type"]}
    if key == "selected_option":
        report[key] = None if choice is None else _option(element, choice)
    elif key == "selected_options":
        several = choice if isinstance(choice, list | tuple | set) else [] if choice is None else [choice]
        report[key] = [_option(element, one) for one in several]
    elif key == "selected_date_time":
        report[key] = None if choice is None else int(choice)
    elif key.endswith("s") or key == "rich_text_value":
        report[key] = choice
    else:
        report[key] = None if choice is None else str(choice)
    return report


def initially(element: Json) -> Json:
    """What an element reports before anybody has touched it."""
    for key, value in element.items():
        if key.startswith("initial_"):
            return chosen(element, value)
    return chosen(element, [] if held_key(element).endswith("s") else None)


def is_empty(report: Json) -> bool:
    return not any(value for key, value in report.items() if key != "type")


def state_of(blocks: list[Json], entered: Json) -> Json:
    """`state.values` as Slack sends it: what was entered, and the initial value of all else."""
    values: Json = {}
    for block, element in parts(blocks):
        if holds_value(element):
            block_id, action_id = block["block_id"], element["action_id"]
            report = entered.get(block_id, {}).get(action_id)
            values.setdefault(block_id, {})[action_id] = report or initially(element)
    return values


def _option(element: Json, choice: Any) -> Json:
    options = offered(element)
    value = choice.get("value") if isinstance(choice, dict) else choice
    if element["type"].endswith("external_select") and isinstance(choice, dict):
        return choice
    for option in options:
        if option["value"] == str(value) or option["text"]["text"] == str(value):
            return option
    known = ", ".join(str(option["value"]) for option in options)
    raise NotThere(f"There is no option {value} in {element['action_id']}; there are {known}.")
