"""Slash commands: what a person types after a slash, and the app's first answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.slack.answers import say
from sandbox.slack.delivery import COMMAND, Delivery, NotDelivered
from sandbox.slack.emoji import by_name
from sandbox.slack.events import Events
from sandbox.slack.exchange import Exchange
from sandbox.slack.model import APP_ID, TEAM_DOMAIN, TEAM_ID, Conversation, Json, Message
from sandbox.slack.refusal import NotThere, Refused
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command was acknowledged. What comes later through the response address is not in here."""

    error: str | None = None
    message: Message | None = None
    """What the acknowledgement itself said; None when it said nothing."""

    @property
    def ok(self) -> bool:
        return self.error is None


class Commands:
    """Takes what people type after a slash to the app, or does it itself where it is Slack's own."""

    def __init__(self, exchange: Exchange, events: Events) -> None:
        self._exchange = exchange
        self._workspace = exchange.workspace
        self._events = events

    def refusal(self, typed: str, *, in_thread: bool) -> str | None:
        """Why Slack would not even take this command, as the person reads it."""
        name = typed.split(maxsplit=1)[0]
        if in_thread:
            return f"{name} is not supported in threads. Sorry!"
        if name not in self._workspace.commands and name not in ("/invite", "/remove"):
            return f"{name} is not a valid command."
        return None

    async def run(self, user: str, conversation: Conversation, typed: str) -> CommandResult:
        """Bring a command to the app. Not to be acknowledged in time is an error, not an exception."""
        name, _, text = typed.strip().partition(" ")
        if refusal := self.refusal(name, in_thread=False):
            return CommandResult(refusal)
        if name in ("/invite", "/remove"):
            return self._manage(user, conversation, name, text)
        if self._workspace.commands[name].should_escape:
            text = with_mentions(self._workspace, text.strip(), named=True)
        delivery = Delivery(COMMAND, self._payload(user, conversation, name, text.strip()))
        try:
            answer = await self._exchange.ask(delivery, what=typed)
            return CommandResult(message=self._show(user, conversation, answer))
        except NotDelivered as failed:
            error = failed.error
        except Refused as refused:
            details = "; ".join(refused.extra.get("errors", []))
            error = f"invalid_command_response ({refused.error}{': ' if details else ''}{details})"
        text = f'{name} failed with the error "{error}"'
        self._workspace.fail(
            user=user, channel=conversation.id, kind="command", what=typed, error=error, text=text
        )
        return CommandResult(error)

    def _payload(self, user: str, conversation: Conversation, name: str, text: str) -> Json:
        unnamed = {"im": "directmessage", "private": "privategroup"}
        return {
            "token": self._exchange.credentials.verification_token,
            "team_id": TEAM_ID,
            "team_domain": TEAM_DOMAIN,
            "channel_id": conversation.id,
            "channel_name": unnamed.get(conversation.type, conversation.name),
            "user_id": user,
            "user_name": self._workspace.people[user].name,
            "command": name,
            "text": by_name(text),
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._exchange.response_urls.issue(user, conversation.id),
            "trigger_id": self._exchange.triggers.issue(user),
        }

    def _show(self, user: str, conversation: Conversation, answer: Json) -> Message | None:
        if not any(answer.get(part) for part in ("text", "blocks", "attachments")):
            return None
        public = answer.get("response_type") == "in_channel"
        return say(self._workspace, answer, user=user, channel=conversation.id, public=public)

    def _manage(self, user: str, conversation: Conversation, name: str, text: str) -> CommandResult:
        """`/invite @recbot` and `/remove @recbot`, which are Slack's own."""
        wanted = re.sub(r"^<@(\w+)(\|[^>]*)?>$", r"\1", text.strip())
        try:
            person = self._workspace.person(wanted)
        except NotThere as unknown:
            return CommandResult(str(unknown))
        if conversation.type == "im":
            return CommandResult(f"{name} does not work in a direct message.")
        coming = name == "/invite"
        if coming == (person.id in conversation.members):
            return CommandResult(f"{person.real_name} is {'already' if coming else 'not'} in this channel.")
        if coming:
            self._workspace.join(conversation, person.id)
            self._events.joined(conversation, person.id, inviter=user)
        else:
            self._workspace.leave(conversation, person.id)
        verb, where = ("added to", "channel_join") if coming else ("removed from", "channel_leave")
        text = f"<@{person.id}> was {verb} #{conversation.name} by <@{user}>."
        ts = self._workspace.new_ts()
        self._workspace.add(Message(ts, conversation.id, person.id, text, subtype=where))
        return CommandResult()


def with_mentions(workspace: Workspace, text: str, *, named: bool) -> str:
    """Typed names as Slack sends them: `@anna` as `<@U0ANNA|anna>` in commands, `<@U0ANNA>` in messages."""

    def person(match: re.Match[str]) -> str:
        name = match[1].lower()
        found = next((p for p in workspace.people.values() if p.name == name), None)
        if found is None:
            return match[0]
        return f"<@{found.id}|{found.name}>" if named else f"<@{found.id}>"

    def channel(match: re.Match[str]) -> str:
        name = match[1].lower()
        known = workspace.conversations.values()
        found = next((c for c in known if c.type != "im" and c.name == name), None)
        return f"<#{found.id}|{found.name}>" if found else match[0]

    text = re.sub(r"(?<![\w<|])@([A-Za-z][\w.-]*)", person, text)
    return re.sub(r"(?<![\w<|])#([A-Za-z][\w-]*)", channel, text)
