"""The whole way of a request in one process: guard, Bolt, listeners, workflows, and the memory provider behind."""

import json
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import Message, Scope

from bot.domain.conversation import ReplyTo
from bot.links import Links
from bot.slack.answering import Desk
from bot.slack.app import asgi_app, bolt_app
from bot.slack.blockkit import check_message
from bot.slack.cards import Drawn
from bot.slack.hosts import SlackHosts
from bot.slack.messenger import SlackMessenger
from bot.slack.people import People
from bot.slack.poster import Poster
from bot.slack.tasks import Tasks
from bot.slack.upload import Uploader
from bot.web.guard import SlackGuard
from sandbox.slack.blockkit import problems
from sandbox.slack.server import SlackSandbox
from tests.bot.recording.stage import Stage
from tests.stories.door import Door


class Pad(SlackMessenger):
    """A messenger that lays each answer before Slack's rules, and keeps what they say."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.answers = 0
        self.problems: list[str] = []

    async def say(self, reply: ReplyTo, drawn: Drawn, *, replace: bool = False) -> None:
        self.answers += 1
        self.problems += problems(drawn.blocks) + check_message(drawn.text, drawn.blocks)


class App:
    """The guard, Bolt, the listeners and the workflows in this process; the memory provider stands behind."""

    def __init__(self, stage: Stage, slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
        client = AsyncWebClient("xoxb-sandbox", slack.api_url, session=session)
        hosts, people = SlackHosts(slack.api_url), People(client, "T0SANDBOX")
        store, lease = stage.services.store, stage.services.lease
        poster = Poster(client, store, _draw_nothing, "test", lease)
        self.pad = Pad(client, session, hosts, people, poster, Uploader(client, session, hosts, 1))
        self.stage = stage
        self.tasks = Tasks()
        self.door = Door(self._post, slack.credentials)
        links = Links(["0123456789abcdef"], None, store.links, stage.services.pace.lease, stage.clock)
        desk = Desk(stage.services, self.tasks, self.pad, people, links)
        secret = slack.credentials.signing_secret
        self._guard = SlackGuard(asgi_app(bolt_app(client, desk)), secret)

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """What the acknowledgement says is laid before Slack's rules too."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/slack/events",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        await self._guard(scope, receive, send)
        if said := b"".join(message.get("body", b"") for message in sent[1:]):
            answer = json.loads(said)
            self.pad.problems += problems(answer["blocks"]) + check_message(answer["text"], answer["blocks"])
        return int(sent[0]["status"])


async def _draw_nothing(notice: object) -> None:
    raise AssertionError(f"Nothing is posted here, but {notice} would be.")
