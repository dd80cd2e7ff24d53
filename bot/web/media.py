"""The file behind a link, `/m/{token}`: passed on as it comes, in parts if parts are asked for."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.links import Link, LinkRefused, Links, Revoked
from bot.store import StoreError
from bot.web.byte_range import cut, read_range
from bot.web.delivery import NoSuchPart, headers, plan
from bot.web.pages import method_not_allowed, refusal_page
from bot.web.shelf import Shelf
from bot.web.stream import pump, until, while_connected
from bot.web.turnstile import TooOften, Turnstile
from providers.errors import ProviderError, Refused
from providers.interfaces import Media
from providers.model import ByteRange, Recording
from providers.whole import empty, exactly, whole_size

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks whether a link that streams was revoked: five after that, nothing flows any more."""


class MediaFile:
    """`GET` and `HEAD /m/{token}`, as a plain ASGI application.

    Memory does not grow with the file, nor with a slow reader; a reader who hangs up ends the provider's
    stream. If the provider is lost on the way, or the link revoked, the connection is broken off. `HEAD` opens the
    file to learn its headers, unless they are known, and reads nothing.
    """

    def __init__(self, links: Links, shelf: Shelf) -> None:
        self._links = links
        self._shelf = shelf
        self._turnstile = Turnstile()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in ("GET", "HEAD"):
            await method_not_allowed("GET, HEAD")(scope, receive, send)
            return
        await while_connected(self._answer(request, receive, send), receive)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            try:
                link, begun = await self._link(request), time.monotonic()
                recording = await self._shelf.recording(link)
                part = _asked_part(request)
                media = await self._media(stack, request, link, recording, part)
                delivery = plan(media, part, recording)
                if time.monotonic() - begun > LOOK and await self._links.is_revoked(link):
                    raise Revoked
                chunks = await _checked(media, recording, read=request.method == "GET")
                # From the middle nobody can tell what kind of file it is; and what was no whole file tells nothing.
                if media.part is None or media.part[0] == 0:
                    self._shelf.remember(link, media)
            except (LinkRefused, ProviderError) as error:
                if isinstance(error, ProviderError) and not isinstance(error, NoSuchPart | TooOften):
                    log.warning("A linked recording was not given out: %s", error)
                await refusal_page(error)(request.scope, receive, send)
                return
            inline = link.opens != "download" and request.query_params.get("download") != "1"
            said = headers(delivery, media, recording, inline=inline)
            await send({"type": "http.response.start", "status": delivery.status, "headers": said})
            if request.method == "HEAD":
                await send({"type": "http.response.body"})
                return
            try:
                # To return now is to leave the answer unfinished, if it is; the server then closes the connection.
                await until(self._revoked(link), pump(chunks, delivery, send))
            except ProviderError as error:
                log.warning("A linked recording broke off on its way: %s", error)

    async def _revoked(self, link: Link) -> None:
        """Return when the link is taken back, or what it opens from everybody.

        While the book cannot be read, nobody can have written that into it.
        """
        while True:
            await asyncio.sleep(LOOK)
            if await self._shelf.is_hidden(link):
                log.info("A linked recording broke off on its way: it is private by now, or gone")
                return
            try:
                if await self._links.is_revoked(link):
                    log.info("A linked recording broke off on its way: its link was revoked")
                    return
            except StoreError as error:
                log.warning("Whether a link was revoked meanwhile cannot be seen: %s", error)

    async def _link(self, request: Request) -> Link:
        token = request.path_params["token"]
        # A page was counted when it was opened; its player asks for the file many times.
        counted = request.method == "GET" and self._links.read(token).opens != "media"
        return await (self._links.open(token) if counted else self._links.check(token))

    async def _media(
        self,
        stack: AsyncExitStack,
        request: Request,
        link: Link,
        recording: Recording,
        part: ByteRange | None,
    ) -> Media:
        """The open file; what is known of it where that is enough."""
        file = self._shelf.file(link)
        if file is not None and request.method == "HEAD":
            return file.headers()
        if file is not None and part is not None and file.whole is not None and cut(part, file.whole) is None:
            raise NoSuchPart(file.whole)
        await stack.enter_async_context(self._turnstile.passage(link.id, self._shelf.pace(link)))
        return await self._open(stack, link, recording, part)

    async def _open(
        self, stack: AsyncExitStack, link: Link, recording: Recording, part: ByteRange | None
    ) -> Media:
        library = self._shelf.library(link)
        try:
            return await stack.enter_async_context(library.open(recording, part))
        except Refused:
            if part is None:
                raise
            async with library.open(recording) as media:
                whole = recording.size if media.length is None else media.length
            if whole is not None and cut(part, whole) is None:
                raise NoSuchPart(whole) from None
            raise


async def _checked(media: Media, recording: Recording, *, read: bool) -> AsyncIterator[bytes]:
    """The bytes, of which the last are kept back until it is known that they are the last.

    Where the provider says how many come, the connection itself tells whether they did. Where nobody says, all that
    can be seen is whether there are any: BadAnswer if not.
    """
    if media.length is not None or media.part is not None or not read:
        return media.chunks
    size = whole_size(media, recording)
    if size is not None:
        return exactly(media.chunks, size, recording)
    async for first in media.chunks:
        if first:
            return _with_first(first, media.chunks)
    raise empty(recording)


async def _with_first(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in others:
        yield chunk


def _asked_part(request: Request) -> ByteRange | None:
    # RFC 9110: only GET knows parts; and If-Range never holds, since we name no version of a file.
    if request.method != "GET" or "if-range" in request.headers:
        return None
    return read_range(request.headers.get("range"))
