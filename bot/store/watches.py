"""The watches: one a room, claimed when due, and every change with all that follows from it in one transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import BigInteger, Update, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import stands
from bot.domain.notice import Notice
from bot.domain.watch import State, Step, Watch
from bot.store.announced import tell_within
from bot.store.audit import note
from bot.store.claims import Claimed, claim, claiming, due, free, held, readable, released
from bot.store.database import Database, rows
from bot.store.errors import AlreadyBound, AlreadyReserved, LostClaim, StoreError, Unknown
from bot.store.looks import want_look
from bot.store.moment import MICROSECOND, NOW, phase
from bot.store.notices import forget_card, owe_alarm, owe_within, redraw_card
from bot.store.owners import own_within
from bot.store.quiet import QuietSteps
from bot.store.showing import is_heard, is_quiet, shows_the_same
from bot.store.tables import watched, watches
from bot.store.watch_finder import WatchFinder
from bot.store.watch_rows import columns, file_of, new_row, read_claimed, read_watch

T = TypeVar("T")

_id = watches.c.id
_RESERVE = insert(watches)
READY = and_(watched, due(watches), free(watches))
_CLAIM = claiming(
    _id, READY, watches.c.provider == bindparam("claim_provider"), order=(watches.c.due, watches.c.seq)
)
_CLAIM_LEFT = claiming(
    _id,
    READY,
    watches.c.provider.not_in(bindparam("known_providers", expanding=True)),
    watches.c.due <= NOW - bindparam("overdue_for", type_=BigInteger),
    order=(watches.c.due, watches.c.seq),
)
_CLAIM_ONE = claiming(_id, _id == bindparam("claim_id"), watched, free(watches))
_LET_GO = released(_id, watched, attempts=0)
_GO_ON = held(_id, watched)
_AS_IT_STANDS = select(watches).where(_id == bindparam("watch_id")).with_for_update()
_CHANGE = (
    update(watches)
    .where(_id == bindparam("watch_id"))
    .values(fence=watches.c.fence + 1, owner=None, lease_until=None, attempts=0)
)
_DROP = (
    delete(watches)
    .where(_id == bindparam("watch_id"), watches.c.state == State.PREPARED.value)
    .returning(watches.c.watch)
)


class Watches(WatchFinder):
    """The promises, open and lately closed."""

    def __init__(self, database: Database, keep_closed: timedelta) -> None:
        super().__init__(database, keep_closed)
        self._quiet = QuietSteps(database)

    async def reserve(
        self,
        watch: Watch,
        card: Notice | None,
        *,
        look_in: timedelta = timedelta(),
        show_in: timedelta = timedelta(),
    ) -> None:
        """Begin a watch, due after the one delay, and owe its card, due after the other.

        AlreadyReserved if another one holds the room, or if this one was begun before.
        """
        await _once_more(lambda: self._reserve(watch, card, look_in, show_in))

    async def claim(self, provider: str, owner: str, lease: timedelta, limit: int) -> list[Claimed[Watch]]:
        """Take open watches of this provider that are due, the longest due first."""
        grip, found = await claim(self._database, _CLAIM, owner, lease, limit, claim_provider=provider)
        return readable(found, lambda row: read_claimed(row, grip), lambda row: (row.due, row.seq))

    async def claim_left(
        self, known: Iterable[str], overdue: timedelta, owner: str, lease: timedelta, limit: int
    ) -> list[Claimed[Watch]]:
        """Take open watches of other providers than these, that nobody has looked at though they are so long overdue.

        A process that knows their provider would have.
        """
        values = {"known_providers": list(known), "overdue_for": overdue // MICROSECOND}
        grip, found = await claim(self._database, _CLAIM_LEFT, owner, lease, limit, **values)
        return readable(found, lambda row: read_claimed(row, grip), lambda row: (row.due, row.seq))

    async def claim_one(self, id: str, owner: str, lease: timedelta) -> Claimed[Watch] | None:
        """Take this watch, due or not. None: somebody has it (you too), or it is closed."""
        grip, found = await claim(self._database, _CLAIM_ONE, owner, lease, claim_id=id)
        return read_claimed(found[0], grip) if found else None

    async def settle(
        self, claimed: Claimed[Watch], step: Step, *, hold: bool = False, jitter: timedelta = timedelta()
    ) -> Claimed[Watch]:
        """Write what a look led to, with all that follows, and let the watch go.

        With `hold` the claim goes on by what is returned, as long as its lease lasts. `jitter` adds a random
        delay of at most this to the next look. LostClaim and AlreadyBound: nothing was written.
        """
        now = self._database.now()
        due = None if step.look_in is None else now + step.look_in + phase(jitter)
        if due is not None and not hold and is_quiet(claimed.value, step):
            fence = await self._quiet.write(claimed, step.watch, due)
        else:
            fence = await self._write(claimed, step, due, now, _GO_ON if hold else _LET_GO)
        if fence is None:
            raise LostClaim(claimed.id)
        return replace(claimed, value=step.watch, fence=fence)

    async def change(self, id: str, fn: Callable[[Watch, datetime], Step]) -> Watch:
        """Change a watch as it stands now, whoever has it: a look that is under way loses its claim.

        `fn` gets the watch and the hour, and may raise: then nothing was written. It may be asked twice. A step that
        changes nothing takes nobody's claim. Unknown; AlreadyReserved if it would hold a room again that another one
        holds.
        """
        return await _once_more(lambda: self._change(id, fn))

    async def drop(self, id: str) -> None:
        """Forget a watch that was prepared and never asked, and its card. Any other stays."""
        async with self._database.transaction() as connection:
            for row in await rows(connection, _DROP, {"watch_id": id}):
                await forget_card(connection, id)
                await note(connection, stands(read_watch(row), self._database.now(), "dropped"))

    async def _write(
        self, claimed: Claimed[Watch], step: Step, due: datetime | None, now: datetime, statement: Update
    ) -> int | None:
        """The step and what follows from it, in one transaction; the fence, None if the claim was lost."""
        values = columns(step.watch, now) | {"claim_id": claimed.id, "claim_fence": claimed.fence}
        if due is not None:
            values["due"] = due
        async with self._alone(step.watch), self._database.transaction() as connection:
            written = await rows(connection, statement, values)
            if not written:
                return None
            await self._follow(connection, claimed.value, step, now)
            return int(written[0].fence)

    async def _follow(self, connection: AsyncConnection, old: Watch, step: Step, now: datetime) -> None:
        if not shows_the_same(old, step.watch):
            await redraw_card(connection, step.watch.id, now)
        if is_heard(step):
            await owe_alarm(connection, step.watch, self._database)
        # The look before what was told, as at the end of a look: two who take the same locks take them in one order.
        if step.library:
            await want_look(connection, step.watch.provider, now)
        if step.watch.state is State.READY and old.state is not State.READY:
            watch = step.watch
            await tell_within(connection, watch.provider, watch.candidates, watch.conversation, now)
            await own_within(connection, watch)
        if (step.watch.state, step.watch.asks) != (old.state, old.asks):
            await note(connection, stands(step.watch, now))

    async def _change(self, id: str, fn: Callable[[Watch, datetime], Step]) -> Watch:
        wanted: Watch | None = None
        try:
            async with self._database.transaction() as connection:
                now = self._database.now()
                row = (await connection.execute(_AS_IT_STANDS, {"watch_id": id})).one_or_none()
                if row is None:
                    raise Unknown(id)
                old = read_watch(row)
                step = fn(old, now)
                if step != Step(old):
                    wanted = step.watch
                    values = columns(wanted, now) | {"watch_id": id}
                    if step.look_in is not None:
                        values["due"] = now + step.look_in
                    await connection.execute(_CHANGE, values)
                    await self._follow(connection, old, step, now)
                return step.watch
        except IntegrityError as error:
            assert wanted is not None
            raise await self._taken(wanted, error) from error

    async def _reserve(
        self, watch: Watch, card: Notice | None, look_in: timedelta, show_in: timedelta
    ) -> None:
        now = self._database.now()
        async with self._alone(watch, new=True), self._database.transaction() as connection:
            await connection.execute(_RESERVE, new_row(watch, now) | {"due": now + look_in})
            if card is not None:
                await owe_within(connection, card, self._database, show_in)
            await note(connection, stands(watch, now))

    @asynccontextmanager
    async def _alone(self, watch: Watch, *, new: bool = False) -> AsyncIterator[None]:
        """Tell who has what this watch wanted, should its room or its file be taken."""
        try:
            yield
        except IntegrityError as error:
            raise await self._taken(watch, error, new=new) from error

    async def _taken(self, watch: Watch, error: IntegrityError, *, new: bool = False) -> Exception:
        """Why it could not be written, once nothing of it is left. A StoreError: whoever was in its way is gone."""
        holder = await self.holding(watch.provider, watch.room.id)
        if holder is not None and holder.id != watch.id and watch.holds_room:
            return AlreadyReserved(holder)
        file = file_of(watch)
        owner = file and await self.of_recording(watch.provider, file)
        if owner and owner.id != watch.id:
            return AlreadyBound(owner)
        if new and (same := await self.get(watch.id)) is not None:
            return AlreadyReserved(same)
        return StoreError(f"The watch {watch.id} cannot be kept: {error.orig}.")


async def _once_more(write: Callable[[], Awaitable[T]]) -> T:
    """Write, and write again where whoever held the room let it go before we could look who it was."""
    try:
        return await write()
    except StoreError as error:
        if not isinstance(error.__cause__, IntegrityError):
            raise
        return await write()
