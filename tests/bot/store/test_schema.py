import asyncio
import sqlite3
import stat
from contextlib import AsyncExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.store.schema
from bot.domain.watch import State
from bot.store import StoreError, open_store, sqlite, upgrade
from bot.store.schema import NEWEST
from bot.store.tables import metadata
from bot.store.watch_rows import new_row

from .samples import NOON, VOVA, a_notice, a_recording, a_request, recording_watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recbot.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


def indexes(file: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as database:
        found = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        return {(name, sql.replace('"', "")) for name, sql in found}


async def test_the_steps_lead_to_the_tables_that_the_code_uses(url: str, file: Path, tmp_path: Path) -> None:
    await upgrade(url)
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()

    fresh = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    metadata.create_all(fresh)
    fresh.dispose()
    assert indexes(file) == indexes(tmp_path / "fresh.db")


def test_the_newest_step_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


@pytest.mark.parametrize("older", ["0001", "0002", "0003", "0004", "0005", "0006"])
async def test_a_database_of_an_older_version_is_brought_up_to_date(
    url: str, older: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr(bot.store.schema, "NEWEST", older)
        assert await upgrade(url) == older
    async with open_store(url) as store:
        assert f"schema {NEWEST}" in await store.check()
        await store.notices.owe(a_notice("n1"))
        assert len(await store.notices.claim("me", timedelta(seconds=9), 9)) == 1


async def test_who_asked_for_what_is_kept_already_is_taken_over(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = a_recording(), a_recording("f2")
    ready = recording_watch(state=State.READY, open=False, candidates=(one,))
    unsure = recording_watch("w2", "r2", state=State.READY, open=False, candidates=(two, a_recording("f3")))
    with monkeypatch.context() as then:
        then.setattr(bot.store.schema, "NEWEST", "0006")
        await upgrade(url)
    with closing(sqlite3.connect(file)) as database, database:
        for watch in (ready, unsure):
            row = new_row(watch, NOON) | {"closed_at": 0, "due": None}
            names = ", ".join(row)
            database.execute(
                f"INSERT INTO watches ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
            )
    async with open_store(url) as store:
        assert await store.owners.of("vidyo", one) == VOVA
        assert await store.owners.of("vidyo", two) is None


async def test_processes_that_start_at_once_on_nothing_all_get_a_store(url: str) -> None:
    async with AsyncExitStack() as stack:
        stores = await asyncio.gather(*(stack.enter_async_context(open_store(url)) for _ in range(5)))
        assert {await store.check() for store in stores} == {
            f"SQLite {sqlite3.sqlite_version}, schema {NEWEST}, writable"
        }


async def test_whoever_readies_a_new_file_together_with_others_gets_his_turn(tmp_path: Path) -> None:
    async def ready(url: sqlalchemy.URL, all_there: asyncio.Barrier) -> None:
        engine = sqlite.engine(url, connections=1)
        try:
            async with engine.connect() as connection, all_there:
                await sqlite.use_write_ahead_log(connection)
        finally:
            await engine.dispose()

    for number in range(12):
        url = sqlite.sqlite_file(sqlalchemy.make_url(f"sqlite:///{tmp_path / str(number)}.db"))
        all_there = asyncio.Barrier(6)
        await asyncio.gather(*(ready(url, all_there) for _ in range(6)))
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as database:
            assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_what_was_kept_is_there_after_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await store.inbox.keep("k1", a_request())
    assert await upgrade(url) == NEWEST
    async with open_store(url) as store:
        [claimed] = await store.inbox.claim("me", timedelta(seconds=9), 9)
    assert claimed.value == a_request()


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(url: str, file: Path) -> None:
    await upgrade(url)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Recbot"):
        async with open_store(url):
            pass
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


async def test_an_upgrade_that_fails_leaves_nothing_behind(url: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE watches (somebody_elses TEXT)")
    with pytest.raises(StoreError, match="watches already exists"):
        await upgrade(url)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("watches",)]


async def test_nobody_else_on_the_machine_may_read_the_file(url: str, file: Path) -> None:
    async with open_store(url) as store:
        await store.inbox.keep("k1", a_request())
        modes = [stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()]
    assert len(modes) == 3
    assert set(modes) == {0o600}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("recbot.db", "looks like sqlite:///recbot.db"),
        ("mysql://recbot:hunter2@db/recbot", "database that Recbot does not know; it looks like sqlite:"),
        ("postgresql://recbot:hunter2@db", "must name a database, like postgresql:"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:////nowhere/at/all/recbot.db", "No such file or directory"),
    ],
)
async def test_an_address_that_is_no_use_says_what_was_expected(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as refused:
        await upgrade(url)
    assert "hunter2" not in str(refused.value)


async def test_an_address_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///here.db") as store:
        assert await store.inbox.keep("k1", a_request())
    assert (tmp_path / "here.db").exists()


async def test_a_file_that_is_something_else_is_named(url: str, file: Path) -> None:
    file.write_bytes(b"This is a letter, and has been one for a long time." * 99)
    with pytest.raises(StoreError, match=r"recbot\.db is not an SQLite database"):
        await upgrade(url)
