"""Providers come into the configuration, leave it, and fall silent: nobody is told old things, or lies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.commands import SubscribeCommand
from bot.domain.grammar import read_recordings
from bot.domain.requests import Subscribe
from bot.recording.announce import look_for_subscribers
from bot.recording.library import read_rows
from bot.recording.subscribe import subscribe
from providers.interfaces import RecordingLibrary
from providers.memory import MemoryProvider
from providers.model import Recording, RecordingId, RecordingPage, RecordingQuery, Room, RoomView
from providers.registry import Providers
from tests.bot.recording.stage import CHANNEL, VOVA, ReplyTo, Stage, open_stage

DAY = timedelta(days=1)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as stage:
        command = read_recordings("subscribe", datetime.now(UTC), None)
        assert isinstance(command, SubscribeCommand)
        await subscribe(Subscribe(ReplyTo(CHANNEL, VOVA), command.query), "k", stage.services)
        await stage.tick()
        yield stage


def configured(stage: Stage, *providers: MemoryProvider) -> None:
    stage.services = replace(stage.services, providers=Providers(providers))


def heard(stage: Stage) -> list[str]:
    return [key.split(":")[2] for key in stage.said.shown if key.startswith("ready:")]


async def test_one_that_leaves_for_a_while_and_comes_back_tells_nothing_again(stage: Stage) -> None:
    told = stage.provider.backend.add_recording(started=stage.clock())
    await stage.forward(80, step=20)
    assert heard(stage) == [told.id]
    before = await stage.services.store.looks.watermark("vidyo")
    assert before is not None
    configured(stage, stage.second)
    await stage.forward(200, step=20)
    assert await stage.services.store.looks.watermark("vidyo") == before
    configured(stage, stage.provider)
    await look_for_subscribers(stage.services)
    await stage.forward(200, step=20)
    assert heard(stage) == [told.id]


async def test_one_that_is_configured_later_does_not_tell_its_past(stage: Stage) -> None:
    await stage.forward(20 * DAY.total_seconds(), step=5 * DAY.total_seconds())
    for days in range(1, 15):
        stage.second.backend.add_recording(started=stage.clock() - days * DAY)
    configured(stage, stage.provider, stage.second)
    await look_for_subscribers(stage.services)
    await stage.forward(80, step=20)
    assert heard(stage) == []
    new = stage.second.backend.add_recording(started=stage.clock())
    await stage.forward(80, step=20)
    assert heard(stage) == [new.id]


class Mute(MemoryProvider):
    """A provider that takes every question about a room and never answers."""

    async def view(self, room: Room) -> RoomView:
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_card_says_that_nothing_can_be_seen_though_the_provider_only_keeps_silent(
    stage: Stage,
) -> None:
    watch = await stage.recording()
    mute = Mute("vidyo", now=stage.clock)
    mute.backend = stage.provider.backend
    configured(stage, mute)
    await stage.forward(40, step=10)
    now = await stage.now(watch)
    assert now.blind
    assert "did not answer in time" in now.unseen_why


class Bounded(MemoryProvider):
    """A library that looks at so many rows and then stops."""

    async def search(self, query: RecordingQuery) -> RecordingPage:
        page = await super().search(replace(query, start=0, limit=7))
        return replace(page, more=False, complete=not page.more, note="Only 7 rows were looked through.")


async def test_what_a_library_stops_short_of_is_asked_for_once_more(stage: Stage) -> None:
    library: RecordingLibrary = Bounded("bounded", now=stage.clock)
    assert isinstance(library, Bounded)
    begin = stage.clock() - DAY
    kept: set[RecordingId] = set()
    for minutes in range(30):
        one: Recording = library.backend.add_recording(started=begin + timedelta(minutes=minutes))
        kept.add(one.id)
    assert {row.id for row in await read_rows(library, begin)} == kept
