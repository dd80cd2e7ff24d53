"""`recbot run`, `web` and `worker`: the bot as configured, whole or by halves."""

import logging
from collections.abc import Collection

import click

from bot.bootstrap import BOTH, Half, running_bot
from bot.cli import context as here
from bot.cli.context import Exit, settings_of
from bot.cli.stopping import told_to_stop
from bot.logs import set_up, tell
from bot.settings import Settings

log = logging.getLogger(__name__)

_port = click.option(
    "--port", type=click.IntRange(0, 65535), help="Where its gateway listens, instead of at web.port."
)


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Run the bot as configured: front, scheduler and gateway in one process."""
    here.run(_run(_configured(context), BOTH), interrupted=Exit.DONE)


@click.command()
@_port
@click.pass_context
def web(context: click.Context, port: int | None) -> None:
    """Run one of several processes that hear Slack, answer look-ups and open links."""
    here.run(_run(_shared(_configured(context), port), {Half.WEB}), interrupted=Exit.DONE)


@click.command()
@_port
@click.pass_context
def worker(context: click.Context, port: int | None) -> None:
    """Run one of several processes that carry out what was asked, look, and tell Slack."""
    here.run(_run(_shared(_configured(context), port), {Half.WORKER}), interrupted=Exit.DONE)


def _configured(context: click.Context) -> Settings:
    """The settings, by which the log is written from here on."""
    settings = settings_of(context)
    set_up(settings.log.format, settings.log.level, verbose=context.find_root().params["verbose"])
    return settings


def _shared(settings: Settings, port: int | None) -> Settings:
    """The settings of one process among several on a machine."""
    if port is None:
        return settings
    return settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})


async def _run(settings: Settings, halves: Collection[Half]) -> int:
    async with running_bot(settings, halves) as bot:
        if settings.log.format == "json":
            tell(log, "running", gateway=bot.url)
        else:
            click.echo(f"Recbot is running; its gateway listens at {bot.url}", err=True)
        await told_to_stop()
        tell(log, "stopping")
    return Exit.DONE
