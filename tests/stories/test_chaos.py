"""Processes are killed at random and stand still, networks break, and nothing is lost or said twice.

`make chaos` does the same for longer.
"""

import random
from pathlib import Path

import pytest

from bot.store import upgrade
from tests.chaos.storm import ONE, SEVERAL, Plan, blow
from tests.postgres import Server

pytestmark = [pytest.mark.real_time, pytest.mark.story]


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
async def test_nothing_is_lost_and_nothing_said_twice(
    database: str, server: Server, worker_id: str, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    if database == "postgresql":
        url = server.new_database(f"chaos-{worker_id}")
        await upgrade(url)
        plan = Plan(url, SEVERAL, recordings=8, kills=3, seed=seed)
    else:
        plan = Plan(f"sqlite:///{tmp_path / 'recbot.db'}", ONE, recordings=4, kills=1, seed=seed)
    outcome = await blow(plan, tmp_path)
    assert not outcome.wrong, f"seed {seed}: " + "\n".join(outcome.wrong)
    assert outcome.recordings >= plan.recordings
    assert outcome.kills >= plan.kills
