"""`/push/{kind}/{name}`: providers tell that something happened. What has, only a look says."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web.body import HungUp, TooLarge, read_body
from providers.interfaces import PushSource

News = Callable[[str], Awaitable[None]]

_LARGEST = 256 * 1024
_WITHIN = 5.0


class Pushes:
    """Hears pushes. The answer leaves first: a provider waits three seconds, and gives an address up that is slow."""

    def __init__(self, sources: Iterable[PushSource], news: News) -> None:
        self._sources = {(source.kind, source.name): source for source in sources}
        self._news = news

    async def hear(self, request: Request) -> Response:
        """Answer as the provider wants it, and pass on that there is news."""
        name = request.path_params["name"]
        source = self._sources.get((request.path_params["kind"], name))
        if source is None:
            return PlainTextResponse("Nobody here waits for such pushes.\n", 404)
        announced = request.headers.get("content-length", "")
        try:
            async with asyncio.timeout(_WITHIN):
                body = await read_body(announced, request.receive, _LARGEST)
        except TimeoutError:
            return PlainTextResponse("The request took too long to come.\n", 408)
        except TooLarge:
            return PlainTextResponse("The request is too large.\n", 413)
        except HungUp:
            return Response(status_code=400)
        answer = source.heard(dict(request.headers), body)

        async def pass_on() -> None:
            await self._news(name)

        later = BackgroundTask(pass_on) if answer.news else None
        return Response(status_code=answer.status, headers=dict(answer.headers), background=later)
