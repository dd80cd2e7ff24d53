"""One call of a Web API method, and what a method needs to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.slack.arguments import number
from sandbox.slack.limits import Limits
from sandbox.slack.model import BOT_USER, Conversation, Json, Message
from sandbox.slack.refusal import Refused
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.tickets import Triggers
from sandbox.slack.uploads import Uploads
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the sandbox that methods work on."""

    workspace: Workspace
    views: Views
    triggers: Triggers
    limits: Limits
    uploads: Uploads
    sockets: SocketMode


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call, and the scopes of the token it came with."""

    arguments: Json
    scopes: frozenset[str]
    services: Services

    @property
    def workspace(self) -> Workspace:
        return self.services.workspace

    def get(self, name: str) -> Any:
        return self.arguments.get(name)

    def need(self, name: str) -> Any:
        """An argument that has to be there."""
        value = self.arguments.get(name)
        if value in (None, ""):
            message = f"[ERROR] missing required field: {name}"
            raise Refused("invalid_arguments", response_metadata={"messages": [message]})
        return value

    def need_scope(self, *any_of: str) -> None:
        if not self.scopes.intersection(any_of):
            raise Refused("missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.scopes)))

    def channel(self, name: str = "channel") -> Conversation:
        """The conversation that an argument names by its id."""
        return self.workspace.known_to_app(self.need(name))

    def joined(self, name: str = "channel", *, even_archived: bool = False) -> Conversation:
        """A conversation that the app is a member of."""
        conversation = self.channel(name)
        if BOT_USER not in conversation.members:
            raise Refused("not_in_channel")
        if conversation.is_archived and not even_archived:
            raise Refused("is_archived")
        return conversation

    def message(self, conversation: Conversation, name: str = "ts") -> Message:
        """The message that an argument names. A timestamp is a string: a number loses digits."""
        found = conversation.find(self.need(name))
        if found is None:
            raise Refused("message_not_found")
        return found

    def page(self, items: list[Any], *, default: int = 100) -> tuple[list[Any], Json]:
        """One page of a list, as `limit` and `cursor` ask, and the metadata that leads to the next."""
        limit = number(self.get("limit"), default)
        if not 1 <= limit <= 1000:
            raise Refused("invalid_limit")
        cursor = str(self.get("cursor") or "next:0")
        start = cursor.removeprefix("next:")
        if not cursor.startswith("next:") or not start.isdigit():
            raise Refused("invalid_cursor")
        end = int(start) + limit
        more = f"next:{end}" if end < len(items) else ""
        return items[int(start) : end], {"response_metadata": {"next_cursor": more}}


Handler = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """How a method is answered. With `scopes`, one of them is needed; `tier` is its rate limit."""

    handler: Handler
    tier: int | None
    scopes: tuple[str, ...] = ()
