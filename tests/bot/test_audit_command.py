"""`recbot audit …`: what is exported proves itself, and whoever changed it is named."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from bot.cli.main import cli
from bot.recording.seal import seal_audit
from bot.store import open_store
from bot.store.tables import audit
from tests.bot.store.samples import LEASE, a_request

README = (Path(__file__).parents[2] / "README.md").read_text()


@cache
def a_trail() -> bytes:
    """The file of a store with three rows that were sealed and one that was not."""

    async def fill(folder: Path) -> None:
        async with open_store(url(folder)) as store:
            for key in ("k1", "k2", "k3"):
                await store.inbox.keep(key, a_request())
            await seal_audit(store, "sealer", LEASE)
            await store.inbox.keep("k4", a_request())

    with TemporaryDirectory() as folder:
        asyncio.run(fill(Path(folder)))
        return (Path(folder) / "recbot.db").read_bytes()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a store with such a trail."""
    (tmp_path / "recbot.db").write_bytes(a_trail())
    file = tmp_path / "recbot.toml"
    file.write_text(f'[database]\nurl = "{url(tmp_path)}"\n')
    return file


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/recbot.db"


def recbot(config: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), "audit", *words])


def lines(config: Path, *words: str) -> list[str]:
    done = recbot(config, "export", "--json", *words)
    assert done.exit_code == 0
    return done.stdout.splitlines()


def check(config: Path, written: Sequence[str], *words: str) -> Result:
    file = config.with_name("exported.jsonl")
    file.write_text("".join(f"{line}\n" for line in written), errors="surrogateescape")
    return recbot(config, "verify", "--file", str(file), *words)


def meddle(config: Path, statement: object) -> None:
    async def write() -> None:
        async with open_store(url(config.parent)) as store:
            await store.inbox._database.write(statement)  # type: ignore[arg-type]

    asyncio.run(write())


def test_the_trail_is_printed_for_people(config: Path) -> None:
    said = recbot(config, "export").stdout.splitlines()
    assert [line.split()[0] for line in said] == ["1", "2", "3", "-"]
    assert "request kept by slack/T1/U1 in slack/T1/C1" in said[0]


def test_and_for_programs_with_the_hashes_and_what_is_not_sealed_last(config: Path) -> None:
    rows = [json.loads(line) for line in lines(config)]
    assert [row["number"] for row in rows] == [1, 2, 3, None]
    assert [row["previous"] for row in rows[1:3]] == [row["hash"] for row in rows[:2]]
    assert rows[3]["hash"] is None
    assert {"at", "what", "who", "where", "target", "outcome", "request", "detail"} < set(rows[0])


def test_a_whole_trail_is_said_to_be_whole(config: Path) -> None:
    head = json.loads(lines(config)[2])["hash"]
    done = recbot(config, "verify", "--head", head.upper())
    assert (done.exit_code, done.stdout) == (
        0,
        f"Rows 1 to 3 are as they were sealed. 1 not sealed yet. Head: {head}\n",
    )


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (update(audit).where(audit.c.number == 2).values(who="nobody"), "Row 2 is not what was sealed"),
        (delete(audit).where(audit.c.number == 2), "Row 2 is missing"),
        (delete(audit).where(audit.c.number == 3), "the tail was cut after row 2"),
    ],
)
def test_a_broken_trail_ends_with_one_and_names_the_row(
    config: Path, statement: object, sentence: str
) -> None:
    meddle(config, statement)
    done = recbot(config, "verify")
    assert done.exit_code == 1
    assert sentence in done.stderr


def test_an_export_proves_itself_without_the_database(config: Path) -> None:
    written = lines(config)
    head = json.loads(written[2])["hash"]
    assert check(config, written, "--head", head).exit_code == 0
    assert "Rows 2 to 3 are as they were sealed." in check(config, written[1:]).stdout
    cut = check(config, written[:2], "--head", head)
    assert (cut.exit_code, "which ends with row 2: its tail was cut" in cut.stderr) == (1, True)
    assert "Row 2 is missing" in check(config, [written[0], *written[2:]]).stderr
    changed = check(config, [written[0], written[1].replace("U1", "U2"), written[2]])
    assert (changed.exit_code, "Row 2 is not what was sealed" in changed.stderr) == (1, True)


def test_what_happened_before_can_be_left_out(config: Path) -> None:
    assert len(lines(config, "--since", "1h")) == 4
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    meddle(config, update(audit).where(audit.c.number == 1).values(at=long_ago))
    recent = lines(config, "--since", "1h")
    assert len(recent) == 3
    assert check(config, recent).exit_code == 0


def test_nothing_yet_is_whole_too(tmp_path: Path) -> None:
    config = tmp_path / "recbot.toml"
    config.write_text(f'[database]\nurl = "{url(tmp_path)}"\n')
    assert recbot(config, "export", "--json").stdout == ""
    assert recbot(config, "verify").stdout == "Nothing is sealed.\n"
    assert recbot(config, "verify", "--head", "ab" * 32).exit_code == 1


@pytest.mark.parametrize("words", [["--head", "abc"], ["--file", "nowhere.jsonl"], ["--tail"]])
def test_what_was_mistyped_ends_with_two(config: Path, words: list[str]) -> None:
    assert recbot(config, "verify", *words).exit_code == 2


@pytest.mark.parametrize(
    "line",
    ["a line for people", "[]", "{}", '{"previous": "", "hash": "", "number": "1"}', "no UTF-8: \udcff"],
)
def test_a_file_that_is_no_export_is_named_with_its_line(config: Path, line: str) -> None:
    done = check(config, [lines(config)[0], line])
    assert (done.exit_code, "line 2, is not what" in done.stderr) == (2, True)


def test_the_readme_says_how_to_prove_it() -> None:
    assert "recbot audit verify --head" in README
