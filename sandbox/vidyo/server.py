"""The portal and the replay server, each on a port of its own, in the running event loop."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.serving import HOST, Servers, listen
from sandbox.vidyo import pages
from sandbox.vidyo.control import Control
from sandbox.vidyo.door import Door
from sandbox.vidyo.download import Downloads
from sandbox.vidyo.portal_recording import ADMIN_OPERATIONS, USER_OPERATIONS
from sandbox.vidyo.replay_records import REPLAY_OPERATIONS
from sandbox.vidyo.room_page import RoomPage
from sandbox.vidyo.settings import Settings
from sandbox.vidyo.soap_service import SoapService
from sandbox.vidyo.world import World

_SOAP = ("GET", "POST")


class VidyoSandbox:
    """A Vidyo tenant on loopback. Use it as `async with VidyoSandbox() as vidyo`, or start and stop it.

    `portal_url` and `replay_url` are set once it has started; `world` is its state, to read and to move.
    One second of the world lasts 1/`speed` seconds. `lenient` takes empty typed elements for nil.
    `ports` are those of the portal and of the replay server.
    """

    def __init__(self, *, speed: float = 1.0, lenient: bool = False, ports: tuple[int, int] = (0, 0)) -> None:
        self._ports = ports
        self._servers = Servers()
        self.world = World(Clock(speed), Settings(lenient=lenient))
        self.world.populate()
        self.portal_url = ""
        self.replay_url = ""

    async def start(self) -> None:
        """Bind both ports, free ones where they are 0; to return is to be ready for requests.

        After a stop it may start again, on the same ports and with the same world; only what was under
        way (rings, recorders on their way out, files being made) was lost.
        """
        portal, replay = listen(*self._ports)
        self._ports = (portal.getsockname()[1], replay.getsockname()[1])
        self.portal_url = self.world.portal_url = f"http://{HOST}:{self._ports[0]}"
        self.replay_url = self.world.replay_url = f"http://{HOST}:{self._ports[1]}"
        self.world.foreign_url = f"http://localhost:{self._ports[1]}"
        self.world.open()
        door = Door(self.world, self._servers)
        for app, listener in ((self._portal(door), portal), (self._replay(door), replay)):
            await self._servers.serve(app, listener)

    async def stop(self) -> None:
        """Close both ports, cut what is still open, and end everything that was under way."""
        await self.world.close()
        await self._servers.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _portal(self, door: Door) -> ASGIApp:
        user = SoapService("user", "VidyoPortalUserService", USER_OPERATIONS, door)
        admin = SoapService("admin", "VidyoPortalAdminService", ADMIN_OPERATIONS, door)
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
        service = SoapService("replay", "VidyoReplayContentManagementService", REPLAY_OPERATIONS, door)
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
