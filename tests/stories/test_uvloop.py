"""On uvloop and the machine's own clock, which is what `recbot` runs on, the stories end as they do on virtual time."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import uvloop

from sandbox.slack.server import SlackSandbox
from tests.eventually import PATIENCE
from tests.stories.test_story import test_a_search_pages_and_shares, test_the_whole_story
from tests.stories.world import World, open_world

__all__ = ["test_a_search_pages_and_shares", "test_the_whole_story"]

pytestmark = pytest.mark.real_time


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """As for the others, but all have patience with a machine that is busy elsewhere."""
    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
    patient = partial(SlackSandbox, answer_within=PATIENCE, trigger_life=PATIENCE)
    with patch("bot.cli.demo.SlackSandbox", patient):
        async with open_world(
            tmp_path, slack={"mode": request.param}, pace={"lease": f"{PATIENCE}s"}, patience=PATIENCE
        ) as world:
            yield world
