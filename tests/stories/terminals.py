"""A terminal beside the sandbox: `recbot` as an operator types it, with a recbot.toml of addresses and a login."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result

from bot.cli.demo import toml, vidyo_keys
from bot.cli.main import cli
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.eventually import PATIENCE
from tests.virtual_time import VirtualLoop, in_thread, lend, turn_about

_RECBOT = Path(sys.executable).with_name("recbot")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what stands on the screen."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> list[dict[str, Any]]:
        """One JSON object a line, and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """A folder with a recbot.toml in it. The database of its commands lies beside that."""

    def __init__(self, directory: Path, vidyo: VidyoSandbox, **keys: str) -> None:
        self.directory = directory
        self.config = directory / "recbot.toml"
        if not (database := directory / "recbot.db").exists():
            database.write_bytes(new_file())
        self.config.write_text(toml({"providers.vidyo": {**vidyo_keys(vidyo), **keys}}), encoding="utf-8")

    async def type(self, *words: str, **environment: str) -> Ended:
        """Run the command in this process, which is quicker than a new one."""
        database = f"sqlite:///{self.directory / 'recbot.db'}"
        env = {"RECBOT_DATABASE__URL": database, **environment}
        result = await typed("--config", str(self.config), *words, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    async def launch(self, *words: str, **environment: str) -> Process:
        """Begin the command as a process of its own."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("RECBOT_")}
        return await asyncio.create_subprocess_exec(
            _RECBOT,
            *words,
            cwd=self.directory,
            env={**env, **environment},
            stdout=PIPE,
            stderr=PIPE,
            preexec_fn=_mind_ctrl_c,
        )


async def typed(*words: str, env: Mapping[str, str] | None = None) -> Result:
    """How the command ends that is done in this process; on virtual time, if the test is."""
    command = partial(CliRunner().invoke, cli, words, env=env)
    if not isinstance(asyncio.get_running_loop(), VirtualLoop):
        return await in_thread(command)
    with patch("bot.cli.context.complete", lend):
        return await turn_about(command)


async def ended(process: Process) -> Ended:
    """Wait until it has ended by itself."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def _mind_ctrl_c() -> None:
    """Tests may have been started in the background, where Ctrl-C is ignored, also by all children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
