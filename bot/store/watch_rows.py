"""A watch as a row: the whole of it as JSON, and in columns what it is looked for by."""

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.domain.watch import State, Watch
from bot.store.claims import Claimed, Grip
from providers.model import RecordingId

_WATCH: TypeAdapter[Watch] = TypeAdapter(Watch)


def columns(watch: Watch, now: datetime) -> dict[str, Any]:
    """What a row says of this watch from now on."""
    return {
        "state": watch.state.value,
        "open": watch.open,
        "holds_room": watch.holds_room,
        "awaits_file": watch.awaits_file,
        "bound": file_of(watch),
        "closed_at": None if watch.open else now,
        "watch": as_json(watch),
    }


def as_json(watch: Watch) -> str:
    """The whole of it."""
    return _WATCH.dump_json(watch).decode()


def new_row(watch: Watch, now: datetime) -> dict[str, Any]:
    """The row of a watch that begins, due at once."""
    return columns(watch, now) | {
        "id": watch.id,
        "provider": watch.provider,
        "room_id": watch.room.id,
        "place": watch.conversation.place,
        "due": now,
        "fence": 0,
        "attempts": 0,
    }


def read_watch(row: Row[Any]) -> Watch:
    """The watch that a row keeps."""
    return _WATCH.validate_json(row.watch)


def read_claimed(row: Row[Any], grip: Grip) -> Claimed[Watch]:
    """The watch of a row that was claimed."""
    return Claimed(row.id, read_watch(row), row.fence, grip, row.attempts, due=row.due)


def file_of(watch: Watch) -> RecordingId | None:
    """The one recording that is this watch's, and so nobody else's."""
    if watch.bound is None and watch.state is State.READY and len(watch.candidates) == 1:
        return watch.candidates[0].id
    return watch.bound
