"""The platform and the media host, each on a port of its own, in the running event loop."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.ringcentral.account import Account
from sandbox.ringcentral.asked import PREFIX, Endpoint
from sandbox.ringcentral.call_log import CallLog
from sandbox.ringcentral.call_log_sync import CallLogSync
from sandbox.ringcentral.control import Control
from sandbox.ringcentral.door import Door
from sandbox.ringcentral.pushes import Pushes
from sandbox.ringcentral.recordings import Recordings
from sandbox.ringcentral.records import Records
from sandbox.ringcentral.settings import Settings
from sandbox.ringcentral.subscriptions import Subscriptions
from sandbox.ringcentral.telephony import Telephony
from sandbox.ringcentral.world import World
from sandbox.serving import HOST, Servers, listen

_ANY = ("GET", "POST", "PUT", "PATCH", "DELETE")


class RingCentralSandbox:
    """A RingCentral account on loopback. Use it as `async with RingCentralSandbox() as rc`, or start and stop it.

    `api_url` and `media_url` are set once it has started; `world` is its state, to read and to move. One
    second of the world lasts 1/`speed` seconds: rate windows, penalties, the lives of tokens and all delays.
    `limits` are requests a minute by group, where they are not RingCentral's own, `ports` those of the platform
    and of the media host.
    """

    def __init__(
        self,
        speed: float = 1.0,
        limits: Mapping[str, int] | None = None,
        ports: tuple[int, int] = (0, 0),
    ) -> None:
        self._ports = ports
        self._servers = Servers()
        self.world = World(Clock(speed), Settings(), limits)
        self.world.populate()
        self.pushes = Pushes(self.world)
        self.api_url = ""
        self.media_url = ""

    async def start(self) -> None:
        """Bind both ports, free ones where they are 0; to return is to be ready for requests.

        After a stop it may start again, on the same ports and with the same world; only what was under
        way (records and recordings still to come, notifications) was lost.
        """
        api, media = listen(*self._ports)
        self._ports = (api.getsockname()[1], media.getsockname()[1])
        self.api_url = self.world.api_url = f"http://{HOST}:{self._ports[0]}"
        self.media_url = self.world.media_url = f"http://{HOST}:{self._ports[1]}"
        for background in (self.world.background, self.pushes.background):
            background.open()
        await self._servers.serve(self._api(), api)
        await self._servers.serve(self._media(), media)

    async def stop(self) -> None:
        """Close both ports, cut what is still open, and end everything that was under way."""
        for background in (self.world.background, self.pushes.background):
            await background.close()
        await self._servers.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _api(self) -> ASGIApp:
        door = Door(self.world, self._servers)
        records = Records(self.world)
        endpoints = [
            *CallLog(records).endpoints(),
            *CallLogSync(records).endpoints(),
            *Recordings(records).endpoints(),
            *Account(records).endpoints(),
            *Telephony().endpoints(),
            *Subscriptions(self.pushes).endpoints(),
        ]
        routes: list[BaseRoute] = [
            Route("/restapi/oauth/token", door.token_call, methods=["POST"]),
            Route("/restapi/oauth/revoke", door.revoke_call, methods=["POST"]),
            *_routes(door, endpoints),
            *Control(self.world).routes(),
        ]
        return Starlette(routes=[*routes, Route("/{path:path}", door.nowhere, methods=_ANY)])

    def _media(self) -> ASGIApp:
        door = Door(self.world, self._servers, media=True)
        routes = _routes(door, Recordings(Records(self.world)).media_endpoints())
        return Starlette(routes=[*routes, Route("/{path:path}", door.nowhere, methods=_ANY)])


def _routes(door: Door, endpoints: list[Endpoint]) -> list[BaseRoute]:
    return [
        Route(f"{PREFIX}{endpoint.path}", door.entrance(endpoint), methods=[endpoint.method])
        for endpoint in endpoints
    ]
