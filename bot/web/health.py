"""Is it alive, and can it work? For the machines that look after it."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

Ready = Callable[[], Awaitable[Sequence[str]]]
"""Says what keeps the bot from its work, a sentence each; nothing to say means ready."""

_FRESH = {"Cache-Control": "no-store"}


class Health:
    """`/healthz` and `/readyz`."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready

    async def alive(self, request: Request) -> Response:
        """200 for as long as the process answers at all, whatever it waits for."""
        return PlainTextResponse("alive\n", headers=_FRESH)

    async def ready(self, request: Request) -> Response:
        """200, or 503 and what is missing, a line each."""
        missing = await self._ready()
        if not missing:
            return PlainTextResponse("ready\n", headers=_FRESH)
        return PlainTextResponse("".join(f"{sentence}\n" for sentence in missing), 503, headers=_FRESH)
