"""To be invited is asked for where that can be done: in a channel, and in no direct message of two people."""

import pytest

from sandbox.slack.reading import text_of
from tests.stories.world import ROOM, World


@pytest.mark.parametrize("typed", [f"/record start {ROOM}", "/record room Retro", "/recordings subscribe"])
async def test_a_direct_message_of_two_people_is_not_told_to_invite(world: World, typed: str) -> None:
    between = world.slack.workspace.direct_message("U0VOVA", "U0ANNA")
    await world.slack.command("vova", between.id, typed)
    told = await world.slack.see(between.id, "Recbot", user="vova")
    assert "/invite" not in text_of(told)
    assert world.starts() == 0


@pytest.mark.parametrize("typed", [f"/record start {ROOM}", "/record room Retro", "/recordings subscribe"])
async def test_a_channel_is_told_to_invite(world: World, typed: str) -> None:
    await world.slack.command("vova", "#no-bot", typed)
    await world.told("Recbot", "/invite @Recbot", channel="#no-bot")
