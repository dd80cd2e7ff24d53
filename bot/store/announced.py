"""What was announced where: a channel hears of a recording once, by a notice or by the card of its watch."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, RecordingReady, ready_key
from bot.domain.subscription import News
from bot.store.claims import Claimed
from bot.store.conflict import insert
from bot.store.database import Database, rows
from bot.store.looks import ReadTo, finish_within
from bot.store.moment import phase
from bot.store.notices import owe_in_line
from bot.store.tables import announced
from providers.model import Recording, RecordingId

_TELL = insert(announced).on_conflict_do_nothing().returning(announced.c.seq)
_TOLD = select(announced.c.recording, announced.c.place).where(
    announced.c.provider == bindparam("of_provider"),
    announced.c.started >= bindparam("since", type_=announced.c.started.type),
)


class Announced:
    """Kept for as long as a look may read the recording again, and for as long as anything that has ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, provider: str, since: datetime) -> set[tuple[RecordingId, str]]:
        """Which recordings that began `since` then were announced at which places."""
        found = await self._database.read(_TOLD, of_provider=provider, since=since)
        return {(RecordingId(row.recording), row.place) for row in found}

    async def tell(
        self,
        claimed: Claimed[str],
        news: News,
        read: ReadTo,
        next_in: timedelta | None,
        *,
        gap: timedelta,
        jitter: timedelta,
    ) -> None:
        """End a look: owe its news, keep how far it read and say when to look again, all or nothing.

        What was announced meanwhile is not announced again. LostClaim: nothing was written.
        """
        provider = claimed.value
        async with self._database.transaction() as connection:
            now = self._database.now()
            due = None if next_in is None else now + next_in + phase(jitter)
            await finish_within(connection, claimed, due, read)
            owed = []
            for recording, conversation in news.owed:
                if await tell_within(connection, provider, [recording], conversation, now):
                    key = ready_key(provider, recording.id, conversation)
                    owed.append(Notice(key, conversation, RecordingReady(provider, recording)))
            await owe_in_line(connection, owed, gap, self._database)


async def tell_within(
    connection: AsyncConnection,
    provider: str,
    recordings: Iterable[Recording],
    conversation: Conversation,
    now: datetime,
) -> bool:
    """Count them as announced there, as part of a transaction. False: each of them was announced before."""
    new = False
    for recording in recordings:
        values: dict[str, Any] = {
            "provider": provider,
            "recording": recording.id,
            "place": conversation.place,
            "started": recording.started,
            "at": now,
        }
        new |= bool(await rows(connection, _TELL, values))
    return new
