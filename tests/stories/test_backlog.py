"""Ten heavy requests a minute and a day's recordings to tell of: all are told, and nobody waits behind them."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, ringcentral_keys, sandbox_settings
from providers.ringcentral import sync
from sandbox.ringcentral import call_log_sync
from sandbox.ringcentral.journal import Entry
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.ringcentral.world import World
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from tests.eventually import eventually

SPEED = 60.0  # a minute of that world is a second
AT_ONCE = 40
RECORDINGS = 60
A_PAGE = 3
READ = 12  # of twenty, and with them what may be sent in the background this minute
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def few_changes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer of the call log's sync holds fewer than there are, so that its pages are read."""
    monkeypatch.setattr(call_log_sync, "MOST", AT_ONCE)
    monkeypatch.setattr(sync, "_MOST", AT_ONCE)


def heavy(world: World) -> list[Entry]:
    """The requests of which there may be ten a minute."""
    return [entry for entry in world.journal if entry.group == "heavy"]


def pages(world: World) -> list[Entry]:
    """Those that read the call log itself."""
    return [entry for entry in heavy(world) if entry.path.endswith("/call-log")]


def announced(slack: SlackSandbox) -> list[str]:
    """The titles of the calls that the channel was told of, in order."""
    texts = [text_of(message) for message in slack.messages("#general")]
    return [text[text.index("Backlog") :].split()[1] for text in texts if "New recording" in text]


async def test_a_backlog_is_told_completely_without_a_penalty_and_a_person_goes_first(
    tmp_path: Path,
) -> None:
    async with (
        RingCentralSandbox(speed=SPEED) as calls,
        far_sides(speed=SPEED, port=0) as (slack, vidyo),
    ):
        world = calls.world
        world.clear_log()
        world.settings.most_detailed = A_PAGE
        keys = ringcentral_keys(calls, speed=SPEED) | {"search_bound": 100}
        sections = {"providers": {"ringcentral": keys}}
        settings = sandbox_settings(slack, vidyo, tmp_path, speed=SPEED, sections=sections)
        async with running_bot(settings):
            await slack.command("vova", "#general", "/recordings subscribe on:ringcentral")
            await slack.see("#general", "subscribed this channel")
        for number in range(RECORDINGS):
            await asyncio.sleep(0.01)  # they call one after the other
            started = world.clock.now()
            world.add_call(other=f"Backlog {number:03}", started=started, duration=timedelta(minutes=1))
        world.journal.clear()
        async with running_bot(settings):
            await slack.wait_for(lambda: slack.sockets.connections > 0)
            await eventually(lambda: len(pages(world)) == READ)
            sent, asked = len(heavy(world)), time.monotonic()
            await slack.command("anna", "#standup", "/recordings search number:16505550100 on:ringcentral")
            await slack.see("#standup", "Backlog", user="anna")
            waited = time.monotonic() - asked
            assert announced(slack) == [], "the person was answered behind the backlog"
            await slack.wait_for(lambda: len(announced(slack)) == RECORDINGS, PATIENCE)
            looks = world.journal.count("/call-log-sync")
            await eventually(lambda: world.journal.count("/call-log-sync") == looks + 2)
        assert announced(slack) == [f"{number:03}" for number in range(RECORDINGS)]
        assert waited < 1 / SPEED
        log = heavy(world)
        theirs = pages(world)[0].query["dateFrom"]
        hers = [
            n for n, entry in enumerate(log) if entry in pages(world) and entry.query["dateFrom"] != theirs
        ]
        assert hers == [sent, sent + 1]
        assert len(log) >= RECORDINGS / A_PAGE
        assert [entry for entry in log if entry.status == 429 or entry.in_penalty] == []
