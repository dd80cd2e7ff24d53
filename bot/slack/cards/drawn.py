"""The parts that cards are made of, as Slack's Block Kit has them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.blockkit import LONGEST_FIELD, LONGEST_SECTION, LONGEST_URL, Block, bounded, mrkdwn, plain
from bot.slack.values import Action, Value, encode, fits

_WEB_ADDRESS = re.compile(r"https?://[!-;=?-_a-{}~]+")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message. `text` is what notifications and screen readers say; `blocks` is what the channel shows."""

    text: str
    blocks: list[dict[str, Any]]


def header(text: str) -> Block:
    """One large line. It is plain text, so it takes no escaping."""
    return {"type": "header", "text": {"type": "plain_text", "text": plain(text, 150), "emoji": True}}


def section(text: str = "", *, fields: Sequence[str] = (), accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn, or up to ten short ones in two columns. What is foreign in it is escaped already."""
    block: Block = {"type": "section"}
    if text:
        block["text"] = marked(text)
    if fields:
        block["fields"] = [marked(field, LONGEST_FIELD) for field in fields[:10]]
    if accessory:
        block["accessory"] = accessory
    return block


def context(*texts: str) -> Block:
    """Small grey lines beside each other; empty ones are left out."""
    return {"type": "context", "elements": [marked(text) for text in texts if text][:10]}


def actions(*elements: Block | None) -> list[Block]:
    """A row of buttons, or nothing where none can be drawn."""
    drawn = [element for element in elements if element]
    return [{"type": "actions", "elements": drawn}] if drawn else []


def button(action: Action, label: str, value: Value, *, style: str = "", about: str = "") -> Block | None:
    """A button that carries a value; None if the value is one that no button can carry.

    `about` is added for those who hear the button read out among many of its name.
    """
    if not fits(value):
        return None
    drawn: Block = {
        "type": "button",
        "action_id": action.value,
        "text": _label(label),
        "value": encode(value),
    }
    if style:
        drawn["style"] = style
    if about:
        drawn["accessibility_label"] = plain(f"{label}: {about}", 75)
    return drawn


def link_button(action: Action, label: str, url: str | None, *, style: str = "") -> Block | None:
    """A button that opens an address; None if it is no web address. Slack still tells us of the click."""
    if url is None or len(url) > LONGEST_URL or not _WEB_ADDRESS.fullmatch(url):
        return None
    drawn: Block = {"type": "button", "action_id": action.value, "text": _label(label), "url": url}
    return drawn | ({"style": style} if style else {})


def menu(action: Action, options: Iterable[tuple[str, Value]]) -> Block | None:
    """The three dots: a menu of at most five choices."""
    drawn = [{"text": _label(label), "value": encode(value)} for label, value in options if fits(value)]
    return {"type": "overflow", "action_id": action.value, "options": drawn[:5]} if drawn else None


def sentence(text: str, *, bad: bool = False) -> Drawn:
    """Plain words. `bad`: what was asked did not happen."""
    said = mrkdwn(text.strip(), 2_900) or "There is nothing to say."
    return Drawn(said, [section(f":warning: {said}" if bad else said)])


def marked(text: str, limit: int = LONGEST_SECTION) -> Block:
    """A text object. `verbatim` keeps Slack from making links and mentions of what merely looks like one.

    Names grow when they are escaped, up to fivefold: what is put together from several is measured here.
    """
    return {"type": "mrkdwn", "text": bounded(text, limit), "verbatim": True}


def _label(text: str) -> Block:
    return {"type": "plain_text", "text": plain(text, 75), "emoji": True}
