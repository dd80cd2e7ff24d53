"""`recbot`: the root of all commands."""

import logging
import sys
from pathlib import Path

import click
import uvloop

from bot.bootstrap import running_bot
from bot.cli.context import Exit, run, settings_of
from bot.cli.demo import demo, sandbox
from bot.cli.doctor import doctor
from bot.cli.links import links
from bot.cli.record import record
from bot.cli.recordings import recordings
from bot.cli.stopping import told_to_stop
from bot.settings import Settings
from bot.slack.manifest import manifest_text
from bot.store import upgrade


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="recbot")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration; else RECBOT_CONFIG, ./recbot.toml.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
def cli(config: Path | None, verbose: bool) -> None:
    """Control meeting recording from Slack, find recordings in chat, and be told when one is ready."""
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for name in ("bot", "providers"):
        logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.INFO)


@cli.command("run")
@click.pass_context
def run_bot(context: click.Context) -> None:
    """Run the bot as configured: front, scheduler and gateway in one process."""
    run(_run(settings_of(context)), interrupted=Exit.DONE)


async def _run(settings: Settings) -> int:
    async with running_bot(settings) as bot:
        click.echo(f"Recbot is running; its gateway listens at {bot.url}", err=True)
        await told_to_stop()
    return Exit.DONE


@cli.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.pass_context
def db_upgrade(context: click.Context) -> None:
    """Bring the database to this version's schema."""
    run(_upgrade(settings_of(context)))


async def _upgrade(settings: Settings) -> int:
    click.echo(await upgrade(settings.database.url))
    return Exit.DONE


@cli.command()
@click.option(
    "--url", metavar="URL", help="The public address, for delivery over HTTP instead of Socket Mode."
)
def manifest(url: str | None) -> None:
    """Print the manifest from which Slack makes the app."""
    click.echo(manifest_text(url), nl=False)


for command in (record, recordings, links, doctor, demo, sandbox):
    cli.add_command(command)


def main() -> None:
    """The entry point."""
    uvloop.install()
    cli(prog_name="recbot")
