"""`recbot run`: the bot as configured."""

import click

from bot.bootstrap import running_bot
from bot.cli import context as here
from bot.cli.context import Exit, settings_of
from bot.cli.stopping import told_to_stop
from bot.settings import Settings


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Run the bot as configured: front, scheduler and gateway in one process."""
    here.run(_run(settings_of(context)), interrupted=Exit.DONE)


async def _run(settings: Settings) -> int:
    async with running_bot(settings) as bot:
        click.echo(f"Recbot is running; its gateway listens at {bot.url}", err=True)
        await told_to_stop()
    return Exit.DONE
