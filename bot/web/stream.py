"""Bytes from a provider to a reader, no faster than the reader takes them and no longer than it is there."""

import asyncio
from collections.abc import AsyncIterable, Coroutine
from contextlib import suppress

from starlette.types import Receive, Send

from bot.web.delivery import Delivery
from providers.errors import Unavailable


async def while_connected(work: Coroutine[None, None, None], receive: Receive) -> None:
    """Do this work for as long as somebody is there to take it; it is cancelled when they hang up.

    uvicorn's `send` is silent after a hang-up, so that only `receive` tells: without this watch, an
    abandoned download goes on pulling the whole file.
    """
    await until(_hang_up(receive), work)


async def until(end: Coroutine[None, None, None], work: Coroutine[None, None, None]) -> None:
    """Do this work for as long as the end does not come; it is cancelled then."""
    working = asyncio.create_task(work)
    watching = asyncio.create_task(end)
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
        if not working.done():
            working.cancel()
        await asyncio.wait((working, watching))
    with suppress(asyncio.CancelledError):
        working.result()


async def pump(chunks: AsyncIterable[bytes], delivery: Delivery, send: Send) -> None:
    """Send what was planned, and no byte more. Unavailable if the file ends early.

    The connection is then to be broken off: a short file must not look like a whole one.
    """
    skip, left = delivery.skip, delivery.length
    if left == 0:
        await _send(send, b"", more=False)
        return
    async for chunk in chunks:
        if skip >= len(chunk):
            skip -= len(chunk)
            await asyncio.sleep(0)
            continue
        if skip:
            chunk, skip = chunk[skip:], 0
        if left is None:
            await _send(send, chunk, more=True)
            continue
        if len(chunk) >= left:
            await _send(send, chunk[:left], more=False)
            return
        left -= len(chunk)
        await _send(send, chunk, more=True)
    if left is not None:
        raise Unavailable(f"The provider's file ended {left} bytes early.")
    await _send(send, b"", more=False)


async def _send(send: Send, body: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _hang_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
