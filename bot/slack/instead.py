"""What is said instead to whoever asked, where a conversation takes none of our messages any more."""

from bot.domain.conversation import Asker
from bot.domain.notice import (
    CardOf,
    Notice,
    NotTold,
    RecorderLost,
    RecordingReady,
    RecordingShared,
    RoomCreated,
    Subscribed,
    not_told,
)
from bot.store import Store


async def said_instead(notice: Notice, store: Store) -> list[Notice]:
    """What is owed to those who asked for this one, each directly. Of all new recordings a subscriber is told once."""
    return [
        not_told(notice.key, asker, about)
        for about, asker in (await _who_asked(notice, store)).items()
        if asker.front == "slack"
    ]


async def _who_asked(notice: Notice, store: Store) -> dict[str, Asker]:
    """Who asked for it, by what they are told of once."""
    body = notice.body
    match body:
        case CardOf() | RecorderLost():
            watch = await store.watches.get(body.watch)
            return {} if watch is None else {notice.key: watch.asker}
        case RoomCreated() | RecordingShared():
            return {notice.key: body.asker}
        case Subscribed():
            return {body.subscription.id: body.subscription.asker}
        case RecordingReady():
            there = await store.subscriptions.there(notice.conversation)
            wanted = {
                one.asker.user
                for one in there
                if one.concerns(body.provider) and one.query.matches(body.recording)
            }
            first = {one.asker.user: one for one in reversed(there)}
            return {first[user].id: first[user].asker for user in sorted(wanted)}
        case NotTold():
            return {}
