"""Subscriptions: what each channel wants to hear of."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, insert, select

from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, Subscribed
from bot.domain.subscription import MOST, Subscription
from bot.store.database import Database
from bot.store.errors import TooMany
from bot.store.notices import owe_within
from bot.store.tables import subscriptions

_SUBSCRIPTION: TypeAdapter[Subscription] = TypeAdapter(Subscription)

_ADD = insert(subscriptions)
_ALL = select(subscriptions.c.subscription).order_by(subscriptions.c.seq)
_THERE = _ALL.where(subscriptions.c.place == bindparam("at_place"))
_GET = _ALL.where(subscriptions.c.id == bindparam("of_id"))
_REMOVE = delete(subscriptions).where(subscriptions.c.id.in_(bindparam("ids", expanding=True)))


class Subscriptions:
    """In the order in which they were made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Subscription, key: str) -> Subscription:
        """Keep it under a number of its own, beginning now, and owe its channel the notice with this key.

        One that means the same in the same channel is given back instead, and nothing is owed. TooMany: that channel
        has as many as it may have.
        """
        async with self._database.transaction("subscriptions") as connection:
            found = await connection.execute(_THERE, {"at_place": new.conversation.place})
            there = [_read(row) for row in found]
            for old in there:
                if old.meaning == new.meaning:
                    return old
            if len(there) >= MOST:
                raise TooMany
            number = 1 + max((old.number for old in there), default=0)
            kept = replace(new, number=number, since=self._database.now())
            await connection.execute(_ADD, _row(kept))
            await owe_within(connection, Notice(key, kept.conversation, Subscribed(kept)), self._database)
            return kept

    async def get(self, id: str) -> Subscription | None:
        """The subscription with this id. None: it has ended."""
        found = await self._database.read(_GET, of_id=id)
        return _read(found[0]) if found else None

    async def there(self, conversation: Conversation) -> list[Subscription]:
        """Those of this channel."""
        return [_read(row) for row in await self._database.read(_THERE, at_place=conversation.place)]

    async def concerning(self, provider: str) -> list[Subscription]:
        """Those that a recording of this library may fit."""
        found = [_read(row) for row in await self._database.read(_ALL)]
        return [one for one in found if one.concerns(provider)]

    async def remove(self, ids: Iterable[str]) -> None:
        """End them. What is owed already is still told."""
        await self._database.write(_REMOVE, ids=list(ids))


def _row(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "place": one.conversation.place,
        "meaning": one.meaning,
        "number": one.number,
        "subscription": _SUBSCRIPTION.dump_json(one).decode(),
    }


def _read(row: Row[Any]) -> Subscription:
    return _SUBSCRIPTION.validate_json(row.subscription)
