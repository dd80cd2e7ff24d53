"""Looks for the call of one recording, of which only the number is known: the log cannot be asked by that.

RingCentral numbers recordings one after the other, which it does not promise. So the numbers on a page say where to
look next, and nothing more: found is what a page really has.
"""

from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from providers.model import Recording, RecordingId
from providers.ringcentral.log import KEPT, Asked, CallLog, LogPage
from providers.ringcentral.settings import RingCentralSettings

_NEWEST = 2
_GUESSES = 16
_NARROW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it: the recording with its call, or before when the call must have been.

    `nowhere`: the log has no such call any more.
    """

    found: Recording | None
    before: datetime
    nowhere: bool = False


async def look_for(id: RecordingId, log: CallLog, settings: RingCentralSettings) -> Looked:
    """On the newest pages, then where it should be by its number, then page by page, up to `search_bound` in all."""
    now = log.now()
    since, before = now - settings.look_back, now
    looked = 0
    async with aclosing(log.pages(Asked(since, now))) as pages:
        async for page in pages:
            looked += 1
            if found := log.seen(id):
                return Looked(found, before)
            before = min([before, *(one.started for one in page.recordings)])
            if looked == _NEWEST and not page.last:
                guesses, found = await _guess(id, since, before, log)
                looked += guesses
                if found:
                    return Looked(found, before)
            if page.last:
                return Looked(None, before, nowhere=settings.look_back >= KEPT)
            if looked >= settings.search_bound:
                break
    return Looked(None, before)


async def _guess(
    id: RecordingId, since: datetime, until: datetime, log: CallLog
) -> tuple[int, Recording | None]:
    """Halve the time that it must be in, as long as the numbers allow it. How many pages that took is told, too."""
    for guesses in range(_GUESSES):
        if not id.isdecimal() or until - since < _NARROW:
            return guesses, None
        middle = since + (until - since) / 2
        page = await _first_page(Asked(since, middle), log)
        if found := log.seen(id):
            return guesses + 1, found
        numbers = [int(one.id) for one in page.recordings if one.id.isdecimal()]
        if not numbers or int(id) > max(numbers):
            since = middle
        elif int(id) < min(numbers) and not page.last:
            until = min(one.started for one in page.recordings)
        else:
            return guesses + 1, None
    return _GUESSES, None


async def _first_page(asked: Asked, log: CallLog) -> LogPage:
    async with aclosing(log.pages(asked)) as pages:
        return await anext(pages)
