"""Block Kit's smaller parts: texts, options, confirmations, buttons, menus and inputs."""

from __future__ import annotations

import re
from typing import Any

from sandbox.slack.blockkit_shape import (
    Check,
    Findings,
    anything,
    boolean,
    by_type,
    integer,
    items,
    link,
    number_text,
    objects,
    one_of,
    shape,
    string,
    unique,
    web_address,
)


def plain(longest: int) -> Check:
    return shape("plain_text", {"type": anything, "text": string(longest)}, {"emoji": boolean})


def marked(longest: int) -> Check:
    """A text of either kind, mrkdwn or plain."""
    mrkdwn = shape("mrkdwn", {"type": anything, "text": string(longest)}, {"verbatim": boolean})
    return by_type({"plain_text": plain(longest), "mrkdwn": mrkdwn}, "text object")


CONFIRM = shape(
    None,
    {"title": plain(100), "text": marked(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
ACTION_ID = string(255)
PLACEHOLDER = plain(150)
FOCUS = {"focus_on_load": boolean}
DISPATCH = {
    "dispatch_action_config": shape(
        None,
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
    )
}
SLACK_FILE = shape(None, {}, {"id": string(255), "url": string(3000)})


def _option(text: Check, description: Check, *, with_url: bool = False) -> Check:
    return shape(
        None,
        {"text": text, "value": string(150)},
        {"description": description} | ({"url": link} if with_url else {}),
    )


PLAIN_OPTION = _option(plain(75), plain(75))
OVERFLOW_OPTION = _option(plain(75), plain(75), with_url=True)
MARKED_OPTION = _option(marked(75), marked(75))
OPTION_GROUP = shape(None, {"label": plain(75), "options": items(PLAIN_OPTION, 1, 100)})


def offered(element: dict[str, Any]) -> list[dict[str, Any]]:
    """All options of a menu, those in groups too."""
    groups = [
        option for group in objects(element.get("option_groups")) for option in objects(group.get("options"))
    ]
    return objects(element.get("options")) + groups


def _menu(found: Findings, at: str, element: Any) -> None:
    options = offered(element)
    unique(found, at, [option.get("value") for option in options], "an option with this value")
    chosen = objects(element.get("initial_options"))
    if isinstance(element.get("initial_option"), dict):
        chosen.append(element["initial_option"])
    for option in chosen:
        if option not in options:
            found.say(at, "the initial option must be exactly one of the options")


def _static_menu(found: Findings, at: str, element: Any) -> None:
    if ("options" in element) == ("option_groups" in element):
        found.say(at, "either options or option_groups is needed, and not both")
    _menu(found, at, element)


def _date(pattern: str, example: str) -> Check:
    def check(found: Findings, at: str, value: Any) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            found.say(at, f"must be written like {example}")

    return check


def _text_input(found: Findings, at: str, element: Any) -> None:
    low, high = element.get("min_length"), element.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        found.say(at, "min_length must not be above max_length")


def _image(found: Findings, at: str, element: Any) -> None:
    if ("image_url" in element) == ("slack_file" in element):
        found.say(at, "either image_url or slack_file is needed, and not both")


def _input(name: str, **own: Check) -> Check:
    """An element that holds a value: all have an id and may ask for confirmation or focus."""
    common: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "placeholder": PLACEHOLDER}
    return shape(name, {}, common | FOCUS | own)


def _select(kind: str, initial: str, *, static: bool = False, **own: Check) -> dict[str, Check]:
    """One sort of menu, for one choice and for several."""
    check_one: Check = PLAIN_OPTION if initial == "option" else string(255)
    common: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "placeholder": PLACEHOLDER}
    common |= FOCUS | own
    also = _static_menu if static else None
    one = common | {f"initial_{initial}": check_one}
    if kind in ("channels_select", "conversations_select"):
        one["response_url_enabled"] = boolean
    several = common | {
        f"initial_{initial}s": items(check_one, 0, 100),
        "max_selected_items": integer(1, 100),
    }
    return {kind: shape(kind, {}, one, also), f"multi_{kind}": shape(f"multi_{kind}", {}, several, also)}


_FILTER = shape(
    None,
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_CHOICES: dict[str, Check] = {
    "options": items(PLAIN_OPTION, 1, 100),
    "option_groups": items(OPTION_GROUP, 1, 100),
}
_TEN: dict[str, Check] = {"options": items(MARKED_OPTION, 1, 10)}
_CHOSEN: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, **FOCUS}

IMAGE = shape(
    "image",
    {"type": anything, "alt_text": string(2000)},
    {"image_url": web_address, "slack_file": SLACK_FILE},
    _image,
)
BUTTON = shape(
    "button",
    {"type": anything, "text": plain(75)},
    {
        "action_id": ACTION_ID,
        "url": link,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
OVERFLOW = shape(
    "overflow",
    {"options": items(OVERFLOW_OPTION, 1, 5)},
    {"action_id": ACTION_ID, "confirm": CONFIRM},
    _menu,
)
CHECKBOXES = shape("checkboxes", _TEN, _CHOSEN | {"initial_options": items(MARKED_OPTION, 1, 10)}, _menu)
RADIO_BUTTONS = shape("radio_buttons", _TEN, _CHOSEN | {"initial_option": MARKED_OPTION}, _menu)

SELECTS: dict[str, Check] = {
    **_select("static_select", "option", static=True, **_CHOICES),
    **_select("external_select", "option", min_query_length=integer(0, 3000)),
    **_select("users_select", "user"),
    **_select("channels_select", "channel"),
    **_select(
        "conversations_select", "conversation", default_to_current_conversation=boolean, filter=_FILTER
    ),
}
DATEPICKER = _input("datepicker", initial_date=_date(r"\d{4}-\d\d-\d\d", "2026-03-14"))
TIMEPICKER = _input("timepicker", initial_time=_date(r"\d\d:\d\d", "09:30"), timezone=string(255))
DATETIMEPICKER = _input("datetimepicker", initial_date_time=integer(1_000_000_000, 9_999_999_999))

_LINES: dict[str, Check] = {"initial_value": string(3000, 0), **DISPATCH}
TEXT_INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        "plain_text_input",
        {},
        {
            "action_id": ACTION_ID,
            "placeholder": PLACEHOLDER,
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        }
        | FOCUS
        | _LINES,
        _text_input,
    ),
    "email_text_input": _input("email_text_input", **_LINES),
    "url_text_input": _input("url_text_input", **_LINES),
    "number_input": shape(
        "number_input",
        {"is_decimal_allowed": boolean},
        {
            "action_id": ACTION_ID,
            "placeholder": PLACEHOLDER,
            "initial_value": number_text,
            "min_value": number_text,
            "max_value": number_text,
        }
        | FOCUS
        | DISPATCH,
    ),
    "rich_text_input": _input("rich_text_input", initial_value=anything, **DISPATCH),
}
FILE_INPUT = shape(
    "file_input",
    {},
    {"action_id": ACTION_ID, "filetypes": items(string(255), 1, 100), "max_files": integer(1, 10)},
)
WORKFLOW_BUTTON = shape(
    "workflow_button",
    {"text": plain(75), "workflow": anything},
    {"action_id": ACTION_ID, "style": one_of("primary", "danger"), "accessibility_label": string(75)},
)
_THUMB = shape(None, {"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
FEEDBACK_BUTTONS = shape(
    "feedback_buttons", {"positive_button": _THUMB, "negative_button": _THUMB}, {"action_id": ACTION_ID}
)
ICON_BUTTON = shape(
    "icon_button",
    {"icon": string(255), "text": plain(75)},
    {
        "action_id": ACTION_ID,
        "value": string(2000),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": items(string(255), 0, 100),
    },
)

_SINGLE = {name: check for name, check in SELECTS.items() if not name.startswith("multi_")}
_COMMON: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
    "datepicker": DATEPICKER,
    "timepicker": TIMEPICKER,
    "workflow_button": WORKFLOW_BUTTON,
}
IN_ACTIONS: dict[str, Check] = _COMMON | _SINGLE | {"datetimepicker": DATETIMEPICKER}
IN_SECTION: dict[str, Check] = _COMMON | SELECTS | {"image": IMAGE}
IN_INPUT: dict[str, Check] = (
    SELECTS
    | TEXT_INPUTS
    | {
        "checkboxes": CHECKBOXES,
        "radio_buttons": RADIO_BUTTONS,
        "datepicker": DATEPICKER,
        "timepicker": TIMEPICKER,
        "datetimepicker": DATETIMEPICKER,
        "file_input": FILE_INPUT,
    }
)
