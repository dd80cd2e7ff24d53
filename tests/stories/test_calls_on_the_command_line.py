"""Live calls at a terminal, between the sandbox's rooms and its telephones: the same workflows as in Slack."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.demo import ringcentral_keys, toml
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.stories.terminals import Terminal
from tests.stories.world import SPEED

SUBJECT = "the call with Ada Byron (+16505550100)"


@pytest.fixture
async def phones() -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox(speed=SPEED) as phones:
        phones.world.clear_log()
        yield phones


@pytest.fixture
def call(phones: RingCentralSandbox) -> Call:
    return phones.world.place_call(answered=True)


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    async with VidyoSandbox(speed=SPEED) as vidyo:
        yield vidyo


@pytest.fixture
def terminal(tmp_path: Path, vidyo: VidyoSandbox, phones: RingCentralSandbox) -> Terminal:
    terminal = Terminal(tmp_path, vidyo)
    with terminal.config.open("a", encoding="utf-8") as config:
        config.write("\n" + toml({"providers.ringcentral": ringcentral_keys(phones, speed=SPEED)}))
    return terminal


async def test_a_call_is_recorded_paused_and_resumed_and_cannot_be_stopped(
    terminal: Terminal, call: Call
) -> None:
    started = await terminal.type("record", "start", "101", "--json")
    assert started.code == 0
    assert [value["state"] for value in started.values] == ["asked", "recording"]
    assert started.values[-1]["recording"] == call.recording_id
    assert f"{SUBJECT}: asked for a recording; waiting for it to begin" in started.err

    assert (await terminal.type("record", "pause", "101")).code == 0
    assert not call.leg.recording or not call.leg.recording.active
    assert (await terminal.type("record", "resume", "101")).code == 0
    assert call.leg.recording
    assert call.leg.recording.active

    stopped = await terminal.type("record", "stop", "101")
    assert stopped.code == 1
    assert "ringcentral cannot stop a recording: it ends with the call." in stopped.err


async def test_live_calls_are_listed_one_a_line(terminal: Terminal, phones: RingCentralSandbox) -> None:
    assert "no call goes on now" in (await terminal.type("record", "calls")).out
    call = phones.world.place_call(answered=False)
    assert "no call goes on now" in (await terminal.type("record", "calls")).out
    phones.world.answer(call)
    listed = await terminal.type("record", "calls", "--json")
    [value] = listed.values
    assert (value["provider"], value["extension"], value["state"]) == ("ringcentral", "101", "connected")
    assert SUBJECT in (await terminal.type("record", "calls", "--on", "ringcentral")).out


async def test_an_extension_of_a_room_and_of_a_call_is_asked_about(
    terminal: Terminal, call: Call, vidyo: VidyoSandbox
) -> None:
    vidyo.world.add_room("Shared", name="101", people=["Guest Ada"])
    asked = await terminal.type("record", "start", "101")
    assert asked.code == 1
    assert f"101  {SUBJECT}  ringcentral" in asked.err
    assert "  101  vidyo" in asked.err
    assert not call.recordings

    assert (await terminal.type("record", "start", "101", "--on", "ringcentral")).code == 0
    status = await terminal.type("record", "status", "101", "--on", "ringcentral")
    assert f"{SUBJECT}: being recorded" in status.out


async def test_a_recording_whose_call_is_too_far_back_is_shown_and_downloaded_by_its_number(
    terminal: Terminal, phones: RingCentralSandbox, tmp_path: Path
) -> None:
    world = phones.world
    ages = [timedelta(days=age) for age in (1, 2, 3, 4, 5, 6)]
    *_, old = [world.add_call(started=world.clock.now() - age) for age in ages]
    world.settings.most_detailed = 1
    with terminal.config.open("a", encoding="utf-8") as config:
        config.write("search_bound = 3\n")
    shown = await terminal.type("recordings", "show", old.recording_id, "--on", "ringcentral")
    assert (shown.code, old.recording_id in shown.out) == (0, True)
    assert "who talked, and when, is not known" in shown.out
    to = tmp_path / "old.wav"
    command = ("recordings", "download", old.recording_id, "--on", "ringcentral", "-o", str(to))
    assert (await terminal.type(*command)).code == 0
    assert to.read_bytes() == world.content(old.recording_id)


async def test_a_whole_number_is_looked_for_by_ringcentral_itself(
    terminal: Terminal, phones: RingCentralSandbox
) -> None:
    world = phones.world
    world.settings.most_detailed = 1
    for number in range(13):
        world.add_call(other=f"Caller {number}", number=f"+165055590{number:02}")
    command = ("recordings", "search", "number:+16505559001", "--on", "ringcentral")
    assert "Caller 1" in (await terminal.type(*command)).out
    [entry] = world.journal.asked("/call-log")
    assert entry.query["phoneNumber"] == ["16505559001"]
