"""Whether anything is still on its way over loopback."""

import socket


class Messenger:
    """A connection of our own. What was sent over loopback before its byte has come when its byte has."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self._near = socket.create_connection(server.getsockname())
            self._far, _ = server.accept()
        send_at_once(self._near)

    def run(self) -> None:
        """Return when all that was sent has come."""
        self._near.send(b".")
        self._far.recv(1)

    def close(self) -> None:
        self._near.close()
        self._far.close()


def send_at_once(connection: socket.socket) -> None:
    """Let no byte wait for company.

    Nagle's algorithm holds back the second piece of an answer until the first is acknowledged, for up to 40 ms, and
    nobody can see that it does. asyncio switches it off only for sockets made with IPPROTO_TCP.
    """
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
