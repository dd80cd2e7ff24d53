"""Bots in one process are killed or stand still at named points: each promise is kept, and a mutant breaks it."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.stories.deaths import CHANNEL, ROOM, ROOM_NAME, open_story
from tests.stories.lodgers import lodgers
from tests.stories.mutants import MUTANTS
from tests.stories.promises import AS_IT_IS, BROKEN, Promise
from tests.stories.trials import seen


@pytest.mark.parametrize("promise", AS_IT_IS, ids=str)
async def test_wherever_the_bot_is_struck(promise: Promise, tmp_path: Path) -> None:
    async with lodgers() as bots:
        assert await seen(promise, None, bots, tmp_path / "0") == ""


@pytest.mark.parametrize("promise", BROKEN, ids=str)
async def test_without_what_keeps_it_it_is_not_so_that(promise: Promise, tmp_path: Path) -> None:
    async with lodgers() as bots:
        assert await seen(promise, promise.mutant, bots, tmp_path / "0") == promise.seen


async def test_a_bot_that_stands_still_does_nothing_at_all_until_it_goes_on(tmp_path: Path) -> None:
    async with lodgers() as bots, open_story(bots, tmp_path / "0", "") as story:

        def asked() -> int:
            return len(story.vidyo.world.journal) + len(story.slack.workspace.journal)

        story.bot = bots.start(story.config, "before the portal is asked", blow=signal.SIGSTOP)
        await story.connected()
        await story.slack.command("vova", CHANNEL, f"/record start {ROOM}")
        await story.bot.stands.wait()
        before = asked(), story.owners()
        await asyncio.sleep(10)
        assert (asked(), story.owners()) == before
        story.bot.go_on()
        await story.slack.see(CHANNEL, f"Recording {ROOM_NAME}")


def test_every_mutant_breaks_a_promise() -> None:
    assert {promise.mutant for promise in BROKEN} == MUTANTS.keys()
