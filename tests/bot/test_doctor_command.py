"""`recbot doctor`: lines under one another, or an object each for a program, and how it ended."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import click
import pytest

from bot.cli.demo import free_port
from bot.cli.doctor import check_words
from providers.interfaces import Check
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.stories.terminals import Terminal


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "recbot.db").write_bytes(new_file())
    return tmp_path


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    async with VidyoSandbox() as sandbox:
        yield sandbox


async def test_where_all_is_well_every_line_says_ok_and_it_ends_with_0(
    directory: Path, vidyo: VidyoSandbox
) -> None:
    ended = await Terminal(directory, vidyo).type("doctor")
    assert ended.code == 0, ended.out
    lines = ended.out.splitlines()
    assert {line[:13] for line in lines} == {f"{'ok':<13}"}
    assert (
        "ok           slack                                   not configured: only the command line works"
        in lines
    )
    assert "\x1b" not in ended.out


async def test_what_failed_says_what_to_do_and_what_depends_on_it_says_so_and_it_ends_with_1(
    directory: Path, vidyo: VidyoSandbox
) -> None:
    ended = await Terminal(directory, vidyo, password="mistyped").type("doctor")
    assert ended.code == 1
    [failed] = [line for line in ended.out.splitlines() if line.startswith("failed")]
    assert failed.startswith("failed       vidyo: sign-in at the portal            The portal at ")
    assert "Correct username and password" in failed
    assert (
        "not checked  vidyo: account                          because of vidyo: sign-in at the portal"
        in ended.out
    )


async def test_a_program_is_given_an_object_a_line(directory: Path, vidyo: VidyoSandbox) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    ended = await Terminal(directory, vidyo, replay_url=nowhere).type("doctor", "--json")
    assert ended.code == 1
    values = {value["check"]: value for value in map(json.loads, ended.out.splitlines())}
    assert values["vidyo: portal"]["state"] == "ok"
    assert values["vidyo: replay server"]["state"] == "failed"
    assert "refuses connections" in values["vidyo: replay server"]["found"]
    assert "replay_url" in values["vidyo: replay server"]["advice"]
    assert values["vidyo: sign-in at the replay server"] == {
        "check": "vidyo: sign-in at the replay server",
        "state": "not checked",
        "found": "",
        "advice": "",
        "because": "vidyo: replay server",
    }


async def test_a_configuration_that_cannot_be_read_ends_with_2(directory: Path, vidyo: VidyoSandbox) -> None:
    ended = await Terminal(directory, vidyo, portal="https://p.example").type("doctor")
    assert ended.code == 2
    assert "providers.vidyo.portal" in ended.err


def test_a_line_is_coloured_by_how_it_stands() -> None:
    for check, colour in (
        (Check("clock", ok=True), "\x1b[32m"),
        (Check("clock", ok=False, advice="Set it."), "\x1b[31m"),
        (Check("clock", ok=False, because="database"), "\x1b[33m"),
    ):
        words = check_words(check)
        assert words.startswith(colour)
        assert click.unstyle(words)[13:].startswith("clock")
