"""Slack's door as one would write it first: look at the signature, answer 200. Nothing is read or done.

With the order `database`, one request is written into a store of ours before the answer.
"""

import hmac
import time
from contextlib import AsyncExitStack
from itertools import count

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench.sides.serving import orders, serve
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.requests import ChangeWatch
from bot.store import Store, open_store
from bot.web.server import serve as listen

_STOP = ChangeWatch(ReplyTo(Conversation("slack", "C1", "T1"), Asker("slack", "U1", "T1")), "stop")


class Door:
    """`POST /slack/events`."""

    def __init__(self, secret: str, store: Store | None) -> None:
        self._secret = secret.encode()
        self._store = store
        self._numbers = count()

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        timestamp = request.headers["x-slack-request-timestamp"]
        if abs(time.time() - int(timestamp)) > 300:
            return PlainTextResponse("", 401)
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = "v0=" + hmac.new(self._secret, signed, "sha256").hexdigest()
        if not hmac.compare_digest(expected, request.headers["x-slack-signature"]):
            return PlainTextResponse("", 401)
        if self._store is not None:
            await self._store.inbox.keep(str(next(self._numbers)), _STOP)
        return PlainTextResponse("")


async def main() -> None:
    told = orders()
    async with AsyncExitStack() as stack:
        store = None
        if told.get("database"):
            store = await stack.enter_async_context(open_store(told["database"]))
        door = Door(told["secret"], store)
        app = Starlette(routes=[Route("/slack/events", door.answer, methods=["POST"])])
        url = await stack.enter_async_context(listen(app, "127.0.0.1", 0))
        await serve(url=url)


if __name__ == "__main__":
    uvloop.run(main())
