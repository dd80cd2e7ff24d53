"""`recbot audit …`: who asked for what, and the proof that nobody changed what stands there."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.cli.context import Exit, end, run, settings_of
from bot.cli.record import as_json
from bot.cli.streams import takes_every_letter
from bot.cli.terminal import Terminal
from bot.domain.chain import Broken, Walk
from bot.domain.dates import read_period, read_zone
from bot.domain.errors import UsageError
from bot.settings import Settings
from bot.store import Noted, open_store


@click.group()
def audit() -> None:
    """Read the audit trail, and prove that it is whole."""


@audit.command()
@click.option("--since", help="From when on: 7d, 12h, yesterday, 2026-05-01. Default: all of it.")
@as_json
@click.pass_context
def export(context: click.Context, since: str | None, as_json: bool) -> None:
    """Print who asked for what, where, when, and what became of it.

    In the order in which it was sealed, which is nearly that in which it happened; what is not sealed yet comes last.
    With --json each line bears its hash and the one before it, for `recbot audit verify --file`.
    """
    run(_export(since, settings_of(context), Terminal(as_json=as_json)))


async def _export(since: str | None, settings: Settings, terminal: Terminal) -> int:
    begin = read_period(since, datetime.now(UTC), read_zone(None))[0] if since else None
    async with open_store(settings.database.url) as store:
        trail = store.audit
        before = await trail.before(begin)
        previous = before.hash
        async for one in trail.sealed(before.number):
            terminal.value(one.said() | {"previous": previous, "hash": one.hash}, _words(one))
            previous = one.hash or ""
        for one in await trail.unsealed():
            if begin is None or one.entry.at >= begin:
                terminal.value(one.said() | {"previous": None, "hash": None}, _words(one))
    return Exit.DONE


@audit.command()
@click.option("--head", metavar="HASH", help="A head that was logged: it must be in the trail.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `recbot audit export --json` wrote, instead of the database.",
)
@click.pass_context
def verify(context: click.Context, head: str | None, file: Path | None) -> None:
    """Prove that nothing was changed, removed, put in or put elsewhere since it was sealed.

    Whoever can write to the database can also write all of it anew, or cut off its end: a head from the log shows
    that. Ends with 0 if all is as it was sealed, with 1 if it is not.
    """
    if head is not None and not re.fullmatch(r"[0-9a-f]{64}", head := head.strip().lower()):
        end("--head: a hash is 64 digits and letters from a to f, as in the log.", Exit.USAGE)
    run(_verify_file(file, head) if file else _verify(settings_of(context), head))


async def _verify(settings: Settings, head: str | None) -> int:
    async with open_store(settings.database.url) as store:
        try:
            walk = await store.audit.verify(head)
        except Broken as broken:
            return _broken(broken)
        return _whole(walk, len(await store.audit.unsealed()))


async def _verify_file(file: Path, head: str | None) -> int:
    walk, unsealed = None, 0
    try:
        for said, previous, hash in _lines(file):
            if hash is None:
                unsealed += 1
                continue
            if walk is None:
                walk = Walk(said["number"] - 1, previous, sought=head)
            walk.step(said, hash if previous == walk.hash else None)
        walk = walk or Walk(sought=head)
        walk.end()
    except Broken as broken:
        return _broken(broken)
    return _whole(walk, unsealed)


def _lines(file: Path) -> Iterator[tuple[dict[str, Any], str, str | None]]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for count, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                previous, hash = said.pop("previous"), said.pop("hash")
                if hash is not None and not isinstance(said["number"], int):
                    raise ValueError
            except (ValueError, KeyError, AttributeError, TypeError):
                raise UsageError(
                    f"{file}, line {count}, is not what `recbot audit export --json` writes."
                ) from None
            yield said, previous, hash


def _broken(broken: Broken) -> int:
    click.echo(str(broken), err=True)
    return Exit.NOT_DONE


def _whole(walk: Walk, unsealed: int) -> int:
    waiting = f" {unsealed} not sealed yet." if unsealed else ""
    if not walk.rows:
        click.echo(f"Nothing is sealed.{waiting}")
    else:
        first = walk.number - walk.rows + 1
        click.echo(f"Rows {first} to {walk.number} are as they were sealed.{waiting} Head: {walk.hash}")
    return Exit.DONE


def _words(one: Noted) -> str:
    entry = one.entry
    number = "-" if one.number is None else one.number
    said = " ".join(filter(None, (entry.what, entry.outcome, entry.target)))
    by = f" by {entry.who}" if entry.who else ""
    where = f" in {entry.where}" if entry.where else ""
    more = f" {json.dumps(entry.detail, ensure_ascii=not takes_every_letter())}" if entry.detail else ""
    return f"{number:>6}  {entry.at:%Y-%m-%d %H:%M:%S}  {said}{by}{where}{more}"
