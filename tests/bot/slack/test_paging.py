"""Newer and Older through several libraries: no row twice, none missing, whatever is silent meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.recording.search import search_recordings
from bot.recording.services import Services
from bot.slack import cards
from bot.slack.blockkit import check_message
from bot.slack.values import Action, PageValue, decode, encode
from providers.errors import Unavailable
from providers.memory import MemoryProvider
from providers.model import RecordingPage, RecordingQuery, SortBy
from providers.registry import Providers
from tests.bot.recording.stage import VOVA, by, open_stage

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NAMES = ("vidyo", "ringcentral", "third")

Shown = list[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """A recording as a library keeps it. There are few minutes, titles and lengths, so that many are alike."""

    title: str
    minute: int
    length: int


KEPT = st.builds(Kept, st.sampled_from(["Weekly", "weekly", "Board"]), st.integers(0, 3), st.integers(1, 3))
LIBRARIES = st.lists(st.lists(KEPT, max_size=9), min_size=1, max_size=3)
QUERIES = st.builds(
    RecordingQuery,
    sort=st.sampled_from(SortBy),
    descending=st.booleans(),
    limit=st.integers(1, 7),
)
MANY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with open_stage(tmp_path) as stage:
        yield stage.services


class Contrary(MemoryProvider):
    """A library that sorts the other way round."""

    async def search(self, query: RecordingQuery) -> RecordingPage:
        return await super().search(replace(query, descending=not query.descending))


def filled(
    services: Services, libraries: list[list[Kept]], last: type[MemoryProvider] = MemoryProvider
) -> tuple[Services, list[MemoryProvider]]:
    kinds: list[type[MemoryProvider]] = [MemoryProvider, MemoryProvider, last]
    providers = [kind(name) for kind, name, _ in zip(kinds, NAMES, libraries, strict=False)]
    for provider, kept in zip(providers, libraries, strict=True):
        for one in kept:
            at, length = NOON + timedelta(minutes=one.minute), timedelta(minutes=one.length)
            provider.backend.add_recording(title=one.title, started=at, duration=length)
    return replace(services, providers=Providers(providers)), providers


def everything(query: RecordingQuery, providers: list[MemoryProvider]) -> Shown:
    """All rows in order; which library comes first says the configuration, where nothing else does."""
    owners = {id(r): p.name for p in providers for r in p.backend.recordings.values()}
    rows = query.in_order(r for p in providers for r in p.backend.recordings.values())
    return [(owners[id(row)], row.id) for row in rows]


async def turned(value: PageValue, services: Services) -> tuple[Shown, dict[str, PageValue]]:
    """The page behind a button, and what its own buttons lead to."""
    value = decode(PageValue, encode(value))
    found = await search_recordings(value.query, value.on, by(VOVA), services, value.turn)
    card = cards.results(found, value.query, value.on)
    assert check_message(card.text, card.blocks) == []
    buttons = {
        button["action_id"]: decode(PageValue, button["value"])
        for block in card.blocks
        for button in block.get("elements", [])
        if button.get("action_id") in (Action.NEWER, Action.OLDER)
    }
    return [(row.provider, row.recording.id) for row in found.rows], buttons


@MANY
@given(LIBRARIES, QUERIES)
async def test_every_row_is_met_once_on_the_way_there_and_on_the_way_back(
    services: Services, libraries: list[list[Kept]], query: RecordingQuery
) -> None:
    services, providers = filled(services, libraries)
    page, buttons = await turned(PageValue(query), services)
    assert Action.NEWER not in buttons
    there = [page]
    while Action.OLDER in buttons:
        page, buttons = await turned(buttons[Action.OLDER], services)
        there.append(page)
    assert [row for page in there for row in page] == everything(query, providers)
    assert {len(page) for page in there[:-1]} <= {query.limit}

    back = [page]
    while Action.NEWER in buttons:
        page, buttons = await turned(buttons[Action.NEWER], services)
        back.append(page)
    assert back == there[::-1]


@MANY
@given(LIBRARIES, QUERIES, st.lists(st.sampled_from(NAMES), max_size=8))
async def test_no_row_is_lost_or_doubled_where_one_library_is_silent_for_a_page_and_another_sorts_otherwise(
    services: Services, libraries: list[list[Kept]], query: RecordingQuery, silent: list[str]
) -> None:
    services, providers = filled(services, libraries, last=Contrary)
    value: PageValue | None = PageValue(query)
    met: list[tuple[str, str]] = []
    away: list[MemoryProvider] = []
    while value is not None:
        away = [p for p in providers if silent and p.name == silent[-1] and len(providers) > 1]
        for provider in away:
            provider.backend.fail_next("search", Unavailable("Nobody answers."))
        silent = silent[:-1]
        page, buttons = await turned(value, services)
        met += page
        value = buttons.get(Action.OLDER)
    assert len(met) == len(set(met))
    if not away:
        assert sorted(met) == sorted(everything(query, providers))
    back = page
    while Action.NEWER in buttons:
        page, buttons = await turned(buttons[Action.NEWER], services)
        back = [*page, *back]
    assert sorted(back) == sorted(met)


@MANY
@given(LIBRARIES, QUERIES, st.integers(0, 30))
async def test_a_start_is_counted_through_all_libraries(
    services: Services, libraries: list[list[Kept]], query: RecordingQuery, start: int
) -> None:
    services, providers = filled(services, libraries)
    found = await search_recordings(replace(query, start=start), None, by(VOVA), services)
    rows = everything(query, providers)
    assert [(row.provider, row.recording.id) for row in found.rows] == rows[start:][: query.limit]
    assert found.more == (start + query.limit < len(rows))
    assert found.total == len(rows)


async def test_a_button_from_before_there_were_several_libraries_still_turns_its_page(
    services: Services,
) -> None:
    services, providers = filled(services, [[Kept("Weekly", n, 1) for n in range(4)]])
    page, buttons = await turned(decode(PageValue, '{"i":2,"z":2}'), services)
    assert page == everything(RecordingQuery(), providers)[2:]
    assert set(buttons) == {Action.NEWER}
