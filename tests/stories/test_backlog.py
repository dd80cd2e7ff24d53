"""Ten heavy requests a minute and hundreds of recordings to tell of: all are told, and nobody waits behind them."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, ringcentral_keys, sandbox_settings
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox

SPEED = 60.0
RECORDINGS = 260  # more than one answer of the call log's sync may hold, so that its pages are read
A_PAGE = 7
PATIENCE = 120.0


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
        begun = world.clock.now()
        await asyncio.sleep(0.5)
        for number in range(RECORDINGS):
            started = begun + timedelta(milliseconds=2 * number)
            world.add_call(other=f"Backlog {number:03}", started=started, duration=timedelta(minutes=1))
        world.journal.clear()
        async with running_bot(settings):
            await slack.wait_for(lambda: slack.sockets.connections > 0, timeout=PATIENCE)
            async with asyncio.timeout(PATIENCE):
                while sum(entry.path.endswith("/call-log") for entry in world.journal) < 12:
                    await asyncio.sleep(0.02)
            assert announced(slack) == []
            asked = time.monotonic()
            await slack.command("anna", "#standup", "/recordings search number:16505550100 on:ringcentral")
            await slack.see("#standup", "Backlog", user="anna", timeout=PATIENCE)
            waited = time.monotonic() - asked
            told_by_then = len(announced(slack))
            before = len(slack.messages("#general")) - told_by_then
            everything = before + RECORDINGS
            await slack.wait_for(lambda: len(slack.messages("#general")) >= everything, timeout=PATIENCE)
            await asyncio.sleep(1.5)  # another look
        assert announced(slack) == [f"{number:03}" for number in range(RECORDINGS)]
        assert told_by_then < RECORDINGS, "the person was answered behind the backlog"
        assert waited < 4 * 60 / SPEED, f"{waited:.1f} s"
        log = [entry for entry in world.journal if entry.group == "heavy"]
        assert len(log) >= RECORDINGS / A_PAGE
        assert [entry for entry in log if entry.status == 429 or entry.in_penalty] == []
