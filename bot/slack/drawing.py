"""From a notice that is owed to the message that is shown: the newest state there is."""

from bot.domain.notice import (
    CardOf,
    Notice,
    RecorderLost,
    RecordingReady,
    RecordingShared,
    RoomCreated,
    Subscribed,
)
from bot.domain.pace import Pace
from bot.slack import cards
from bot.store import Store


class Drawing:
    """Draws notices; what a card shows is read from its watch at that moment."""

    def __init__(self, store: Store, pace: Pace) -> None:
        self._store = store
        self._pace = pace

    async def __call__(self, notice: Notice) -> cards.Drawn | None:
        """The message; None if there is nothing left to tell, since the watch is gone."""
        body = notice.body
        match body:
            case CardOf():
                watch = await self._store.watches.get(body.watch)
                return None if watch is None else cards.live(watch, pace=self._pace)
            case RecorderLost():
                watch = await self._store.watches.get(body.watch)
                return None if watch is None else cards.lost(watch)
            case RoomCreated():
                return cards.room_created(body.provider, body.room, body.asker)
            case RecordingShared():
                return cards.shared(body.provider, body.recording, body.asker)
            case RecordingReady():
                return cards.new_recording(body.provider, body.recording)
            case Subscribed():
                return cards.subscribed(body.subscription)
