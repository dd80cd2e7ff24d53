"""A file on its way: whole, a part of it, or broken off half-way."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.ringcentral.calls import Recording
from sandbox.ringcentral.world import World


class FileAnswer(Response):
    """Streams a part of a recording, counts what left, and stops when nobody listens any more.

    With `cut`, half of it is sent and then the connection is left to that.
    """

    def __init__(
        self,
        world: World,
        recording: Recording,
        start: int,
        length: int,
        status: int,
        headers: dict[str, str],
    ) -> None:
        super().__init__(status_code=status, headers={**headers, "content-length": str(length)})
        self._world = world
        self._recording = recording
        self._start = start
        self._length = length
        self.cut: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        world, id = self._world, self._recording.id
        world.streams_open[id] += 1
        try:
            whole = await self._stream(receive, send)
        finally:
            world.streams_open[id] -= 1
        if self.cut:
            await self.cut(scope, receive, send)
        elif whole:
            await send({"type": "http.response.body", "body": b""})

    async def _stream(self, receive: Receive, send: Send) -> bool:
        length = self._length // 2 if self.cut else self._length
        gone = asyncio.create_task(_disconnected(receive))
        try:
            for chunk in self._recording.media().chunks(self._start, length):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                # uvicorn's send is silent after an abort: only a turn of the loop lets us hear of it
                await asyncio.sleep(0)
                if gone.done():
                    return False
                self._world.bytes_sent[self._recording.id] += len(chunk)
        finally:
            gone.cancel()
            await asyncio.wait([gone])
        return True


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
