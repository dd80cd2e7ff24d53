"""The tests call no program that a new machine is not told to have."""

import getpass
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.postgres import Server
from tests.programs import NAMED

ROOT = Path(__file__).parents[1]
BROWSER = "chromium-headless-shell"


def test_no_other_program_is_found() -> None:
    for name in ("ls", "curl", "ffprobe", "python3"):
        assert shutil.which(name) is None, f"{name} is found in {os.environ['PATH']}"
    assert shutil.which("git") is not None


def test_contributing_names_them() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    [said] = re.findall(r"The tests call ([^.]+) and nothing else", text)
    assert set(re.findall(r"`([^`]+)`", said)) == set(NAMED)


def test_what_is_rare_is_installed_where_it_is_decided_whether_a_change_lands() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    installed = {word for line in re.findall(r"apt-get install (.+)", script) for word in line.split()}
    assert installed & set(NAMED) == {BROWSER}


def test_the_tests_run_by_the_projects_own_python() -> None:
    assert Path(sys.prefix) == ROOT / ".venv"


@pytest.mark.real_time
def test_a_database_adds_no_user_to_this_machine(server: Server) -> None:
    """Its wheel would, where we are root, and a run on a machine that had one already told nothing of it."""
    assert server.runs_as == ("nobody" if os.geteuid() == 0 else getpass.getuser())
