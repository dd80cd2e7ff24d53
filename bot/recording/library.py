"""The library look: one for each provider, for every watch that waits for its file and every subscription."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.matching import candidates
from bot.domain.pace import Pace
from bot.domain.watch import State, Step, Watch
from bot.recording.announce import Reading, announce, news_since
from bot.recording.holding import holding
from bot.recording.services import Services
from bot.recording.turns import turned
from bot.store import AlreadyBound, Claimed, LostClaim, Unknown
from providers.errors import NotFound, NotKept, ProviderError, Unavailable
from providers.interfaces import RecordingLibrary
from providers.model import CallId, Recording, RecordingId, RecordingQuery
from providers.waiting import background

log = logging.getLogger(__name__)

# A library that counts its requests begins each page at the newest call: one page is to hold them all.
_PAGE = 1000
_A_MOMENT = timedelta(seconds=1)


async def look_into_library(claimed: Claimed[str], services: Services) -> None:
    """Read the newest recordings once: each waiting watch is told what they mean for it, and then who subscribed.

    Each watch is settled by itself, so that one that cannot be holds up no other. Whoever dies in between leaves a
    look that is made again, and finds what was announced.
    """
    provider, store, pace = claimed.value, services.store, services.pace
    since = await news_since(provider, services)
    reading, at_least = None, timedelta()
    try:
        with background():
            reading = await _read_and_settle(claimed, since, services)
    except ProviderError as error:
        at_least = _could_not_look(provider, error, services)
    except LostClaim:
        log.debug("the look into %s was taken over while we looked", provider)
        return
    gaps = [pace.library_look] if since is not None else []
    if waiting := await store.watches.awaiting_files(provider):
        gap = _gap(claimed.round, pace)
        gaps.append(max(gap, pace.call_file_look) if all(watch.call for watch in waiting) else gap)
    again = max(min(gaps), at_least) if gaps else None
    try:
        if reading is None:
            await store.looks.finish(claimed, again)
        else:
            await announce(claimed, reading, since, again, services)
    except LostClaim:
        log.debug("the look into %s was taken over while we looked", provider)
    services.wake()


def _could_not_look(provider: str, error: ProviderError, services: Services) -> timedelta:
    """Say so, once until it answers again; the delay that the provider asked for, if it did."""
    if provider not in services.silent:
        log.warning("%s: cannot look into the library: %s", provider, error)
        services.silent.add(provider)
    return (isinstance(error, Unavailable) and error.retry_after) or timedelta()


async def _read_and_settle(claimed: Claimed[str], since: datetime | None, services: Services) -> Reading:
    """The rows that somebody waits for; every watch that one of them belongs to is told."""
    provider, store = claimed.value, services.store
    # One that is not configured (any more) raises: what was told of it must not be forgotten for that.
    library, lease = services.providers.library(provider), services.lease
    waiting = await store.watches.awaiting_files(provider)
    begin = [_listed_since(watch, services.pace) for watch in waiting]
    begin += [since] if since is not None else []
    if not begin:
        return Reading()

    # Where only so many requests are allowed, a long list takes minutes.
    async with holding(claimed, lambda: store.looks.renew(claimed, lease), lease):
        if waiting or since is None:
            listed = await read_rows(library, min(begin))
            alone = await _bound_but_unlisted(library, waiting, listed, claimed.round, services)
            reading, unkept = Reading([*listed, *alone.rows]), alone.unkept
        else:
            reading, unkept = await _news(claimed, library, since, services), {}
    if provider in services.silent:
        log.info("%s: the library answers again", provider)
        services.silent.discard(provider)
    await _settle(provider, waiting, _Seen(reading.rows, unkept), services)
    return reading


async def _news(
    claimed: Claimed[str], library: RecordingLibrary, since: datetime, services: Services
) -> Reading:
    """What nobody has read yet, for the subscriptions alone.

    Where a library tells what has changed, it is asked for all only once a day. All is read too while a recording is
    followed: what may come on a card is held back, and would not be told as a change again.
    """
    feed, store = services.providers.feed(library.name), services.store
    if feed is None or await store.watches.following(library.name):
        return Reading(await read_rows(library, since))
    mark = await store.looks.mark(library.name, claimed.at - services.pace.library_whole)
    changes = await feed.changes(mark, since)
    return Reading(changes.recordings, changes.whole, changes.mark)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look has seen: recordings, and why nothing was kept of a call, by the id of the watch that follows it."""

    rows: Sequence[Recording]
    unkept: Mapping[str, str]


