"""Servers in the running event loop, each on a port of its own, and the ways their connections end."""

from __future__ import annotations

import asyncio
import socket
import struct

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
_PATIENCE = 0.2


def listen(*ports: int) -> list[socket.socket]:
    """A listening socket for each port, 0 for a free one; all of them, or none.

    They say that they are TCP: asyncio sets TCP_NODELAY on no other, and then each answer in two pieces
    waits 40 ms for the other side's delayed acknowledgement.
    """
    listeners: list[socket.socket] = []
    try:
        for port in ports:
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, port))
            listener.listen(256)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


class Servers:
    """What serves on our ports, and the open connections, so that one can be cut as a dying machine would."""

    def __init__(self) -> None:
        self._servers: list[uvicorn.Server] = []

    async def serve(self, app: ASGIApp, listener: socket.socket) -> None:
        """Start uvicorn on a bound socket, without its main loop and its hold on the process's signals."""
        config = uvicorn.Config(app, lifespan="off", access_log=False, log_config=None, date_header=False)
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        self._servers.append(server)

    async def stop(self) -> None:
        """Close all ports, and cut what is still open."""
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

    async def cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An answer that is none: reset the connection, and wait until the server has noticed."""
        client = tuple(scope["client"] or ())
        for server in self._servers:
            for connection in list(server.server_state.connections):
                if getattr(connection, "client", None) == client and not connection.transport.is_closing():
                    _reset_on_close(connection.transport.get_extra_info("socket").fileno())
                    connection.transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _reset_on_close(descriptor: int) -> None:
    with socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM) as copy:
        copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
