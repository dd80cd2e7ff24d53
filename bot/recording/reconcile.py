"""Reconcile: what a library has, against what the channels were told."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.notice import ready_key
from bot.domain.subscription import read_news
from bot.recording.library import read_rows
from bot.recording.services import Services
from providers.interfaces import RecordingLibrary
from providers.model import Recording


@dataclass(frozen=True, slots=True)
class Gap:
    """A recording that a channel wants to hear of and has not heard of, and why if that is known."""

    provider: str
    recording: Recording
    conversation: Conversation
    why: str


async def reconcile(since: datetime, on: str | None, services: Services) -> list[Gap]:
    """Every gap since then, oldest first. What the next look may still announce in time is none."""
    gaps: list[Gap] = []
    for library in services.providers.libraries(on):
        gaps += await _gaps(library, since, services)
    return sorted(gaps, key=lambda gap: gap.recording.started)


async def _gaps(library: RecordingLibrary, since: datetime, services: Services) -> list[Gap]:
    store, pace, provider = services.store, services.pace, library.name
    rows = await read_rows(library, since)
    subscriptions = await store.subscriptions.concerning(provider)
    watches, taken = await store.watches.following(provider), await store.watches.bound(provider)
    wanted = read_news(provider, rows, subscriptions, watches, taken, (), pace).owed
    told = await store.announced.told(provider, since)
    fresh = await store.now() - 2 * pace.library_look
    gaps = []
    for recording, conversation in wanted:
        if (recording.id, conversation.place) in told:
            why = await _undelivered(ready_key(provider, recording.id, conversation), services)
        elif (recording.ended or recording.started) > fresh:
            why = ""
        else:
            why = "It was not announced."
        if why:
            gaps.append(Gap(provider, recording, conversation, why))
    return gaps


async def _undelivered(key: str, services: Services) -> str:
    """Why the notice does not stand in its channel; empty if it does, or if a card said it instead."""
    notice = await services.store.notices.get(key)
    if notice is None or notice.message is not None:
        return ""
    reason = await services.store.notices.aside_reason(key)
    return reason or "It is owed, and Slack has not taken it yet."
