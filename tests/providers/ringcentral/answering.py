"""A far side that says exactly what a test tells it to, byte for byte, over a real socket."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

TOKEN = {"access_token": "granted", "token_type": "bearer", "expires_in": 3600, "scope": "ReadCallRecording"}


def http(
    body: bytes, status: str = "200 OK", content_type: str = "application/json;charset=utf-8", more: str = ""
) -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def said(value: Any, status: str = "200 OK", more: str = "") -> bytes:
    """An answer in JSON."""
    return http(json.dumps(value).encode(), status, more=more)


def log(*records: Any, following: str | None = None) -> bytes:
    """A page of a call log."""
    navigation = {} if following is None else {"nextPage": {"uri": following}}
    return said({"records": records, "navigation": navigation})


class Answering:
    """Lets everybody in, and gives `answer` to every other request. None cuts the connection instead.

    `requests` are the heads of what came, without those for a token. `tokens` counts these, and `token`, if set,
    answers them.
    """

    def __init__(self) -> None:
        self.answer: bytes | Callable[[str], bytes | None] | None = b""
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.tokens = 0
        self.token = b""
        self.api_url = self.media_url = ""

    async def __aenter__(self) -> Self:
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.api_url = self.media_url = f"http://{host}:{port}"
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
                lengths = [line for line in head.lower().splitlines() if line.startswith("content-length")]
                body = await reader.readexactly(int(lengths[0].split(":")[1]) if lengths else 0)
                if head.startswith("POST /restapi/oauth/token "):
                    self.tokens += 1
                    granted = said(TOKEN | {"access_token": f"granted-{self.tokens}"})
                    answer: bytes | None = self.token or granted
                else:
                    self.requests.append(head)
                    self.bodies.append(body)
                    answer = self.answer(head) if callable(self.answer) else self.answer
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
