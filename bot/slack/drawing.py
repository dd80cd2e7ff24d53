"""From a notice that is owed to the message that is shown: the newest state there is."""

import asyncio
from dataclasses import replace

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
from bot.domain.watch import State, Watch
from bot.recording.last_look import LastLook
from bot.slack import cards
from bot.store import Store


class Drawing:
    """Draws notices; what a card shows is read from its watch at that moment, and each file is looked at once more."""

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
                return None if watch is None else await self._live(watch)
            case RecorderLost():
                watch = await self._store.watches.get(body.watch)
                return None if watch is None else cards.lost(watch)
            case RoomCreated():
                return cards.room_created(body.provider, body.room, body.asker)
            case RecordingShared():
                now = await self._last_look.now(body.provider, body.recording)
                if now is None or now.private:
                    return None
                return cards.shared(body.provider, now, body.asker)
            case RecordingReady():
                recording = await self._last_look(body.provider, body.recording)
                return None if recording is None else cards.new_recording(body.provider, recording)
            case Subscribed():
                return cards.subscribed(body.subscription)
            case NotTold():
                owed = await self._store.notices.get(body.notice)
                return None if owed is None else await self._not_told(owed)

    async def _live(self, watch: Watch) -> cards.Drawn:
        """A card may be drawn hours after its file was found."""
        if watch.state is not State.READY:
            return cards.live(watch, pace=self._pace)
        found = watch.candidates[: cards.MOST_FILES]
        now = await asyncio.gather(*(self._last_look.now(watch.provider, file) for file in found))
        gone = [file.id for file, one in zip(found, now, strict=True) if one is None]
        files = tuple(one or file for file, one in zip(found, now, strict=True))
        watch = replace(watch, candidates=files + watch.candidates[len(found) :])
        return cards.live(watch, pace=self._pace, gone=gone)

    async def _not_told(self, owed: Notice) -> cards.Drawn | None:
        match owed.body:
            case CardOf():
                watch = await self._store.watches.get(owed.body.watch)
                return None if watch is None else cards.stands_still(watch)
            case RecordingReady() | Subscribed():
                return cards.unheard(owed.conversation)
        drawn = await self(owed)
        return None if drawn is None else cards.told_alone(owed.conversation, drawn)
