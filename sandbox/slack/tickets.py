"""What Slack hands out to be used once or for a while: trigger ids and response addresses."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.slack.model import Message
from sandbox.slack.refusal import Refused

RESPONSE_POSTS = 5
RESPONSE_LIFE = 30 * 60.0


@dataclass(slots=True)
class _Trigger:
    user: str
    until: float
    used: bool = False


class Triggers:
    """Each is good for one modal, and for a few real seconds: people wait at no other speed."""

    def __init__(self, life: float) -> None:
        self._life = life
        self._known: dict[str, _Trigger] = {}

    def issue(self, user: str) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._known[trigger_id] = _Trigger(user, time.monotonic() + self._life)
        return trigger_id

    def exchange(self, trigger_id: object) -> str:
        """The person whose action it came from. It cannot be used again."""
        trigger = self._known.get(str(trigger_id))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() > trigger.until:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass(slots=True)
class ResponseUrl:
    """An address at which the app may answer one action; `source` is the message that was clicked."""

    user: str
    channel: str
    until: float
    source: Message | None = None
    posts_left: int = RESPONSE_POSTS


class ResponseUrls:
    """Each is good for five posts within half an hour of the sandbox's world."""

    def __init__(self, clock: Clock, base: str) -> None:
        self._clock = clock
        self._base = base
        self._known: dict[str, ResponseUrl] = {}

    def issue(self, user: str, channel: str, source: Message | None = None) -> str:
        key = secrets.token_urlsafe(18)
        until = time.monotonic() + self._clock.scaled(RESPONSE_LIFE)
        self._known[key] = ResponseUrl(user, channel, until, source)
        return f"{self._base}/response/{key}"

    def use(self, key: str) -> ResponseUrl:
        """The address, with one post fewer left in it."""
        known = self._known.get(key)
        if known is None:
            raise Refused("invalid_url")
        if time.monotonic() > known.until:
            raise Refused("expired_url")
        if known.posts_left < 1:
            raise Refused("used_url")
        known.posts_left -= 1
        return known
