"""The bot as the command line runs it, in a process that dies or stands still at a named point.

    python -m tests.stories.killable --config recbot.toml "before the card is tried"

Without arguments it is a place to start such processes from, warm, since most of a start is Python's imports: each line
on stdin asks for one, and each has its own beginning, its own memory and its own end. What became of it is told in
lines on stdout.
"""

import gc
import inspect
import json
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.cli import main as recbot
from tests.stories.mutants import MUTANTS
from tests.stories.points import ELSEWHERE, POINTS, arm

_LATE = (
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.interval",
    "bot.cli.run",
    "slack_bolt.listener_matcher.async_builtins",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.httptools_impl",
    "zeep.wsdl.bindings",
    "zeep.wsdl.messages",
)


def run(
    config: Path,
    point: str | None,
    command: Sequence[str] = ("run",),
    *,
    blow: signal.Signals = signal.SIGKILL,
    mutant: str | None = None,
) -> None:
    """Run the bot, or this half of it, until it is told to stop, or is at the point. An unknown one runs nothing."""
    if point is not None:
        points = POINTS | ELSEWHERE
        if point not in points:
            known = "\n".join(points)
            raise click.UsageError(f"There is no point {point!r}. There are:\n{known}")
        arm(points[point], blow)
    if mutant is not None:
        MUTANTS[mutant]()
    sys.argv = ["recbot", "--config", str(config), *command]
    recbot()


@click.command()
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("point", required=False)
def killable(config: Path | None, point: str | None) -> None:
    """Run one bot, or wait for orders to."""
    if config is not None:
        run(config, point)
        return
    # What is imported only when it is needed would be imported each time, and what Python has found out forgotten.
    for name in _LATE:
        import_module(name)
    inspect.stack()  # Bolt wants to know who calls it, for which Python looks at the file of every module
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who mind the bots
    for line in sys.stdin:
        if os.fork() == 0:
            _mind(json.loads(line))
    os.killpg(os.getpgrp(), signal.SIGKILL)  # whoever gave the orders is gone, and leaves nobody behind


def _mind(order: dict[str, Any]) -> NoReturn:
    """Start a bot, and tell its number and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _become(order)
    _tell(order["id"], pid=pid)
    _, status = os.waitpid(pid, os.WUNTRACED)
    while os.WIFSTOPPED(status):
        _tell(order["id"], stands=os.WSTOPSIG(status))
        _, status = os.waitpid(pid, os.WUNTRACED)
    _tell(order["id"], code=os.waitstatus_to_exitcode(status))
    os._exit(0)


def _tell(id: int, **what: int) -> None:
    os.write(1, json.dumps({"id": id, **what}).encode() + b"\n")


def _become(order: dict[str, Any]) -> NoReturn:
    """Be the bot, with what it says in a file of its own."""
    said = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for new, old in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(new, old)
    code: Any = 1
    try:
        blow = signal.Signals(order["blow"])
        run(Path(order["config"]), order["point"], order["command"], blow=blow, mutant=order["mutant"])
    except SystemExit as ended:
        code = ended.code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    killable()
