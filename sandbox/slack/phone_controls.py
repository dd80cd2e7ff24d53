"""The page's telephones: who talks to whom, and what can happen to a call, through the controls of the calls' side."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from sandbox.slack.arguments import read_json
from sandbox.slack.far_controls import FarControls
from sandbox.slack.model import Json


class PhoneControls:
    """Lets the page place calls and move them."""

    ALLOWED = ("answer", "record", "pause", "resume", "transfer", "hangup")

    def __init__(self, phone_url: str | None) -> None:
        self._calls = FarControls(phone_url, "The telephones")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/page/phone/state", self._state),
            web.post("/page/phone/call", self._call),
            web.post("/page/phone/{name}", self._move),
        ]

    async def _state(self, request: web.Request) -> web.StreamResponse:
        state = await self._calls.ask("GET", "state")
        calls = [_call(call) for call in state["calls"]]
        return web.json_response({"extensions": state["extensions"], "calls": calls})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(await self._calls.ask("POST", "calls", await read_json(request)))

    async def _move(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        body = dict(await read_json(request))
        call = str(body.pop("call", ""))
        if name not in self.ALLOWED or not re.fullmatch(r"[\w-]{1,80}", call):
            raise web.HTTPNotFound(text="There is no such control.")
        return web.json_response(await self._calls.ask("POST", f"calls/{quote(call)}/{name}", body))


def _call(call: Json) -> Json:
    """A call as the page wants it."""
    recording = call["recording"]
    told = {key: call[key] for key in ("id", "state", "direction", "other", "number", "extension")}
    return told | {"recording": {"paused": not recording["active"]} if recording else None}
