"""`recbot doctor`: try everything once, and say what to do."""

from contextlib import aclosing

import click

from bot.cli.context import Exit, run, settings_of
from bot.cli.record import as_json
from bot.cli.terminal import Terminal
from bot.doctor import examine
from bot.settings import Settings
from providers.interfaces import Check

_COLOURS = {"ok": "green", "failed": "red", "not checked": "yellow"}
_STATE, _NAME = 11, 38


@click.command()
@as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Try each credential and address once: ok, or what to do. Refused logins are tried again here only.

    Ends with 0 if all is well, with 1 if something failed. What could not be checked because of that says so.
    """
    run(_doctor(settings_of(context), Terminal(as_json=as_json)))


async def _doctor(settings: Settings, terminal: Terminal) -> int:
    well = True
    async with aclosing(examine(settings)) as checks:
        async for check in checks:
            well = well and check.ok
            terminal.value(check_value(check), check_words(check))
    return Exit.DONE if well else Exit.NOT_DONE


def state_of(check: Check) -> str:
    """One of three words."""
    return "ok" if check.ok else "failed" if check.failed else "not checked"


def check_words(check: Check) -> str:
    """A check on one line; colours are for terminals, and are left out elsewhere."""
    state = state_of(check)
    mark = click.style(f"{state:<{_STATE}}", fg=_COLOURS[state], bold=check.failed or None)
    said = f"because of {check.because}" if check.because else f"{check.found} {check.advice}".strip()
    return f"{mark}  {check.what:<{_NAME}}  {said}".rstrip()


def check_value(check: Check) -> dict[str, str]:
    """The same for a program."""
    return {
        "check": check.what,
        "state": state_of(check),
        "found": check.found,
        "advice": check.advice,
        "because": check.because,
    }
