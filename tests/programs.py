"""The programs of this machine that a test may call; CONTRIBUTING names them, and `.ci/run` installs what is rare."""

import os
import shutil
from pathlib import Path

NAMED = ("git", "make", "sh", "chromium-headless-shell")


def leave_only_the_named(folder: Path) -> None:
    """From now on no other program is found in the PATH of this process and its children."""
    for name in NAMED:
        if (program := shutil.which(name)) is not None:
            (folder / name).symlink_to(program)
    os.environ["PATH"] = str(folder)
