"""Recorders that come late, twice, or not at all: what the card says, and how many were asked for."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.slack.reading import text_of
from tests.eventually import eventually
from tests.stories.crowd import cards_of, open_crowd, private_words
from tests.stories.world import World, labels

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_crowd(tmp_path_factory.mktemp("recorders")) as world:
        yield world


def stops(world: World) -> list[str]:
    """What became of each request to stop, of whichever room."""
    return [entry.outcome for entry in world.vidyo.world.journal if entry.operation == "stopRecording"]


async def test_a_recorder_that_takes_forty_seconds_is_confirmed_and_nothing_is_said_before(
    world: World,
) -> None:
    room = world.vidyo.world.add_room("Slow40", people=["Guest Ada"], join_delay=40)
    asked = world.starts()
    await world.start("Slow40")
    card = await world.card("Asking for a recorder: Slow40")
    while "Asking for a recorder: Slow40" in text_of(card):
        told = text_of(card)
        assert "Pause" not in labels(card)
        await world.slack.wait_for(lambda: text_of(card) != told, world.patience)  # noqa: B023
    assert "Recording Slow40" in text_of(card)
    assert world.vidyo.world.recorders.in_room(room)
    assert world.starts() == asked + 1


async def test_a_recorder_that_never_joins_is_said_not_to_have_started_and_one_that_comes_after_that_counts(
    world: World,
) -> None:
    world.vidyo.world.add_room("NoShow", people=["Guest Ada"], join_delay="never")
    asked = world.starts()
    await world.start("NoShow")
    card = await world.card("Not started: NoShow", "No recorder joined within")
    assert "Start again" in labels(card)
    assert not world.recorders("NoShow")
    assert world.starts() == asked + 1

    await world.start("NoShow", user="anna", channel="#standup")
    offer = await world.told("NoShow", "It may still come", user="anna", channel="#standup")
    assert labels(offer) == {"Start again"}
    assert world.starts() == asked + 1

    world.vidyo.world.recorder_joins("NoShow")
    await world.reads(card, "Recording NoShow")
    assert {"Pause", "Stop"} <= labels(card)
    assert cards_of(world, "NoShow") == [card]
    assert world.starts() == asked + 1


async def test_start_again_asks_on_the_same_card_and_of_two_recorders_that_come_one_is_sent_away(
    world: World,
) -> None:
    room = world.vidyo.world.add_room("Twins", people=["Guest Ada"], join_delay=900)
    asked = world.starts()
    await world.start("Twins")
    card = await world.card("Not started: Twins")
    await world.slack.press("anna", card, "Start again")
    await eventually(lambda: world.starts() == asked + 2)
    world.vidyo.world.recorder_joins("Twins")
    await world.reads(card, "Recording Twins")
    assert "more than one may have come" in text_of(card)
    assert "anna" in text_of(card)

    await eventually(lambda: world.recorders("Twins") == 1)
    assert not world.vidyo.world.recorders.ringing(room)
    assert "Recording Twins" in text_of(card)
    assert cards_of(world, "Twins") == [card]


async def test_four_people_who_start_one_room_at_once_from_two_channels_get_one_recorder_and_one_card(
    world: World,
) -> None:
    world.vidyo.world.add_room("Rush", people=["Guest Ada"])
    asked = world.starts()
    people = {"vova": "#general", "anna": "#standup", "sam": "#general", "pia": "#standup"}
    await asyncio.gather(*(world.start("Rush", user=user, channel=there) for user, there in people.items()))
    await world.slack.wait_for(lambda: any("Recording Rush" in text_of(m) for m in cards_of(world, "Rush")))

    def refused() -> int:
        return sum("Rush" in private_words(world, user, there) for user, there in people.items())

    await world.slack.wait_for(lambda: refused() == 3)
    assert len(cards_of(world, "Rush")) == 1
    assert world.starts() == asked + 1
    assert world.recorders("Rush") == 1


async def test_behind_sixty_names_the_recorder_is_still_seen(world: World) -> None:
    await world.start("BigRoom")
    card = await world.card("Recording BigRoom")
    assert "60 people" in text_of(card)
    assert world.recorders("BigRoom") == 1


async def test_a_start_and_a_stop_whose_answers_are_lost_are_each_sent_once_and_the_card_ends_true(
    world: World,
) -> None:
    world.vidyo.world.add_room("Lossy", people=["Guest Ada"])
    asked, before = world.starts(), stops(world)
    world.vidyo.world.faults.add("reset_after", match="startRecording", times=1)
    await world.start("Lossy")
    card = await world.card("Recording Lossy")
    assert world.starts() == asked + 1

    world.vidyo.world.faults.add("reset_after", match="stopRecording", times=1)
    await world.slack.press("vova", card, "Stop")
    await world.reads(card, "Ready: Lossy")
    assert stops(world) == [*before, "reset_after"]
    assert not world.recorders("Lossy")


async def test_a_recorder_that_comes_long_after_the_stop_is_sent_away(world: World) -> None:
    world.vidyo.world.add_room("TooLate", people=["Guest Ada"], join_delay=100)
    asked = world.starts()
    await world.start("TooLate")
    card = await world.card("Asking for a recorder: TooLate")
    await eventually(lambda: world.starts() == asked + 1)
    await world.slack.press("anna", card, "Stop")
    await world.reads(card, "It was stopped before a recorder came")
    assert "is sent away" in text_of(card)
    await world.reads(card, "Ready: TooLate")
    assert not world.recorders("TooLate")


async def test_a_start_that_met_one_busy_moment_of_the_portal_is_recorded_all_the_same(world: World) -> None:
    room = world.vidyo.world.add_room("Busy503", people=["Guest Ada"])
    world.vidyo.world.faults.add("503", match="startRecording", times=1)
    asked = world.starts()
    await world.start("Busy503")
    await world.card("Recording Busy503")
    assert world.starts() == asked + 2
    assert len(world.vidyo.world.recorders.in_room(room)) == 1
