"""Asking again: what only reads may be sent several times, as long as the time for the whole call allows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import SystemRandom
from typing import TypeVar

from providers.errors import Unavailable
from providers.vidyo.settings import VidyoSettings

NOT_NOW = frozenset({429, 502, 503, 504})
"""What a server, or a proxy before it, answers that cannot now."""

SOON = frozenset({502, 503})
"""Those among them after which a moment may help."""

T = TypeVar("T")
_random = SystemRandom()


class TryAgain(Exception):
    """A read that may be sent again: `error` is what it comes to if not."""

    def __init__(self, error: Unavailable) -> None:
        super().__init__(str(error))
        self.error = error


async def repeated(once: Callable[[], Awaitable[T]], settings: VidyoSettings) -> T:
    """What it gives, asked again when it says so: TimeoutError once the time for a whole call is over."""
    limit = settings.request_timeout.total_seconds()
    attempts = settings.read_retries + 1
    async with asyncio.timeout(limit) as within:
        while True:
            attempts -= 1
            try:
                return await once()
            except TryAgain as again:
                pause = _pause(settings, again.error.retry_after)
                end = within.when()
                assert end is not None
                if not attempts or asyncio.get_running_loop().time() + pause >= end:
                    raise again.error from again.__cause__
                await asyncio.sleep(pause)


def _pause(settings: VidyoSettings, told: timedelta | None) -> float:
    pause = settings.retry_pause.total_seconds() * _random.uniform(0.5, 1.5)
    return max(pause, told.total_seconds()) if told else pause
