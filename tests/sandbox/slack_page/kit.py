"""Block Kit objects, short enough to be read in a test."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **given: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text)} | given


def button(text: str, action_id: str, **given: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id} | given


def actions(*elements: Json, block_id: str = "buttons") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def question(label: str, block_id: str, element: Json, **given: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element} | given


def view(*blocks: Json, view_id: str = "V1", below: str | None = None, title: str = "Edit recording") -> Json:
    return {
        "id": view_id,
        "type": "modal",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "callback_id": "edit",
        "private_metadata": "",
        "previous_view_id": below,
        "blocks": list(blocks),
    }
