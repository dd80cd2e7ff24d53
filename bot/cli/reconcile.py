"""`recbot reconcile`: what a library has, against what the channels were told."""

from datetime import UTC, datetime

import click

from bot.cli.context import Exit, run, services, settings_of
from bot.cli.record import as_json, on_provider
from bot.cli.terminal import Terminal, recording_value, recording_words
from bot.domain.dates import read_period, read_zone
from bot.domain.errors import UsageError
from bot.recording.reconcile import Gap
from bot.recording.reconcile import reconcile as find_gaps
from bot.settings import Settings


@click.command()
@click.option(
    "--since", default="7d", show_default=True, help="From when on: 7d, 12h, yesterday, 2026-05-01."
)
@on_provider
@as_json
@click.pass_context
def reconcile(context: click.Context, since: str, on: str | None, as_json: bool) -> None:
    """Print each recording that a channel wants to hear of and was not told of.

    Nothing is posted. Ends with 0 if there is none, with 1 if there are some.
    """
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_reconcile(since, on, settings, terminal))


async def _reconcile(since: str, on: str | None, settings: Settings, terminal: Terminal) -> int:
    now = datetime.now(UTC)
    begin, _ = read_period(since, now, read_zone(None))
    if begin < now - settings.paces().keep_closed:
        raise UsageError(
            "--since: what was announced longer ago than pace.keep_closed is forgotten; write less than that."
        )
    async with services(settings, terminal) as s:
        gaps = await find_gaps(begin, on, s)
    for gap in gaps:
        terminal.value(_value(gap), _words(gap))
    if not gaps:
        terminal.say("No gaps: each channel was told of all that it subscribed to.")
        return Exit.DONE
    terminal.say(f"{len(gaps)} not told.")
    return Exit.NOT_DONE


def _value(gap: Gap) -> dict[str, object]:
    value = recording_value(gap.provider, gap.recording)
    return {**value, "channel": gap.conversation.channel, "why": gap.why}


def _words(gap: Gap) -> str:
    return f"{recording_words(gap.recording)}\n{'':>10}{gap.conversation.channel}: {gap.why}"
