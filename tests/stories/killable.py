"""The bot as the command line runs it, in a process that dies or stands still at a named point.

python -m tests.stories.killable recbot.toml "before the card is tried"
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import click

from bot.cli import main as recbot
from bot.recording import holding
from bot.store import claims
from tests.stories.mutants import MUTANTS
from tests.stories.points import ELSEWHERE, POINTS, armed
from tests.stories.unhurried import STANDSTILL


def run(
    config: Path,
    point: str | None,
    command: Sequence[str] = ("run",),
    *,
    blow: signal.Signals = signal.SIGKILL,
    mutant: str | None = None,
) -> None:
    """Run the bot, or this half of it, until it is told to stop, or is at the point. An unknown one runs nothing."""
    with ExitStack() as so:
        if point is not None:
            points = POINTS | ELSEWHERE
            if point not in points:
                known = "\n".join(points)
                raise click.UsageError(f"There is no point {point!r}. There are:\n{known}")
            strike = _stand_still if blow is signal.SIGSTOP else _die
            so.enter_context(armed(points[point], strike, between_writes=blow is signal.SIGSTOP))
        if mutant is not None:
            so.enter_context(MUTANTS[mutant]())
        sys.argv = ["recbot", "--config", str(config), *command]
        recbot()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stand_still() -> None:
    """Until somebody lets us go on. By the count that we keep of our leases that is long after they have ended."""
    os.kill(os.getpid(), signal.SIGSTOP)
    for counting in (claims, holding):
        counting.time = SimpleNamespace(monotonic=lambda: time.monotonic() + STANDSTILL)


@click.command()
@click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("point")
def killable(config: Path, point: str) -> None:
    """Run one bot."""
    run(config, point)


if __name__ == "__main__":
    killable()
