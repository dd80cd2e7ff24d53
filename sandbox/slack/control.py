"""The sandbox's own switches over HTTP, for tests of a bot that runs in another process."""

from __future__ import annotations

from typing import Any, Protocol

from aiohttp import web

from sandbox.slack.arguments import read_json
from sandbox.slack.delivery import NotDelivered
from sandbox.slack.faults import Fault, Faults
from sandbox.slack.limits import Limits
from sandbox.slack.model import BOT_USER
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.webapi import WebApi
from sandbox.slack.workspace import Workspace


class Switches(Protocol):
    """What the controls may turn on the sandbox as a whole."""

    workspace: Workspace
    limits: Limits
    faults: Faults
    sockets: SocketMode
    api: WebApi

    async def set_request_url(self, url: str | None) -> None: ...

    def disconnect_soon(self, reason: str) -> None: ...

    async def repeat(self) -> None: ...


class Control:
    """Answers `/control/…`."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/journal", self._journal),
            web.get("/control/failures", self._failures),
            web.post("/control/rate-limit", self._rate_limit),
            web.post("/control/fail", self._fail),
            web.post("/control/faults/clear", self._clear),
            web.post("/control/disconnect", self._disconnect),
            web.post("/control/dead-socket", self._dead_socket),
            web.post("/control/drop", self._drop),
            web.post("/control/everywhere", self._everywhere),
            web.post("/control/repeat", self._repeat),
            web.post("/control/kick", self._kick),
            web.post("/control/archive", self._archive),
            web.post("/control/scopes", self._scopes),
            web.post("/control/clock", self._clock),
            web.post("/control/request-url", self._request_url),
        ]

    async def _journal(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"entries": [entry.as_json() for entry in self._switches.workspace.journal]})

    async def _failures(self, request: web.Request) -> web.StreamResponse:
        failures = [
            {"at": f.at.isoformat(), "user": f.user, "kind": f.kind, "error": f.error, "text": f.text}
            for f in self._switches.workspace.failures
        ]
        return web.json_response({"failures": failures})

    async def _rate_limit(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        self._switches.limits.demand(
            str(body.get("method", "*")),
            times=int(body.get("times", 1)),
            retry_after=int(body.get("retry_after", 1)),
        )
        return _done()

    async def _fail(self, request: web.Request) -> web.StreamResponse:
        """`times` null means for ever."""
        body = await read_json(request)
        known = ("kind", "times", "probability", "seed", "seconds")
        given: dict[str, Any] = {key: body[key] for key in known if key in body}
        try:
            fault = Fault(str(body.get("method", "*")), **given)
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        self._switches.faults.add(fault)
        return _done()

    async def _clear(self, request: web.Request) -> web.StreamResponse:
        self._switches.faults.clear()
        return _done()

    async def _disconnect(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        connections = self._switches.sockets.connections
        self._switches.disconnect_soon(str(body.get("reason", "refresh_requested")))
        return web.json_response({"ok": True, "connections": connections})

    async def _dead_socket(self, request: web.Request) -> web.StreamResponse:
        """`most`: only so many of the connections."""
        dead = self._switches.sockets.play_dead(await _most(request))
        return web.json_response({"ok": True, "connections": dead})

    async def _drop(self, request: web.Request) -> web.StreamResponse:
        """`most`: only so many of the connections."""
        dropped = self._switches.sockets.drop(await _most(request))
        return web.json_response({"ok": True, "connections": dropped})

    async def _everywhere(self, request: web.Request) -> web.StreamResponse:
        """`on`: whether each envelope goes down every connection."""
        self._switches.sockets.everywhere = bool((await read_json(request)).get("on", True))
        return _done()

    async def _repeat(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._switches.repeat()
        except NotDelivered as failed:
            return web.json_response({"ok": False, "error": failed.error})
        return _done()

    async def _kick(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        workspace = self._switches.workspace
        workspace.leave(workspace.conversation(str(body.get("channel"))), BOT_USER)
        return _done()

    async def _archive(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        workspace = self._switches.workspace
        workspace.archive(workspace.conversation(str(body.get("channel"))))
        return _done()

    async def _scopes(self, request: web.Request) -> web.StreamResponse:
        scopes = (await read_json(request)).get("scopes")
        names = scopes.split(",") if isinstance(scopes, str) else scopes or []
        self._switches.api.scopes = frozenset(str(name).strip() for name in names)
        return _done()

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        """`ahead`: by so many seconds; null for the true time again."""
        ahead = (await read_json(request)).get("ahead")
        self._switches.api.clock_ahead = None if ahead is None else float(ahead)
        return _done()

    async def _request_url(self, request: web.Request) -> web.StreamResponse:
        url = (await read_json(request)).get("url")
        await self._switches.set_request_url(str(url) if url else None)
        return _done()


async def _most(request: web.Request) -> int | None:
    most = (await read_json(request)).get("most") if request.can_read_body else None
    return int(most) if isinstance(most, int) else None


def _done() -> web.Response:
    return web.json_response({"ok": True})
