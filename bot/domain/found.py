"""What several libraries hold, read as one list, a page at a time.

A page takes the first rows of each library that the order asks for, and the place where it ends is how many rows
of each library lie before: so no row is shown twice and none is passed over, even where a library sorts a little
otherwise than we do, or was silent on one page and speaks on the next.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from providers.model import Recording, RecordingPage, RecordingQuery

Places = Mapping[str, int]
"""How many rows of each library lie before."""

_OLDER_MISSING = "Not everything could be looked at: older recordings may be missing."


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page: the one that begins at these places, or with `back` the one that ends there.

    Without `places` a search begins at its query's own start.
    """

    places: Places = field(default_factory=dict)
    back: bool = False


FIRST = Turn()


@dataclass(frozen=True, slots=True)
class Row:
    """A recording, and the library that keeps it."""

    provider: str
    recording: Recording


@dataclass(frozen=True, slots=True)
class Silence:
    """A library that was asked in vain, and why. `unable`: it cannot be asked for such a thing at all."""

    provider: str
    why: str
    unable: bool = False

    def __str__(self) -> str:
        return f"{self.provider} {'is left out' if self.unable else 'did not answer'}: {self.why}"


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `began` and `ended` are the places before it and after it.

    `total` None: not everybody counted. `doubts` says what the libraries may have missed, a sentence each.
    """

    rows: tuple[Row, ...]
    began: Places
    ended: Places
    total: int | None
    more: bool
    doubts: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()

    @property
    def start(self) -> int:
        """How many rows lie before this page."""
        return sum(self.began.values())

    @property
    def libraries(self) -> tuple[str, ...]:
        """Those that answered."""
        silent = {silence.provider for silence in self.silences}
        return tuple(name for name in self.began if name not in silent)

    @property
    def several(self) -> bool:
        """Whether more than one library was asked."""
        return len(self.libraries) + len(self.silences) > 1


def part(query: RecordingQuery, turn: Turn, name: str, *, alone: bool) -> RecordingQuery:
    """What this library is to be asked, so that its rows suffice for the page."""
    at = turn.places.get(name, 0)
    if turn.back:
        start = max(0, at - query.limit)
        return replace(query, start=start, limit=max(1, at - start))
    if turn.places:
        return replace(query, start=at)
    return query if alone else replace(query, start=0, limit=query.start + query.limit)


def page(
    query: RecordingQuery,
    turn: Turn,
    answers: Mapping[str, tuple[RecordingQuery, RecordingPage]],
    silences: Sequence[Silence],
) -> Found:
    """The page that these answers make: each with the part that was asked, in the order of the libraries."""
    alone = len(answers) + len(silences) == 1
    starts = {name: asked.start for name, (asked, _) in answers.items()}
    pages = {name: answer for name, (_, answer) in answers.items()}
    if turn.back:
        rows, began, ended = _backwards(query, turn, starts, pages)
    else:
        passed = 0 if turn.places or alone else query.start
        rows, began, ended = _forwards(query, passed, starts, pages)
    kept = {one.provider: turn.places[one.provider] for one in silences if one.provider in turn.places}
    further = any(p.more or starts[name] + len(p.recordings) > ended[name] for name, p in pages.items())
    totals = [one.total for one in pages.values()]
    uncounted = None in totals or not all(silence.unable for silence in silences)
    return Found(
        tuple(rows),
        {**began, **kept},
        {**ended, **kept},
        None if uncounted else sum(total or 0 for total in totals),
        further and bool(rows or turn.back),
        tuple(_doubts(pages, alone=alone)),
        tuple(silences),
    )


def _forwards(
    query: RecordingQuery, passed: int, starts: Places, pages: Mapping[str, RecordingPage]
) -> tuple[list[Row], Places, Places]:
    """The first rows, after those that are passed over, and the places before and after them."""
    merged = [*_merged(query, {name: p.recordings for name, p in pages.items()})]
    skipped, rows = merged[:passed], merged[passed:][: query.limit]
    began = {name: starts[name] + _count(skipped, name) for name in pages}
    return rows, began, {name: began[name] + _count(rows, name) for name in pages}


def _backwards(
    query: RecordingQuery, turn: Turn, starts: Places, pages: Mapping[str, RecordingPage]
) -> tuple[list[Row], Places, Places]:
    """The last rows before the turn's places, and the places before and after them."""
    before = {
        name: pages[name].recordings[: max(0, turn.places.get(name, 0) - starts[name])]
        for name in reversed([*pages])  # of equal rows the last library's are the last
    }
    order = replace(query, descending=not query.descending)
    merged = [*_merged(order, {name: found[::-1] for name, found in before.items()})]
    rows = merged[: query.limit][::-1]
    ended = {name: starts[name] + len(before[name]) for name in pages}
    return rows, {name: ended[name] - _count(rows, name) for name in pages}, ended


def _merged(query: RecordingQuery, rows: Mapping[str, Sequence[Recording]]) -> Iterator[Row]:
    """The rows in the order of the query. Each library's own stay in the order that it gave them."""
    waiting = {name: deque(found) for name, found in rows.items() if found}
    while waiting:
        first = query.in_order(found[0] for found in waiting.values())[0]
        name = next(name for name, found in waiting.items() if found[0] is first)
        yield Row(name, waiting[name].popleft())
        if not waiting[name]:
            del waiting[name]


def _count(rows: Sequence[Row], provider: str) -> int:
    return sum(row.provider == provider for row in rows)


def _doubts(answers: Mapping[str, RecordingPage], *, alone: bool) -> Iterator[str]:
    for name, answer in answers.items():
        doubt = answer.note.strip() or ("" if answer.complete else _OLDER_MISSING)
        if doubt:
            yield doubt if alone else f"{name}: {doubt}"
