"""RingCentral's webhooks: it tells an address of ours of every call that changes.

There is no event for "a recording is ready"; that a call has ended is as near as it gets. What it calls a subscription
lives for some days, dies of ten minutes of bad answers, and piles up where nobody looks before making one more.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from providers.errors import BadAnswer
from providers.interfaces import PushAnswer
from providers.ringcentral.budget import Kind
from providers.ringcentral.reading import read_json
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sides import Maybe, Moment, Shape

_PATH = "/restapi/v1.0/subscription"
_FILTERS = {
    "account": "/restapi/v1.0/account/~/telephony/sessions",
    "extension": "/restapi/v1.0/account/~/extension/~/telephony/sessions",
}
_LIFE = timedelta(days=7)
_RENEW_BEFORE = timedelta(days=2)
_LONGEST_TOKEN = 400
# A call that is passed on ends for one party and goes on for the others.
_PASSED_ON = frozenset(
    {
        "attendedtransfer",
        "blindtransfer",
        "callerinputredirect",
        "callflip",
        "callpark",
        "callswitch",
        "dtmftransfer",
        "parked",
        "parklocation",
        "pickup",
        "rcctransfer",
        "takeover",
    }
)


_ENDED = frozenset({"blacklisted", "suspended", "expired", "cancelled", "canceled"})


class _Delivery(Shape):
    address: Maybe[str] = None


class _Hook(Shape):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")
    status: Maybe[str] = None
    expiration_time: Maybe[Moment] = None
    delivery_mode: Maybe[_Delivery] = None

    @property
    def alive(self) -> bool:
        """Whether it may still call us. One of which no state is said that is known to be an end does."""
        return (self.status or "").lower() not in _ENDED and self.lasts() > timedelta()

    def leads_to(self, address: str) -> bool:
        return self.delivery_mode is not None and self.delivery_mode.address == address

    def lasts(self) -> timedelta:
        if self.expiration_time is None:
            return timedelta()
        return self.expiration_time - datetime.now(UTC)


class _Hooks(Shape):
    records: list[Maybe[_Hook]] = Field(default_factory=list)


class _Status(Shape):
    code: Maybe[str] = None
    reason: Maybe[str] = None


class _Party(Shape):
    status: Maybe[_Status] = None


class _Change(Shape):
    parties: Maybe[list[Maybe[_Party]]] = None


class _Notification(Shape):
    body: Maybe[_Change] = None


class Webhooks:
    """Our one webhook: kept alive at an address, and read when it calls."""

    def __init__(self, name: str, service: Service, settings: RingCentralSettings) -> None:
        self._service = service
        self._address = service.hosts.at_server(_PATH)
        self._filter = _FILTERS[settings.level]
        self._renew_before = timedelta(seconds=settings.here(_RENEW_BEFORE.total_seconds()))
        secret = settings.client_secret.get_secret_value().encode()
        # Every process of ours knows it, and it need not be kept anywhere.
        self._word = hmac.new(secret, f"recbot: pushes to {name}".encode(), hashlib.sha256).hexdigest()

    async def keep(self, address: str) -> None:
        """One living webhook leads to this address when this returns, and no second or dead one of ours."""
        hooks = [hook for hook in await self._listed() if hook.leads_to(address)]
        kept = max((hook for hook in hooks if hook.alive), key=_Hook.lasts, default=None)
        for hook in hooks:
            if hook is not kept:
                await self._write("DELETE", f"{_PATH}/{hook.id}", None)
        if kept is None:
            await self._write("POST", _PATH, self._wanted(address))
        elif kept.lasts() < self._renew_before:
            await self._write("POST", f"{_PATH}/{kept.id}/renew", None)

    def heard(self, headers: Mapping[str, str], body: bytes) -> PushAnswer:
        """The handshake is answered with its own token; a notification only if it proves that it is RingCentral's."""
        asked = headers.get("validation-token", "")
        if asked and not body:
            if len(asked) > _LONGEST_TOKEN or not asked.isascii() or not asked.isprintable():
                return PushAnswer(400)
            return PushAnswer(200, {"Validation-Token": asked, "Content-Type": "application/json"})
        # Its pages name either header for this word.
        words = (headers.get("verification-token", ""), asked)
        if not any(hmac.compare_digest(word.encode(), self._word.encode()) for word in words):
            return PushAnswer(401)
        try:
            change = _Notification.model_validate(read_json(body)).body
        except ValueError:
            return PushAnswer(
                200
            )  # a bad answer would be held against us, and the next look finds what there is
        parties = (change and change.parties) or ()
        return PushAnswer(200, news=any(_is_over(party.status) for party in parties if party))

    async def _listed(self) -> list[_Hook]:
        body = await self._service.read(Kind.WEBHOOKS, self._address)
        try:
            hooks = _Hooks.model_validate(read_json(body)).records
        except ValueError as error:
            raise BadAnswer(f"{self._service.title} gave a list of webhooks that cannot be read.") from error
        return [hook for hook in hooks if hook is not None]

    async def _write(self, method: str, path: str, json: Any) -> None:
        await self._service.write(Kind.WEBHOOK, method, self._service.hosts.at_server(path), json)

    def _wanted(self, address: str) -> dict[str, Any]:
        return {
            "eventFilters": [self._filter],
            "expiresIn": int(_LIFE.total_seconds()),
            "deliveryMode": {
                "transportType": "WebHook",
                "address": address,
                "verificationToken": self._word,
            },
        }


def _is_over(status: _Status | None) -> bool:
    return (
        status is not None
        and (status.code or "").lower() == "disconnected"
        and (status.reason or "").lower() not in _PASSED_ON
    )
