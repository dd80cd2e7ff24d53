"""Whatever stands behind the program's streams, it says what it can, and nothing of its own insides."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALL = "from bot.cli import main; main()"
SPEAK = """
from bot.cli.streams import make_fit
from bot.cli.terminal import Terminal
make_fit()
Terminal(as_json={as_json}).value({{"title": "Party 🎉 Müller"}}, "Party 🎉 Müller")
Terminal(as_json=True).say("Party 🎉")
"""


def ran(
    code: str, *words: str, before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("RECBOT_")}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env=env | {"PYTHONUTF8": "0"} | environment,
        capture_output=True,
        preexec_fn=before,
        timeout=60,
        check=False,
    )


def without(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "recbot.toml"
    file.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/recbot.db"\n')
    return file


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "iso8859-15", "koi8-r"])
def test_a_letter_that_the_terminal_has_not_is_replaced(encoding: str) -> None:
    ended = ran(SPEAK.format(as_json=False), PYTHONIOENCODING=encoding)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "Party ? Müller\n".encode(encoding, "replace")
    assert ended.stderr == b"Party ?\n"


def test_a_program_is_given_every_letter_in_any_encoding() -> None:
    ended = ran(SPEAK.format(as_json=True), PYTHONIOENCODING="latin-1")
    assert ended.stdout == b'{"title": "Party \\ud83c\\udf89 M\\u00fcller"}\n'
    ended = ran(SPEAK.format(as_json=True), PYTHONIOENCODING="utf-8")
    assert ended.stdout == '{"title": "Party 🎉 Müller"}\n'.encode()


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1), (0, 1, 2)])
def test_a_closed_stream_ends_nothing(closed: Sequence[int], config: Path) -> None:
    ended = ran(CALL, "--config", str(config), "doctor", "--json", before=without(*closed))
    assert ended.returncode == 1  # no provider is configured
    assert ended.stderr == b""
    assert (b'"check": "database"' in ended.stdout) is (1 not in closed)


def test_a_closed_stream_lets_nothing_into_a_file(config: Path) -> None:
    ran(CALL, "--config", str(config), "doctor", "--json", before=without(0, 1, 2))
    database = config.with_name("recbot.db")
    assert database.read_bytes()[:15] == b"SQLite format 3"
    assert b'"check"' not in database.read_bytes()


def test_a_pipe_that_ends_is_no_error(config: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    env = {name: value for name, value in os.environ.items() if not name.startswith("RECBOT_")}
    command = [sys.executable, "-c", CALL, "--config", str(config), "doctor", "--json"]
    ended = subprocess.run(
        command, cwd=ROOT, env=env, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writing)
    assert ended.stderr == b""


def test_a_full_disk_behind_the_output_is_one_sentence(config: Path) -> None:
    command = [sys.executable, "-c", CALL, "--config", str(config), "doctor"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr == b"No space left on device.\n"


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_a_port_that_is_taken_is_one_sentence(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = ran(CALL, command, "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    said = ended.stderr.decode().splitlines()
    assert "cannot listen" in said[-1]
    assert "Traceback" not in ended.stderr.decode()
