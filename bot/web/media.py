"""The file behind a link, `/m/{token}`: passed on as it comes, in parts if parts are asked for."""

import logging
from contextlib import AsyncExitStack

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.links import Link, LinkRefused, Links
from bot.web.byte_range import cut, read_range
from bot.web.delivery import NoSuchPart, headers, plan
from bot.web.pages import method_not_allowed, refusal_page
from bot.web.shelf import Shelf
from bot.web.stream import pump, while_connected
from providers.errors import ProviderError, Refused
from providers.interfaces import Media
from providers.model import ByteRange, Recording

log = logging.getLogger(__name__)


class MediaFile:
    """`GET` and `HEAD /m/{token}`, as a plain ASGI application.

    Memory does not grow with the file, nor with a slow reader; a reader who hangs up ends the provider's
    stream. If the provider is lost on the way, the connection is broken off. `HEAD` opens the file to learn
    its headers and reads nothing.
    """

    def __init__(self, links: Links, shelf: Shelf) -> None:
        self._links = links
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in ("GET", "HEAD"):
            await method_not_allowed("GET, HEAD")(scope, receive, send)
            return
        await while_connected(self._answer(request, receive, send), receive)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            try:
                link = await self._link(request)
                recording = await self._shelf.recording(link)
                part = _asked_part(request)
                media = await self._open(stack, link, recording, part)
                delivery = plan(media, part, recording.size)
            except (LinkRefused, ProviderError) as error:
                if isinstance(error, ProviderError) and not isinstance(error, NoSuchPart):
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
                await pump(media.chunks, delivery, send)
            except ProviderError as error:
                # To return now is to leave the answer unfinished; the server then closes the connection.
                log.warning("A linked recording broke off on its way: %s", error)

    async def _link(self, request: Request) -> Link:
        token = request.path_params["token"]
        # A page was counted when it was opened; its player asks for the file many times.
        counted = request.method == "GET" and self._links.read(token).opens != "media"
        return await (self._links.open(token) if counted else self._links.check(token))

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


def _asked_part(request: Request) -> ByteRange | None:
    # RFC 9110: only GET knows parts; and If-Range never holds, since we name no version of a file.
    if request.method != "GET" or "if-range" in request.headers:
        return None
    return read_range(request.headers.get("range"))
