"""What holds for all tests."""

import os
from collections.abc import Generator

import pytest

_SKIP_NOTHING = os.environ.get("TESTS_SKIP_NOTHING") == "1"


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
