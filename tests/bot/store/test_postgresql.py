"""What only PostgreSQL does: many machines share it, and nobody changes it without being told to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import LiteralString

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, text

from bot.store import LostClaim, Store, StoreError, open_store, upgrade
from bot.store.moment import EPOCH, MICROSECOND, utc_now
from bot.store.postgresql import engine, postgresql_address
from bot.store.schema import NEWEST
from bot.store.tables import metadata
from tests.eventually import eventually
from tests.postgres import Server, somebody_waits

from .samples import HERE, LEASE, a_notice, a_request, a_subscription, a_watch

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def prepared(server: Server, worker_id: str) -> str:
    return server.prepared_database(f"prepared-{worker_id}")


@pytest.fixture
def new(server: Server, worker_id: str) -> str:
    return server.new_database(f"new-{worker_id}")


@pytest.fixture
def other(prepared: str) -> Iterator[psycopg.Connection]:
    """Somebody else with a connection of their own. Everything is empty when they begin."""
    with psycopg.connect(prepared) as connection:
        tables: list[LiteralString] = ["inbox", "watches", "notices", "subscriptions", "looks"]
        for name in tables:
            connection.execute(f"DELETE FROM {name}")
        connection.commit()
        yield connection
        connection.rollback()


@pytest.fixture
async def store(prepared: str, other: psycopg.Connection) -> AsyncIterator[Store]:
    async with open_store(prepared) as store:
        yield store


async def test_an_empty_database_is_left_alone_until_somebody_says_so(new: str) -> None:
    with pytest.raises(
        StoreError, match=f"is empty, and this Recbot needs {NEWEST}: run `recbot db upgrade`"
    ):
        async with open_store(new):
            pass
    assert await upgrade(new) == NEWEST
    async with open_store(new) as store:
        assert (await store.check()).startswith("PostgreSQL ")


async def test_an_older_form_is_not_opened_and_a_newer_one_neither(new: str) -> None:
    await upgrade(new)
    for found, words in (("0002", "has the form 0002"), ("9999", "newer Recbot")):
        with psycopg.connect(new) as connection:
            connection.execute("UPDATE alembic_version SET version_num = %s", [found])
        with pytest.raises(StoreError, match=words):
            async with open_store(new):
                pass


async def test_of_many_who_upgrade_at_once_one_does_it(new: str) -> None:
    assert await asyncio.gather(*(upgrade(new) for _ in range(4))) == [NEWEST] * 4


async def test_the_steps_lead_to_the_tables_that_the_code_uses(prepared: str) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    looking = engine(postgresql_address(make_url(prepared)), connections=1)
    async with looking.connect() as connection:
        assert await connection.run_sync(differences) == []
    await looking.dispose()


async def test_the_hour_is_the_databases(store: Store, other: psycopg.Connection) -> None:
    found = other.execute("SELECT clock_timestamp()").fetchone()
    assert found is not None
    assert abs(await store.now() - found[0]) < timedelta(minutes=1)


async def test_what_is_kept_is_due_though_the_servers_clock_was_set_back_since_it_was_compared(
    store: Store, prepared: str
) -> None:
    """A process that only keeps requests may not have looked at the server's clock for days."""
    ahead = timedelta()
    async with open_store(prepared, clock=lambda: utc_now() + ahead) as front:
        ahead = timedelta(minutes=5)
        await front.inbox.keep("k1", a_request())
        [claimed] = await store.inbox.claim("me", LEASE, 9)
    assert claimed.kept_at is not None
    assert abs(claimed.kept_at - await store.now()) < timedelta(minutes=1)


async def test_a_connection_that_breaks_off_in_a_transaction_hides_nothing_and_is_used_no_more(
    store: Store, other: psycopg.Connection
) -> None:
    other.autocommit = True

    async def lose_both() -> None:
        async with store._database.transaction() as connection:
            ours = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
            raise LostClaim

    with pytest.raises(LostClaim):
        await lose_both()
    for _ in range(20):
        assert await store.inbox.pending() == 0


