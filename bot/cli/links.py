"""`recbot links …`: which links were given out, and taking them back."""

import click

from bot.cli.context import Exit, run, settings_of
from bot.cli.record import as_json
from bot.cli.terminal import Terminal, plain
from bot.domain.errors import UsageError
from bot.parts import open_parts
from bot.settings import Settings
from providers.model import RecordingId


@click.group()
def links() -> None:
    """List the links that were given out, and revoke them."""


@links.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
@click.pass_context
def list_links(context: click.Context, limit: int, as_json: bool) -> None:
    """The newest links: who they were for, and how often they were opened."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_list(limit, settings, terminal))


async def _list(limit: int, settings: Settings, terminal: Terminal) -> int:
    async with open_parts(settings) as parts:
        for link in await parts.store.links.list(limit):
            state = "revoked" if link.revoked_at else f"until {link.expires:%Y-%m-%d %H:%M} UTC"
            words = (
                f"{link.id}  {link.purpose:<8}  {link.provider}/{link.recording}  for {link.reader}  {state}"
            )
            terminal.value(plain(link), words)
    return Exit.DONE


@links.command()
@click.argument("id", required=False)
@click.option("--recording", metavar="ID", help="All links to this recording.")
@click.option("--reader", metavar="USER", help="All links given to this person.")
@click.option("--all", "everything", is_flag=True, help="Every link there is.")
@click.pass_context
def revoke(
    context: click.Context, id: str | None, recording: str | None, reader: str | None, everything: bool
) -> None:
    """Take links back: whoever opens one then reads why it does not work."""
    run(_revoke(id, recording, reader, everything, settings_of(context)))


async def _revoke(
    id: str | None, recording: str | None, reader: str | None, everything: bool, settings: Settings
) -> int:
    if not (id or recording or reader or everything):
        raise UsageError("Say which: recbot links revoke ID, or --recording ID, --reader USER, --all")
    async with open_parts(settings) as parts:
        count = await parts.store.links.revoke(
            id=id,
            recording=RecordingId(recording) if recording else None,
            reader=reader,
            everything=everything,
            by="cli",
        )
    click.echo(f"{count} revoked.")
    return Exit.DONE if count else Exit.NOT_DONE
