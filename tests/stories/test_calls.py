"""Calls: a channel is told when the recording of one is ready, and a call that goes on is recorded from Slack."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from sandbox.ringcentral.calls import Call
from sandbox.slack.model import Message
from sandbox.slack.reading import buttons_of, text_of
from tests.stories.world import World, labels, open_world

NUMBER = "+16505550100"
LONG = timedelta(minutes=5)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, calls=True) as world:
        yield world


def a_call(world: World, *, recorded: bool, extension: str = "101") -> Call:
    """Somebody calls, and one of us has answered."""
    call = world.calls.place_call(other="Ada Byron", number=NUMBER, extension=extension)
    world.calls.answer(call)
    if recorded:
        world.calls.record(call)
    return call


def notices(world: World, channel: str = "#general") -> list[Message]:
    return [message for message in world.slack.messages(channel) if "New recording" in text_of(message)]


async def downloaded(world: World, card: Message) -> str:
    """The SHA-256 of what Download gives."""
    await world.slack.press("sam", card, "Download")
    link = await world.told("This link is yours", user="sam")
    url = next(button.url for button in buttons_of(link) if button.url)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return hashlib.sha256(await answer.read()).hexdigest()


async def test_the_channel_that_subscribed_is_told_once_of_a_recorded_call(world: World) -> None:
    slack = world.slack
    await slack.command("vova", "#general", f"/recordings subscribe number:{NUMBER}")
    await world.card("subscribed this channel")
    call = a_call(world, recorded=True)
    world.calls.hang_up(call, lasted=LONG)
    notice = await world.card("New recording", "Ada Byron")
    assert {"Play", "Download"} <= labels(notice)
    await world.looked_again(lambda: world.calls.journal.count("/call-log"))
    assert len(notices(world)) == 1
    assert notices(world, "#standup") == []
    assert call.recording_id is not None
    assert await downloaded(world, notice) == world.calls.sha256(call.recording_id)

    await slack.command("anna", "#standup", "/recordings search number:16505550100 since:7d on:ringcentral")
    found = await world.told("Ada Byron", user="anna", channel="#standup")
    assert "Download" in labels(found)


async def test_a_search_finds_meetings_and_calls_together(world: World) -> None:
    await world.slack.command("vova", "#general", "/recordings search vova")
    found = text_of(await world.told("vova", user="vova"))
    assert "ringcentral" in found or "call" in found


async def test_a_live_call_is_recorded_paused_and_resumed_and_its_file_comes(world: World) -> None:
    slack, call = world.slack, a_call(world, recorded=False)
    await slack.command("vova", "#general", "/record calls")
    listed = await world.told("Ada Byron", user="vova")
    assert "Record" in labels(listed)
    await slack.command("vova", "#general", "/record start 101")
    card = await world.card("Recording", "Ada Byron")
    await world.offers(card, "Pause")
    assert "Stop" not in labels(card)
    recording = call.leg.recording
    assert recording is not None
    assert recording.active
    await slack.press("anna", card, "Pause")
    await world.offers(card, "Resume")
    assert not recording.active
    await slack.press("anna", card, "Resume")
    await world.offers(card, "Pause")
    assert recording.active

    await slack.command("vova", "#general", "/record stop")
    await world.told("ends with", user="vova")
    world.calls.hang_up(call, lasted=LONG)
    await world.offers(card, "Download")
    assert "Ready" in text_of(card)
    assert await downloaded(world, card) == world.calls.sha256(recording.id)


async def test_a_call_that_rings_or_is_not_there_is_not_recorded(world: World) -> None:
    await world.slack.command("vova", "#general", "/record start 103")
    await world.told("103", user="vova")
    assert world.cards() == []
    call = world.calls.place_call(other="Ada Byron", number=NUMBER, extension="102")
    await world.slack.command("vova", "#general", "/record start 102")
    await world.told("102", "once they are answered", user="vova")
    assert world.cards() == []
    assert call.leg.recording is None
