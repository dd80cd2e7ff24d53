"""Announce: tell those who subscribed what a look into a library has found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.subscription import News, read_news, read_on_from
from bot.recording.services import Services
from bot.store import Claimed
from providers.errors import ProviderError
from providers.model import Recording


async def news_since(provider: str, services: Services) -> datetime | None:
    """Since when recordings may be news. None: nobody subscribed to any of this library.

    What was there before the first subscription is none, but for what ran while it was made.
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
    return earliest if known is None else max(known, earliest)


async def announce(
    claimed: Claimed[str],
    rows: Sequence[Recording],
    since: datetime | None,
    again: timedelta | None,
    services: Services,
) -> None:
    """Owe what is new among these rows, which are all since then, and end the look. LostClaim: nothing was owed."""
    provider, store, pace = claimed.value, services.store, services.pace
    news, read_on = News(), None
    if since is not None:
        news = read_news(
            provider,
            [row for row in rows if row.started >= since],  # of older ones it may be forgotten what was told
            await store.subscriptions.concerning(provider),
            await store.watches.following(provider),
            await store.watches.bound(provider),
            await store.announced.told(provider, since),
            pace,
        )
        read_on = read_on_from(news, since, claimed.at, pace)
    jitter = pace.library_look / 20
    await store.announced.tell(claimed, news, read_on, again, gap=pace.notice_gap, jitter=jitter)


async def look_for_subscribers(services: Services) -> None:
    """Look into each library that a subscription concerns: at the start, when one may have been added to the others."""
    for provider in services.providers.all:
        if await news_since(provider.name, services) is not None:
            await services.store.looks.want(provider.name, timedelta())
    services.wake()
