"""What holds for all tests.

Whoever hands the tests to others reads this, too, and needs neither a browser nor a database: hence the late imports.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import uvloop
from hypothesis import HealthCheck, settings

from tests.programs import leave_only_the_named
from tests.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.postgres import Server

# How long an example takes says something of the machine. A failure says how to have its example again.
settings.register_profile(
    "recbot", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("recbot")

_SKIP_NOTHING = os.environ.get("TESTS_SKIP_NOTHING") == "1"
_RUNNING = pytest.StashKey[pytest.Item]()
_LOOP = pytest.StashKey[VirtualLoop]()
_FACTORIES = pytest.StashKey[Mapping[str, Callable[[], asyncio.AbstractEventLoop]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--traces",
        type=Path,
        metavar="FILE",
        help="Write down how each test went on virtual time: a line a test.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collecting makes much and drops nothing: whoever looks for garbage meanwhile looks in vain, time and again."""
    gc.disable()
    folder = TemporaryDirectory(prefix="recbot-programs-")
    config.add_cleanup(folder.cleanup)
    leave_only_the_named(Path(folder.name))


def pytest_collection_finish() -> None:
    from tests.compiled import share_what_is_compiled
    from tests.guessing import make_guessing_cheap
    from tests.trust import read_trust_once

    share_what_is_compiled()
    make_guessing_cheap()
    read_trust_once()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)  # its fixtures come next, and the loop with them
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[_RUNNING] = item


@pytest.hookimpl
def pytest_asyncio_loop_factories(
    config: pytest.Config,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Virtual time, unless the test has to do with somebody who has a clock of their own.

    That may depend on a fixture's parameter, so it is decided when the loop is wanted.
    """

    def new_loop() -> asyncio.AbstractEventLoop:
        item = config.stash[_RUNNING]
        if any(item.get_closest_marker(name) for name in ("real_time", "browser")):
            return uvloop.new_event_loop()  # which `recbot` runs on
        item.stash[_LOOP] = loop = VirtualLoop()
        return loop

    # One object for the whole run: for another one, pytest-asyncio would end the browser's loop and all that is on it.
    return config.stash.setdefault(_FACTORIES, {"the loop": new_loop})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be skipped, a test that was is one that failed; on virtual time it is said how it went."""
    report = yield
    if _SKIP_NOTHING and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    loop = item.stash.get(_LOOP, None)
    if loop is None:
        return report
    if report.failed:
        report.sections.append(("virtual time", str(loop.trace)))
    traces: Path | None = item.config.getoption("--traces")
    if traces is not None and report.when == "teardown":
        with traces.open("a", encoding="utf-8") as file:
            file.write(f"{loop.trace} {item.nodeid}\n")
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium, for whoever asks for it."""
    from tests.chromium import running_chromium

    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    """PostgreSQL, for whoever asks for it."""
    from tests.postgres import start_server

    server = start_server(tmp_path_factory, worker_id)
    yield server
    server.stop()
