"""The bot is told to stop, and whoever is there next goes on at once with what it could not finish."""

import asyncio
import json
import re
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.reading import text_of
from tests.stories.deaths import CHANNEL, PATIENCE, ROOM, ROOM_NAME, Story, open_story
from tests.stories.mortals import Mortal, nursery

pytestmark = [pytest.mark.real_time, pytest.mark.story]

_LEASE = timedelta(seconds=60)
_IN_ALL = 10.0


async def test_what_waits_for_a_slow_provider_is_handed_back_and_carried_out_by_the_next_bot(
    tmp_path: Path,
) -> None:
    async with nursery() as bots, open_story(bots, tmp_path / "0", "", _LEASE) as story:
        _write(story, finish_within="0.5s")
        story.vidyo.world.faults.add("slow", match="getEntityByRoomKey", seconds=10_000)
        first = story.bot = bots.start(story.config)
        await story.slack.wait_for(lambda: story.slack.sockets.connections > 0, PATIENCE)
        assert (await story.slack.command("vova", CHANNEL, f"/record start {ROOM}")).ok
        await _until(lambda: _claimed(story.database), "a worker has it in hand")

        begun = time.monotonic()
        assert await first.stop() == 0
        assert time.monotonic() - begun < _IN_ALL
        assert not _claimed(story.database)
        said = _told(first)
        assert [line["handed_back"] for line in said if line["message"] == "shut down"] == [1]

        story.vidyo.world.faults.clear()
        begun = time.monotonic()
        story.bot = bots.start(story.config)
        card = await story.slack.see(CHANNEL, f"Recording {ROOM_NAME}", timeout=PATIENCE)
        assert time.monotonic() - begun < _LEASE.total_seconds() / 2, "it waited for the lease to end"
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


def _write(story: Story, **keys: str) -> None:
    """Other paces, and a log for machines."""
    text = story.config.read_text(encoding="utf-8")
    for key, value in keys.items():
        text = re.sub(rf'^{key} = ".*"$', f'{key} = "{value}"', text, flags=re.MULTILINE)
    story.config.write_text(f'{text}\n[log]\nformat = "json"\n', encoding="utf-8")


def _claimed(database: Path) -> bool:
    """Whether a process has a request in hand, by the clock of this machine."""
    with closing(sqlite3.connect(database)) as store:
        now = time.time() * 1_000_000
        [(number,)] = store.execute("SELECT count(*) FROM inbox WHERE lease_until > ?", [now])
    return bool(number)


async def _until(is_so: Any, what: str) -> None:
    for _ in range(round(PATIENCE / 0.05)):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{what}: that never came")


def _told(bot: Mortal) -> list[dict[str, Any]]:
    """The lines of its log, each of which is an object."""
    return [json.loads(line) for line in bot.log.read_text(encoding="utf-8").splitlines()]
