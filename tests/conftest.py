"""What holds for all tests.

Whoever hands the tests to others reads this, too, and needs neither a browser nor a database: hence the late imports.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import uvloop
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.postgres import Server

# Where a run decides whether a change lands, it tries the same examples each time; elsewhere it explores.
settings.register_profile("steady", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("steady")

_STORIES = Path(__file__).parent / "stories"
_SKIP_NOTHING = os.environ.get("TESTS_SKIP_NOTHING") == "1"


def pytest_configure() -> None:
    """Collecting makes much and drops nothing: whoever looks for garbage meanwhile looks in vain, time and again."""
    gc.disable()


def pytest_collection_finish() -> None:
    from tests.compiled import share_what_is_compiled
    from tests.guessing import make_guessing_cheap

    share_what_is_compiled()
    make_guessing_cheap()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)  # what is not to be run has been left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal the tests so that a core seldom rests: one worker waits, some tell stories, and one works from the first.

    Each worker begins with its own kind, and then all share the short tests. What needs a browser is all for the
    last worker, since each browser costs as much as many a test, unless it waits for longer than that.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    tellers = range(1, workers - 1) or [workers - 1]
    begins_with: list[list[pytest.Item]] = [[] for _ in range(workers)]
    stories: list[pytest.Item] = []
    short: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker("waits") is not None:
            begins_with[0].append(item)
        elif item.get_closest_marker("browser") is not None:
            begins_with[-1].append(item)
        elif item.path.is_relative_to(_STORIES) or item.path.name == "test_readme.py":
            stories.append(item)
        else:
            short.append(item)
    for place, teller in enumerate(tellers):
        begins_with[teller] += stories[place :: len(tellers)]
    left = len(items)
    items.clear()
    for worker, first in enumerate(begins_with):
        share = left // (workers - worker)  # of the whole, in its order, each worker begins with so many
        left -= share
        rest = max(0, share - len(first))
        items += first + short[:rest]
        short = short[rest:]
    items += short


@pytest.hookimpl
def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that `recbot` runs on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be skipped, a test that was is one that failed."""
    report = yield
    if _SKIP_NOTHING and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
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
