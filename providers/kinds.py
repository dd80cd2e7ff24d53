"""The kinds of provider that are installed. Each comes by an entry point, and is imported when a table names it."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from providers.interfaces import Provider
from providers.memories import Memories
from providers.section import Section

GROUP = "recbot.providers"
"""The group of entry points: its name is what a table writes behind `kind`, its object a `Kind`."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class ProviderSettings(Section):
    """One table of [providers]. A subclass narrows `kind` to its own name, as in `kind: Literal["zoom"]`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How to read a table of this kind, and how to connect with what it says.

    `connect` takes the table's name, its settings and what outlives the process, and sends nothing yet.
    """

    settings: type[ProviderSettings]
    connect: Callable[[str, Any, Memories], AbstractAsyncContextManager[Provider]]


class CannotLoad(Exception):
    """The operator: there is no such kind, or what is installed under its name is none."""


def known() -> tuple[str, ...]:
    """The names of all kinds that are installed, whether they can be loaded or not."""
    return tuple(sorted(installed()))


def load(name: str) -> Kind:
    """Import a kind. CannotLoad if it is not there, or does not keep what an entry point promises."""
    try:
        entry = installed()[name]
    except KeyError:
        raise CannotLoad(f"there is no kind {name!r}; there are {', '.join(known())}") from None
    where = f"the kind {name} of {entry.dist.name if entry.dist else entry.value}"
    try:
        kind = entry.load()
    except Exception as error:  # somebody else's code, of which anything may be missing
        raise CannotLoad(f"{where} cannot be loaded ({type(error).__name__}: {error})") from error
    if not isinstance(kind, Kind):
        raise CannotLoad(f"{where} cannot be loaded: {entry.value} is no providers.kinds.Kind")
    return kind


@cache
def installed() -> dict[str, EntryPoint]:
    """The entry points of our group by their names, as they were at the first question."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if _NAME.fullmatch(entry.name):
            found.setdefault(entry.name, entry)
    return found
