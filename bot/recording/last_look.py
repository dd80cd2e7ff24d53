"""The last look: a recording is told as it is when it is told, where that costs next to nothing to find out."""

import asyncio
import logging
import time
from collections.abc import Callable

from bot.domain.pace import Pace
from providers.errors import NotFound, ProviderError
from providers.model import Recording
from providers.registry import Providers
from providers.waiting import background

log = logging.getLogger(__name__)


class LastLook:
    """Looks once more at a recording of which a channel is about to hear.

    A library that counts each look is not asked: what it said when the recording was found is told, though the
    recording may have been deleted since. Where ten looks in a minute are allowed, fifty notices would use them up for
    minutes. One that does not answer in time is left
    alone for a while, so that it holds up one notice and not each.
    """

    def __init__(self, providers: Providers, pace: Pace, clock: Callable[[], float] | None = None) -> None:
        self._providers = providers
        self._patience = pace.listing_patience.total_seconds()
        self._rest = pace.library_look.total_seconds()
        self._clock = clock or time.monotonic
        self._left_alone: dict[str, float] = {}

    async def __call__(self, provider: str, known: Recording) -> Recording | None:
        """The recording as it is now, or as it was known where nobody says. None: it is gone, or private by now."""
        if self._clock() < self._left_alone.get(provider, 0.0):
            return known
        now = await self.now(provider, known)
        return None if now is None or now.private else now

    async def now(self, provider: str, known: Recording) -> Recording | None:
        """The same of what somebody asked for: a private one too, and a library that failed a moment ago is asked."""
        library = self._providers.fresh(provider)
        if library is None:
            return known
        try:
            with background():
                async with asyncio.timeout(self._patience):
                    return await library.fresh(known.id)
        except NotFound:
            return None
        except (ProviderError, TimeoutError) as error:
            log.info("%s: new recordings are told as they were found (%s)", provider, type(error).__name__)
            self._left_alone[provider] = self._clock() + self._rest
            return known
