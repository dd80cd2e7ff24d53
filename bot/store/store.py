"""What must survive a restart, in one place."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import text

from bot.domain.budget import ENDLESS, Budget
from bot.store.agenda import Agenda, read_agenda
from bot.store.announced import Announced
from bot.store.audit import Audit
from bot.store.database import HOW_WRITTEN, Database, address_of
from bot.store.errors import StoreError
from bot.store.hand_back import hand_back
from bot.store.inbox import Inbox
from bot.store.links import Links
from bot.store.looks import Looks
from bot.store.notices import Notices
from bot.store.owners import Owners
from bot.store.postgresql import PostgreSQL, postgresql_address, steady
from bot.store.purge import purge
from bot.store.schema import NEWEST, require_newest, upgrade_file, version
from bot.store.sign_ins import SignIns
from bot.store.slates import Slates
from bot.store.sqlite import Sqlite, sqlite_file
from bot.store.standing import Standing, read_standing
from bot.store.steady import SteadyClock
from bot.store.subscriptions import Subscriptions
from bot.store.tokens import Tokens
from bot.store.watches import Watches

_SAME = text("UPDATE alembic_version SET version_num = version_num")


class Store:
    """Everything that we promised, in parts. Each call is one transaction: kept when it returns."""

    def __init__(
        self, database: Database, keep_closed: timedelta, keys: Sequence[str], budget: Budget
    ) -> None:
        self._database = database
        self.inbox = Inbox(database)
        self.watches = Watches(database, keep_closed)
        self.looks = Looks(database)
        self.notices = Notices(database, budget)
        self.subscriptions = Subscriptions(database)
        self.announced = Announced(database)
        self.links = Links(database)
        self.sign_ins = SignIns(database)
        self.tokens = Tokens(database, keys)
        self.slates = Slates(database)
        self.audit = Audit(database)
        self.owners = Owners(database)

    async def now(self) -> datetime:
        """The hour by the clock that all who share this store go by."""
        return self._database.now()

    @property
    def clock(self) -> Callable[[], datetime]:
        """That clock, for whoever cannot wait."""
        return self._database.now

    async def keep_time(self) -> None:
        """Set our clock by the one that all share, if that was not done lately. Whoever reads an agenda does."""
        await self._database.keep_time()

    async def agenda(self) -> Agenda:
        """What is due now. It may be gone by the time it is claimed."""
        await self._database.keep_time()
        return await read_agenda(self._database)

    async def standing(self) -> Standing:
        """How things stand, for all who share this store."""
        await self._database.keep_time()
        return await read_standing(self._database)

    async def hand_back(self, owner: str) -> int:
        """End the claims of a process that does no more, so that others take its work over; how many there were."""
        return await hand_back(self._database, owner)

    async def purge(self, older_than: timedelta) -> int:
        """Forget what ended longer ago than this: requests, watches, notices and links. How many rows went."""
        return await purge(self._database, older_than)

    async def check(self) -> str:
        """Try to read and to write, and say what is there in a few words; StoreError if it cannot be used."""
        async with self._database.transaction() as connection:
            name = await connection.run_sync(self._database.version)
            schema = await connection.run_sync(version)
            await connection.execute(_SAME)
        return f"{name}, schema {schema}, writable"


@asynccontextmanager
async def open_store(
    url: str,
    *,
    clock: Callable[[], datetime] | None = None,
    keep_closed: timedelta = timedelta(days=7),
    keys: Sequence[str] = (),
    budget: Budget = ENDLESS,
) -> AsyncIterator[Store]:
    """Open the store at this address: `sqlite:///recbot.db`, brought up to date first, or `postgresql://…`.

    `clock` is this process's: an SQLite file goes by it, PostgreSQL by its own. A file stays taken for `keep_closed`
    after its watch was closed, and as long as the watch is kept nobody else can be given it. `keys` seal tokens;
    without any, none is kept. `budget`: how many messages all who share the store may claim. StoreError: it cannot be
    used, and why.
    """
    database, bring_up = _database(url, clock)
    try:
        if await database.ask(version) != NEWEST:
            await database.close()  # nobody reads it while it is changed
            await bring_up()
        await database.keep_time()
        yield Store(database, keep_closed, keys, budget)
    finally:
        await database.close()


def _database(
    url: str, clock: Callable[[], datetime] | None
) -> tuple[Database, Callable[[], Awaitable[object]]]:
    """The database at this address, and what to do if it has not the newest form."""
    address = address_of(url)
    match address.get_backend_name():
        case "sqlite":
            file = sqlite_file(address)
            return Sqlite(file, clock or SteadyClock()), partial(upgrade_file, file)
        case "postgresql":
            server = postgresql_address(address)
            return PostgreSQL(server, clock or steady), partial(require_newest, server)
    raise StoreError(f"database.url names a database that Recbot does not know; {HOW_WRITTEN}")
