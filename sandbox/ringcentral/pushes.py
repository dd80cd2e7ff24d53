"""Notifications to an address: the handshake, the delivery in turn, and the end of patience."""

from __future__ import annotations

import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp

from sandbox.ringcentral.background import Background
from sandbox.ringcentral.calls import Call, Leg
from sandbox.ringcentral.event_filters import EventFilter
from sandbox.ringcentral.parties import notification
from sandbox.ringcentral.records import Json, moment
from sandbox.ringcentral.refusal import Refused
from sandbox.ringcentral.world import World

_ANSWER_WITHIN = aiohttp.ClientTimeout(total=3)
_LARGEST_ANSWER = 1024
_TURN = 1.0


@dataclass(slots=True)
class Subscription:
    """Who hears of what, where, and until when (`until` counts this machine's monotonic seconds)."""

    id: str
    owner_id: str
    filters: list[EventFilter]
    disabled: list[Json]
    address: str
    verification_token: str | None = field(repr=False)
    created: datetime
    until: float = 0.0
    waiting: deque[Json] = field(default_factory=deque, repr=False)
    busy: bool = False
    failing_since: float | None = None
    blacklisted: datetime | None = None


class Pushes:
    """All subscriptions, and what is on its way to them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._subscriptions: dict[str, Subscription] = {}
        self.background = Background(world.clock)
        world.watchers.append(self._hear)

    def living(self) -> list[Subscription]:
        """Those that have not run out."""
        now = time.monotonic()
        self._subscriptions = {s.id: s for s in self._subscriptions.values() if s.until > now}
        return list(self._subscriptions.values())

    def get(self, id: str) -> Subscription | None:
        return next((subscription for subscription in self.living() if subscription.id == id), None)

    def add(self, subscription: Subscription) -> None:
        self._subscriptions[subscription.id] = subscription

    def remove(self, id: str) -> None:
        self._subscriptions.pop(id, None)

    def renew(self, subscription: Subscription, seconds: float) -> None:
        """Let it live so many seconds of this world from now on, and remind as it asked."""
        subscription.until = time.monotonic() + self._world.clock.scaled(seconds)
        for wanted in subscription.filters:
            if wanted.threshold is not None:
                self.background.start(self._remind(subscription, wanted, seconds - wanted.threshold))

    async def shake_hands(self, address: str) -> None:
        """Make sure that whoever listens at an address agrees to it."""
        token = str(uuid.uuid4())
        try:
            async with (
                aiohttp.ClientSession(timeout=_ANSWER_WITHIN) as http,
                http.post(address, headers={"Validation-Token": token}, allow_redirects=False) as answer,
            ):
                size = len(await answer.read()) + sum(len(n) + len(v) for n, v in answer.raw_headers)
                status, headers = answer.status, answer.headers
        except (aiohttp.ClientError, TimeoutError):
            raise Refused(400, "SUB-521", "WebHook is not reachable.") from None
        if headers.get("Validation-Token") != token:
            raise Refused(400, "SUB-520", "WebHook did not return the validation token.")
        if (
            status != 200
            or size > _LARGEST_ANSWER
            or not headers.get("Content-Type", "").startswith("application/json")
        ):
            raise Refused(400, "SUB-525", "WebHook response is invalid.")

    def as_json(self, subscription: Subscription) -> Json:
        left = subscription.until - time.monotonic()
        ends = self._world.clock.now() + timedelta(seconds=left)
        told: Json = {
            "id": subscription.id,
            "uri": f"{self._world.api_url}/restapi/v1.0/subscription/{subscription.id}",
            "eventFilters": [str(wanted) for wanted in subscription.filters],
            "disabledFilters": subscription.disabled,
            "creationTime": moment(subscription.created),
            "expirationTime": moment(ends),
            "expiresIn": int(left),
            "status": "Blacklisted" if subscription.blacklisted else "Active",
            "deliveryMode": {
                "transportType": "WebHook",
                "encryption": False,
                "address": subscription.address,
            },
        }
        if subscription.blacklisted:
            told["blacklistedData"] = {
                "reason": "WebHook responses are invalid.",
                "blacklistedAt": moment(subscription.blacklisted),
            }
        return told

    def _hear(self, call: Call, leg: Leg, status: str, reason: str) -> None:
        now = self._world.clock.now()
        for subscription in self.living():
            for wanted in subscription.filters:
                if wanted.matches(call, leg, status):
                    body = notification(call, leg, status, reason, self._world.account_id, now)
                    self._enqueue(subscription, wanted.path, body)
                    break

    def _enqueue(self, subscription: Subscription, event: str, body: Json) -> None:
        subscription.waiting.append(
            {
                "uuid": str(uuid.uuid4()),
                "event": event,
                "timestamp": moment(self._world.clock.now()),
                "subscriptionId": subscription.id,
                "ownerId": subscription.owner_id,
                "body": body,
            }
        )
        if not subscription.busy:
            subscription.busy = True
            self.background.start(self._deliver(subscription))

    async def _deliver(self, subscription: Subscription) -> None:
        """Send what waits, one after another, until nothing does."""
        settings, waiting = self._world.settings, subscription.waiting
        try:
            while waiting:
                if settings.pushes_out_of_order:
                    await self.background.wait(_TURN)
                turn = [waiting.popleft()]
                if settings.pushes_out_of_order and waiting:
                    turn.insert(0, waiting.popleft())
                for told in turn:
                    for _ in range(2 if settings.pushes_repeated else 1):
                        await self._send(subscription, told)
        finally:
            subscription.busy = False

    async def _send(self, subscription: Subscription, told: Json) -> None:
        if subscription.blacklisted or subscription.id not in self._subscriptions:
            return
        headers: dict[str, str] = {}
        if subscription.verification_token is not None:
            headers[self._world.settings.verification_header] = subscription.verification_token
        try:
            async with (
                aiohttp.ClientSession(timeout=_ANSWER_WITHIN) as http,
                http.post(subscription.address, json=told, headers=headers, allow_redirects=False) as answer,
            ):
                good = 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError):
            good = False
        self._judge(subscription, good=good)

    def _judge(self, subscription: Subscription, *, good: bool) -> None:
        now = time.monotonic()
        if good:
            subscription.failing_since = None
            return
        subscription.failing_since = subscription.failing_since or now
        patience = self._world.clock.scaled(self._world.settings.blacklist_after)
        if now - subscription.failing_since >= patience:
            subscription.blacklisted = self._world.clock.now()

    async def _remind(self, subscription: Subscription, wanted: EventFilter, first: float) -> None:
        """Say that a subscription ends soon, again and again, until it is renewed or over."""
        until = subscription.until
        await self._world.clock.sleep(max(0.0, first))
        while self.get(subscription.id) and subscription.until == until:
            self._enqueue(subscription, str(wanted), self.as_json(subscription))
            await self._world.clock.sleep(max(1.0, wanted.interval))
