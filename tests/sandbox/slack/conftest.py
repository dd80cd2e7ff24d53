"""A workspace for each test, and apps to stand at its other end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import SlackSandbox

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: SlackSandbox, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-sandbox", base_url=slack.api_url, session=session, retry_handlers=[])


@dataclass
class Request:
    """One request that Slack sent to the app."""

    headers: dict[str, str]
    raw: bytes
    body: Json


@dataclass
class ScriptedApp:
    """An app at a request URL that answers as a test says, and keeps what it got."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Any] = lambda request: web.Response()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if request.content_type == "application/json":
            body = json.loads(raw)
        else:
            body = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
            body = json.loads(body["payload"]) if "payload" in body else body
        seen = Request(dict(request.headers), raw, body)
        self.requests.append(seen)
        answer = self.answer(seen)
        if hasattr(answer, "__await__"):
            answer = await answer
        return web.json_response(answer) if isinstance(answer, dict) else answer

    @property
    def last(self) -> Json:
        return self.requests[-1].body


@pytest.fixture
async def app(slack: SlackSandbox) -> AsyncIterator[ScriptedApp]:
    """The app, already known to Slack as the one to deliver to."""
    scripted = ScriptedApp()
    server = web.Application()
    server.router.add_post("/slack/events", scripted.handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await slack.set_request_url(scripted.url)
    yield scripted
    await runner.cleanup()


def button(label: str, action_id: str, value: str | None = None, **more: Any) -> Json:
    element: Json = {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id}
    return element | ({"value": value} if value else {}) | more


def actions(*elements: Json, block_id: str = "buttons") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | more


def text_input(block_id: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "entered"} | more.pop("element", {})
    label = {"type": "plain_text", "text": block_id}
    return {"type": "input", "block_id": block_id, "label": label, "element": element} | more


def modal(*blocks: Json, **more: Any) -> Json:
    view: Json = {
        "type": "modal",
        "callback_id": "edit",
        "title": {"type": "plain_text", "text": "Edit"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": list(blocks) or [text_input("title")],
    }
    return view | more
