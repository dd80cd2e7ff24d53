"""The sandbox's Slack: one server for the Web API, Socket Mode, files, the page and the controls."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType

from aiohttp import web

from sandbox.clock import Clock
from sandbox.slack import seed
from sandbox.slack.actions import Actions
from sandbox.slack.answers import ResponseAddresses
from sandbox.slack.background import Background
from sandbox.slack.commands import Commands
from sandbox.slack.control import Control
from sandbox.slack.credentials import Credentials
from sandbox.slack.delivery import Delivery, Retry
from sandbox.slack.events import Events
from sandbox.slack.exchange import Exchange
from sandbox.slack.faults import Faults
from sandbox.slack.hands import Hands
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.limits import Limits
from sandbox.slack.methods.call import Services
from sandbox.slack.model import Json, SlashCommand
from sandbox.slack.page import Page
from sandbox.slack.phone_controls import PhoneControls
from sandbox.slack.refusal import NotThere, Refused
from sandbox.slack.room_controls import RoomControls
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.submissions import Submissions
from sandbox.slack.tickets import ResponseUrls, Triggers
from sandbox.slack.uploads import Uploads
from sandbox.slack.views import Views
from sandbox.slack.webapi import WebApi
from sandbox.slack.workspace import Workspace

_HOST = "127.0.0.1"
SUBSCRIBED = ("app_home_opened", "app_mention", "member_joined_channel", "message.im")
SECONDS_TO_ANSWER = 3.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SlackSandbox(Hands):
    """A whole Slack on one port of this machine, and the hands of the people in it.

    The app listens by Socket Mode, or at `request_url` where that is set. `speed` shortens Slack's own
    delays and windows; what is measured in human patience stays real: `answer_within`, the three seconds
    the app has to acknowledge, and `trigger_life`, the three in which a modal must open.

    The address is taken when the object is made, so that `url` can be told to others before the start;
    `stop` gives it back.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        port: int = 0,
        request_url: str | None = None,
        commands: Sequence[SlashCommand] = seed.COMMANDS,
        links: Sequence[Mapping[str, str]] = (),
        controls_url: str | None = None,
        phone_url: str | None = None,
        answer_within: float = SECONDS_TO_ANSWER,
        trigger_life: float = 3.0,
    ) -> None:
        self._listener = _listener(port)
        port = self._listener.getsockname()[1]
        self.url = f"http://{_HOST}:{port}"
        self.api_url = f"{self.url}/api/"
        self.credentials = Credentials()
        self._answer_within = answer_within
        self._request_url = request_url
        self._http: HttpDelivery | None = None
        self._runner: web.AppRunner | None = None
        self._newest: Delivery | None = None

        self.clock = Clock(speed)
        self.limits = Limits(self.clock)
        self.faults = Faults(self.clock)
        self._background = Background()
        self.workspace = Workspace(self.clock, url=self.url, commands=commands, links=links)
        self.views = Views(self.workspace)
        triggers, urls = Triggers(trigger_life), ResponseUrls(self.clock, self.url)
        self.uploads = Uploads(self.workspace, self.credentials, self.faults, self._background)
        self.sockets = SocketMode(
            self.clock,
            self.workspace.journal,
            url=self.url,
            answer_within=answer_within,
            on_change=self._look_at_connections,
        )
        services = Services(self.workspace, self.views, triggers, self.limits, self.uploads, self.sockets)
        self.api = WebApi(services, self.credentials, self.faults)
        self._responses = ResponseAddresses(self.workspace, urls, self.limits, self.faults)
        self.events = Events(
            self.workspace,
            self,
            self._background,
            token=self.credentials.verification_token,
            subscribed=SUBSCRIBED,
        )
        exchange = Exchange(self.workspace, self.views, triggers, urls, self, self.credentials)
        self.commands = Commands(exchange, self.events)
        self.actions = Actions(exchange)
        self.submissions = Submissions(exchange, self._background)
        self._page = Page(self, self._background, controls_url, phone_url)
        self._rooms = RoomControls(controls_url)
        self._phones = PhoneControls(phone_url)

    async def __aenter__(self) -> SlackSandbox:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen. It belongs to the event loop that it was started in."""
        app = web.Application(client_max_size=4 << 20, middlewares=[_plainly])
        app.router.add_route("*", "/api/{method}", self.api.answer)
        app.router.add_get("/link/", self._link)
        app.router.add_post("/response/{key}", self._responses.answer)
        app.router.add_post("/upload/v1/{ticket}", self.uploads.take)
        app.router.add_get("/files/{id}/{name}", self.uploads.for_page)
        app.router.add_get("/files-pri/T0SANDBOX-{id}/{name}", self.uploads.private)
        app.add_routes(
            [*self._page.routes(), *self._rooms.routes(), *self._phones.routes(), *Control(self).routes()]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()
        await self.set_request_url(self._request_url)

    async def stop(self) -> None:
        """Close every connection, end what is still going on, and drop all files."""
        await self.sockets.stop()
        await self._background.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._http is not None:
            await self._http.stop()
        self._listener.close()
        self.uploads.stop()

    @property
    def request_url(self) -> str | None:
        """Where the app takes HTTP requests; None while it listens by Socket Mode."""
        return self._http.url if self._http else None

    async def set_request_url(self, url: str | None) -> None:
        """From now on deliver there, or by Socket Mode again."""
        if self._http is not None:
            await self._http.stop()
        within = self._answer_within
        self._http = HttpDelivery(self.credentials, url, answer_within=within) if url else None
        self._look_at_connections()

    async def verify_request_url(self) -> bool:
        """Whether the app at the request URL gives Slack's challenge back."""
        return self._http is not None and await self._http.verify()

    async def deliver(self, delivery: Delivery) -> Json:
        """Bring one request to the app, whichever way it listens. Raises NotDelivered."""
        self._newest = delivery
        return await (self._http or self.sockets).deliver(delivery)

    async def repeat(self) -> None:
        """Bring the newest request to the app once more. Raises NotDelivered."""
        if self._newest is None:
            raise NotThere("Nothing was sent to the app yet.")
        number = self._newest.retry.number + 1
        await self.deliver(replace(self._newest, retry=Retry(number, "timeout")))

    async def disconnect(self, reason: str = "refresh_requested") -> int:
        """Tell the app's connections to go; how many there were."""
        return await self.sockets.disconnect(reason)

    def disconnect_soon(self, reason: str) -> None:
        self._background.start(self.sockets.disconnect(reason))

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return await self.faults.around("link", request, lambda: self.sockets.accept(request))

    def _look_at_connections(self) -> None:
        self.workspace.set_connected(self._http is not None or self.sockets.connections > 0)


def _listener(port: int) -> socket.socket:
    """A bound socket, so that the address is known before anything listens."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"The sandbox's Slack cannot listen at {_HOST}:{port}: {error}") from error
    return listener


@web.middleware
async def _plainly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What people and controls may not do is a sentence, not a stack trace."""
    try:
        return await handler(request)
    except NotThere as error:
        return web.json_response({"ok": False, "error": str(error.args[0])}, status=404)
    except Refused as refused:
        return web.json_response({"ok": False, "error": refused.error}, status=400)
