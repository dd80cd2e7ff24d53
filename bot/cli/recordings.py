"""`recbot recordings …`: look recordings up and download them."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.context import Exit, end, run, services, settings_of
from bot.cli.record import as_json, on_provider
from bot.cli.terminal import Progress, Terminal, command_line, recording_value, recording_words
from bot.domain.commands import LatestCommand, SearchCommand, ShowCommand
from bot.domain.errors import CannotDo
from bot.domain.found import Found
from bot.domain.grammar import read_recordings
from bot.domain.words import from_shell
from bot.recording.search import search_recordings, show_recording
from bot.recording.services import Services
from bot.settings import Settings
from providers.download import download as fetch
from providers.download import require_file
from providers.model import Recording, RecordingId, RecordingQuery
from providers.waiting import told_of_waits


@click.group()
def recordings() -> None:
    """Find recordings and download them."""


@recordings.command()
@click.argument("words", nargs=-1)
@on_provider
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 200), help="Rows at most.")
@click.option("--start", default=0, show_default=True, type=click.IntRange(0), help="Rows to pass over.")
@as_json
@click.pass_context
def search(
    context: click.Context, words: tuple[str, ...], on: str | None, limit: int, start: int, as_json: bool
) -> None:
    """Search by words and filters, as in Slack: recbot recordings search vova since:7d longer:10m"""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_search(words, on, limit, start, settings, terminal))


async def _search(
    words: Sequence[str], on: str | None, limit: int, start: int, settings: Settings, terminal: Terminal
) -> int:
    command = read_recordings(from_shell(["search", *words]), datetime.now(UTC), None)
    assert isinstance(command, SearchCommand)
    return await _print(command.query, on or command.on, limit, start, settings, terminal)


@recordings.command()
@click.argument("count", default="5")
@on_provider
@as_json
@click.pass_context
def latest(context: click.Context, count: str, on: str | None, as_json: bool) -> None:
    """The newest recordings."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_latest(count, on, settings, terminal))


async def _latest(count: str, on: str | None, settings: Settings, terminal: Terminal) -> int:
    command = read_recordings(f"latest {count}", datetime.now(UTC), None)
    assert isinstance(command, LatestCommand)
    return await _print(RecordingQuery(), on, command.count, 0, settings, terminal)


async def _print(
    query: RecordingQuery, on: str | None, limit: int, start: int, settings: Settings, terminal: Terminal
) -> int:
    async with services(settings, terminal) as s:
        asked = replace(query, limit=limit, start=start)
        with _told_of_waits(terminal):
            found = await search_recordings(asked, on, command_line(), s)
        for row in found.rows:
            kept_by = f"  {row.provider}" if found.several else ""
            value = recording_value(row.provider, row.recording)
            terminal.value(value, recording_words(row.recording) + kept_by)
        terminal.say(_count(found))
        for silence in found.silences:
            terminal.warn(str(silence))
        return Exit.DONE


@recordings.command()
@click.argument("id")
@on_provider
@as_json
@click.pass_context
def show(context: click.Context, id: str, on: str | None, as_json: bool) -> None:
    """One recording."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_show(id, on, settings, terminal))


async def _show(id: str, on: str | None, settings: Settings, terminal: Terminal) -> int:
    command = read_recordings(f"show {id}", datetime.now(UTC), None)
    assert isinstance(command, ShowCommand)
    async with services(settings, terminal) as s:
        provider, recording = await _one(on, command.id, s, terminal)
        lines = [recording_words(recording), *recording.comments.splitlines()]
        terminal.value(recording_value(provider, recording), "\n  ".join(lines))
        return Exit.DONE


@recordings.command()
@click.argument("id")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file that is there, without asking.")
@on_provider
@as_json
@click.pass_context
def download(
    context: click.Context, id: str, output: Path, overwrite: bool, on: str | None, as_json: bool
) -> None:
    """Download a recording's file. What an earlier try left behind is resumed."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    _make_way(output, overwrite=overwrite)
    run(_download(id, output, on, settings, terminal))


def _make_way(output: Path, *, overwrite: bool) -> None:
    """Return if the file may be written: what is there is replaced only where somebody says so."""
    try:
        require_file(output)
        there = output.exists()
    except OSError as error:
        end(f"{output} cannot be written: {error.strerror}.", Exit.NOT_DONE)
    if not there or overwrite:
        return
    if not _is_asked():
        end(f"{output} is there already. --overwrite replaces it.", Exit.NOT_DONE)
    click.confirm(f"{output} is there already. Replace it?", abort=True, err=True)


def _is_asked() -> bool:
    return sys.stdin.isatty()


async def _download(id: str, output: Path, on: str | None, settings: Settings, terminal: Terminal) -> int:
    command = read_recordings(f"show {id}", datetime.now(UTC), None)
    assert isinstance(command, ShowCommand)
    async with services(settings, terminal) as s:
        provider, recording = await _one(on, command.id, s, terminal)
        bar = Progress(recording.size)
        try:
            size = await fetch(s.providers.library(provider), recording, output, bar)
        except OSError as error:
            raise CannotDo(f"{output} cannot be written: {error.strerror or error}.") from error
        finally:
            bar.close()
        value = {"provider": provider, "id": recording.id, "file": str(output), "size": size}
        terminal.value(value, f"{output}: {size} bytes")
        return Exit.DONE


async def _one(
    on: str | None, id: RecordingId, services: Services, terminal: Terminal
) -> tuple[str, Recording]:
    """The recording of this number, and the provider that keeps it; who did not answer is said."""
    with _told_of_waits(terminal):
        shown = await show_recording(on, id, command_line(), services)
    for silence in shown.silences:
        terminal.warn(str(silence))
    return shown.row.provider, shown.row.recording


def _told_of_waits(terminal: Terminal) -> AbstractContextManager[None]:
    async def say(sentence: str) -> None:
        terminal.warn(sentence)

    return told_of_waits(say)


def _count(found: Found) -> str:
    start, number = found.start, len(found.rows)
    if not number:
        counted = "No recordings match."
    else:
        total = f" of {found.total}" if found.total is not None else ""
        counted = f"{start + 1} to {start + number}{total}."
    more = f" More: --start {start + number}." if found.more else ""
    return " ".join([f"{counted}{more}", *found.doubts])
