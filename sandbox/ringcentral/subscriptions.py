"""Subscriptions to notifications, as the interface makes, lists, renews and ends them."""

from __future__ import annotations

import ipaddress
import uuid
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.event_filters import EventFilter, NotAFilter, read_filter
from sandbox.ringcentral.pushes import Pushes, Subscription
from sandbox.ringcentral.records import Json
from sandbox.ringcentral.refusal import Refused, no_permission, not_found, wrong_parameter

_DEFAULT_LIFE = 604_800
_LONGEST_LIFE = 315_360_000


class Subscriptions:
    """The listener must be there before it is subscribed: it is asked during the very call."""

    def __init__(self, pushes: Pushes) -> None:
        self._pushes = pushes

    def endpoints(self) -> list[Endpoint]:
        one, needs = "/subscription/{id}", "SubscriptionWebhook"
        return [
            Endpoint("POST", "/subscription", "medium", needs, self._create),
            Endpoint("GET", "/subscription", "light", needs, self._list),
            Endpoint("GET", one, "light", needs, self._get),
            Endpoint("PUT", one, "medium", needs, self._change),
            Endpoint("DELETE", one, "medium", needs, self._delete),
            Endpoint("POST", f"{one}/renew", "light", needs, self._renew),
        ]

    async def _create(self, asked: Asked) -> Response:
        body = await asked.json()
        filters, disabled = _filters(asked, body)
        address, token, life = _address(asked, body), _token(body), _life(body)
        if len(self._pushes.living()) >= asked.world.settings.most_subscriptions:
            raise Refused(403, "SUB-505", "Subscriptions limit exceeded.")
        await self._pushes.shake_hands(address)
        subscription = Subscription(
            id=str(uuid.uuid4()),
            owner_id=asked.session.extension.id,
            filters=filters,
            disabled=disabled,
            address=address,
            verification_token=token,
            created=asked.world.clock.now(),
        )
        self._pushes.add(subscription)
        self._pushes.renew(subscription, life)
        return JSONResponse(self._pushes.as_json(subscription))

    async def _list(self, asked: Asked) -> Response:
        records = [self._pushes.as_json(subscription) for subscription in self._pushes.living()]
        return JSONResponse({"uri": f"{asked.world.api_url}/restapi/v1.0/subscription", "records": records})

    async def _get(self, asked: Asked) -> Response:
        return JSONResponse(self._pushes.as_json(self._found(asked)))

    async def _change(self, asked: Asked) -> Response:
        subscription, body = self._found(asked), await asked.json()
        if not body:
            return await self._renew(asked)
        filters, disabled = _filters(asked, body)
        life = _life(body)
        if "deliveryMode" in body:
            address = _address(asked, body)
            await self._pushes.shake_hands(address)
            subscription.address, subscription.verification_token = address, _token(body)
        subscription.filters, subscription.disabled = filters, disabled
        self._pushes.renew(subscription, life)
        return JSONResponse(self._pushes.as_json(subscription))

    async def _renew(self, asked: Asked) -> Response:
        subscription = self._found(asked)
        self._pushes.renew(subscription, _life(await asked.json()))
        return JSONResponse(self._pushes.as_json(subscription))

    async def _delete(self, asked: Asked) -> Response:
        self._pushes.remove(self._found(asked).id)
        return Response(status_code=204)

    def _found(self, asked: Asked) -> Subscription:
        id = asked.request.path_params["id"]
        if found := self._pushes.get(id):
            return found
        raise not_found("subscriptionId", id)


def _filters(asked: Asked, body: Json) -> tuple[list[EventFilter], list[Json]]:
    """The filters that are in force, and those that the app may not have."""
    texts = body.get("eventFilters")
    if not isinstance(texts, list) or not texts:
        raise wrong_parameter("eventFilters", "")
    allowed: list[EventFilter] = []
    disabled: list[Json] = []
    for text in texts:
        try:
            wanted = read_filter(str(text), asked.world.account_id, asked.session.extension.id)
        except NotAFilter:
            raise Refused(
                400,
                "SUB-508",
                "Event filter is not valid.",
                parameterName="eventFilters",
                parameterValue=str(text),
            ) from None
        if wanted.needs and not {wanted.needs} <= set(asked.session.scope) & set(asked.world.scope):
            reason = f"Application needs to have [{wanted.needs}] permission."
            disabled.append({"filter": str(wanted), "reason": "CMN-401", "message": reason})
        else:
            allowed.append(wanted)
    if not allowed:
        raise no_permission("CallControl")
    return allowed, disabled


def _address(asked: Asked, body: Json) -> str:
    mode = body.get("deliveryMode")
    if not isinstance(mode, dict) or mode.get("transportType") != "WebHook":
        raise wrong_parameter("deliveryMode.transportType", "")
    address = str(mode.get("address", ""))
    parts = urlsplit(address)
    if parts.scheme != "https" and (asked.world.settings.https_only or not _is_here(parts.hostname)):
        raise Refused(400, "SUB-523", "WebHook address must use HTTPS.")
    return address


def _is_here(host: str | None) -> bool:
    """Whether a host is this machine, where TLS would protect nobody."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _token(body: Json) -> str | None:
    """The word that our notifications carry; two pages name the property differently."""
    mode = body["deliveryMode"]
    token = mode.get("verificationToken") or mode.get("validationToken")
    return str(token) if token else None


def _life(body: Json) -> int:
    told = body.get("expiresIn", _DEFAULT_LIFE)
    if not isinstance(told, int) or isinstance(told, bool) or told < 1:
        raise wrong_parameter("expiresIn", str(told))
    return min(told, _LONGEST_LIFE)
