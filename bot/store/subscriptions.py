"""Subscriptions: what each channel wants to hear of.

No number is given twice in a channel: of the last one that was given, a husk stays behind when its subscription ends,
which means nothing but itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, exists, func, insert, select, update

from bot.domain.audit import subscribed
from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, Subscribed
from bot.domain.subscription import MOST, Subscription
from bot.logs import id_of
from bot.store.audit import note
from bot.store.database import Database
from bot.store.errors import TooMany
from bot.store.notices import owe_within
from bot.store.tables import inbox, subscriptions, waiting

_SUBSCRIPTION: TypeAdapter[Subscription] = TypeAdapter(Subscription)

_husk = subscriptions.c.meaning == subscriptions.c.id
_later = subscriptions.alias("later")
_NOT_LAST = exists().where(_later.c.place == subscriptions.c.place, _later.c.number > subscriptions.c.number)
_named = subscriptions.c.id.in_(bindparam("ids", expanding=True))
_of_request = (inbox.c.key == bindparam("of_key"), waiting)

_ADD = insert(subscriptions)
_ALL = select(subscriptions.c.subscription).where(~_husk).order_by(subscriptions.c.seq)
_THERE = _ALL.where(subscriptions.c.place == bindparam("at_place"))
_GET = _ALL.where(subscriptions.c.id == bindparam("of_id"))
_NAMED = _ALL.where(_named)
_LAST = select(func.max(subscriptions.c.number)).where(subscriptions.c.place == bindparam("at_place"))
_SWEEP = delete(subscriptions).where(subscriptions.c.place == bindparam("at_place"), _husk)
_REMOVE = delete(subscriptions).where(_named, _NOT_LAST)
_HOLLOW = update(subscriptions).where(_named).values(meaning=subscriptions.c.id, subscription="null")
_SAY = update(inbox).where(*_of_request).values(outcome=bindparam("said"))
_SAID = select(inbox.c.outcome).where(*_of_request)


class Subscriptions:
    """In the order in which they were made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Subscription, key: str, show_in: timedelta = timedelta()) -> Subscription:
        """Keep it under a number of its own, beginning now, and owe its channel the notice with this key.

        That is due to the clock after the delay.

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
            last = (await connection.execute(_LAST, {"at_place": new.conversation.place})).scalar_one()
            kept = replace(new, number=1 + (last or 0), since=self._database.now())
            await connection.execute(_SWEEP, {"at_place": new.conversation.place})
            await connection.execute(_ADD, _row(kept))
            notice = Notice(key, kept.conversation, Subscribed(kept))
            await owe_within(connection, notice, self._database, show_in)
            await note(connection, subscribed(kept, kept.since, "made", kept.id))
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

    async def remove(self, ids: Iterable[str], key: str | None = None, said: str = "") -> None:
        """End them. What is owed already is still told.

        Of the request with this key, if one asked for it, that is `said` until it is closed: whoever carries it out
        again finds nothing else of it.
        """
        named = {"ids": list(ids)}
        async with self._database.transaction("subscriptions") as connection:
            ended = [_read(row) for row in await connection.execute(_NAMED, named)]
            request, now = id_of(key) if key else "", self._database.now()
            await note(connection, *(subscribed(one, now, "ended", request) for one in ended))
            await connection.execute(_REMOVE, named)
            await connection.execute(_HOLLOW, named)
            if key is not None:
                await connection.execute(_SAY, {"of_key": key, "said": said})

    async def said(self, key: str) -> str | None:
        """What the request with this key came to, when it was carried out before. None: nothing was ended by it."""
        found = await self._database.read(_SAID, of_key=key)
        return found[0].outcome if found else None


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
