"""The library look: one for each provider, settling every watch that waits for its file."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.domain.matching import candidates
from bot.domain.pace import Pace
from bot.domain.watch import State, Step, Watch
from bot.recording.services import Services
from bot.store import AlreadyBound, Claimed, LostClaim, Unknown
from providers.errors import NotFound, ProviderError
from providers.interfaces import RecordingLibrary
from providers.model import Recording, RecordingId, RecordingQuery

log = logging.getLogger(__name__)

_PAGE = 200


async def look_into_library(claimed: Claimed[str], services: Services) -> None:
    """Read the newest recordings once, and tell each waiting watch what they mean for it."""
    provider, store, pace = claimed.value, services.store, services.pace
    waiting = await store.watches.awaiting_files(provider)
    try:
        if waiting:
            await _settle(provider, waiting, services)
    except ProviderError as error:
        log.warning("%s: cannot look into the library: %s", provider, error)
    still = await store.watches.awaiting_files(provider)
    try:
        await store.looks.finish(claimed, _gap(claimed.round, pace) if still else None)
    except LostClaim:
        log.debug("the look into %s was wanted anew while we looked", provider)
    services.wake()


async def _settle(provider: str, waiting: Sequence[Watch], services: Services) -> None:
    watches, pace = services.store.watches, services.pace
    library = services.providers.library(provider)
    since = min(watch.asked_at for watch in waiting) - pace.clock_skew
    rows = await _rows(library, since)
    rows += await _bound_but_unlisted(library, waiting, rows)
    for watch in waiting:
        taken = await watches.bound(provider)
        if _step(watch, rows, taken, pace) is None:
            continue

        def take_in(current: Watch, at: datetime, taken: Collection[RecordingId] = taken) -> Step:
            return _step(current, rows, taken, pace) or Step(current)

        try:
            await watches.change(watch.id, take_in)
        except (AlreadyBound, Unknown) as error:
            log.info(
                "%s: the file of %s was settled elsewhere (%s)",
                provider,
                watch.room.name,
                type(error).__name__,
            )


async def _rows(library: RecordingLibrary, since: datetime) -> list[Recording]:
    rows: list[Recording] = []
    while True:
        query = RecordingQuery(since=since, running=True, hidden=True, start=len(rows), limit=_PAGE)
        page = await library.search(query)
        rows += page.recordings
        if not page.more or not page.recordings:
            return rows


async def _bound_but_unlisted(
    library: RecordingLibrary, waiting: Sequence[Watch], rows: Sequence[Recording]
) -> list[Recording]:
    """Files that we know by their id, though the library's clock puts them outside the time we asked for."""
    listed = {row.id for row in rows}
    found = []
    for watch in waiting:
        if watch.bound is not None and watch.bound not in listed:
            try:
                found.append(await library.recording(watch.bound))
            except NotFound:
                log.warning("%s: recording %s is no longer there", watch.provider, watch.bound)
    return found


def _step(watch: Watch, rows: Sequence[Recording], taken: Collection[RecordingId], pace: Pace) -> Step | None:
    """What these rows say of the watch; None: nothing new."""
    if not watch.awaits_file:
        return None
    others = set(taken) - {watch.bound}
    found = candidates(watch, rows, others, pace)
    running = [row for row in found if row.running]
    if running:  # one that is still being written may be ours: never take an older one instead
        alone = len(found) == 1 and watch.bound is None
        return watch.belongs_to(running[0]) if alone else None
    if watch.state in (State.PROCESSING, State.OVERDUE) and found:
        return watch.file_found(found)
    return None


def _gap(looks: int, pace: Pace) -> timedelta:
    doubled: int = 2 ** min(looks, 16)
    return min(pace.file_look * doubled, pace.file_longest)
