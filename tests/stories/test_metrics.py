"""Whoever watches over a running bot sees what it does."""

from pathlib import Path

import aiohttp

from tests.figures import read
from tests.stories.world import ROOM_NAME, open_world

TOKEN = "the-token-of-a-story"


async def test_the_figures_tell_of_a_recording_that_was_proven_and_of_a_room_that_is_not_there(
    tmp_path: Path,
) -> None:
    async with (
        open_world(tmp_path, calls=True, web={"metrics_token": TOKEN}) as world,
        aiohttp.ClientSession() as session,
    ):
        await world.start("NoSuchKey1")
        await world.told("NoSuchKey1")
        await world.start()
        await world.card("Recording", ROOM_NAME)
        url = f"{world.bot.url}/metrics"
        async with session.get(url) as answer:
            assert answer.status == 401
        async with session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            assert answer.status == 200
            figures = read(await answer.text())
    assert figures["recbot_proven_seconds_count vidyo"] == 1
    assert 0 < figures["recbot_proven_seconds_sum vidyo"] < 0.25  # it joins between two ticks
    assert figures["recbot_watches recording"] == 1
    assert figures["recbot_provider_errors_total NotFound vidyo"] == 1
    assert figures["recbot_lateness_seconds_count requests"] == 2
    assert figures["recbot_rate_budget_left medium ringcentral"] == 39
    assert (figures["recbot_ready"], figures["recbot_store_readable"]) == (1, 1)
    assert figures["recbot_socket_silent_seconds"] < 1
