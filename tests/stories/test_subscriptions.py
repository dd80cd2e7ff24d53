"""A channel subscribes, and hears of each new recording like that once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, sandbox_settings
from sandbox.slack.model import Message
from sandbox.slack.reading import buttons_of, text_of
from tests.stories.terminals import Terminal
from tests.stories.world import ROOM_NAME, SLOW_TICK, SPEED, World, labels, open_world

FIFTY = 50
QUICK = {"library_look": timedelta(milliseconds=300)}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, pace=QUICK) as world:
        yield world


def told(world: World, channel: str = "#general") -> list[Message]:
    """The messages by which the channel was told of a new recording."""
    return [m for m in world.slack.messages(channel) if "New recording" in text_of(m)]


async def settled(world: World) -> None:
    """Whoever was to be told of anything, was."""
    await world.looked_again(lambda: world.vidyo.world.journal.count("RecordsSearch"))


async def test_a_recording_that_nobody_started_from_slack_is_told_to_the_channel_that_wants_its_room(
    world: World,
) -> None:
    await world.slack.command("anna", "#general", "/recordings subscribe room:Weekly")
    await world.card("@anna subscribed this channel to new recordings that fit", "room:Weekly")
    world.vidyo.world.recorder_joins("Weekly4711")
    world.vidyo.world.add_recording("Cooking", room_name="Kitchen")
    world.vidyo.world.recorder_drops_out("Weekly4711")

    new = await world.card("New recording", "Weekly")
    assert {"Play", "Download"} <= labels(new)
    await world.slack.press("sam", new, "Play")
    await world.told("This link is yours", user="sam")
    await settled(world)
    assert len(told(world)) == 1


async def test_what_was_started_from_the_channel_is_told_once_on_its_card(world: World) -> None:
    await world.slack.command("anna", "#general", f"/recordings subscribe room:{ROOM_NAME}")
    await world.card("subscribed this channel")
    await world.start()
    card = await world.card(f"Recording {ROOM_NAME}")
    await world.slack.press("vova", card, "Stop")
    await world.offers(card, "Download")
    await settled(world)
    assert told(world) == []
    assert len(world.cards()) == 1


async def test_a_subscription_is_listed_and_ends(world: World) -> None:
    slack = world.slack
    for filters in ("room:Weekly", "budget longer:10m"):
        await slack.command("anna", "#general", f"/recordings subscribe {filters}")
        await world.card("subscribed this channel", filters)
    await slack.command("anna", "#general", "/recordings unsubscribe")
    asked = await world.told("Which one is to end?", user="anna")
    second = [button for button in buttons_of(asked) if button.label == "Unsubscribe"][1]
    await slack.press("anna", asked, "Unsubscribe", value=second.value)
    await world.told("no longer told of new recordings that fit budget longer:10m", user="anna")
    await slack.command("anna", "#general", "/recordings subscriptions")
    listed = await world.told("This channel is told of:", user="anna")
    assert "room:Weekly" in text_of(listed)
    assert "budget" not in text_of(listed)


async def test_a_channel_that_will_not_have_us_subscribes_to_nothing(world: World) -> None:
    await world.slack.command("vova", "#no-bot", "/recordings subscribe")
    await world.told("Recbot is not in this channel", "/invite", channel="#no-bot")
    await world.slack.command("vova", "#no-bot", "/recordings subscriptions")
    await world.told("This channel has no subscriptions.", channel="#no-bot")


async def test_fifty_recordings_while_the_bot_was_down_are_each_told_once_in_order(tmp_path: Path) -> None:
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        settings = sandbox_settings(slack, vidyo, tmp_path, speed=SPEED, sections={"pace": SLOW_TICK | QUICK})
        async with running_bot(settings):
            await slack.command("anna", "#general", "/recordings subscribe")
            await slack.see("#general", "subscribed this channel")
        titles = [f"Number {number:02}" for number in range(FIFTY)]
        for title in titles:
            vidyo.world.add_recording(title)
        async with running_bot(settings) as bot:
            world = World(slack, vidyo, bot, tmp_path)
            await slack.wait_for(lambda: len(told(world)) >= FIFTY, 60)
            await settled(world)
        assert [next(t for t in titles if t in text_of(m)) for m in told(world)] == titles
        assert slack.failures == []


async def test_reconcile_prints_what_a_channel_was_not_told(tmp_path: Path) -> None:
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        settings = sandbox_settings(slack, vidyo, tmp_path, speed=SPEED, sections={"pace": SLOW_TICK | QUICK})
        terminal, at_once = Terminal(tmp_path, vidyo), {"RECBOT_PACE__LIBRARY_LOOK": "1ms"}
        async with running_bot(settings):
            await slack.command("anna", "#general", "/recordings subscribe room:Weekly")
            await slack.see("#general", "subscribed this channel")
        vidyo.world.add_recording("Cooking", room_name="Kitchen")
        new = vidyo.world.add_recording("Planning", room_name="Weekly")

        typed = await terminal.type("reconcile", "--since", "1d", "--json", **at_once)
        assert typed.code == 1
        assert [(gap["id"], gap["channel"], gap["why"]) for gap in typed.values] == [
            (str(new.id), "C0GENERAL", "It was not announced.")
        ]
        typed = await terminal.type("reconcile", **at_once)
        assert "Planning" in typed.out
        assert "1 not told." in typed.out
        assert (await terminal.type("reconcile", "--since", "90d")).code == 2
        assert len(slack.messages("#general")) == 1

        async with running_bot(settings):
            await slack.see("#general", "New recording", "Planning")
        typed = await terminal.type("reconcile", **at_once)
        assert (typed.code, typed.out) == (
            0,
            "No gaps: each channel was told of all that it subscribed to.\n",
        )