async def test_what_somebody_else_has_locked_is_passed_over(store: Store, other: psycopg.Connection) -> None:
    for key in ("k1", "k2", "k3"):
        await store.inbox.keep(key, a_request())
    other.execute("SELECT FROM inbox WHERE key = 'k1' FOR UPDATE")
    assert [one.id for one in await store.inbox.claim("me", LEASE, 9)] == ["k2", "k3"]
    other.rollback()
    assert [one.id for one in await store.inbox.claim("me", LEASE, 9)] == ["k1"]


async def test_many_who_claim_at_once_share_the_work_and_nobody_takes_too_much(
    store: Store, prepared: str
) -> None:
    for n in range(60):
        await store.inbox.keep(f"k{n}", a_request())
    async with open_store(prepared) as neighbour:
        shares = await asyncio.gather(
            *(side.inbox.claim(f"p{n}", LEASE, 7) for n, side in enumerate([store, neighbour] * 6))
        )
    taken = [one.id for share in shares for one in share]
    assert len(taken) == len(set(taken)) == 60
    assert max(map(len, shares)) == 7


async def test_numbers_of_subscriptions_are_given_out_one_by_one(store: Store, prepared: str) -> None:
    async with open_store(prepared) as neighbour:
        await asyncio.gather(
            *(
                side.subscriptions.add(a_subscription(f"s{n}", f"word{n}"), f"n{n}")
                for n, side in enumerate([store, neighbour] * 4)
            )
        )
    assert sorted(one.number for one in await store.subscriptions.there(HERE)) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_process_that_stands_still_in_a_transaction_is_put_out(
    store: Store, other: psycopg.Connection
) -> None:
    """It may have been stopped, or its machine sleeps: its locks must not hold up everybody else."""
    async with store._database.transaction() as connection:
        for limit in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"):
            assert (await connection.execute(text(f"SHOW {limit}"))).scalar_one() != "0"
    await store.watches.reserve(a_watch(), None)
    other.autocommit = True

    def lives(backend: int) -> object:
        return other.execute("SELECT pid FROM pg_stat_activity WHERE pid = %s", [backend]).fetchone()

    async def sleepy() -> None:
        async with store._database.transaction() as connection:
            ours = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await connection.execute(text("SELECT FROM watches FOR UPDATE"))
            await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
            await eventually(lambda: not lives(ours))
            await connection.execute(text("DELETE FROM watches"))

    with pytest.raises(StoreError):
        await sleepy()
    other.execute("SELECT FROM watches FOR UPDATE NOWAIT")
    assert await store.watches.get("w1")


async def test_connections_that_broke_are_made_anew(store: Store, other: psycopg.Connection) -> None:
    await store.notices.owe(a_notice("n1"))
    other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND datname = current_database()"
    )
    with pytest.raises(StoreError, match=r"cannot be reached, or broke off|shutting down"):
        await store.notices.owed()
    assert await store.notices.owed() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"database": "nowhere"}, "is not there as database.url names it"),
        ({"username": "nobody"}, "is not there as database.url names it"),
        ({"host": "127.0.0.1", "port": 1}, "cannot be reached"),
    ],
)
async def test_a_database_that_cannot_be_used_is_named_without_its_password(
    prepared: str, change: dict[str, str | int], words: str
) -> None:
    address = make_url(prepared)
    if "host" in change:
        address = address.set(query={})
    address = address.set(password="hunter2", **change)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=words) as refused:
        async with open_store(address.render_as_string(hide_password=False)):
            pass
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"


async def test_who_waited_for_a_slate_is_told_an_hour_after_the_wait(
    store: Store, other: psycopg.Connection, prepared: str
) -> None:
    hours: list[datetime] = []

    def look(kept: str | None, at: datetime) -> str:
        hours.append(at)
        return ""

    other.execute(
        "INSERT INTO slates (key, written) VALUES ('a', '') ON CONFLICT (key) DO UPDATE SET key = 'a'"
    )
    waiting = asyncio.create_task(store.slates.change("a", look))
    with psycopg.connect(prepared, autocommit=True) as onlooker:
        await eventually(lambda: somebody_waits(onlooker))
        [[microseconds]] = onlooker.execute("SELECT recbot_now()").fetchall()
    other.commit()
    await waiting
    assert hours[0] > EPOCH + microseconds * MICROSECOND
