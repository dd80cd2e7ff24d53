"""Whatever stands behind the program's streams, it says what it can, and nothing of its own insides."""

import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from bot.cli.main import cli
from bot.cli.streams import make_fit
from bot.cli.terminal import Terminal
from tests.database import new_file
from tests.eventually import PATIENCE

ROOT = Path(__file__).parents[2]
DOCTOR = "from bot.cli import main; main()"
KEEP = """
import sys
from bot.cli.streams import make_fit
make_fit()
with open(sys.argv[1], "w") as file:
    print("said")
    print("said", file=sys.stderr)
    file.write("kept")
"""


def ran(
    code: str,
    *words: str,
    before: Callable[[], None] | None = None,
    stdout: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("RECBOT_")}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env=env,
        stdout=stdout,
        stderr=subprocess.PIPE,
        preexec_fn=before,
        timeout=PATIENCE,
        check=False,
    )


def without(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "recbot.db").write_bytes(new_file())
    file = tmp_path / "recbot.toml"
    file.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/recbot.db"\n')
    return file


class Streams:
    """Stdout and stderr of another encoding, and what was written there."""

    def __init__(self, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding=encoding))

    def written(self) -> tuple[bytes, bytes]:
        found = []
        for stream in (sys.stdout, sys.stderr):
            assert isinstance(stream, io.TextIOWrapper)
            assert isinstance(stream.buffer, io.BytesIO)
            stream.flush()
            found.append(stream.buffer.getvalue())
        return found[0], found[1]


def speak(*, as_json: bool) -> None:
    make_fit()
    Terminal(as_json=as_json).value({"title": "Party 🎉 Müller"}, "Party 🎉 Müller")
    Terminal(as_json=True).say("Party 🎉")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "iso8859-15", "koi8-r"])
def test_a_letter_that_the_terminal_has_not_is_replaced(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        streams = Streams(encoding, patch)
        speak(as_json=False)
        written = streams.written()
    assert written == ("Party ? Müller\n".encode(encoding, "replace"), b"Party ?\n")


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("latin-1", b'{"title": "Party \\ud83c\\udf89 M\\u00fcller"}\n'),
        ("utf-8", '{"title": "Party 🎉 Müller"}\n'.encode()),
    ],
)
def test_a_program_is_given_every_letter_in_any_encoding(
    encoding: str, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        streams = Streams(encoding, patch)
        speak(as_json=True)
        written = streams.written()
    assert written[0] == line


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1), (0, 1, 2)])
def test_what_would_go_to_a_closed_stream_goes_into_no_file(closed: Sequence[int], tmp_path: Path) -> None:
    file = tmp_path / "file"
    ended = ran(KEEP, str(file), before=without(*closed))
    assert (ended.returncode, file.read_text()) == (0, "kept")
    assert ended.stdout == (b"" if 1 in closed else b"said\n")
    assert ended.stderr == (b"" if 2 in closed else b"said\n")


@pytest.mark.story
def test_closed_streams_end_no_command(config: Path) -> None:
    ended = ran(DOCTOR, "--config", str(config), "doctor", "--json", before=without(0, 1, 2))
    assert ended.returncode == 1  # no provider is configured
    database = config.with_name("recbot.db").read_bytes()
    assert database[:15] == b"SQLite format 3"
    assert b'"check"' not in database


@pytest.mark.story
def test_a_pipe_that_ends_is_no_error(config: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = ran(DOCTOR, "--config", str(config), "doctor", "--json", stdout=writing)
    os.close(writing)
    assert ended.stderr == b""


@pytest.mark.story
@pytest.mark.parametrize("command", ["doctor", "--help", "--version", "manifest", "record --help"])
def test_a_full_disk_behind_the_output_is_one_sentence(config: Path, command: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = ran(DOCTOR, "--config", str(config), *command.split(), stdout=full)
    assert ended.returncode == 1
    assert ended.stderr == b"No space left on device.\n"


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_a_port_that_is_taken_is_one_sentence(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = CliRunner().invoke(cli, [command, "--port", str(taken.getsockname()[1])])
    assert (ended.exit_code, type(ended.exception)) == (1, SystemExit)
    assert "cannot listen" in ended.stderr.splitlines()[-1]
