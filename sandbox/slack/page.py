"""The page's own door: what a person sees and does in the browser, over JSON and one WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.slack.actions import find_part
from sandbox.slack.arguments import read_json
from sandbox.slack.background import Background
from sandbox.slack.hands import Hands
from sandbox.slack.layout import held_key
from sandbox.slack.model import Conversation, Json, Message, View
from sandbox.slack.refusal import NotThere
from sandbox.slack.submissions import enter

STATIC = Path(__file__).parent / "static"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
POLICY = (
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; media-src *; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Page:
    """Serves the page. There are no tokens here: it is for people on this machine."""

    def __init__(
        self, hands: Hands, background: Background, controls_url: str | None, phone_url: str | None
    ) -> None:
        self._hands = hands
        self._workspace = hands.workspace
        self._background = background
        self._controls_url = controls_url
        self._phone_url = phone_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/archives/{channel}/{message}", self._permalink),
            web.get("/static/{path:.+}", self._static),
            web.get("/page/state", self._state),
            web.get("/page/messages", self._messages),
            web.get("/page/live", self._live),
            web.post("/page/send", _spoken(self._send)),
            web.post("/page/action", _spoken(self._action)),
            web.post("/page/view_submit", _spoken(self._view_submit)),
            web.post("/page/view_close", _spoken(self._view_close)),
            web.post("/page/conversation", _spoken(self._conversation)),
        ]

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return _file(STATIC / "index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _file(STATIC / request.match_info["path"])

    async def _permalink(self, request: web.Request) -> web.StreamResponse:
        conversation = self._workspace.conversation(request.match_info["channel"])
        raise web.HTTPFound(f"/#{conversation.id}")

    async def _state(self, request: web.Request) -> web.StreamResponse:
        me = self._me(request.query.get("as", "U0VOVA"))
        commands = [
            {
                "command": command.command,
                "description": command.description,
                "usage_hint": command.usage_hint,
                "examples": list(command.examples),
            }
            for command in self._workspace.commands.values()
        ]
        state: Json = {
            "me": me,
            "people": [person.as_page() for person in self._workspace.people.values()],
            "conversations": [
                conversation.as_page()
                for conversation in self._workspace.conversations.values()
                if conversation.visible_to(me)
            ],
            "commands": commands,
            "connected": self._workspace.connected,
            "links": self._workspace.links,
            "hints": [example for command in commands for example in command["examples"]],
            "controls_url": self._controls_url,
            "phone_url": self._phone_url,
        }
        return web.json_response(state)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        me = self._me(request.query.get("as", ""))
        conversation = self._place(request.query.get("channel", ""), me)
        thread_ts = request.query.get("thread_ts")
        seen = self._workspace.seen_by(conversation, me)
        if thread_ts:
            shown = [m for m in seen if thread_ts in (m.ts, m.thread_ts)]
        else:
            shown = [m for m in seen if m.broadcast or not m.is_reply]
        return web.json_response({"messages": [message.as_page() for message in shown]})

    async def _live(self, request: web.Request) -> web.StreamResponse:
        me = self._me(request.query.get("as", ""))
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden(text="Another site's page may not listen here.")
        socket = web.WebSocketResponse(heartbeat=20, timeout=0.5)
        await socket.prepare(request)
        queue = self._workspace.news.subscribe(me)
        sending = self._background.start(_forward(queue, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._workspace.news.unsubscribe(me, queue)
            sending.cancel()
        return socket

    async def _send(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        me = self._me(body.get("as"))
        conversation = self._place(body.get("channel"), me)
        text, thread_ts = str(body.get("text") or "").strip(), body.get("thread_ts")
        if not text:
            return _refused("There is nothing to send.")
        if not text.startswith("/"):
            if conversation.is_archived:
                return _refused("This channel is archived.")
            message = self._hands.say(me, conversation.id, text, thread_ts)
            return web.json_response({"ok": True, "ts": message.ts})
        if refusal := self._hands.commands.refusal(text, in_thread=bool(thread_ts)):
            return _refused(refusal)
        if text.startswith(("/invite", "/remove")):
            result = await self._hands.command(me, conversation.id, text)
            return web.json_response({"ok": True}) if result.ok else _refused(str(result.error))
        # The person does not wait: what the app says, or fails to say, comes over the live socket.
        self._background.start(self._hands.command(me, conversation.id, text))
        return web.json_response({"ok": True})

    async def _action(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        me, action = self._me(body.get("as")), body.get("action") or {}
        target: Message | View | None
        if body.get("view_id"):
            target = self._hands.views.find(view_id=body["view_id"])
            if target is not None and target.user != me:
                target = None
        else:
            target = self._message(me, body)
        if target is None:
            return _refused("It is not there any more.")
        block, element = find_part(
            target.blocks, str(action.get("action_id")), action.get("block_id"), action.get("value")
        )
        entered = target.state if isinstance(target, View) else target.states.setdefault(me, {})
        enter(target.blocks, entered, (body.get("state") or {}).get("values") or {})
        choice = action.get(held_key(element))
        if isinstance(target, View):
            result = await self._hands.actions.in_view(me, target, block, element, choice)
        else:
            result = await self._hands.actions.in_message(me, target, block, element, choice)
        return web.json_response({"ok": True}) if result.ok else _refused(str(result.error))

    async def _view_submit(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        me, view = self._view(body)
        enter(view.blocks, view.state, (body.get("state") or {}).get("values") or {})
        result = await self._hands.submissions.submit(me, view)
        if result.outcome == "failed":
            return _refused(str(result.error))
        return web.json_response({"ok": True, "outcome": result.outcome})

    async def _view_close(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        me, view = self._view(body)
        self._hands.submissions.close(me, view)
        return web.json_response({"ok": True})

    async def _conversation(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        me, others = self._me(body.get("as")), body.get("with") or []
        if not isinstance(others, list) or len(others) != 1:
            return _refused("A direct message is with one person.")
        other = self._workspace.person(str(others[0]))
        conversation = self._workspace.direct_message(me, other.id)
        if other.is_bot:
            self._hands.events.opened_home(me, "messages")
        return web.json_response({"ok": True, "conversation": conversation.as_page()})

    def _me(self, who: Any) -> str:
        person = self._workspace.person(str(who or ""))
        if person.is_bot:
            raise NotThere("The page is for people: choose one of them.")
        return person.id

    def _place(self, where: Any, me: str) -> Conversation:
        conversation = self._workspace.conversation(str(where or ""))
        if not conversation.visible_to(me):
            raise NotThere(f"There is no conversation {where}.")
        return conversation

    def _message(self, me: str, body: Json) -> Message | None:
        seen = self._workspace.seen_by(self._place(body.get("channel"), me), me)
        key, ts = body.get("ephemeral_key"), body.get("message_ts")
        for message in seen:
            if (key and message.ephemeral_key == key) or (not key and message.ts == ts):
                return message
        return None

    def _view(self, body: Json) -> tuple[str, View]:
        me = self._me(body.get("as"))
        view = self._hands.views.find(view_id=body.get("view_id"))
        if view is None or view.user != me:
            raise NotThere("This view is closed.")
        return me, view


async def _forward(queue: asyncio.Queue[Json], socket: web.WebSocketResponse) -> None:
    try:
        while True:
            await socket.send_json(await queue.get())
    except ConnectionError:
        return


def _spoken(handler: Handler) -> Handler:
    """What a person asked for and cannot have is a sentence on the page."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotThere as error:
            return _refused(str(error.args[0]))

    return answer


def _refused(error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error})


def _file(path: Path) -> web.StreamResponse:
    resolved = path.resolve()
    if not resolved.is_relative_to(STATIC.resolve()) or not resolved.is_file():
        raise web.HTTPNotFound(text="There is no such page.")
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
    return web.FileResponse(resolved, headers=headers)
