"""What holds for all tests."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import Server, start_server

# Where a run decides whether a change lands, it tries the same examples each time; elsewhere it explores.
settings.register_profile("steady", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("steady")

_STORIES = Path(__file__).parent / "stories"
_SKIP_NOTHING = os.environ.get("TESTS_SKIP_NOTHING") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long, and mostly waits, begins first: short tests fill the gaps, and all end at once."""
    items.sort(key=lambda item: not item.path.is_relative_to(_STORIES) and item.path.name != "test_readme.py")


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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    """PostgreSQL, for whoever asks for it."""
    server = start_server(tmp_path_factory, worker_id)
    yield server
    server.stop()
