"""What the operator is told of a database that is not as it should be, and what cannot be checked without it."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.cli.demo import free_port, vidyo_keys
from bot.doctor import examine
from bot.settings import Settings
from bot.store.schema import NEWEST
from providers.interfaces import Check
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.postgres import Server

NOBODYS_CLOCK = (
    "CREATE OR REPLACE FUNCTION recbot_now() RETURNS bigint LANGUAGE sql VOLATILE AS "
    "'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 600 * 1000000::bigint'"
)


@pytest.fixture(scope="module")
def prepared(server: Server, worker_id: str) -> str:
    """A database that was brought up to date."""
    return server.prepared_database(f"doctor-{worker_id}")


@pytest.fixture
def served(prepared: str) -> Iterator[tuple[str, psycopg.Connection]]:
    """The same, and a connection by which a test spoils it; afterwards it is as it was."""
    with psycopg.connect(prepared, autocommit=True) as connection:
        [(clock,)] = connection.execute("SELECT pg_get_functiondef('recbot_now'::regproc)").fetchall()
        yield prepared, connection
        connection.execute("UPDATE alembic_version SET version_num = %s", [NEWEST])
        connection.execute(clock)
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" RESET ALL')


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    async with VidyoSandbox() as sandbox:
        yield sandbox


async def root(url: str, vidyo: VidyoSandbox) -> tuple[Check, list[str]]:
    """What failed, and what was not checked because of it."""
    settings = Settings.model_validate({"database": {"url": url}, "providers": {"vidyo": vidyo_keys(vidyo)}})
    checks = [check async for check in examine(settings)]
    [failed] = [check for check in checks if check.failed]
    hidden = [check for check in checks if check.because]
    assert {check.because for check in hidden} <= {failed.what}
    return failed, [check.what for check in hidden]


@pytest.mark.real_time
async def test_where_all_is_well_the_database_and_its_clock_say_so(
    prepared: str, vidyo: VidyoSandbox
) -> None:
    settings = Settings.model_validate(
        {"database": {"url": prepared}, "providers": {"vidyo": vidyo_keys(vidyo)}}
    )
    checks = {check.what: check async for check in examine(settings)}
    assert all(check.ok for check in checks.values()), checks
    assert "PostgreSQL" in checks["database: writable"].found
    assert checks["database: clock"].found == "agrees with the database's"
    assert "storage: free space" not in checks


@pytest.mark.real_time
async def test_an_old_migration_names_the_command_that_brings_it_up(
    served: tuple[str, psycopg.Connection], vidyo: VidyoSandbox
) -> None:
    url, connection = served
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    failed, hidden = await root(url, vidyo)
    assert failed.what == "database: schema"
    assert (
        f"has the form 0001, and this Recbot needs {NEWEST}: run `recbot db upgrade` once." in failed.advice
    )
    assert hidden == ["database: writable", "database: clock", "vidyo"]


@pytest.mark.real_time
async def test_a_migration_of_a_newer_recbot_says_so(
    served: tuple[str, psycopg.Connection], vidyo: VidyoSandbox
) -> None:
    url, connection = served
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    failed, _ = await root(url, vidyo)
    assert failed.what == "database: schema"
    assert "was written by a newer Recbot" in failed.advice


@pytest.mark.real_time
async def test_a_database_that_only_lets_us_read_is_named(
    served: tuple[str, psycopg.Connection], vidyo: VidyoSandbox
) -> None:
    url, connection = served
    connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET default_transaction_read_only = on')
    failed, hidden = await root(url, vidyo)
    connection.execute("SET default_transaction_read_only = off")
    assert failed.what == "database: writable"
    assert "only lets us read: is it a standby?" in failed.advice
    assert hidden == ["database: clock", "vidyo"]


@pytest.mark.real_time
async def test_a_database_whose_clock_is_off_is_named(
    served: tuple[str, psycopg.Connection], vidyo: VidyoSandbox
) -> None:
    url, connection = served
    connection.execute(NOBODYS_CLOCK)
    failed, hidden = await root(url, vidyo)
    assert failed.what == "database: clock"
    assert "Ours and the database's are 600 s apart." in failed.found
    assert "Synchronise" in failed.advice
    assert hidden == []


async def test_a_database_server_that_is_not_there_is_named_without_its_password(vidyo: VidyoSandbox) -> None:
    failed, hidden = await root(f"postgresql://recbot:swordfish@127.0.0.1:{free_port()}/recbot", vidyo)
    assert failed.what == "database"
    assert "cannot be reached" in failed.advice
    assert "swordfish" not in str(failed)
    assert hidden == ["database: schema", "database: writable", "database: clock", "vidyo"]


async def test_a_file_of_a_newer_recbot_says_so(directory: Path, vidyo: VidyoSandbox) -> None:
    file = directory / "recbot.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    failed, hidden = await root(f"sqlite:///{file}", vidyo)
    assert failed.what == "database: schema"
    assert "was written by a newer Recbot" in failed.advice
    assert hidden == ["database: writable", "vidyo"]


@pytest.mark.parametrize("url", ["mysql://recbot@127.0.0.1/recbot", "recbot.db", "sqlite://"])
async def test_an_address_that_names_no_database_of_ours_says_how_one_is_written(
    url: str, vidyo: VidyoSandbox
) -> None:
    failed, _ = await root(url, vidyo)
    assert failed.what == "database"
    assert "sqlite:///recbot.db" in failed.advice


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "recbot.db").write_bytes(new_file())
    return tmp_path
