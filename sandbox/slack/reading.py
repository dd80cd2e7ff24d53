"""Messages and modals as a person reads them: plain words, and the things to press."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.slack import seed
from sandbox.slack.blockkit_elements import offered
from sandbox.slack.layout import parts
from sandbox.slack.model import Json, Message, View

Readable = Message | View | Mapping[str, Any]
"""A message, a view, or either of them as JSON."""

_NAMES = {person.id: person.name for person in seed.people()}
_CHANNELS = {channel.id: channel.name for channel in seed.conversations()}


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: a button, or one option of an overflow menu (`kind` overflow)."""

    label: str
    action_id: str
    block_id: str
    kind: str
    value: str | None = None
    style: str | None = None
    url: str | None = None
    confirm: Json | None = None


def text_of(readable: Readable) -> str:
    """What stands there, a line for each part: names for ids, labels for links, no markup.

    A message's `text` counts only where it has no blocks, as on the screen. Dates read as their fallback.
    """
    lines: list[str] = []
    if isinstance(readable, View):
        lines.append(readable.title)
    elif isinstance(readable, Mapping) and isinstance(readable.get("title"), dict):
        lines.append(readable["title"].get("text", ""))
    blocks = _blocks(readable)
    for block in blocks:
        lines.extend(_lines(block))
    if not blocks:
        text = readable.text if isinstance(readable, Message) else str(_of(readable, "text") or "")
        lines.append(words(text))
    for file in readable.files if isinstance(readable, Message) else _of(readable, "files") or []:
        lines.append(file["title"] if isinstance(file, Mapping) else file.title)
    return "\n".join(line for line in lines if line)


def buttons_of(readable: Readable) -> list[Button]:
    """Everything to press, from top to bottom, each option of an overflow menu for itself."""
    return list(_buttons(_blocks(readable)))


def words(mrkdwn: str) -> str:
    """mrkdwn as it looks."""
    text = re.sub(r"<([^<>]+)>", _bracket, mrkdwn)
    for mark in ("```", "`", r"\*", "~", "_"):
        text = re.sub(rf"(?<!\w){mark}(?=\S)(.+?)(?<=\S){mark}(?!\w)", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _buttons(blocks: Iterable[Json]) -> Iterator[Button]:
    for block, element in parts(blocks):
        ids = (element["action_id"], block["block_id"], element["type"])
        if element["type"] == "overflow":
            for option in offered(element):
                label, url = option["text"]["text"], option.get("url")
                confirm = element.get("confirm")
                yield Button(label, *ids, value=option["value"], url=url, confirm=confirm)
        elif element["type"] in ("button", "workflow_button"):
            value, style = element.get("value"), element.get("style")
            url, confirm = element.get("url"), element.get("confirm")
            yield Button(element["text"]["text"], *ids, value, style, url, confirm)


def _blocks(readable: Readable) -> list[Json]:
    blocks = readable.blocks if isinstance(readable, Message | View) else readable.get("blocks")
    return list(blocks or [])


def _of(readable: Readable, key: str) -> Any:
    return readable.get(key) if isinstance(readable, Mapping) else None


def _lines(part: Any) -> list[str]:
    """The texts of a block in reading order; a button's label is no text of its own."""
    if isinstance(part, list):
        return [line for item in part for line in _lines(item)]
    if not isinstance(part, dict):
        return []
    kind = part.get("type")
    if kind in ("mrkdwn", "markdown"):
        return [words(part["text"])]
    if kind in ("plain_text", "raw_text", "text"):
        return [str(part["text"])]
    if kind in ("button", "overflow", "workflow_button"):
        return []
    if kind == "image":
        return [part["alt_text"]]
    if kind in ("link", "user", "channel"):
        return [_rich(part)]
    if kind == "rich_text_section":
        return ["".join(_lines(part.get("elements", [])))]
    own = [part["initial_value"]] if isinstance(part.get("initial_value"), str) else []
    return _lines([value for value in part.values() if isinstance(value, dict | list)]) + own


def _rich(part: Json) -> str:
    if part["type"] == "user":
        return f"@{_NAMES.get(part['user_id'], part['user_id'])}"
    if part["type"] == "channel":
        return f"#{_CHANNELS.get(part['channel_id'], part['channel_id'])}"
    return str(part.get("text") or part["url"])


def _bracket(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target.startswith("@"):
        return f"@{label or _NAMES.get(target[1:], target[1:])}"
    if target.startswith("#"):
        return f"#{label or _CHANNELS.get(target[1:], target[1:])}"
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return label or target
