"""What Slack tells us that a person did, read once for all listeners."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.filters import FILTERS
from bot.slack.emoji import spelled_out

_KEYS = frozenset({*FILTERS, "profile"})


@dataclass(frozen=True, slots=True)
class Heard:
    """A slash command, a click or a submitted view. `body` is Slack's payload: data, not to be trusted.

    `ours` is the workspace that the bot is in, if Slack has said so.
    """

    body: Mapping[str, Any]
    ours: str = ""

    @property
    def text(self) -> str:
        """What was typed behind a slash command."""
        return spelled_out(str(self.body.get("text") or ""), _KEYS)

    @property
    def user(self) -> str:
        who = self.body.get("user")
        return str(who.get("id", "")) if isinstance(who, Mapping) else str(self.body.get("user_id") or "")

    @property
    def team(self) -> str:
        """Where this bot is: one that is in one workspace hears nobody from elsewhere, whatever the payload names.

        On Grid, and in channels that are shared, it may name none or another one, by the person or by the channel.
        Who belongs to us is not read from it either: see `People`.
        """
        if self.ours:
            return self.ours
        team = self.body.get("team")
        return str(team.get("id", "")) if isinstance(team, Mapping) else str(self.body.get("team_id") or "")

    @property
    def channel(self) -> str:
        """Where it happened; empty in a modal, which belongs to no conversation."""
        channel = self.body.get("channel")
        return (
            str(channel.get("id", ""))
            if isinstance(channel, Mapping)
            else str(self.body.get("channel_id") or "")
        )

    @property
    def thread(self) -> str | None:
        container = self.body.get("container")
        thread = container.get("thread_ts") if isinstance(container, Mapping) else None
        return str(thread) if thread else None

    @property
    def message(self) -> str:
        """The message whose button was pressed; empty elsewhere."""
        container = self.body.get("container")
        return str(container.get("message_ts") or "") if isinstance(container, Mapping) else ""

    @property
    def trigger(self) -> str:
        """Good for one modal within three seconds; also the key under which a request is kept once."""
        return str(self.body.get("trigger_id") or "")

    @property
    def response_url(self) -> str | None:
        url = self.body.get("response_url")
        return str(url) if url else None

    @property
    def value(self) -> str:
        """What the pressed button, or the chosen option of a menu, carries."""
        actions = self.body.get("actions")
        if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
            return ""
        option = actions[0].get("selected_option")
        found = option.get("value") if isinstance(option, Mapping) else actions[0].get("value")
        return str(found or "")

    @property
    def view(self) -> Mapping[str, Any]:
        """The submitted view; empty elsewhere."""
        view = self.body.get("view")
        return view if isinstance(view, Mapping) else {}

    @property
    def in_ephemeral(self) -> bool:
        """Whether the click was in a message that only this person sees."""
        container = self.body.get("container")
        return isinstance(container, Mapping) and bool(container.get("is_ephemeral"))

    @property
    def asker(self) -> Asker:
        return Asker("slack", self.user, self.team)

    def reply_in(self, channel: str) -> ReplyTo:
        """How to answer this person in that channel."""
        conversation = Conversation("slack", channel, self.team, self.thread)
        return ReplyTo(conversation, self.asker, self.response_url)

    @property
    def reply(self) -> ReplyTo:
        return self.reply_in(self.channel)
