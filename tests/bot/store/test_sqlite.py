"""What only an SQLite file does."""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Store, StoreError, open_store
from tests.database import new_file

from .samples import LEASE, a_request, a_watch


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    (tmp_path / "recbot.db").write_bytes(new_file())
    async with open_store(f"sqlite:///{tmp_path / 'recbot.db'}") as store:
        yield store


async def test_what_is_written_survives_a_power_cut(store: Store) -> None:
    async with store.inbox._database.transaction() as connection:
        settings = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="may not be written"):
        await store.inbox._database.read(text("UPDATE alembic_version SET version_num = '0'"))


async def test_a_lock_that_somebody_keeps_is_waited_for_and_then_named(store: Store, tmp_path: Path) -> None:
    begun = time.monotonic()
    with closing(sqlite3.connect(tmp_path / "recbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as refused:
            await store.inbox.keep("k1", a_request())
        assert 5 <= time.monotonic() - begun < 5.1
        with pytest.raises(StoreError, match="locked for 5 s"):
            await store.watches.reserve(a_watch(), None)
        other.execute("ROLLBACK")
    assert await store.inbox.keep("k1", a_request())
    chain = f"{refused.value} {refused.value.__cause__}"
    assert "hooks.example.org" not in chain, "what is kept stays out of the error"


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
