"""Forms: what becomes of a modal when a person submits or closes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.background import Background
from sandbox.slack.delivery import INTERACTIVE, Delivery, NotDelivered
from sandbox.slack.emoji import by_name
from sandbox.slack.exchange import Exchange
from sandbox.slack.layout import chosen, held_key, holds_value, is_empty, parts, state_of
from sandbox.slack.model import Json, View
from sandbox.slack.refusal import NotThere, Refused


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """`outcome` is closed, errors, updated, pushed, cleared or failed (see `error`)."""

    outcome: str
    errors: Json = field(default_factory=dict)
    """What is wrong, by block_id."""
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.outcome not in ("errors", "failed")


class Submissions:
    """Takes forms to the app, and does with the modal what its answer says."""

    def __init__(self, exchange: Exchange, background: Background) -> None:
        self._exchange = exchange
        self._views = exchange.views
        self._background = background

    async def submit(self, user: str, view: View) -> SubmitResult:
        """Submit what `view.state` holds. Slack itself refuses to send a form that is not filled in."""
        values = state_of(view.blocks, view.state)
        if errors := _missing(view, values):
            self._views.reject(view, errors)
            return SubmitResult("errors", errors)
        payload = self._exchange.payload("view_submission", user) | {
            "trigger_id": self._exchange.triggers.issue(user),
            "view": view.as_slack() | {"state": {"values": _as_sent(values)}},
            "response_urls": [],
        }
        what = f"view_submission {view.callback_id}"
        try:
            answer = await self._exchange.ask(Delivery(INTERACTIVE, payload), what=what)
            return self._follow(user, view, answer)
        except NotDelivered as failed:
            error = failed.error
        except Refused as refused:
            details = "; ".join(refused.extra.get("errors", []))
            error = f"invalid_response ({refused.error}{': ' if details else ''}{details})"
        text = f'Recbot did not take the form "{view.title}" ({error})'
        self._exchange.workspace.fail(
            user=user, channel=None, kind="view_submission", what=view.callback_id, error=error, text=text
        )
        return SubmitResult("failed", error=error)

    def close(self, user: str, view: View) -> None:
        """Close a modal by hand; the app hears of it where it asked to."""
        cleared = bool(view.content.get("clear_on_close"))
        if cleared:
            self._views.clear(user)
        else:
            self._views.close(view)
        if view.content.get("notify_on_close"):
            payload = self._exchange.payload("view_closed", user)
            payload |= {"view": view.as_slack(), "is_cleared": cleared}
            self._background.start(self._tell_closed(payload, view))

    def _follow(self, user: str, view: View, answer: Json) -> SubmitResult:
        """Do what the app answered to a submission. Raises Refused when it makes no sense."""
        action = answer.get("response_action")
        if view not in self._views.stack(user):
            return SubmitResult("closed")
        if action is None and not answer:
            self._views.close(view)
            return SubmitResult("closed")
        if action == "clear":
            self._views.clear(user)
            return SubmitResult("cleared")
        if action == "update":
            self._views.update(view, answer.get("view"))
            return SubmitResult("updated")
        if action == "push":
            self._views.push(user, answer.get("view"))
            return SubmitResult("pushed")
        if action == "errors":
            errors = answer.get("errors")
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                raise Refused("errors must name input blocks of the view")
            self._views.reject(view, errors)
            return SubmitResult("errors", errors)
        raise Refused(f"response_action {action}")

    async def _tell_closed(self, payload: Json, view: View) -> None:
        try:
            await self._exchange.ask(Delivery(INTERACTIVE, payload), what=f"view_closed {view.callback_id}")
        except NotDelivered:
            return


def enter(blocks: list[Json], entered: Json, values: Json) -> None:
    """Fill in a form: by block_id or action_id the entered value, or both levels as Slack nests them.

    Raises NotThere for a name or an option that these blocks do not have.
    """
    unknown = set(values)
    for block, element in parts(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        for name in (block_id, action_id):
            if name not in values:
                continue
            unknown.discard(name)
            value = values[name]
            if name == block_id and isinstance(value, dict) and "type" not in value and "value" not in value:
                if action_id not in value:
                    continue
                value = value[action_id]
            if holds_value(element):
                report = chosen(element, _plain(element, value))
                entered.setdefault(block_id, {})[action_id] = report
    if unknown:
        known = ", ".join(block["block_id"] for block, _ in parts(blocks))
        raise NotThere(f"There is no {', '.join(sorted(unknown))} to fill in; there is {known}.")


def _plain(element: Json, value: Any) -> Any:
    """The entered value out of a report in Slack's shape, or as it is."""
    if isinstance(value, dict) and value.get("type") == element["type"]:
        return value.get(held_key(element))
    return value


def _as_sent(values: Json) -> Json:
    """What was typed, with emoji by their names."""
    return {
        block: {
            action: report | {"value": by_name(report["value"])}
            if report.get("type") == "plain_text_input" and report.get("value")
            else report
            for action, report in reports.items()
        }
        for block, reports in values.items()
    }


def _missing(view: View, values: Json) -> Json:
    """What Slack's own client finds wrong before it sends a form."""
    errors: Json = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        report = values[block["block_id"]][element["action_id"]]
        text = str(report.get("value") or "")
        shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
        if is_empty(report):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif len(text) < shortest:
            errors[block["block_id"]] = f"Please enter {shortest} characters or more."
        elif len(text) > longest:
            errors[block["block_id"]] = f"Please enter {longest} characters or fewer."
    return errors
