"""Announce: tell those who subscribed what a look into a library has found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.subscription import News, read_news, read_on_from
from bot.recording.services import Services
from bot.store import Claimed, ReadTo
from providers.errors import ProviderError
from providers.model import Recording


async def news_since(provider: str, services: Services) -> datetime | None:
    """Since when recordings may be news. None: nobody subscribed to any of this library.

    What was there before the first subscription is none, but for what ran while it was made; nor is what a library had
    when it was configured, if that was later.
    """
    try:
        services.providers.library(provider)
    except ProviderError:
        return None
    subscriptions = await services.store.subscriptions.concerning(provider)
    if not subscriptions:
        return None
    earliest = min(one.since for one in subscriptions) - services.pace.unfinished_longest
    known = await services.store.looks.watermark(provider)
    if known is not None:
        return max(known, earliest)
    return earliest if any(provider in one.libraries for one in subscriptions) else await services.store.now()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a look has read: every row since some moment, or only those that had changed (not `whole`).

    `mark`: from where a library that tells its changes is to go on, once these rows have been taken in.
    """

    rows: Sequence[Recording] = ()
    whole: bool = True
    mark: str | None = None


async def announce(
    claimed: Claimed[str],
    reading: Reading,
    since: datetime | None,
    again: timedelta | None,
    services: Services,
) -> None:
    """Owe what is new among the rows and end the look, which was to read since then. LostClaim: nothing was owed."""
    provider, store, pace = claimed.value, services.store, services.pace
    news, read_on = News(), None
    if since is not None:
        # Of older ones it may be forgotten what was told.
        oldest = since if reading.whole else min(since, claimed.at - pace.keep_closed)
        rows = [row for row in reading.rows if row.started >= oldest]
        news = read_news(
            provider,
            rows,
            await store.subscriptions.concerning(provider),
            await store.watches.following(provider),
            await store.watches.bound(provider),
            await store.announced.told(provider, oldest),
            pace,
        )
        read_on = read_on_from(news, since, claimed.at, pace)
    jitter = pace.library_look / 20
    read_to = ReadTo(read_on, reading.mark, claimed.at if reading.mark and reading.whole else None)
    await store.announced.tell(claimed, news, read_to, again, gap=pace.notice_gap, jitter=jitter)


async def look_for_subscribers(services: Services) -> None:
    """Look into each library that a subscription concerns: at the start, when one may have been added to the others."""
    for provider in services.providers.all:
        if await news_since(provider.name, services) is not None:
            await services.store.looks.want(provider.name, timedelta())
    services.wake()
