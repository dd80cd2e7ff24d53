"""Where `recbot recordings download` writes: into files, and over what is there only where somebody says so."""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest

from sandbox.vidyo.server import VidyoSandbox
from tests.stories.terminals import Ended, Terminal
from tests.stories.world import SPEED

SIZE = 1_493_016


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    async with VidyoSandbox(speed=SPEED) as vidyo:
        yield Terminal(tmp_path, vidyo)


async def fetched(terminal: Terminal, output: Path | str, *more: str) -> Ended:
    return await terminal.type("recordings", "download", "4908", "-o", str(output), *more)


async def test_what_a_link_points_to_is_not_touched(terminal: Terminal, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    output = tmp_path / "x.mp4"
    output.symlink_to(precious)
    for more in ((), ("--overwrite",)):
        ended = await fetched(terminal, output, *more)
        assert (ended.code, ended.err) == (1, f"{output} cannot be written: it is a link and no file.\n")
    assert precious.read_text() == "mine"
    assert output.is_symlink()


async def test_a_link_in_the_place_of_what_an_earlier_try_left_is_not_followed(
    terminal: Terminal, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "x.mp4.4908.part").symlink_to(precious)
    ended = await fetched(terminal, tmp_path / "x.mp4")
    assert ended.code == 1
    assert "it is a link and no file" in ended.err
    assert precious.read_text() == "mine"


async def test_a_device_is_not_replaced(terminal: Terminal, tmp_path: Path) -> None:
    """One of the test's own: code that replaces devices would, as root, replace the machine's."""
    pipe, door = tmp_path / "pipe", tmp_path / "door"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(door))
        for device in (pipe, door):
            ended = await fetched(terminal, device, "--overwrite")
            assert (ended.code, ended.err) == (
                1,
                f"{device} cannot be written: it is a device and no file.\n",
            )
    assert pipe.is_fifo()
    assert door.is_socket()


async def test_a_file_that_is_there_is_replaced_only_if_somebody_says_so(
    terminal: Terminal, tmp_path: Path
) -> None:
    output = tmp_path / "x.mp4"
    output.write_text("mine")
    ended = await fetched(terminal, output)
    assert (ended.code, ended.err) == (1, f"{output} is there already. --overwrite replaces it.\n")
    assert output.read_text() == "mine"
    assert (await fetched(terminal, output, "--overwrite")).code == 0
    assert output.stat().st_size == SIZE


@pytest.mark.parametrize(("answer", "size"), [(True, SIZE), (False, 4)])
async def test_at_a_terminal_it_asks(terminal: Terminal, tmp_path: Path, answer: bool, size: int) -> None:
    output = tmp_path / "x.mp4"
    output.write_text("mine")
    asked: list[str] = []

    def confirm(question: str, **how: object) -> bool:
        asked.append(question)
        if not answer:
            raise SystemExit(1)
        return True

    with (
        patch("bot.cli.recordings.click.confirm", confirm),
        patch("bot.cli.recordings._is_asked", lambda: True),
    ):
        await fetched(terminal, output)
    assert asked == [f"{output} is there already. Replace it?"]
    assert output.stat().st_size == size
