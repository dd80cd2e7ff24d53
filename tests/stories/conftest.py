from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.world import World, open_world


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, slack={"mode": request.param}) as world:
        yield world
