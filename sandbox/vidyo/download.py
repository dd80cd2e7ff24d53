"""Files of the replay server: whole, in ranges, or cut off half-way; and the page that plays them."""

from __future__ import annotations

import asyncio
from html import escape

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.byte_range import Unsatisfiable, asked_range
from sandbox.vidyo import pages
from sandbox.vidyo.door import Door, Turned
from sandbox.vidyo.journal import Entry
from sandbox.vidyo.library import Recording
from sandbox.vidyo.misbehaviour import Rule
from sandbox.vidyo.world import World


class FileAnswer:
    """Streams a part of a recording, counts what left, and stops when nobody listens any more.

    With `cut_short`, half of it is sent and then the connection is reset.
    """

    def __init__(self, door: Door, recording: Recording, start: int, length: int, *, partial: bool) -> None:
        self._door = door
        self._recording = recording
        self._start = start
        self._length = length
        self._partial = partial
        self.cut_short = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self._status(), "headers": self._headers()})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        world, guid = self._door.world, self._recording.guid
        world.streams_open[guid] += 1
        try:
            whole = await self._stream(receive, send, world)
        finally:
            world.streams_open[guid] -= 1
        if self.cut_short:
            await self._door.cut(scope, receive, send)
        elif whole:
            await send({"type": "http.response.body", "body": b""})

    async def _stream(self, receive: Receive, send: Send, world: World) -> bool:
        length = self._length // 2 if self.cut_short else self._length
        gone = asyncio.create_task(_disconnected(receive))
        try:
            for chunk in self._recording.media().chunks(self._start, length):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                # uvicorn's send is silent after an abort: only a turn of the loop lets us hear of it
                await asyncio.sleep(0)
                if gone.done():
                    return False
                world.bytes_sent[self._recording.guid] += len(chunk)
        finally:
            gone.cancel()
            await asyncio.wait([gone])
        return True

    def _status(self) -> int:
        return 206 if self._partial else 200

    def _headers(self) -> list[tuple[bytes, bytes]]:
        headers = {
            "content-type": "video/mp4",
            "content-length": str(self._length),
            "content-disposition": f'attachment; filename="recording-{self._recording.id}.mp4"',
        }
        if not self._door.world.settings.no_ranges:
            headers["accept-ranges"] = "bytes"
        if self._partial:
            last = self._start + self._length - 1
            headers["content-range"] = f"bytes {self._start}-{last}/{self._recording.size}"
        return [(name.encode(), value.encode()) for name, value in headers.items()]


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Downloads:
    """The paths of the replay server that give out films."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._world = door.world

    async def download(self, request: Request) -> ASGIApp:
        return await self._door.pass_through(request, "replay", "download", self._download)

    async def playback_page(self, request: Request) -> ASGIApp:
        return await self._door.pass_through(request, "replay", "playback", self._playback_page)

    async def playback_film(self, request: Request) -> ASGIApp:
        return await self._door.pass_through(request, "replay", "playback", self._playback_film)

    async def _download(self, request: Request, entry: Entry, rule: Rule | None) -> ASGIApp:
        account = self._door.admit(request, entry)
        recording = self._world.library.by_guid(request.query_params.get("file", ""))
        if recording is None or recording.ended is None:
            raise Turned("404", pages.refusal(404))
        if not (recording.shared or recording.owner == account.login or account.sees_the_tenant):
            raise Turned("403", pages.refusal(403))
        if rule is not None and rule.kind.startswith("fault:"):
            raise Turned("500", pages.refusal(500))
        answer = self._file(request, recording)
        if rule is not None and rule.kind == "reset_after":
            entry.outcome = rule.kind
            answer.cut_short = True
        return answer

    async def _playback_page(self, request: Request, entry: Entry, rule: Rule | None) -> ASGIApp:
        recording = self._opened(request)
        source = f"/replay/externalMedia.do?{escape(str(request.query_params))}"
        return pages.page(recording.title, f'<video controls="controls" width="640" src="{source}"></video>')

    async def _playback_film(self, request: Request, entry: Entry, rule: Rule | None) -> ASGIApp:
        return self._file(request, self._opened(request))

    def _opened(self, request: Request) -> Recording:
        """The recording behind a playback key: only a public one opens, and only with its PIN."""
        recording = self._world.library.by_playback_key(request.query_params.get("key", ""))
        if recording is None or recording.ended is None:
            raise Turned("404", pages.refusal(404))
        if recording.scope != "Public" or recording.pin not in ("", request.query_params.get("pin")):
            raise Turned("403", pages.refusal(403))
        return recording

    def _file(self, request: Request, recording: Recording) -> FileAnswer:
        asked = None
        if not self._world.settings.no_ranges:
            try:
                asked = asked_range(request.headers.get("range"), recording.size)
            except Unsatisfiable:
                refused = pages.page(
                    "416", status=416, headers={"Content-Range": f"bytes */{recording.size}"}
                )
                raise Turned("416", refused) from None
        start, length = asked or (0, recording.size)
        return FileAnswer(self._door, recording, start, length, partial=asked is not None)
