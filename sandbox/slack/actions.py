"""Clicks and choices: what a person presses in a message or in a modal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.slack.delivery import INTERACTIVE, Delivery, NotDelivered
from sandbox.slack.exchange import Exchange
from sandbox.slack.layout import chosen, held_key, holds_value, parts, state_of
from sandbox.slack.model import Json, Message, View
from sandbox.slack.refusal import NotThere


@dataclass(frozen=True, slots=True)
class PressResult:
    """Whether the app acknowledged the click. What it does about it comes later."""

    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


def find_part(
    blocks: list[Json], action_id: str, block_id: str | None, value: Any = None
) -> tuple[Json, Json]:
    """The part that a person presses. `value` tells buttons apart that share an action id.

    Raises NotThere when there is none.
    """
    found = [
        (block, element)
        for block, element in parts(blocks)
        if element["action_id"] == action_id and block_id in (None, block["block_id"])
    ]
    same = [pair for pair in found if pair[1].get("value") == value and value is not None]
    if not (same or found):
        known = ", ".join(element["action_id"] for _, element in parts(blocks)) or "nothing"
        raise NotThere(f"There is nothing to press with the action id {action_id}; there is {known}.")
    return (same or found)[0]


class Actions:
    """Takes clicks to the app."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._workspace = exchange.workspace

    async def in_message(
        self, user: str, message: Message, block: Json, element: Json, choice: Any
    ) -> PressResult:
        """`choice` is the option or the value for a menu or an input; a button needs none."""
        exchange, conversation = self._exchange, self._workspace.conversations[message.channel]
        action = _action(block, element, choice, self._workspace.new_ts())
        entered = message.states.setdefault(user, {})
        _keep(entered, block, element, action)
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": conversation.id,
            "is_ephemeral": message.ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = exchange.payload("block_actions", user) | {
            "container": container,
            "trigger_id": exchange.triggers.issue(user),
            "channel": {"id": conversation.id, "name": conversation.name or "directmessage"},
            "state": {"values": state_of(message.blocks, entered)},
            "response_url": exchange.response_urls.issue(user, conversation.id, message),
            "actions": [action],
        }
        if not message.ephemeral:
            # Slack does not send an ephemeral message back: it keeps none.
            payload["message"] = message.as_slack()
        return await self._send(user, conversation.id, element, payload)

    async def in_view(self, user: str, view: View, block: Json, element: Json, choice: Any) -> PressResult:
        action = _action(block, element, choice, self._workspace.new_ts())
        _keep(view.state, block, element, action)
        shown = view.as_slack() | {"state": {"values": state_of(view.blocks, view.state)}}
        payload = self._exchange.payload("block_actions", user) | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._exchange.triggers.issue(user),
            "view": shown,
            "actions": [action],
        }
        if block["type"] == "input" and not block.get("dispatch_action"):
            return PressResult()
        return await self._send(user, None, element, payload)

    async def _send(self, user: str, channel: str | None, element: Json, payload: Json) -> PressResult:
        label = element.get("text", {}).get("text") or element["action_id"]
        try:
            await self._exchange.ask(
                Delivery(INTERACTIVE, payload), what=f"block_actions {element['action_id']}"
            )
        except NotDelivered as failed:
            text = f'Recbot did not take "{label}" ({failed.error})'
            self._workspace.fail(
                user=user, channel=channel, kind="action", what=label, error=failed.error, text=text
            )
            return PressResult(failed.error)
        return PressResult()


def _keep(entered: Json, block: Json, element: Json, action: Json) -> None:
    if holds_value(element):
        report = {"type": element["type"], held_key(element): action[held_key(element)]}
        entered.setdefault(block["block_id"], {})[element["action_id"]] = report


def _action(block: Json, element: Json, choice: Any, ts: str) -> Json:
    """One item of `actions`: what the element is, and what was chosen in it."""
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": ts,
    }
    for key in ("text", "value", "style", "placeholder"):
        if key in element:
            action[key] = element[key]
    if element["type"] != "button":
        action |= chosen(element, choice)
    return action
