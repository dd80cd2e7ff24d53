"""The command line against the sandbox: states on stdout, words on stderr, and exit codes."""

import asyncio
import hashlib
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, free_port, sandbox_settings
from bot.cli.terminal import command_line
from bot.domain.watch import State
from sandbox.vidyo.server import VidyoSandbox
from tests.eventually import PATIENCE, eventually
from tests.stories.terminals import Terminal, ended
from tests.stories.world import ROOM, ROOM_NAME, SPEED


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    async with VidyoSandbox(speed=SPEED) as vidyo:
        yield vidyo


@pytest.fixture
def terminal(tmp_path: Path, vidyo: VidyoSandbox) -> Terminal:
    return Terminal(tmp_path, vidyo)


async def test_start_tells_each_state_and_ends_with_0_once_a_recorder_is_seen(
    terminal: Terminal, vidyo: VidyoSandbox
) -> None:
    started = await terminal.type("record", "start", ROOM, "--json")

    assert started.code == 0
    assert [value["state"] for value in started.values] == ["asked", "recording"]
    assert started.values[-1]["room"]["name"] == ROOM_NAME
    assert started.values[-1]["recorder"]["name"] == "APPLICATION-AND-CONFERENCE"
    assert f"{ROOM_NAME}: asked for a recorder" in started.err
    assert f"{ROOM_NAME}: recording, 3 in the room" in started.err
    assert len(vidyo.world.recorders.in_room(vidyo.world.room(ROOM))) == 1

    stopped = await terminal.type("record", "stop", ROOM)
    assert stopped.code == 0
    assert stopped.out.splitlines()[-1] == f"{ROOM_NAME}: stopped; the file is being made"
    assert not vidyo.world.recorders.in_room(vidyo.world.room(ROOM))


async def test_search_prints_one_object_a_line_and_says_in_words_how_many_there_are(
    terminal: Terminal,
) -> None:
    found = await terminal.type("recordings", "search", "vova", "--json")

    assert found.code == 0
    assert len(found.values) == 10
    assert {value["owner"] for value in found.values} == {"vova"}
    assert "recbot-secret" not in found.out
    assert "downloadRecording" not in found.out
    assert "1 to 10" in found.err


async def test_download_writes_the_file_and_counts_in_plain_lines_where_there_is_no_terminal(
    terminal: Terminal, vidyo: VidyoSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(terminal.directory)
    fetched = await terminal.type("recordings", "download", "4908", "-o", "x.mp4")

    assert fetched.code == 0
    digest = hashlib.sha256((terminal.directory / "x.mp4").read_bytes()).hexdigest()
    assert digest == vidyo.world.sha256("bce75e5c-e850-5c4c-8f1e-c9b705eff420")
    assert fetched.out == "x.mp4: 1493016 bytes\n"
    assert fetched.err.splitlines()[-1] == "100 % 1.5 MB"
    assert "\r" not in fetched.err
    assert [file.name for file in terminal.directory.iterdir() if file.suffix == ".part"] == []


async def test_a_place_that_cannot_be_written_to_is_named_in_a_sentence(terminal: Terminal) -> None:
    fetched = await terminal.type("recordings", "download", "4908", "-o", "/proc/nowhere/x.mp4")

    assert fetched.code == 1
    assert "/proc/nowhere/x.mp4 cannot be written: No such file or directory." in fetched.err


@contextmanager
def nobody_listens() -> Iterator[None]:
    """The log is set up as in a process of its own; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    ours = [root, *map(logging.getLogger, ("bot", "providers"))]
    levels = [logger.level for logger in ours]
    try:
        yield
    finally:
        root.handlers = handlers
        for logger, level in zip(ours, levels, strict=True):
            logger.setLevel(level)


async def test_verbose_tells_of_our_own_work_and_quotes_no_request_and_no_row(terminal: Terminal) -> None:
    with nobody_listens():
        started = await terminal.type("-v", "record", "start", ROOM)

    assert started.code == 0
    assert "INFO bot.recording.turns: asked" in started.err
    assert "SELECT" not in started.err
    assert "DEBUG aio" not in started.err
    assert "recbot-secret" not in started.err


async def test_part_of_a_rooms_name_is_answered_with_what_may_be_typed_instead(terminal: Terminal) -> None:
    asked = await terminal.type("record", "start", "Week")
    [_, weekly] = asked.err.splitlines()
    extension, name = weekly.split()

    assert asked.code == 1
    assert name == "Weekly"
    assert (await terminal.type("record", "status", extension)).out.startswith("Weekly: ")


async def test_each_way_to_fail_has_its_own_exit_code(terminal: Terminal) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    refused = await terminal.type("record", "start", "NoRecGroup")
    misspelt = await terminal.type("recordings", "search", "since:someday")
    nameless = await terminal.type("record", "start", "")
    misconfigured = await terminal.type("record", "status", RECBOT_PACE__CONFIRM_PATIENCE="soon")
    unreachable = await terminal.type("record", "start", ROOM, RECBOT_PROVIDERS__VIDYO__PORTAL_URL=nowhere)

    assert refused.code == 1
    assert refused.out.splitlines()[-1].startswith(
        "NoRecGroup: did not start. The group of NoRecGroup may not"
    )
    assert misspelt.code == 2
    assert "since:" in misspelt.err
    assert nameless.code == 2
    assert misconfigured.code == 2
    assert "pace.confirm_patience" in misconfigured.err
    assert unreachable.code == 3
    assert "cannot be reached" in unreachable.err


@pytest.mark.real_time
async def test_a_start_that_is_interrupted_ends_with_4_and_a_running_bot_takes_it_over(
    tmp_path: Path,
) -> None:
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        vidyo.world.add_room("Late", people=["Guest Ada"], join_delay=900)
        terminal = Terminal(tmp_path, vidyo)
        process = await terminal.launch("record", "start", "Late", "--json")
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        interrupted = await ended(process)
        assert interrupted.code == 4
        assert "Interrupted" in interrupted.err
        assert b'"state": "asked"' in said

        patient = {"pace": {"confirm_patience": f"{PATIENCE}s"}}
        settings = sandbox_settings(slack, vidyo, tmp_path, speed=SPEED, sections=patient)
        async with running_bot(settings) as bot:
            vidyo.world.recorder_joins("Late")
            promises = bot.services.store.watches

            async def is_recorded() -> bool:
                [watch] = await promises.in_conversation(command_line().conversation)
                return watch.state is State.RECORDING

            await eventually(is_recorded)
            status = await terminal.type("record", "status", "Late", "--json")
        [value] = status.values
        assert value["watch"]["state"] == "recording"
        assert vidyo.world.journal.count("startRecording") == 1


async def test_start_can_be_typed_again_at_once_after_it_did_not_start(
    terminal: Terminal, vidyo: VidyoSandbox
) -> None:
    vidyo.world.settings.join_delay = "never"
    first = await terminal.type("record", "start", ROOM, "--json")
    assert first.code == 1
    assert first.values[-1]["state"] == "not started"

    vidyo.world.settings.join_delay = 3
    again = await terminal.type("record", "start", ROOM, "--profile", "01", "--json")
    assert again.code == 0
    assert [value["state"] for value in again.values] == ["asked", "recording"]
    assert {value["watch"] for value in again.values} == {first.values[-1]["watch"]}
    [recorder] = vidyo.world.recorders.in_room(vidyo.world.room(ROOM))
    assert recorder.slot.prefix == "01"
