"""Rooms that are being recorded, written into a store as if they had been watched for a while."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, make_url

from bot.domain.conversation import Asker, Conversation
from bot.domain.watch import State, Watch
from bot.store import upgrade
from bot.store.sqlite import Sqlite, sqlite_file
from bot.store.tables import watches
from bot.store.watch_rows import new_row
from providers.model import Recorder, RecorderId, RecordingId, Room, RoomId, RoomKey

PEOPLE = 10
_HERE = Conversation("slack", "C2", "T1")
_ASKER = Asker("slack", "U1", "T1", "Europe/Madrid")


async def write_watches(
    url: str, provider: str, rooms: Sequence[str], begin: datetime, every: timedelta
) -> dict[str, datetime]:
    """One watch a room, their looks evenly spread over `every` from `begin`; when each room is due first."""
    await upgrade(url)
    database = Sqlite(sqlite_file(make_url(url)), lambda: datetime.now(UTC))
    due = {room: begin + every * (number / len(rooms)) for number, room in enumerate(rooms)}
    rows = [new_row(a_watch(provider, room, begin), begin) | {"due": due[room]} for room in rooms]
    try:
        async with database.transaction() as connection:
            await connection.execute(insert(watches), rows)
    finally:
        await database.close()
    return due


def a_watch(provider: str, room: str, at: datetime) -> Watch:
    """A recording that is proven, and whose file will be known."""
    name = f"Weekly {room}"
    return Watch(
        id=f"watch-of-{room}",
        provider=provider,
        room=Room(
            RoomId(room), RoomKey(f"Key{room}"), name, room, "recbot", f"https://vidyo.example/join/{room}"
        ),
        conversation=_HERE,
        asker=_ASKER,
        asked_at=at,
        profile="000",
        state=State.RECORDING,
        recorder=Recorder(RecorderId("4711"), "APPLICATION-AND-CONFERENCE"),
        people=PEOPLE,
        confirmed_at=at,
        listed=frozenset(),
        bound=RecordingId(room),
    )
