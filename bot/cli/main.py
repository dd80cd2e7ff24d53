"""`recbot`: the root of all commands."""

from pathlib import Path

import click

from bot.cli.lazy import LazyGroup
from bot.cli.streams import make_fit, printing
from bot.logs import set_up

_MODULES = {
    "audit": "bot.cli.audit",
    "db": "bot.cli.db",
    "demo": "bot.cli.demo",
    "doctor": "bot.cli.doctor",
    "links": "bot.cli.links",
    "manifest": "bot.cli.manifest",
    "policy": "bot.cli.policy",
    "reconcile": "bot.cli.reconcile",
    "record": "bot.cli.record",
    "recordings": "bot.cli.recordings",
    "run": "bot.cli.run",
    "sandbox": "bot.cli.demo",
    "web": "bot.cli.run",
    "worker": "bot.cli.run",
}


@click.group(cls=LazyGroup, modules=_MODULES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="recbot")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration; else RECBOT_CONFIG, ./recbot.toml.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
def cli(config: Path | None, verbose: bool) -> None:
    """Control meeting recording from Slack, find recordings in chat, and be told when one is ready."""
    set_up(verbose=verbose)


def main() -> None:
    """The entry point."""
    make_fit()
    with printing():
        cli(prog_name="recbot")
