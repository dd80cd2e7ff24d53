"""The bot is told to stop, and whoever is there next goes on at once with what it could not finish."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.reading import text_of
from tests.clock import lasting
from tests.eventually import eventually
from tests.stories.bots import Bot
from tests.stories.deaths import CHANNEL, ROOM, ROOM_NAME, Story, open_story
from tests.stories.lodgers import lodgers
from tests.stories.mortals import Mortal, nursery
from tests.stories.unhurried import PATIENCE


async def _with_a_request_in_hand(story: Story) -> tuple[Path, Bot]:
    """A bot, and its configuration, whose provider takes long to answer: far longer than it may take to stop."""
    config = story.with_pace("stopped", finish_within="500ms")
    with config.open("a", encoding="utf-8") as more:
        more.write('\n[log]\nformat = "json"\n')
    story.vidyo.world.faults.add("slow", match="getEntityByRoomKey", seconds=10_000)
    bot = story.bots.start(config)
    await story.connected()
    assert (await story.slack.command("vova", CHANNEL, f"/record start {ROOM}")).ok
    await eventually(lambda: _claimed(story), PATIENCE)
    return config, bot


async def test_a_bot_that_is_told_to_stop_waits_for_a_slow_provider_as_long_as_it_may(
    tmp_path: Path,
) -> None:
    async with lodgers() as bots, open_story(bots, tmp_path / "0", "") as story:
        _, story.bot = await _with_a_request_in_hand(story)
        with lasting(0.5):
            assert await story.bot.stop() == 0
        assert not _claimed(story)


@pytest.mark.real_time
@pytest.mark.story
async def test_what_waits_for_a_slow_provider_is_handed_back_and_carried_out_by_the_next_bot(
    tmp_path: Path,
) -> None:
    async with nursery() as bots, open_story(bots, tmp_path / "0", "") as story:
        config, first = await _with_a_request_in_hand(story)
        story.bot = first
        assert await asyncio.wait_for(first.stop(), PATIENCE) == 0
        assert not _claimed(story)
        said = _told(first)
        assert [line["handed_back"] for line in said if line["message"] == "shut down"] == [1]

        story.vidyo.world.faults.clear()
        story.bot = bots.start(config)
        # Long before the lease of the first one would have ended.
        card = await story.slack.see(CHANNEL, f"Recording {ROOM_NAME}", timeout=PATIENCE)
        assert len([m for m in story.slack.messages(CHANNEL) if "Asked by" in text_of(m)]) == 1, card
        assert story.vidyo.world.journal.count("startRecording") == 1
        await story.bot.stop()

        # Both processes write to one file, and each of its lines belongs to that one request.
        said = _told(first)
        assert "Traceback" not in first.said()
        [request] = {line["request"] for line in said if line["message"] in ("kept", "asked", "proven")}
        assert [line["message"] for line in said if line.get("request") == request] == [
            "kept",
            "asked",
            "carried out",
            "proven",
        ]


def _claimed(story: Story) -> bool:
    """Whether a process has a request in hand, by the clock of this machine."""
    [(number,)] = story.ask(f"SELECT count(*) FROM inbox WHERE lease_until > {time.time() * 1_000_000}")
    return bool(number)


def _told(bot: Mortal) -> list[dict[str, Any]]:
    """The lines of its log, each of which is an object."""
    return [json.loads(line) for line in bot.log.read_text(encoding="utf-8").splitlines()]
