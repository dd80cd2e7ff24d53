"""Tests that fail where the machine was taken away from them get one more try, and nowhere else."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.starved import Ticks, run, ticks

# Writes down what it was called with, and ends as it is told to, each time in turn.
_PYTEST = """
import sys
from pathlib import Path
said = Path(sys.argv[1])
before = said.read_text().splitlines() if said.exists() else []
said.write_text("\\n".join([*before, " ".join(sys.argv[3:])]))
sys.exit(int(sys.argv[2].split(",")[len(before)]))
"""
AGAIN = "-n 3 -n 1 --last-failed --last-failed-no-failures none"


@pytest.mark.parametrize(
    ("stolen", "codes", "code", "runs"),
    [
        (50, "1,0", 0, ["-n 3", AGAIN]),
        (50, "1,1", 1, ["-n 3", AGAIN]),
        (50, "0", 0, ["-n 3"]),
        (50, "2", 2, ["-n 3"]),
        (9, "1", 1, ["-n 3"]),
    ],
    ids=["starved", "starved and wrong", "starved and well", "stopped", "fed"],
)
def test_what_failed_is_tried_again_where_the_machine_was_taken_away(
    stolen: int, codes: str, code: int, runs: list[str], tmp_path: Path
) -> None:
    said = tmp_path / "said"
    looks: Iterator[Ticks] = iter([(1000, 70), (1100, 70 + stolen)])
    pytest_is = [sys.executable, "-c", _PYTEST, str(said), codes]
    assert run(pytest_is, ["-n", "3"], lambda: next(looks)) == code
    assert said.read_text().splitlines() == runs


def test_the_time_that_was_worked_is_known_and_does_not_run_backwards() -> None:
    before = ticks()
    after = ticks()
    assert all(now >= then >= 0 for now, then in zip(after, before, strict=True))
