"""Files in three steps: an address is asked for, bytes are sent to it, and the upload is completed."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from aiohttp import web

from sandbox.slack.background import Background
from sandbox.slack.credentials import Credentials
from sandbox.slack.faults import Faults
from sandbox.slack.model import BOT_USER, TEAM_ID, Conversation, Message, UploadedFile
from sandbox.slack.refusal import Refused
from sandbox.slack.workspace import Workspace

LARGEST = 1 << 30
LIFE = 3600.0
"""An upload that is not completed within this many seconds of the sandbox's world is dropped."""
SHARED_AFTER = 0.3
"""The message that shares a file comes this long after the upload was completed."""


@dataclass(slots=True)
class _Pending:
    id: str
    name: str
    length: int
    path: Path
    until: float
    sha256: str | None = None
    """Known once the bytes are here."""


class Uploads:
    """Takes bytes in as a stream, so that a recording of any size costs no memory."""

    def __init__(
        self, workspace: Workspace, credentials: Credentials, faults: Faults, background: Background
    ) -> None:
        self._workspace = workspace
        self._credentials = credentials
        self._faults = faults
        self._background = background
        self._folder = tempfile.TemporaryDirectory(prefix="slack-sandbox-")
        self._pending: dict[str, _Pending] = {}

    def begin(self, filename: str, length: int) -> tuple[str, str]:
        """A file's id, and the address that takes its bytes."""
        if length > LARGEST:
            raise Refused("file_upload_size_restricted")
        self._drop_forgotten()
        ticket, file_id = secrets.token_urlsafe(18), self._workspace.new_id("F")
        path = Path(self._folder.name) / file_id
        until = time.monotonic() + self._workspace.clock.scaled(LIFE)
        self._pending[ticket] = _Pending(file_id, filename, length, path, until)
        return file_id, f"{self._workspace.url}/upload/v1/{ticket}"

    async def take(self, request: web.Request) -> web.StreamResponse:
        """The second step: raw bytes, answered in plain text."""
        try:
            return await self._faults.around("upload", request, lambda: self._take(request))
        except Refused as refused:
            return web.Response(status=400, text=refused.error)

    def complete(self, titles: Mapping[str, Any]) -> list[UploadedFile]:
        """The third step: all of these files, or none of them, become known. The title may be None."""
        self._drop_forgotten()
        arrived = {p.id: p for p in self._pending.values() if p.sha256 is not None}
        if not set(titles) <= set(arrived):
            raise Refused("file_not_found")
        self._pending = {key: p for key, p in self._pending.items() if p.id not in titles}
        return [self._known(arrived[file_id], title) for file_id, title in titles.items()]

    def share_soon(
        self,
        files: Sequence[UploadedFile],
        channels: Sequence[Conversation],
        comment: str,
        thread_ts: str | None,
    ) -> None:
        if channels:
            self._background.start(self._share(files, channels, comment, thread_ts))

    async def for_page(self, request: web.Request) -> web.StreamResponse:
        """A file for the page's player: Range works, no token is needed on this machine."""
        return self._send(request)

    async def private(self, request: web.Request) -> web.StreamResponse:
        """`url_private`: with a bot token the bytes; without one a web page, and status 200 all the same."""
        if request.headers.get("Authorization") != f"Bearer {self._credentials.bot_token}":
            page = "<!doctype html><title>Sign in</title><p>Sign in to see this file.</p>"
            return web.Response(text=page, content_type="text/html")
        return self._send(request)

    def stop(self) -> None:
        self._folder.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        pending = self._pending.get(request.match_info["ticket"])
        if pending is None or pending.sha256 is not None:
            return web.Response(status=404, text="There is no upload at this address.")
        size, digest = 0, hashlib.sha256()
        with _created(pending.path) as file:
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > pending.length:
                    break
                digest.update(chunk)
                file.write(chunk)
        if size != pending.length:
            return web.Response(status=400, text=f"{pending.length} bytes were announced.")
        pending.sha256 = digest.hexdigest()
        self._workspace.journal.add("upload", pending.name, "ok", {"file": pending.id, "size": size})
        return web.Response(text=f"OK - {size}")

    async def _share(
        self,
        files: Sequence[UploadedFile],
        channels: Sequence[Conversation],
        comment: str,
        thread_ts: str | None,
    ) -> None:
        await self._workspace.clock.sleep(SHARED_AFTER)
        for channel in channels:
            message = Message(
                ts=self._workspace.new_ts(),
                channel=channel.id,
                user=BOT_USER,
                text=comment,
                by_app=True,
                subtype="file_share",
                thread_ts=thread_ts,
                files=list(files),
            )
            for file in files:
                file.shares.setdefault(channel.id, []).append(message.ts)
            self._workspace.add(message)

    def _known(self, pending: _Pending, title: Any) -> UploadedFile:
        url, name = self._workspace.url, quote(pending.name)
        file = UploadedFile(
            id=pending.id,
            name=pending.name,
            title=str(title or pending.name),
            mimetype=mimetypes.guess_type(pending.name)[0] or "application/octet-stream",
            size=pending.length,
            sha256=str(pending.sha256),
            path=pending.path,
            user=BOT_USER,
            created=self._workspace.clock.now(),
            url=f"{url}/files/{pending.id}/{name}",
            url_private=f"{url}/files-pri/{TEAM_ID}-{pending.id}/{name}",
        )
        self._workspace.files[file.id] = file
        self._workspace.news.stir()
        return file

    def _send(self, request: web.Request) -> web.StreamResponse:
        file = self._workspace.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404, text="There is no such file.")
        # What an app uploads is shown as what its name says and never run by the page.
        headers = {
            "Content-Type": file.mimetype,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return web.FileResponse(file.path, chunk_size=1 << 20, headers=headers)

    def _drop_forgotten(self) -> None:
        now = time.monotonic()
        for ticket, pending in list(self._pending.items()):
            if now > pending.until:
                del self._pending[ticket]
                pending.path.unlink(missing_ok=True)


def _created(path: Path) -> BinaryIO:
    return path.open("wb")
