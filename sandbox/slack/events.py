"""Events: what Slack tells the app unasked, and tells again when the app does not take it in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.slack.background import Background
from sandbox.slack.delivery import EVENT, Courier, Delivery, NotDelivered, Retry
from sandbox.slack.model import APP_ID, BOT_USER, TEAM_ID, Conversation, Json, Message
from sandbox.slack.workspace import Workspace

REPEATED_AFTER = (0.0, 60.0, 300.0)
"""An event that was not taken in is sent again at once, after a minute, and after five more."""


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of an event after all repeats."""

    acknowledged: bool
    attempts: int


class Events:
    """Sends those events that the app has subscribed to."""

    def __init__(
        self,
        workspace: Workspace,
        courier: Courier,
        background: Background,
        *,
        token: str,
        subscribed: Iterable[str],
    ) -> None:
        self._workspace = workspace
        self._courier = courier
        self._background = background
        self._token = token
        self.subscribed = set(subscribed)

    def joined(self, conversation: Conversation, person: str, *, inviter: str) -> None:
        self._tell(
            "member_joined_channel",
            {
                "type": "member_joined_channel",
                "user": person,
                "channel": conversation.id,
                "channel_type": "G" if conversation.type == "private" else "C",
                "team": TEAM_ID,
                "inviter": inviter,
            },
        )

    def said(self, message: Message) -> None:
        """A person wrote an ordinary message."""
        conversation = self._workspace.conversations[message.channel]
        if BOT_USER not in conversation.members:
            return
        kind = {"channel": "channel", "private": "group", "im": "im"}[conversation.type]
        plural = {"channel": "channels", "group": "groups", "im": "im"}[kind]
        event = message.as_slack() | {"channel": message.channel, "event_ts": message.ts}
        self._tell(f"message.{plural}", event | {"channel_type": kind})
        if f"<@{BOT_USER}>" in message.text and kind != "im":
            self._tell("app_mention", event | {"type": "app_mention"})

    def opened_home(self, user: str, tab: str) -> None:
        conversation = self._workspace.direct_message(BOT_USER, user)
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": conversation.id,
            "tab": tab,
            "event_ts": self._workspace.new_ts(),
        }
        self._tell("app_home_opened", event)

    async def emit(self, event: Json) -> EventResult:
        """Deliver any event, with all the repeats it takes."""
        payload = {
            "token": self._token,
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": self._workspace.new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        retry = Retry()
        for wait in (0.0, *REPEATED_AFTER):
            await self._workspace.clock.sleep(wait)
            detail = {"type": event["type"], "event_id": payload["event_id"], "retry": retry.number}
            try:
                await self._courier.deliver(Delivery(EVENT, payload, retry, takes_answer=False))
            except NotDelivered as failed:
                self._workspace.journal.add("deliver", EVENT, failed.reason, detail)
                if failed.final:
                    return EventResult(acknowledged=False, attempts=retry.number + 1)
                retry = Retry(retry.number + 1, failed.reason)
            else:
                self._workspace.journal.add("deliver", EVENT, "ok", detail)
                return EventResult(acknowledged=True, attempts=retry.number + 1)
        return EventResult(acknowledged=False, attempts=retry.number)

    def _tell(self, subscription: str, event: Json) -> None:
        if subscription in self.subscribed:
            self._background.start(self.emit(event))
