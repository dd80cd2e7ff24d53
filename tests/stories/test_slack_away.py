"""Slack answers nothing for a while, or refuses everything: what it took is carried out, or refused in words."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot.domain.conversation import Conversation
from bot.domain.notice import card_key
from sandbox.slack.faults import Fault
from sandbox.slack.model import BOT_USER
from sandbox.slack.reading import text_of
from tests.stories.world import ROOM, SPEED, World, open_world


def away(world: World, kind: str = "503", *methods: str) -> None:
    for method in methods or ("*",):
        world.slack.faults.add(Fault(method, kind, times=None))
    world.slack.faults.add(Fault("response_url", kind, times=None))


@pytest.mark.parametrize("kind", ["503", "reset_before", "error:fatal_error"])
async def test_a_stop_is_carried_out_once_slack_says_who_asked(world: World, kind: str) -> None:
    await world.start()
    await world.card("Recording")
    away(world, kind)
    await world.slack.command("anna", "#general", "/record stop")
    await asyncio.sleep(20 / SPEED)
    assert world.recorders() == 1
    world.slack.faults.clear()
    await world.card("Ready")
    assert world.vidyo.world.journal.count("stopRecording") == 1


async def test_a_start_is_carried_out_if_slack_comes_back_in_time(world: World) -> None:
    away(world)
    await world.start()
    await asyncio.sleep(60 / SPEED)
    world.slack.faults.clear()
    await world.card("Recording")
    assert world.starts() == 1


async def test_a_start_that_waited_too_long_is_not_made_and_that_is_told(world: World) -> None:
    away(world)
    await world.start()
    await asyncio.sleep(130 / SPEED)
    assert await world.bot.services.store.inbox.pending() == 1, "its answer is owed"
    world.slack.faults.clear()
    await world.told("Slack cannot be asked who that is now, so nothing was done.")
    await asyncio.sleep(60 / SPEED)
    assert world.starts() == 0
    assert await world.bot.services.store.inbox.pending() == 0


async def test_an_answer_that_slack_does_not_take_is_owed_and_told_once(world: World) -> None:
    away(world, "503", "chat.postEphemeral", "conversations.open")
    await world.slack.command("vova", "#general", "/record stop")
    await asyncio.sleep(300 / SPEED)
    world.slack.faults.clear()
    await world.told("Nothing is being recorded from this channel.")
    await asyncio.sleep(120 / SPEED)
    told = [text_of(m) for m in world.slack.messages("#general", "vova")]
    assert sum("Nothing is being recorded" in text for text in told) == 1


async def test_an_answer_that_nobody_can_have_is_dropped_after_half_an_hour(world: World) -> None:
    away(world, "503", "chat.postEphemeral", "conversations.open")
    await world.slack.command("vova", "#general", "/record stop")
    await asyncio.sleep(1700 / SPEED)
    assert await world.bot.services.store.inbox.pending() == 1
    await asyncio.sleep(200 / SPEED)
    assert await world.bot.services.store.inbox.pending() == 0


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_a_token_that_is_refused_for_a_while_loses_no_card(tmp_path: Path, code: str) -> None:
    async with open_world(tmp_path) as world:
        await world.start()
        card = await world.card("Recording")
        away(world, f"error:{code}", "chat.update", "chat.postMessage")
        await world.slack.command("vova", "#general", "/record stop")
        while world.recorders():
            await asyncio.sleep(1 / SPEED)
        await asyncio.sleep(60 / SPEED)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{world.bot.url}/readyz") as answer:
                assert answer.status == 503
                assert f"Slack refuses all that Recbot says ({code})" in await answer.text()
            world.slack.faults.clear()
            await world.slack.see("#general", "Ready", timeout=60)
            async with session.get(f"{world.bot.url}/readyz") as answer:
                assert answer.status == 200
        assert world.cards() == [card]


async def test_a_card_lives_again_where_somebody_looks_something_up(world: World) -> None:
    await world.start()
    card = await world.card("Recording")
    slack = world.slack
    general = slack.workspace.conversation("#general")
    slack.workspace.leave(general, BOT_USER)
    await slack.command("vova", "#general", f"/record stop {ROOM}")
    while not await world.bot.services.store.notices.aside_reason(await card_key_of(world)):
        await asyncio.sleep(1 / SPEED)
    slack.workspace.join(general, BOT_USER)
    await slack.command("anna", "#general", "/record status")
    await world.reads(card, "Ready")


async def card_key_of(world: World) -> str:
    """The key of the one card that is owed in the channel."""
    here = Conversation("slack", "C0GENERAL", "T0SANDBOX")
    [watch] = await world.bot.services.store.watches.in_conversation(here, only_holding=False)
    return card_key(watch.id)
