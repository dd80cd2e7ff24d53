"""People press twice, at once, and from two places: one recorder comes, and one stop goes out."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.slack.delivery import COMMAND, Delivery
from sandbox.slack.model import APP_ID, TEAM_ID
from tests.stories.crowd import cards_of, open_crowd, private_words
from tests.stories.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    # A recorder that lingers is asked to go once, however long somebody else takes to want one.
    async with open_crowd(tmp_path_factory.mktemp("guards"), pace={"stop_again": "60s"}) as world:
        yield world


async def test_a_start_from_another_channel_is_told_that_the_room_is_recorded_already(world: World) -> None:
    world.vidyo.world.add_room("Guarded", people=["Guest Ada"])
    asked = world.starts()
    await world.start("Guarded")
    card = await world.card("Recording Guarded")
    await world.start("Guarded", user="anna", channel="#standup")
    await world.told("Guarded is being recorded already", user="anna", channel="#standup")
    assert cards_of(world, "Guarded") == [card]
    assert world.starts() == asked + 1


async def test_stop_pressed_twice_stops_once_and_a_start_meanwhile_is_told_to_wait(world: World) -> None:
    world.vidyo.world.settings.linger = 80  # two seconds here: it is still there when somebody else wants one
    world.vidyo.world.add_room("Twice", people=["Guest Ada"])
    asked, stops = world.starts(), world.vidyo.world.journal.count("stopRecording")
    await world.start("Twice")
    card = await world.card("Recording Twice")
    await asyncio.gather(*(world.slack.press(user, card, "Stop") for user in ("vova", "anna")))
    await world.reads(card, "Stopping: Twice")
    await world.start("Twice", user="sam", channel="#standup")
    await world.told("Twice is being stopped", user="sam", channel="#standup")
    await world.reads(card, "Ready: Twice")
    assert world.starts() == asked + 1
    assert world.vidyo.world.journal.count("stopRecording") == stops + 1
    assert private_words(world, "vova", "#general") + private_words(world, "anna", "#general") == ""


async def test_a_command_that_slack_delivers_twice_is_carried_out_once(world: World) -> None:
    world.vidyo.world.add_room("Repeated", people=["Guest Ada"])
    asked = world.starts()
    payload = {
        "team_id": TEAM_ID,
        "channel_id": "C0GENERAL",
        "user_id": "U0SAM",
        "command": "/record",
        "text": "start Repeated",
        "api_app_id": APP_ID,
        "trigger_id": "4711.4712.the-same-both-times",
    }
    for _ in range(2):
        await world.slack.deliver(Delivery(COMMAND, payload))
    card = await world.card("Recording Repeated")
    await world.slack.deliver(Delivery(COMMAND, payload))
    await world.carried_out()
    assert cards_of(world, "Repeated") == [card]
    assert "Repeated" not in private_words(world, "sam", "#general")
    assert world.starts() == asked + 1
