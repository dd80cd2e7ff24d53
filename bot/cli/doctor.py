"""`recbot doctor`: try everything once, and say what to do."""

import click

from bot.cli.context import Exit, run, settings_of
from bot.cli.record import as_json
from bot.cli.terminal import Terminal, plain
from bot.doctor import examine
from bot.settings import Settings


@click.command()
@as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Try each credential and address once: ok, or what to do. Refused logins are tried again here only."""
    run(_doctor(settings_of(context), Terminal(as_json=as_json)))


async def _doctor(settings: Settings, terminal: Terminal) -> int:
    well = True
    async for check in examine(settings):
        well = well and check.ok
        mark = "ok  " if check.ok else "BAD "
        terminal.value(plain(check), f"{mark} {check.what}{': ' if check.advice else ''}{check.advice}")
    return Exit.DONE if well else Exit.NOT_DONE