async def _settle(provider: str, waiting: Sequence[Watch], seen: _Seen, services: Services) -> None:
    watches, pace = services.store.watches, services.pace
    for watch in waiting:
        taken = await watches.bound(provider)
        if _step(watch, seen, taken, pace) is None:
            continue

        def take_in(current: Watch, at: datetime, taken: Collection[RecordingId] = taken) -> Step:
            return _step(current, seen, taken, pace) or Step(current)

        try:
            turned(watch, await watches.change(watch.id, take_in), services)
        except (AlreadyBound, Unknown) as error:
            log.info(
                "%s: the file of %s was settled elsewhere (%s)",
                provider,
                watch.room.name,
                type(error).__name__,
            )


async def read_rows(library: RecordingLibrary, since: datetime) -> list[Recording]:
    """Every recording that began since then, running and private ones included.

    Where a library stops at a bound of its own, it is asked once more for what began before the oldest that it gave.
    """
    rows: dict[RecordingId, Recording] = {}
    start, until = 0, None
    while True:
        query = RecordingQuery(since=since, until=until, running=True, hidden=True, start=start, limit=_PAGE)
        page = await library.search(query)
        start += len(page.recordings)
        rows |= {row.id: row for row in page.recordings}
        if page.more and page.recordings:
            continue
        if page.complete:
            return list(rows.values())
        oldest = min((row.started for row in rows.values()), default=since) + _A_MOMENT
        if not since < oldest or oldest == until:
            log.warning("%s: recordings may go unannounced. %s", library.name, page.note)
            return list(rows.values())
        start, until = 0, oldest


def _listed_since(watch: Watch, pace: Pace) -> datetime:
    """Since when the watch's file may be listed: since it was asked for, but that of a call since the call began."""
    if not watch.call:
        return watch.asked_at - pace.clock_skew
    return (watch.room.began or watch.asked_at - pace.unfinished_longest) - pace.clock_skew


async def _bound_but_unlisted(
    library: RecordingLibrary,
    waiting: Sequence[Watch],
    rows: Sequence[Recording],
    looks: int,
    services: Services,
) -> _Seen:
    """Files that we know by their id, though the library's clock puts them outside the time we asked for.

    A call's is listed by the clock that said when the call began, or not yet, or never where it is too short. To ask
    for one is a request that counts: hence at the first, second, fourth, eighth… repeated look.
    """
    seldom = looks.bit_count() == 1
    listed = {row.id for row in rows}
    found: list[Recording] = []
    unkept: dict[str, str] = {}
    for watch in waiting:
        if watch.bound is None or watch.bound in listed or (watch.call and not seldom):
            continue
        phone = services.providers.phone(watch.provider) if watch.call else None
        try:
            if phone is None:
                found.append(await library.recording(watch.bound))
            else:
                found.append(await phone.recording_of(CallId(watch.room.id), watch.bound))
        except NotKept as error:
            unkept[watch.id] = str(error)
        except NotFound:
            level = logging.DEBUG if watch.call else logging.WARNING
            log.log(level, "%s: recording %s is not there", watch.provider, watch.bound)
    return _Seen(found, unkept)


def _step(watch: Watch, seen: _Seen, taken: Collection[RecordingId], pace: Pace) -> Step | None:
    """What follows for the watch from what was seen; None: nothing new."""
    if not watch.awaits_file:
        return None
    others = set(taken) - {watch.bound}
    found = candidates(watch, seen.rows, others, pace)
    running = [row for row in found if row.running]
    if running:  # one that is still being written may be ours: never take an older one instead
        alone = len(found) == 1 and watch.bound is None
        return watch.belongs_to(running[0]) if alone else None
    if watch.state not in (State.PROCESSING, State.OVERDUE):
        return None
    if found:
        return watch.file_found(found)
    return watch.nothing_kept(seen.unkept[watch.id]) if watch.id in seen.unkept else None


def _gap(looks: int, pace: Pace) -> timedelta:
    doubled: int = 2 ** min(looks, 16)
    return min(pace.file_look * doubled, pace.file_longest)
