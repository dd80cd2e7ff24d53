"""`recbot db …`: look after the database."""

import click

from bot.cli.context import Exit, run, settings_of
from bot.settings import Settings
from bot.store import upgrade as upgrade_schema


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the database to this version's schema."""
    run(_upgrade(settings_of(context)))


async def _upgrade(settings: Settings) -> int:
    click.echo(f"The database has the schema {await upgrade_schema(settings.database.url)}.")
    return Exit.DONE
