"""Is it alive, and can it work? For the machines that look after it."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from providers.reach import NO_MORE_FILES, no_more_files

Ready = Callable[[], Awaitable[Sequence[str]]]
"""Says what keeps the bot from its work, a sentence each; nothing to say means ready."""

_NO_MORE_FILES = f"{NO_MORE_FILES[0].upper()}{NO_MORE_FILES[1:]}: raise its limit (ulimit -n)."
_FRESH = {"Cache-Control": "no-store"}


async def nothing_missing() -> Sequence[str]:
    return ()


class Health:
    """`/healthz` and `/readyz`. `alive` says what a new process may mend, and asks nobody outside."""

    def __init__(self, ready: Ready, alive: Ready) -> None:
        self._ready = ready
        self._alive = alive

    async def alive(self, request: Request) -> Response:
        """200 whatever the bot waits for; 503 once it has been of no use for so long that it had better begin anew."""
        return _told("alive", await self._alive())

    async def ready(self, request: Request) -> Response:
        """200, or 503 and what is missing, a line each."""
        missing = await self._ready()
        return _told("ready", [_NO_MORE_FILES, *missing] if no_more_files() else missing)


def _told(well: str, missing: Sequence[str]) -> Response:
    lines, status = (missing, 503) if missing else ([well], 200)
    return PlainTextResponse("".join(f"{line}\n" for line in lines), status, headers=_FRESH)
