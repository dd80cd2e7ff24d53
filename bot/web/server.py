"""Serves an ASGI application on a real socket, inside the loop that is running."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from math import ceil

import uvicorn
from starlette.types import ASGIApp

from bot.web.connection import USUAL, Limits, bounded

_GRACE = 0.7
"""Seconds in which answers may be finished when the server stops; then connections are cut."""


class CannotListen(Exception):
    """The address is not ours to listen on. The sentence says why."""


class _Server(uvicorn.Server):
    """uvicorn without its hands on the process: whoever serves decides about signals."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._stopping = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        # uvicorn wakes ten times a second to look whether to stop, and on each tenth sets the Date header.
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 10
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._stopping.wait()

    def stop(self) -> None:
        """Take no more connections, and let answers be finished."""
        self.should_exit = True
        self._stopping.set()

    def cut_connections(self) -> None:
        """Hang up on everybody who is still there; the application hears of it as a disconnect."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


@asynccontextmanager
async def serve(app: ASGIApp, host: str, port: int, limits: Limits = USUAL) -> AsyncIterator[str]:
    """Serve until the context is left; yields the base URL with the port that was bound (0: any free one).

    There is no access log, since addresses of links are secrets. Leaving takes at most two seconds, also
    with streams open. CannotListen if the address is taken.
    """
    listener = await _listen(host, port)
    config = uvicorn.Config(
        app,
        http=bounded(limits),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=ceil(limits.idle.total_seconds()),
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    serving.add_done_callback(lambda _: server.listening.set())
    try:
        await server.listening.wait()
        if serving.done():
            serving.result()
        bound = listener.getsockname()[1]
        yield f"http://[{host}]:{bound}" if ":" in host else f"http://{host}:{bound}"
    finally:
        server.stop()
        await asyncio.wait([serving], timeout=_GRACE)
        server.cut_connections()
        await serving


async def _listen(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    try:
        family, _, _, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
        made = socket.create_server(address[:2], family=family)
        # asyncio sets TCP_NODELAY only where a socket says that it is TCP: without it an answer in two pieces waits
        # 40 ms for the other side's delayed acknowledgement.
        return socket.socket(made.family, made.type, socket.IPPROTO_TCP, made.detach())
    except (OSError, UnicodeError) as error:  # Python reads a host's name as IDNA
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotListen(f"Cannot listen on {host}, port {port}: {reason}.") from error
