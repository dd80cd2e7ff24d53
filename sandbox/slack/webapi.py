"""The door of the Web API: tokens, scopes, limits and faults, before any method is asked."""

from __future__ import annotations

import json
import time
from email.utils import formatdate

from aiohttp import web

from sandbox.slack import arguments
from sandbox.slack.credentials import Credentials
from sandbox.slack.faults import Faults
from sandbox.slack.methods import chat, conversations, files, people, views
from sandbox.slack.methods.call import Call, Method, Services
from sandbox.slack.model import Json
from sandbox.slack.refusal import RateLimited, Refused

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}
_FOR_APP_TOKEN = "apps.connections.open"  # noqa: S105 - a method's name
_WITHOUT_TOKEN = "blocks.validate"  # noqa: S105 - a method's name

ALL_SCOPES = frozenset(
    {scope for name, method in METHODS.items() if name != _FOR_APP_TOKEN for scope in method.scopes}
    | {"commands", "app_mentions:read"}
)
"""What the bot token may do when the caller says nothing else: everything but `chat:write.public`."""


class WebApi:
    """Answers `/api/METHOD`. Its clock may be so many seconds ahead of this machine's."""

    def __init__(self, services: Services, credentials: Credentials, faults: Faults) -> None:
        self._services = services
        self._credentials = credentials
        self._faults = faults
        self.scopes: frozenset[str] = ALL_SCOPES
        self.clock_ahead: float | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            return await self._faults.around(name, request, lambda: self._work(name, request))
        except Refused as refused:
            return self._refusal(name, refused, {})

    async def _work(self, name: str, request: web.Request) -> web.StreamResponse:
        given: Json = {}
        try:
            given = await arguments.read(request)
            answer = await self._call(name, arguments.token_of(request, given), given)
        except Refused as refused:
            return self._refusal(name, refused, given)
        self._note(name, "ok", given)
        return self._send({"ok": True} | answer)

    async def _call(self, name: str, token: str | None, given: Json) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        scopes = frozenset[str]() if name == _WITHOUT_TOKEN else self._scopes(name, token)
        self._services.limits.admit(name, method.tier)
        call = Call(given, scopes, self._services)
        if method.scopes:
            call.need_scope(*method.scopes)
        return await method.handler(call)

    def _scopes(self, name: str, token: str | None) -> frozenset[str]:
        """What the token may do, or Refused where it is none of ours, or of the wrong sort."""
        if not token:
            raise Refused("not_authed")
        if token not in (self._credentials.bot_token, self._credentials.app_token):
            raise Refused("invalid_auth")
        if (token == self._credentials.app_token) != (name == _FOR_APP_TOKEN):
            raise Refused("not_allowed_token_type")
        return frozenset({"connections:write"}) if name == _FOR_APP_TOKEN else self.scopes

    def _refusal(self, name: str, refused: Refused, given: Json) -> web.Response:
        self._note(name, refused.error, given)
        answer = {"ok": False, "error": refused.error} | refused.extra
        if isinstance(refused, RateLimited):
            return self._send(answer, status=429, headers={"Retry-After": str(refused.retry_after)})
        return self._send(answer)

    def _send(self, answer: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
        told = {"X-OAuth-Scopes": ",".join(sorted(self.scopes))} | (headers or {})
        if self.clock_ahead is not None:
            told["Date"] = formatdate(time.time() + self.clock_ahead, usegmt=True)
        return web.json_response(answer, status=status, headers=told, dumps=_dumps)

    def _note(self, name: str, outcome: str, given: Json) -> None:
        detail = {key: value for key, value in given.items() if key != "token"}
        self._services.workspace.journal.add("api", name, outcome, detail)


def _dumps(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)
