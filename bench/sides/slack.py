"""A Slack that says yes to everything at once: so little work that it takes no time from those we measure.

`GET /answered?N` is answered as soon as more than N answers were posted to response addresses, with their number.
"""

import asyncio
import json

import uvloop

from bench.sides.serving import serve

_SAID = {
    "ok": True,
    "team_id": "T1",
    "user_id": "U0",
    "bot_id": "B0",
    "channel": "C1",
    "ts": "1700000000.000100",
    "message": {"ts": "1700000000.000100", "text": "yes"},
    "user": {"id": "U1", "team_id": "T1", "tz": "Europe/Madrid"},
}


class Slack:
    """Any method of the Web API, any response address, and the count of what came there."""

    def __init__(self) -> None:
        self._yes = _answer(json.dumps(_SAID))
        self._answered = 0
        self._more = asyncio.Condition()

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                _, _, rest = head.partition("\r\ncontent-length:")
                if rest:
                    await reader.readexactly(int(rest.partition("\r\n")[0]))
                writer.write(await self._said(head.split(" ", 2)[1]))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _said(self, path: str) -> bytes:
        async with self._more:
            if path.startswith("/answered"):
                wanted = int(path.partition("?")[2])
                await self._more.wait_for(lambda: self._answered > wanted)
                return _answer(str(self._answered))
            if path.startswith("/response"):
                self._answered += 1
                self._more.notify_all()
                return _answer("ok")
        return self._yes


def _answer(body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


async def main() -> None:
    server = await asyncio.start_server(Slack().hear, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await serve(url=f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    uvloop.run(main())
