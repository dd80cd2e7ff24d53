"""Subscribe and unsubscribe: what a channel wants to hear of."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from bot.domain.answers import Answer, Sentence, Subscriptions
from bot.domain.conversation import ReplyTo
from bot.domain.errors import CannotDo, CannotSpeak
from bot.domain.policy import Target, Verb
from bot.domain.requests import Subscribe, Unsubscribe
from bot.domain.subscription import MOST, Subscription
from bot.recording.announce import look_for_subscribers
from bot.recording.services import Services
from bot.store import TooMany
from providers.errors import ProviderError
from providers.interfaces import RecordingLibrary
from providers.model import RecordingId, RecordingQuery


async def subscribe(
    request: Subscribe, key: str, services: Services, kept_at: datetime | None = None
) -> Sentence | None:
    """Tell this channel of each new recording like this, and say so there. `key` makes it one, if this is run again.

    `kept_at` is when the request was kept, which may have had to wait.
    None: what was said in the channel tells the person too. CannotSpeak: nothing was kept, since nothing could be told.
    """
    reply = request.reply
    libraries = await _permitted(request, services)
    id = uuid5(NAMESPACE_OID, key).hex
    notice = f"subscribed:{id}"
    subscriptions = services.store.subscriptions
    if await services.store.notices.get(notice) is None:
        new = Subscription(
            id=id,
            conversation=replace(reply.conversation, thread=None),
            asker=reply.asker,
            query=request.query,
            on=request.on,
            since=await services.store.now(),
            text=request.text,
            listed=await _listed(libraries, services),
            libraries=frozenset(library.name for library in libraries),
            wanted_at=kept_at,
        )
        try:
            kept = await subscriptions.add(new, notice, services.lease)
        except TooMany:
            raise CannotDo(
                f"This channel has {MOST} subscriptions, which is as many as it may have. "
                "/recordings subscriptions lists them, /recordings unsubscribe N ends one."
            ) from None
        if kept.id != id:
            return Sentence(
                f"This channel is told of {kept.words} already: that is subscription {kept.number}."
            )
    await look_for_subscribers(services)
    try:
        await services.messenger.show(notice)
    except CannotSpeak:
        await subscriptions.remove([id])
        raise
    return None


async def unsubscribe(
    request: Unsubscribe, key: str, services: Services, kept_at: datetime | None = None
) -> Answer:
    """End what was meant, or ask which. `key` finds what was said when it ended, if this is run again.

    `kept_at` is when the request was kept, which may have had to wait: what was subscribed to since is not meant.
    """
    await services.require(request.reply, Verb.SUBSCRIBE)
    if said := await services.store.subscriptions.said(key):
        return Sentence(said)
    there = await services.store.subscriptions.there(request.reply.conversation)
    there = [one for one in there if kept_at is None or (one.wanted_at or one.since) <= kept_at]
    meant = [one for one in there if _is_meant(one, request)]
    named = request.everything or (request.subscription, request.number, request.meaning) != (None,) * 3
    if not there:
        raise CannotDo("This channel has no subscriptions.")
    if not meant:
        raise CannotDo(
            "This channel has no such subscription (any more). /recordings subscriptions lists those it has."
        )
    if len(meant) > 1 and not named:
        return _listing(meant, services, asking=True)
    said = f"This channel is no longer told of {meant[0].words}."
    if len(meant) > 1:
        said = f"All {len(meant)} subscriptions of this channel have ended."
    await services.store.subscriptions.remove([one.id for one in meant], key, said)
    return Sentence(said)


async def subscriptions_there(reply: ReplyTo, services: Services) -> Subscriptions:
    """What this channel has subscribed to."""
    await services.require(reply, Verb.VIEW)
    return _listing(await services.store.subscriptions.there(reply.conversation), services)


def _listing(there: Sequence[Subscription], services: Services, *, asking: bool = False) -> Subscriptions:
    known = {provider.name for provider in services.providers.all}
    missing = {one.on for one in there if one.on is not None} - known
    return Subscriptions(tuple(there), asking, frozenset(missing))


async def _permitted(request: Subscribe, services: Services) -> Sequence[RecordingLibrary]:
    """The libraries that are to be looked into. Whatever fits is told: so all of it must be the person's to view."""
    asked = [(verb, await services.require(request.reply, verb)) for verb in (Verb.SUBSCRIBE, Verb.VIEW)]
    libraries = services.providers.libraries(request.on)
    for verb, person in asked:
        for library in libraries:
            services.policy.require(person, verb, Target(library.name, part=request.query.room or ""))
    return libraries


async def _listed(
    libraries: Sequence[RecordingLibrary], services: Services
) -> dict[str, frozenset[RecordingId]]:
    """What has ended by now, in each library that says so in time: it is no news, whatever the clocks say."""
    since = await services.store.now() - services.pace.look_back
    query = RecordingQuery(since=since, hidden=True, limit=200)

    async def ask(library: RecordingLibrary) -> frozenset[RecordingId] | None:
        try:
            async with asyncio.timeout(services.pace.listing_patience.total_seconds()):
                page = await library.search(query)
        except (ProviderError, TimeoutError):
            return None
        return frozenset(recording.id for recording in page.recordings)

    answers = await asyncio.gather(*(ask(library) for library in libraries))
    return {
        library.name: listed for library, listed in zip(libraries, answers, strict=True) if listed is not None
    }


def _is_meant(one: Subscription, request: Unsubscribe) -> bool:
    return (
        (request.subscription is None or one.id == request.subscription)
        and (request.number is None or one.number == request.number)
        and (request.meaning is None or one.meaning == request.meaning)
    )
