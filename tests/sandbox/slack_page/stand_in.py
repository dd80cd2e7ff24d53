"""A stand-in for the server behind the page: says what a test tells it to, and remembers what the page sent."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import defaultdict
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.chromium import PATIENCE

Json = dict[str, Any]

STATIC = Path(__file__).parents[3] / "sandbox" / "slack" / "static"
POLICY = "default-src 'self'; connect-src 'self'; img-src 'self' data:; media-src *; frame-ancestors 'none'"

PEOPLE: list[Json] = [
    {"id": "U0VOVA", "name": "vova", "real_name": "Vova Tareiev", "color": "#2f6f9f"},
    {"id": "U0ANNA", "name": "anna", "real_name": "Anna Lindqvist", "color": "#a0522d"},
    {"id": "U0RECBOT", "name": "recbot", "real_name": "Recbot", "color": "#c0392b", "is_bot": True},
]
CONVERSATIONS: list[Json] = [
    {
        "id": "C0GENERAL",
        "type": "channel",
        "name": "general",
        "topic": "Company-wide words",
        "members": ["U0VOVA", "U0ANNA", "U0RECBOT"],
    },
    {"id": "C0STANDUP", "type": "channel", "name": "standup", "topic": "", "members": ["U0VOVA", "U0ANNA"]},
    {"id": "G0LEADS", "type": "private", "name": "leads", "topic": "", "members": ["U0VOVA", "U0ANNA"]},
    {"id": "D0RECBOT", "type": "im", "name": "", "topic": "", "members": ["U0VOVA", "U0RECBOT"]},
]
COMMANDS: list[Json] = [
    {
        "command": "/record",
        "description": "Start, stop and watch recordings",
        "usage_hint": "start <room> | stop | pause | resume | status | help",
        "examples": ["/record start Nf5kaN9tWo", "/record status", "/record help"],
    },
    {
        "command": "/recordings",
        "description": "Find recordings",
        "usage_hint": "search <words> | latest | show <id> | help",
        "examples": ["/recordings search vova", "/recordings latest"],
    },
]


class StandIn:
    """The page's server as a test wants it."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.posts: list[tuple[str, Json]] = []
        self.answers: dict[str, Json] = {}
        self.rooms: list[Json] | None = None
        self.calls: Json | None = None
        self.calls_after: dict[str, Json] = {}
        """What `calls` are once this was posted, and not a moment before."""
        self.state: Json = {
            "people": PEOPLE,
            "conversations": [dict(conversation) for conversation in CONVERSATIONS],
            "commands": COMMANDS,
            "connected": True,
            "links": [{"title": "Vidyo portal", "url": "http://127.0.0.1:1/"}],
            "hints": ["/record start Nf5kaN9tWo", "/recordings search vova"],
        }
        self.url = ""
        self._pages: dict[str, set[web.WebSocketResponse]] = defaultdict(set)
        self._runner: web.AppRunner | None = None
        self._news = asyncio.Condition()
        self._ts = 1_760_000_000

    async def start(self, door: socket.socket) -> None:
        """Serve at this door, which stays bound when we are gone."""
        app = web.Application()
        app.router.add_get("/", self._index)
        app.router.add_static("/static", STATIC)
        app.router.add_get("/page/state", self._state)
        app.router.add_get("/page/messages", self._messages)
        app.router.add_get("/page/live", self._live)
        app.router.add_get("/page/vidyo/state", self._rooms)
        app.router.add_get("/page/phone/state", self._calls)
        app.router.add_post("/page/{what:.+}", self._post)
        app.on_response_prepare.append(self._guard)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.SockSite(self._runner, door.dup()).start()
        self.url = "http://{}:{}".format(*door.getsockname())

    async def stop(self) -> None:
        await self.hang_up()
        assert self._runner is not None
        await self._runner.cleanup()

    async def hang_up(self) -> None:
        """Close every page's connection."""
        for page in [page for pages in self._pages.values() for page in pages]:
            await page.close()

    def new_ts(self) -> str:
        self._ts += 60
        return f"{self._ts}.000100"

    async def post(self, text: str = "", *, to: str | None = None, **given: Any) -> Json:
        """A message by the app unless `user` says otherwise; with `to` it is for that person only."""
        message: Json = {
            "ts": self.new_ts(),
            "channel": "C0GENERAL",
            "user": "U0RECBOT",
            "username": "Recbot",
            "text": text,
            "blocks": [],
            "files": [],
        } | given
        if to:
            message |= {"ephemeral": True, "ephemeral_key": f"{to}:{message['ts']}", "to": to}
        self.messages.append(message)
        await self.tell({"type": "message", "message": message}, to=to)
        return message

    async def tell(self, event: Json, to: str | None = None) -> None:
        for person, pages in self._pages.items():
            if to in (None, person):
                for page in set(pages):
                    await page.send_json(event)

    async def posted(self, path: str, nth: int = 0) -> Json:
        """What the page sent to this path, the first time or later, awaited if it has not come yet."""
        async with asyncio.timeout(PATIENCE / 1000), self._news:
            await self._news.wait_for(lambda: len(self._sent_to(path)) > nth)
        return self._sent_to(path)[nth]

    def _sent_to(self, path: str) -> list[Json]:
        return [body for sent, body in self.posts if sent == path]

    async def watched_by(self, person: str) -> None:
        """Returns once this person's page listens."""
        async with asyncio.timeout(PATIENCE / 1000), self._news:
            await self._news.wait_for(lambda: bool(self._pages[person]))

    async def _guard(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = POLICY

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _state(self, request: web.Request) -> web.Response:
        me = request.query.get("as", "U0VOVA")
        return web.json_response(self.state | {"me": me})

    async def _messages(self, request: web.Request) -> web.Response:
        me, channel = request.query["as"], request.query["channel"]
        root = request.query.get("thread_ts")
        shown = [m for m in self.messages if m["channel"] == channel and m.get("to") in (None, me)]
        if root:
            shown = [m for m in shown if root in (m["ts"], m.get("thread_ts"))]
        else:
            shown = [m for m in shown if m.get("thread_ts") in (None, m["ts"])]
        return web.json_response({"messages": shown})

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        pages = self._pages[request.query["as"]]
        pages.add(socket)
        await self._announce()
        try:
            async for message in socket:
                assert message.type is WSMsgType.TEXT
        finally:
            pages.discard(socket)
        return socket

    async def _rooms(self, request: web.Request) -> web.Response:
        if self.rooms is None:
            raise web.HTTPNotFound
        return web.json_response({"rooms": self.rooms})

    async def _calls(self, request: web.Request) -> web.Response:
        if self.calls is None:
            raise web.HTTPNotFound
        return web.json_response(self.calls)

    async def _post(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        self.posts.append((what, json.loads(await request.text())))
        self.calls = self.calls_after.get(what, self.calls)
        await self._announce()
        return web.json_response(self.answers.get(what, {"ok": True}))

    async def _announce(self) -> None:
        async with self._news:
            self._news.notify_all()
