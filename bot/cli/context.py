"""What every command needs: the settings, services on demand, and an exit code for each way it can end."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.cli.loop import complete
from bot.cli.terminal import Terminal
from bot.domain.errors import CannotDo, UsageError
from bot.parts import new_owner, open_parts, services_of
from bot.recording.services import Services
from bot.settings import Settings, SettingsError, load
from bot.store import StoreError
from bot.web.server import CannotListen
from providers.errors import ProviderError, Unavailable


class Exit(IntEnum):
    """How a command ended, as its contract says."""

    DONE = 0
    NOT_DONE = 1
    USAGE = 2
    UNREACHABLE = 3
    UNKNOWN = 4


def settings_of(context: click.Context) -> Settings:
    """The configuration, or the end of the program with what is wrong with it."""
    config: Path | None = context.find_root().params.get("config")
    try:
        return load(config)
    except SettingsError as error:
        end(str(error), Exit.USAGE)


def run(work: Coroutine[Any, Any, int], *, interrupted: Exit = Exit.NOT_DONE) -> NoReturn:
    """Run a command to its end and leave with its exit code; errors become sentences."""
    try:
        code = complete(work)
    except KeyboardInterrupt:
        code = interrupted
        click.echo("Interrupted.", err=True)
    except (SettingsError, UsageError) as error:
        end(str(error), Exit.USAGE)
    except Unavailable as error:
        end(str(error), Exit.UNREACHABLE)
    except (CannotDo, CannotListen, ProviderError, StoreError) as error:
        end(str(error), Exit.NOT_DONE)
    except BrokenPipeError:
        raise  # nobody reads on: click ends without a word
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        end(f"{where}{error.strerror or error or type(error).__name__}.", Exit.NOT_DONE)
    sys.exit(code)


def end(sentence: str, code: Exit) -> NoReturn:
    """Leave with a sentence."""
    click.echo(sentence, err=True)
    sys.exit(code)


@asynccontextmanager
async def services(settings: Settings, terminal: Terminal) -> AsyncIterator[Services]:
    """The workflows' services, speaking to the terminal."""
    if not settings.providers:
        raise SettingsError("providers: none is configured; recbot.example.toml shows a table of each kind")
    async with open_parts(settings) as parts:
        owner = new_owner()
        try:
            yield services_of(parts, settings, terminal, owner)
        except asyncio.CancelledError:  # Ctrl-C: a running bot need not wait for the end of our leases
            with suppress(StoreError):
                await parts.store.hand_back(owner)
            raise
