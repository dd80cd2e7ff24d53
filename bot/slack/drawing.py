"""From a notice that is owed to the message that is shown: the newest state there is."""

from bot.domain.notice import (
    CardOf,
    Notice,
    NotTold,
    RecorderLost,
    RecordingReady,
    RecordingShared,
    RoomCreated,
    Subscribed,
)
from bot.domain.pace import Pace
from bot.recording.last_look import LastLook
from bot.slack import cards
from bot.store import Store


class Drawing:
    """Draws notices; what a card shows is read from its watch at that moment, a new recording looked at once more."""

    def __init__(self, store: Store, pace: Pace, last_look: LastLook) -> None:
        self._store = store
        self._pace = pace
        self._last_look = last_look

    async def __call__(self, notice: Notice) -> cards.Drawn | None:
        """The message; None if there is nothing left to tell, since the watch or the recording is gone."""
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
                recording = await self._last_look(body.provider, body.recording)
                return None if recording is None else cards.new_recording(body.provider, recording)
            case Subscribed():
                return cards.subscribed(body.subscription)
            case NotTold():
                owed = await self._store.notices.get(body.notice)
                return None if owed is None else await self._not_told(owed)

    async def _not_told(self, owed: Notice) -> cards.Drawn | None:
        match owed.body:
            case CardOf():
                watch = await self._store.watches.get(owed.body.watch)
                return None if watch is None else cards.stands_still(watch)
            case RecordingReady() | Subscribed():
                return cards.unheard(owed.conversation)
        drawn = await self(owed)
        return None if drawn is None else cards.told_alone(owed.conversation, drawn)
