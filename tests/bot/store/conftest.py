from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.clock import Clock

from .samples import NOON, new_file


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'recbot.db'}"


@pytest.fixture
def begun(tmp_path: Path) -> None:
    """The database is there already, and empty: made anew it takes longer than most tests."""
    (tmp_path / "recbot.db").write_bytes(new_file())


@pytest.fixture
async def store(begun: None, url: str, clock: Clock) -> AsyncIterator[Store]:
    async with open_store(url, clock=clock) as store:
        yield store


@pytest.fixture
async def neighbour(store: Store, url: str, clock: Clock) -> AsyncIterator[Store]:
    """The same file as another process opens it."""
    async with open_store(url, clock=clock) as other:
        yield other
