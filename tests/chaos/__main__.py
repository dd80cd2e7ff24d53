"""`python -m tests.chaos`: the whole storm, on PostgreSQL with four processes and on SQLite with one.

Before it, in virtual time, two hundred rooms whose portal loses answers.
"""

import asyncio
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

import click

from bot.store import upgrade
from tests.chaos.storm import ONE, SEVERAL, Outcome, Plan, blow
from tests.postgres import Server
from tests.stories.losses import lose_answers
from tests.virtual_time import VirtualLoop


@click.command()
@click.option("--recordings", default=500, show_default=True)
@click.option("--kills", default=300, show_default=True)
@click.option("--rooms", default=200, show_default=True, help="Whose portal loses answers, a seed each.")
@click.option("--seed", type=int, help="To let the same storm blow again.")
@click.option(
    "--on", type=click.Choice(["postgresql", "sqlite"]), multiple=True, default=["postgresql", "sqlite"]
)
def chaos(recordings: int, kills: int, rooms: int, seed: int | None, on: tuple[str, ...]) -> None:
    """Kill the bot's processes wherever they are, and see that nothing is lost and nothing said twice."""
    first = _drawn(seed)
    logging.disable(logging.WARNING)  # each lost answer is one
    wrong = [found for number in range(first, first + rooms) if (found := _losses(number))]
    logging.disable(logging.NOTSET)
    click.echo(f"lost answers, seeds from {first}: {rooms} rooms, {len(wrong)} wrong")
    for name in on:
        storm = _drawn(seed)
        with tempfile.TemporaryDirectory(prefix="chaos") as folder:
            began = time.monotonic()
            outcome = asyncio.run(_blow(name, Path(folder), recordings, kills, storm))
            click.echo(f"The longest waited was {outcome.delay(1)[1]}.", err=True)
            click.echo(_table(name, storm, outcome, time.monotonic() - began))
        wrong += outcome.wrong
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(bool(wrong))


def _drawn(seed: int | None) -> int:
    return random.SystemRandom().randrange(10**6) if seed is None else seed


def _losses(seed: int) -> str:
    """What was wrong in the end where the portal lost answers."""
    random.seed(seed)
    with (
        tempfile.TemporaryDirectory(prefix="chaos") as folder,
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):
        try:
            runner.run(lose_answers(seed, Path(folder)))
        except Exception as error:  # noqa: BLE001  with the seed it comes again
            return f"lost answers, seed {seed}: {error!r}"
    return ""


async def _blow(name: str, folder: Path, recordings: int, kills: int, seed: int) -> Outcome:
    click.echo(f"{name}: seed {seed}", err=True)
    if name == "sqlite":
        plan = Plan(f"sqlite:///{folder / 'recbot.db'}", ONE, recordings, kills, seed)
        return await blow(plan, folder, lambda line: click.echo(line, err=True))
    server = Server(folder / "postgresql")
    try:
        plan = Plan(server.new_database("recbot"), SEVERAL, recordings, kills, seed)
        await upgrade(plan.database)
        return await blow(plan, folder, lambda line: click.echo(line, err=True))
    finally:
        server.stop()


def _table(name: str, seed: int, outcome: Outcome, seconds: float) -> str:
    rows = {
        "recordings": outcome.recordings,
        "kills": outcome.kills,
        "stood still": outcome.pauses,
        "lost": len(outcome.lost),
        "told twice": len(outcome.doubled),
        "two recorders": len(outcome.started_twice),
        "without an end": len(outcome.without_an_end),
        "audit entries": outcome.sealed,
        "median delay": f"{outcome.delay(0.5)[0]:.1f} s",
        "95 in 100 within": f"{outcome.delay(0.95)[0]:.1f} s",
        "longest delay": f"{outcome.delay(1)[0]:.1f} s",
        "after last kill": f"{outcome.after:.1f} s",
        "took": f"{seconds:.0f} s",
    }
    return "\n".join([f"{name}, seed {seed}", *(f"  {what:<16}{value:>10}" for what, value in rows.items())])


if __name__ == "__main__":
    chaos()
