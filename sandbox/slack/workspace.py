"""The workspace itself: everything that people and the app can see in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from sandbox.clock import Clock
from sandbox.slack import seed
from sandbox.slack.journal import Journal
from sandbox.slack.layout import name_parts
from sandbox.slack.model import (
    BOT_USER,
    Conversation,
    Failure,
    Json,
    Message,
    Person,
    SlashCommand,
    UploadedFile,
    UserGroup,
)
from sandbox.slack.news import News
from sandbox.slack.refusal import NotThere, Refused


class Workspace:
    """One team with its people, conversations and files. Whoever changes it through here, all pages hear."""

    def __init__(
        self,
        clock: Clock,
        *,
        url: str,
        commands: Sequence[SlashCommand],
        links: Sequence[Mapping[str, str]],
    ) -> None:
        self.clock = clock
        self.url = url
        self.commands = {command.command: command for command in commands}
        self.links = [dict(link) for link in links]
        self.news = News()
        self.journal = Journal(clock, self.news)
        self.people: dict[str, Person] = {person.id: person for person in seed.people()}
        self.conversations: dict[str, Conversation] = {c.id: c for c in seed.conversations()}
        self.user_groups: dict[str, UserGroup] = {group.id: group for group in seed.user_groups()}
        self.files: dict[str, UploadedFile] = {}
        self.failures: list[Failure] = []
        self.connected = False
        self._last_ts = 0

    def person(self, who: str) -> Person:
        """By id, or by name with or without an @. Raises NotThere."""
        for person in self.people.values():
            if who == person.id or who.lstrip("@").lower() == person.name:
                return person
        raise NotThere(f"Nobody here is called {who}; there are {', '.join(self.people)}.")

    def conversation(self, where: str) -> Conversation:
        """By id, or by name with or without a #. Raises NotThere."""
        if where in self.conversations:
            return self.conversations[where]
        for conversation in self.conversations.values():
            if conversation.type != "im" and conversation.name == where.lstrip("#"):
                return conversation
        raise NotThere(f"There is no conversation {where}; there are {', '.join(self.conversations)}.")

    def new_id(self, letter: str) -> str:
        return letter + "0" + secrets.token_hex(5).upper()

    def new_ts(self) -> str:
        """A timestamp that no message of this workspace has had yet."""
        now = int(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def direct_message(self, one: str, other: str) -> Conversation:
        """The conversation of two people, opened if it was not yet."""
        for conversation in self.conversations.values():
            if conversation.type == "im" and set(conversation.members) == {one, other}:
                return conversation
        conversation = Conversation(self.new_id("D"), "", "im", [one, other])
        self.conversations[conversation.id] = conversation
        self.news.tell([one, other], {"type": "conversation", "conversation": conversation.as_page()})
        return conversation

    def join(self, conversation: Conversation, person: str) -> None:
        if person not in conversation.members:
            conversation.members.append(person)
            self._tell_of(conversation)

    def leave(self, conversation: Conversation, person: str) -> None:
        if person in conversation.members:
            conversation.members.remove(person)
            self._tell_of(conversation)

    def archive(self, conversation: Conversation) -> None:
        conversation.is_archived = True
        self._tell_of(conversation)

    def audience(self, conversation: Conversation) -> list[str]:
        return [p.id for p in self.people.values() if not p.is_bot and conversation.visible_to(p.id)]

    def add(self, message: Message) -> Message:
        """Put a message into its conversation, and its thread's count right."""
        conversation = self.conversations[message.channel]
        message.username = message.username or self.people[message.user].real_name
        name_parts(message.blocks)
        conversation.messages.append(message)
        self._show("message", message)
        if message.is_reply and not message.ephemeral and (parent := conversation.find(message.thread_ts)):
            parent.thread_ts = parent.ts
            parent.reply_count += 1
            self._show("message_changed", parent)
        return message

    def change(
        self,
        message: Message,
        *,
        text: str,
        blocks: list[Json],
        edited: bool,
    ) -> None:
        """Replace what a message says."""
        message.text, message.blocks, message.edited = text, blocks, message.edited or edited
        message.updates += 1
        name_parts(message.blocks)
        self._show("message_changed", message)

    def touch(self, message: Message) -> None:
        """Say that something about a message is different now."""
        self._show("message_changed", message)

    def remove(self, message: Message) -> None:
        conversation = self.conversations[message.channel]
        if message in conversation.messages:
            conversation.messages.remove(message)
        if message.is_reply and not message.ephemeral and (parent := conversation.find(message.thread_ts)):
            parent.reply_count -= 1
            self.touch(parent)
        event: Json = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
        if message.ephemeral:
            event["ephemeral_key"] = message.ephemeral_key
        self.news.tell(self._readers(message), event)

    def seen_by(self, conversation: Conversation, person: str | None) -> list[Message]:
        """What stands there for this person, oldest first; for nobody in particular, what all can see."""
        if person is not None and not conversation.visible_to(person):
            return []
        return [m for m in conversation.messages if not m.ephemeral or m.ephemeral_to == person]

    def fail(self, *, user: str, channel: str | None, kind: str, what: str, error: str, text: str) -> None:
        """The app did not answer as it should: the person is told, and it is kept."""
        self.failures.append(Failure(self.clock.now(), user, channel, kind, what, error, text))
        if channel is not None:
            self.news.tell([user], {"type": "failed", "channel": channel, "text": text})
        self.news.stir()

    def set_connected(self, connected: bool) -> None:
        if connected != self.connected:
            self.connected = connected
            self.news.tell(self.people, {"type": "connected", "connected": connected})

    def known_to_app(self, where: object) -> Conversation:
        """A conversation as the app may name it; a private one it is not in does not exist for it."""
        conversation = self.conversations.get(str(where))
        if conversation is None or (conversation.type != "channel" and BOT_USER not in conversation.members):
            raise Refused("channel_not_found")
        return conversation

    def _tell_of(self, conversation: Conversation) -> None:
        event = {"type": "conversation", "conversation": conversation.as_page()}
        self.news.tell(self.audience(conversation), event)

    def _readers(self, message: Message) -> Iterable[str]:
        if message.ephemeral_to:
            return [message.ephemeral_to]
        return self.audience(self.conversations[message.channel])

    def _show(self, event: str, message: Message) -> None:
        self.news.tell(self._readers(message), {"type": event, "message": message.as_page()})
