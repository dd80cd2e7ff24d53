"""The bot as the command line runs it, in a process that dies or stands still at a named point.

python -m tests.stories.killable recbot.toml "before the card is tried"
"""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli import main as recbot
from tests.stories.mutants import MUTANTS
from tests.stories.points import ELSEWHERE, POINTS, arm


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
@click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("point")
def killable(config: Path, point: str) -> None:
    """Run one bot."""
    run(config, point)


if __name__ == "__main__":
    killable()
