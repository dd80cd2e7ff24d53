"""A far side that says exactly what a test tells it to, byte for byte, over a real socket."""

import asyncio
from collections.abc import Callable
from typing import Self

USER = "http://portal.vidyo.com/user/v1_1"
REPLAY = "http://replay.vidyo.com/apiservice"


def envelope(inner: str, namespace: str = USER) -> bytes:
    """A SOAP envelope around elements of the prefix `v`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<e:Body xmlns:v="{namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inner}</e:Body></e:Envelope>'
    ).encode()


def http(
    body: bytes, status: str = "200 OK", content_type: str = "text/xml;charset=UTF-8", more: str = ""
) -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


class Answering:
    """Gives `answer` to each request, then `after` it closes the connection if it is told to.

    `requests` are the heads of what came, `bodies` what they carried.
    """

    def __init__(self) -> None:
        self.answer: bytes | Callable[[str, bytes], bytes] = b""
        self.closes = False
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.portal_url = self.replay_url = ""

    async def __aenter__(self) -> Self:
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.portal_url = self.replay_url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        writers = list(self._writers)
        for writer in writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    (
                        int(line.split(":")[1])
                        for line in head.lower().splitlines()
                        if line.startswith("content-length")
                    ),
                    0,
                )
                body = await reader.readexactly(length)
                self.requests.append(head)
                self.bodies.append(body)
                writer.write(self.answer(head, body) if callable(self.answer) else self.answer)
                await writer.drain()
                if self.closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
