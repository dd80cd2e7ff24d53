"""Finding watches, whoever has them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select

from bot.domain.conversation import Conversation
from bot.domain.watch import Watch
from bot.store.database import Database
from bot.store.moment import Moment
from bot.store.tables import awaiting, holding, watched, watches
from bot.store.watch_rows import read_watch
from providers.model import RecordingId, RoomId

_OF_PROVIDER = watches.c.provider == bindparam("of_provider")
_THERE = watches.c.place == bindparam("at_place")
_LATELY = or_(watched, watches.c.closed_at > bindparam("since", type_=Moment))


def _find(*where: ColumnElement[bool]) -> Any:
    return select(watches.c.watch).where(*where).order_by(watches.c.seq.desc())


_GET = _find(watches.c.id == bindparam("watch_id"))
_HOLDING = _find(_OF_PROVIDER, watches.c.room_id == bindparam("room"), holding)
_HOLDING_THERE = _find(_THERE, holding)
_THERE_ALL = _find(_THERE)
_AWAITING = _find(_OF_PROVIDER, awaiting)
_OPEN = _find(_OF_PROVIDER, watched)
_OF_RECORDING = _find(_OF_PROVIDER, watches.c.bound == bindparam("file"))
_BOUND = select(watches.c.bound).where(_OF_PROVIDER, and_(watches.c.bound.is_not(None), _LATELY))


class WatchFinder:
    """Reads watches as they stand. One may have moved on before it is looked at."""

    def __init__(self, database: Database, keep_closed: timedelta) -> None:
        self._database = database
        self._keep_closed = keep_closed

    async def get(self, id: str) -> Watch | None:
        """The watch with this id, open or closed."""
        return await self._one(_GET, watch_id=id)

    async def holding(self, provider: str, room_id: RoomId) -> Watch | None:
        """The watch that holds this room. None: none does, which is not to say that nobody records there."""
        return await self._one(_HOLDING, of_provider=provider, room=room_id)

    async def of_recording(self, provider: str, recording: RecordingId) -> Watch | None:
        """The watch that this file belongs to."""
        return await self._one(_OF_RECORDING, of_provider=provider, file=recording)

    async def in_conversation(self, conversation: Conversation, *, only_holding: bool = True) -> list[Watch]:
        """What was asked for in this channel, newest first, in any thread: what is being recorded, or all."""
        return await self._all(_HOLDING_THERE if only_holding else _THERE_ALL, at_place=conversation.place)

    async def awaiting_files(self, provider: str) -> list[Watch]:
        """The watches that a look into this library may tell something, newest first."""
        return await self._all(_AWAITING, of_provider=provider)

    async def following(self, provider: str) -> list[Watch]:
        """The open watches of this provider, newest first: whatever they wait for."""
        return await self._all(_OPEN, of_provider=provider)

    async def bound(self, provider: str) -> set[RecordingId]:
        """Recordings that belong to a watch: an open one, or one that was closed in the last days."""
        since = self._database.now() - self._keep_closed
        rows = await self._database.read(_BOUND, of_provider=provider, since=since)
        return {RecordingId(row.bound) for row in rows}

    async def _one(self, statement: Any, **values: Any) -> Watch | None:
        rows = await self._database.read(statement, **values)
        return read_watch(rows[0]) if rows else None

    async def _all(self, statement: Any, **values: Any) -> list[Watch]:
        rows: Sequence[Row[Any]] = await self._database.read(statement, **values)
        return [read_watch(row) for row in rows]
