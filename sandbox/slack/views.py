"""The modals and home tabs that people have open."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.slack.blockkit import too_large, view_problems
from sandbox.slack.layout import name_parts, parts
from sandbox.slack.model import Json, View
from sandbox.slack.refusal import Refused, invalid_blocks
from sandbox.slack.workspace import Workspace

DEEPEST = 3
"""How many views a modal may stack."""


class Views:
    """Each person's stack of modals, the newest on top, and each person's home tab."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        return self._stacks.get(user, [])

    def top(self, user: str) -> View | None:
        stack = self.stack(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def find(self, *, view_id: object = None, external_id: object = None) -> View | None:
        for view in [v for stack in self._stacks.values() for v in stack] + list(self._homes.values()):
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        return None

    def open(self, user: str, content: Any) -> View:
        """Show a modal in the place of whatever was open."""
        view = self._new(user, self._checked(content, "modal"))
        self._stacks[user] = [view]
        self._tell(view, "view_open")
        return view

    def push(self, user: str, content: Any) -> View:
        """Show a modal on top of the one that is open."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise Refused("invalid_trigger_id")
        if len(stack) >= DEEPEST:
            raise Refused("push_limit_reached")
        view = self._new(user, self._checked(content, "modal"), below=stack[-1])
        stack.append(view)
        self._tell(view, "view_open")
        return view

    def update(self, view: View, content: Any, *, hash_: object = None) -> View:
        """Replace what a view shows. What was entered stays where block and action ids stayed."""
        if hash_ is not None and hash_ != view.hash:
            raise Refused("hash_conflict")
        view.content = self._checked(content, str(view.content["type"]), instead_of=view)
        view.hash = _new_hash()
        kept: Json = {}
        for block, element in parts(view.blocks):
            entered = view.state.get(block["block_id"], {})
            if element["action_id"] in entered:
                kept.setdefault(block["block_id"], {})[element["action_id"]] = entered[element["action_id"]]
        view.state = kept
        self._tell(view, "view_update")
        return view

    def publish(self, user: str, content: Any, *, hash_: object = None) -> View:
        """Show a home tab to one person."""
        if view := self._homes.get(user):
            return self.update(view, content, hash_=hash_)
        view = self._new(user, self._checked(content, "home"))
        self._homes[user] = view
        self._workspace.news.stir()
        return view

    def close(self, view: View) -> None:
        """Take a view away, and those above it; the one below shows again."""
        stack = self._stacks.get(view.user, [])
        while view in stack:
            gone = stack.pop()
            event = {"type": "view_close", "view_id": gone.id}
            self._workspace.news.tell([view.user], event)
        if stack:
            self._tell(stack[-1], "view_update")

    def clear(self, user: str) -> None:
        """Take the whole modal away."""
        if stack := self._stacks.get(user):
            self.close(stack[0])

    def reject(self, view: View, errors: Json) -> None:
        """Show what is wrong with what was entered."""
        event = {"type": "view_errors", "view_id": view.id, "errors": errors}
        self._workspace.news.tell([view.user], event)

    def _new(self, user: str, content: Json, below: View | None = None) -> View:
        view_id = self._workspace.new_id("V")
        root = below.root_view_id if below else view_id
        return View(view_id, user, content, _new_hash(), root, below.id if below else None)

    def _checked(self, content: Any, kind: str, *, instead_of: View | None = None) -> Json:
        if found := view_problems(content):
            raise invalid_blocks(found, "invalid_arguments")
        if content["type"] != kind:
            raise invalid_blocks([f"must be {kind} [json-pointer:/view/type]"], "invalid_arguments")
        if too_large(content):
            raise Refused("view_too_large")
        same = self.find(external_id=content.get("external_id"))
        if same is not None and same is not instead_of:
            raise Refused("duplicate_external_id")
        checked: Json = {key: value for key, value in content.items() if value is not None}
        name_parts(checked["blocks"])
        return checked

    def _tell(self, view: View, event: str) -> None:
        # A home tab has no place on the page, so only those who wait for a change hear of it.
        if view.content["type"] == "modal":
            self._workspace.news.tell([view.user], {"type": event, "view": view.as_slack()})
        else:
            self._workspace.news.stir()


def _new_hash() -> str:
    return secrets.token_hex(8)
