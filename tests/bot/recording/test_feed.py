"""A library that says what has changed is not read anew at each look, and nothing is lost or told twice by that."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.commands import SubscribeCommand
from bot.domain.grammar import read_recordings
from bot.domain.requests import Subscribe
from bot.recording.subscribe import subscribe
from providers.interfaces import Changes, RecordingFeed
from providers.memory import MemoryProvider
from providers.registry import Providers
from tests.bot.recording.stage import CHANNEL, ROOM, VOVA, ReplyTo, Stage, open_stage


class Feed(MemoryProvider, RecordingFeed):
    """A library in memory that tells what was added to it, by how many rows it had."""

    def __init__(self, stage: Stage) -> None:
        super().__init__("vidyo", now=stage.clock)
        self.backend.add_room(ROOM)
        self.marks: list[str | None] = []
        self.forgets = False

    async def changes(self, mark: str | None, since: datetime) -> Changes:
        self.marks.append(mark)
        rows = [one for one in self.backend.recordings.values() if not one.running]
        whole = mark is None or self.forgets
        new = [row for row in rows if row.started >= since] if whole else rows[int(mark or 0) :]
        return Changes(tuple(new), str(len(rows)), whole)

    @property
    def read(self) -> int:
        """How often all was read."""
        return self.backend.calls.count("search")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as stage:
        feed = Feed(stage)
        stage.provider = feed
        stage.services = replace(stage.services, providers=Providers([feed]))
        command = read_recordings("subscribe", datetime.now(UTC), None)
        assert isinstance(command, SubscribeCommand)
        await subscribe(Subscribe(ReplyTo(CHANNEL, VOVA), command.query), "k", stage.services)
        await stage.tick()
        feed.backend.calls.clear()
        yield stage


@pytest.fixture
def feed(stage: Stage) -> Feed:
    assert isinstance(stage.provider, Feed)
    return stage.provider


def heard(stage: Stage) -> list[str]:
    return [key.split(":")[2] for key in stage.said.shown if key.startswith("ready:")]


async def test_after_the_first_look_only_changes_are_asked_for(stage: Stage, feed: Feed) -> None:
    feed.marks.clear()
    first = feed.backend.add_recording()
    await stage.forward(200, step=20)
    second = feed.backend.add_recording()
    await stage.forward(200, step=20)
    assert heard(stage) == [first.id, second.id]
    assert feed.read == 0
    assert feed.marks[0] == "0"
    assert feed.marks[-1] == "2"


async def test_what_comes_again_as_a_change_is_told_once(stage: Stage, feed: Feed) -> None:
    one = feed.backend.add_recording()
    await stage.forward(80, step=20)
    feed.forgets = True
    await stage.forward(200, step=20)
    assert heard(stage) == [one.id]


async def test_what_is_listed_days_late_is_told_as_a_change(stage: Stage, feed: Feed) -> None:
    await stage.forward(12 * 3600, step=3 * 3600)
    began = stage.clock() - timedelta(hours=10)
    late = feed.backend.add_recording(started=began, duration=timedelta(hours=1))
    await stage.forward(80, step=20)
    assert heard(stage) == [late.id]


async def test_all_is_asked_for_once_a_day(stage: Stage, feed: Feed) -> None:
    feed.marks.clear()
    await stage.forward(23 * 3600, step=3600)
    assert None not in feed.marks
    await stage.forward(2 * 3600, step=1800)
    assert feed.marks.count(None) == 1
    assert feed.read == 0


async def test_a_mark_is_kept_only_with_what_came_with_it(
    stage: Stage, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = feed.backend.add_recording()
    with monkeypatch.context() as patch:

        async def dies(*args: object, **more: object) -> None:
            raise RuntimeError("killed")

        patch.setattr(stage.services.store.announced, "tell", dies)
        with pytest.raises(RuntimeError, match="killed"):
            await stage.forward(80, step=20)
    assert heard(stage) == []
    await stage.forward(200, step=20)
    assert heard(stage) == [one.id]


async def test_what_is_held_back_for_a_card_is_not_lost(stage: Stage, feed: Feed) -> None:
    watch = await stage.started()
    began, short = stage.clock(), timedelta(seconds=9)
    elsewhere = feed.backend.add_recording(room=watch.room.name, started=began, duration=short)
    await stage.forward(100, step=10)
    assert heard(stage) == []  # the recorder that was asked for may have made it
    await stage.forward(600, step=10)  # it never came
    assert heard(stage) == [elsewhere.id]
