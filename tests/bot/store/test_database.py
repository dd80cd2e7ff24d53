import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.store import Store, StoreError, database
from bot.store.tables import inbox

from .samples import LEASE, a_notice, a_request, a_watch


async def test_what_is_written_survives_a_power_cut(store: Store) -> None:
    async with store.inbox._database.transaction() as connection:
        settings = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="may not be written"):
        await store.inbox._database.read(text("UPDATE alembic_version SET version_num = '0'"))


async def test_a_lock_that_somebody_keeps_is_waited_for_and_then_named(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with store.inbox._database.transaction() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(tmp_path / "recbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as refused:
            await store.inbox.keep("k1", a_request())
        with pytest.raises(StoreError, match="locked"):
            await store.watches.reserve(a_watch(), None)
        other.execute("ROLLBACK")
    assert await store.inbox.keep("k1", a_request())
    chain = f"{refused.value} {refused.value.__cause__}"
    assert "hooks.example.org" not in chain, "what is kept stays out of the error"


async def test_a_transaction_that_is_cut_off_leaves_the_writer_free(store: Store) -> None:
    async def never_done() -> None:
        async with store.inbox._database.transaction() as connection:
            await connection.exec_driver_sql("DELETE FROM notices")
            await asyncio.Event().wait()

    await store.notices.owe(a_notice("n1"))
    task = asyncio.create_task(never_done())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.notices.get("n1")
    assert await store.notices.owe(a_notice("n2"))


async def test_a_write_may_be_cut_off_anywhere_and_the_next_one_goes_on(store: Store) -> None:
    for turn in range(60):
        task = asyncio.create_task(
            store.watches.reserve(a_watch(f"w{turn}", f"r{turn}"), a_notice(f"n{turn}"))
        )
        for _ in range(turn % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await store.inbox.keep(f"k{turn}", a_request())
        assert (await store.watches.get(f"w{turn}") is None) == (await store.notices.get(f"n{turn}") is None)


async def test_readers_go_on_while_somebody_writes(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    async with store.inbox._database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM inbox")
        assert await store.inbox.pending() == 1
    assert await store.inbox.pending() == 0


async def test_a_claim_finds_what_is_due_without_reading_what_is_not(store: Store) -> None:
    await store.inbox.claim("me", LEASE, 1)
    plans = {
        "inbox": "SELECT key FROM inbox WHERE ended_at IS NULL AND due <= 1",
        "watches": "SELECT id FROM watches WHERE open IS 1 AND due <= 1",
        "notices": "SELECT key FROM notices WHERE wanted > shown AND aside IS NULL AND due <= 1",
    }
    for table, query in plans.items():
        [row] = await store.inbox._database.read(text(f"EXPLAIN QUERY PLAN {query}"))
        assert f"ix_{table}_due" in row.detail


async def test_many_writers_take_turns(store: Store, neighbour: Store) -> None:
    sides = [store, neighbour] * 20
    kept = await asyncio.gather(*(side.inbox.keep(f"k{n % 20}", a_request()) for n, side in enumerate(sides)))
    assert sum(kept) == 20
    assert len(await store.inbox._database.read(select(inbox.c.key))) == 20


def test_patience_with_a_lock_is_five_seconds() -> None:
    assert database.BUSY_SECONDS == 5
