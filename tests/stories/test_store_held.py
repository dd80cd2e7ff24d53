"""Somebody holds the database for a while: Slack is answered in time, and what it is told is true."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sandbox.slack.reading import text_of
from tests.stories.world import World, open_world

NOT_YET = "is not kept yet"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """At the pace of the real Slack, which waits for three seconds."""
    async with open_world(tmp_path, speed=1) as world:
        await world.slack.wait_for(lambda: world.slack.sockets.connections == 2)
        yield world


@contextmanager
def held(world: World) -> Iterator[None]:
    """A backup has the file for itself."""
    with closing(sqlite3.connect(world.directory / "recbot.db", isolation_level=None)) as backup:
        backup.execute("BEGIN IMMEDIATE")
        yield
        backup.execute("ROLLBACK")


async def test_what_is_kept_late_is_said_to_be_late_and_then_to_be_kept(world: World) -> None:
    with held(world):
        begun = time.monotonic()
        result = await world.slack.command("vova", "#general", "/record start Nf5kaN9tWo")
        assert result.error is None
        assert time.monotonic() - begun < 3
        await world.told(NOT_YET)
        await asyncio.sleep(4 - (time.monotonic() - begun))
        assert world.starts() == 0
    await world.told("is kept now, and carried out")
    await world.card("Recording")
    assert world.starts() == 1


async def test_what_is_not_kept_is_never_carried_out(world: World) -> None:
    with held(world):
        result = await world.slack.command("vova", "#general", "/record start Nf5kaN9tWo")
        assert result.error is None
        await world.told(NOT_YET)
        await world.told("this was not kept")
    await asyncio.sleep(60)
    assert world.starts() == 0
    said = [text_of(message) for message in world.slack.messages("#general", "vova")]
    assert not any("carried out" in text for text in said)


@pytest.mark.parametrize("label", ["Download", "Play"])
async def test_a_file_is_asked_for_once_that_is_kept_where_no_link_can_be_served(
    tmp_path: Path, label: str
) -> None:
    """Slack hears nothing while nobody knows whether the file will be sent; a process that dies then owes it."""
    async with open_world(tmp_path, speed=1, web={"public_url": None}) as world:
        await world.slack.wait_for(lambda: world.slack.sockets.connections == 2)
        await world.slack.command("vova", "#general", "/recordings latest 1")
        found = await world.told("Recordings")
        with held(world):
            begun = time.monotonic()
            result = await world.slack.press("vova", found, label)
            assert result.ok
            assert 1.5 < time.monotonic() - begun < 3
            await world.told(NOT_YET)
        await world.told("is kept now, and carried out")
