"""Slack's rules for what a message may hold, wherever it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.slack.blockkit import MOST_BLOCKS, problems
from sandbox.slack.model import Json
from sandbox.slack.refusal import Refused, invalid_blocks

LONGEST_TEXT = 40_000
LONGEST_UPDATE = 4_000
LONGEST_MARKDOWN = 12_000
MOST_ATTACHMENTS = 100
LARGEST_METADATA = 8_000


@dataclass(frozen=True, slots=True)
class Content:
    """The checked words and layout of a message."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    warnings: list[str]


def read_content(arguments: Json, *, updating: bool = False) -> Content:
    """Check `text`, `blocks`, `markdown_text` and `attachments`; raise Refused as Slack would."""
    text = str(arguments.get("text") or "")
    blocks = read_blocks(arguments.get("blocks"))
    attachments = arguments.get("attachments") or []
    warnings: list[str] = []
    if not isinstance(attachments, list):
        raise Refused("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    if markdown := arguments.get("markdown_text"):
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(str(markdown)) > LONGEST_MARKDOWN:
            raise Refused("msg_too_long")
        text, blocks = str(markdown), [{"type": "markdown", "text": str(markdown)}]
    if not text and not blocks and not attachments:
        raise Refused("no_text")
    if updating and len(text) > LONGEST_UPDATE and not markdown:
        raise Refused("msg_too_long")
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
        warnings.append("message_truncated")
    return Content(text, blocks, attachments, warnings)


def read_blocks(blocks: Any) -> list[Json]:
    if blocks is None:
        return []
    if isinstance(blocks, list) and len(blocks) > MOST_BLOCKS["message"]:
        raise Refused("msg_blocks_too_many")
    if found := problems(blocks):
        raise invalid_blocks(found)
    checked: list[Json] = json.loads(json.dumps(blocks))
    return checked


def read_metadata(value: Any) -> Json | None:
    """An event type and a flat payload; an empty object takes metadata away."""
    if value in (None, {}):
        return None
    if not isinstance(value, dict) or set(value) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    payload = value["event_payload"]
    if not isinstance(value["event_type"], str) or not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    for held in payload.values():
        parts = held if isinstance(held, list) else [held]
        if any(isinstance(part, dict | list) for part in parts):
            raise Refused("invalid_metadata_format")
    if len(json.dumps(value).encode()) > LARGEST_METADATA:
        raise Refused("metadata_too_large")
    return value
