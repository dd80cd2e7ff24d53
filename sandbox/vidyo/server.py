"""The portal and the replay server, each on a port of its own, in the running event loop."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.vidyo import pages
from sandbox.vidyo.contract import contract
from sandbox.vidyo.control import Control
from sandbox.vidyo.door import Connections, Door
from sandbox.vidyo.download import Downloads
from sandbox.vidyo.portal_recording import ADMIN_OPERATIONS, USER_OPERATIONS
from sandbox.vidyo.replay_records import REPLAY_OPERATIONS
from sandbox.vidyo.room_page import RoomPage
from sandbox.vidyo.settings import Settings
from sandbox.vidyo.soap_service import SoapService
from sandbox.vidyo.world import World

_HOST = "127.0.0.1"
_PATIENCE = 0.2
_SOAP = ("GET", "POST")


class VidyoSandbox:
    """A Vidyo tenant on loopback. Use it as `async with VidyoSandbox() as vidyo`, or start and stop it.

    `portal_url` and `replay_url` are set once it has started; `world` is its state, to read and to move.
    One second of the world lasts 1/`speed` seconds. `lenient` takes empty typed elements for nil.
    """

    def __init__(self, *, speed: float = 1.0, lenient: bool = False) -> None:
        self._ports = (0, 0)
        self._servers: list[uvicorn.Server] = []
        self.world = World(Clock(speed), Settings(lenient=lenient))
        self.world.populate()
        self.portal_url = ""
        self.replay_url = ""

    async def start(self) -> None:
        """Bind two free ports; to return is to be ready for requests.

        After a stop it may start again, on the same ports and with the same world; only what was under
        way (rings, recorders on their way out, files being made) was lost.
        """
        portal, replay = self._bind()
        self._ports = (portal.getsockname()[1], replay.getsockname()[1])
        self.portal_url = self.world.portal_url = f"http://{_HOST}:{self._ports[0]}"
        self.replay_url = self.world.replay_url = f"http://{_HOST}:{self._ports[1]}"
        self.world.foreign_url = f"http://localhost:{self._ports[1]}"
        self.world.open()
        connections = Connections()
        door = Door(self.world, connections)
        for app, listener in ((self._portal(door), portal), (self._replay(door), replay)):
            connections.servers.append(await _serve(app, listener))
        self._servers = connections.servers

    async def stop(self) -> None:
        """Close both ports, cut what is still open, and end everything that was under way."""
        await self.world.close()
        for server in self._servers:
            for listener in server.servers:
                listener.close()
            for connection in list(server.server_state.connections):
                connection.transport.abort()
        await asyncio.sleep(0)  # each connection closes its socket in the next turn of the loop
        requests = [task for server in self._servers for task in server.server_state.tasks]
        if requests:
            _, hanging = await asyncio.wait(requests, timeout=_PATIENCE)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        self._servers = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _bind(self) -> tuple[socket.socket, socket.socket]:
        portal = _listen(self._ports[0])
        try:
            return portal, _listen(self._ports[1])
        except OSError:
            portal.close()
            raise

    def _portal(self, door: Door) -> ASGIApp:
        user = SoapService("user", contract("VidyoPortalUserService"), USER_OPERATIONS, door)
        admin = SoapService("admin", contract("VidyoPortalAdminService"), ADMIN_OPERATIONS, door)
        room_page = RoomPage(self.world)
        return Starlette(
            routes=[
                Route(user.contract.path, user.answer, methods=_SOAP),
                Route(admin.contract.path, admin.answer, methods=_SOAP),
                Route("/join/{key}", room_page.show),
                Route("/flex.html", room_page.show),
                *Control(self.world).routes(),
            ]
        )

    def _replay(self, door: Door) -> ASGIApp:
        service = SoapService(
            "replay", contract("VidyoReplayContentManagementService"), REPLAY_OPERATIONS, door
        )
        downloads = Downloads(door)
        return Starlette(
            routes=[
                Route(service.contract.path, service.answer, methods=_SOAP),
                Route("/replay/downloadRecording.do", downloads.download),
                Route("/replay/showRecordingExternal.html", downloads.playback_page),
                Route("/replay/externalMedia.do", downloads.playback_film),
                Route(pages.LOGIN_PATH, _login_page),
            ]
        )


async def _login_page(request: Request) -> Response:
    return pages.login_page()


def _listen(port: int) -> socket.socket:
    """A listening socket that says it is TCP: asyncio sets TCP_NODELAY on no other, and then each answer
    in two pieces waits 40 ms for the other side's delayed acknowledgement."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


async def _serve(app: ASGIApp, listener: socket.socket) -> uvicorn.Server:
    """Start uvicorn on a bound socket, without its main loop and its hold on the process's signals."""
    config = uvicorn.Config(app, lifespan="off", access_log=False, log_config=None, date_header=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    return server
