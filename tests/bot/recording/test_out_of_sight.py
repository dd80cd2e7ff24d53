"""What one may not view leaves no trace in a search: each page is that of a library that never had it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotAllowed
from bot.domain.found import FIRST, Found, Turn
from bot.domain.policy import Policy, Rule, Verb
from bot.recording.search import search_recordings, show_recording
from bot.recording.services import Services
from bot.slack import cards
from providers.errors import NotFound
from providers.memory import MemoryProvider
from providers.model import RecordingId, RecordingQuery, Scope, SortBy
from providers.registry import Providers
from tests.bot.recording.stage import ANNA, Stage, by, open_stage

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NAMES = ("vidyo", "third")
BOARD = Rule("not the board", frozenset({Verb.VIEW}), allow=False, rooms=frozenset({"Board"}))


@dataclass(frozen=True)
class Kept:
    title: str
    room: str
    minute: int


KEPT = st.builds(
    Kept, st.sampled_from(["Weekly", "Daily"]), st.sampled_from(["Board", "Weekly"]), st.integers(0, 3)
)
QUERIES = st.builds(
    RecordingQuery,
    words=st.sampled_from(["", "daily", "e"]),
    sort=st.sampled_from(SortBy),
    descending=st.booleans(),
    limit=st.integers(1, 4),
    start=st.integers(0, 3),
)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as stage:
        yield stage


def with_libraries(services: Services, kept: list[list[Kept]], *, whole: bool) -> Services:
    """The same with these libraries; unless `whole`, without what belongs to the board."""
    libraries = []
    for name, rows in zip(NAMES, kept, strict=False):
        library = MemoryProvider(name)
        for row in rows:
            recording = library.backend.add_recording(title=row.title)
            known = replace(recording, room=row.room, started=NOON + timedelta(minutes=row.minute))
            if whole or row.room != "Board":
                library.backend.recordings[recording.id] = known
            else:
                del library.backend.recordings[recording.id]
        libraries.append(library)
    return replace(services, providers=Providers(libraries), policy=Policy(rules=(BOARD,)))


async def all_pages(query: RecordingQuery, services: Services) -> list[Found]:
    """Older and older, to the end; then Newer and newer."""
    found = [await search_recordings(query, None, by(ANNA), services)]
    while found[-1].more and len(found) < 40:
        asked, turn = replace(query, start=sum(found[-1].ended.values())), Turn(found[-1].ended)
        if not found[-1].several:
            turn = FIRST
        found.append(await search_recordings(asked, None, by(ANNA), services, turn))
    if found[-1].several:
        back = Turn(found[-1].began, back=True)
        found.append(await search_recordings(query, None, by(ANNA), services, back))
    return found


@given(kept=st.lists(st.lists(KEPT, max_size=8), min_size=1, max_size=2), query=QUERIES)
@MANY
async def test_each_page_is_that_of_a_library_that_never_had_it(
    stage: Stage, kept: list[list[Kept]], query: RecordingQuery
) -> None:
    here = await all_pages(query, with_libraries(stage.services, kept, whole=True))
    there = await all_pages(query, with_libraries(stage.services, kept, whole=False))
    assert here == there
    assert [cards.results(found, query) for found in here] == [cards.results(found, query) for found in there]


async def test_between_two_that_may_be_seen_no_number_is_missing(stage: Stage) -> None:
    kept = [Kept("Weekly", "Board" if number % 3 else "Weekly", number) for number in range(12)]
    services = with_libraries(stage.services, [kept], whole=True)
    first = await search_recordings(RecordingQuery(limit=2), None, by(ANNA), services)
    assert (len(first.rows), first.start, first.ended, first.total, first.more) == (
        2,
        0,
        {"vidyo": 2},
        4,
        True,
    )
    last = await search_recordings(RecordingQuery(start=2, limit=2), None, by(ANNA), services)
    assert (len(last.rows), last.start, last.more) == (2, 2, False)


@pytest.mark.parametrize("several", [False, True])
async def test_a_number_that_is_denied_private_or_nobodys_gets_one_answer(
    stage: Stage, *, several: bool
) -> None:
    kept = [[Kept("Weekly", "Board", 1), Kept("Daily", "Weekly", 2)], *([[]] if several else [])]
    services = with_libraries(stage.services, kept, whole=True)
    backend = services.providers.library("vidyo").backend  # type: ignore[attr-defined]
    denied, private = backend.recordings
    backend.recordings[private] = replace(backend.recordings[private], scope=Scope.PRIVATE)
    for policy in (services.policy, Policy()):
        said = set()
        for id in (private, RecordingId("999"), *([denied] if policy.rules else [])):
            with pytest.raises((NotAllowed, NotFound)) as refused:
                await show_recording(None, id, by(ANNA), replace(services, policy=policy))
            said.add((type(refused.value), str(refused.value).replace(id, "N")))
        assert len(said) == 1
        assert ("not the board" in str(said)) == bool(policy.rules)


async def test_all_rules_that_may_have_kept_it_are_named(stage: Stage) -> None:
    services = with_libraries(stage.services, [[Kept("Weekly", "Weekly", 1)]], whole=True)
    weekly = Rule("not the weekly", frozenset({Verb.VIEW}), allow=False, rooms=frozenset({"Weekly"}))
    services = replace(services, policy=Policy(rules=(BOARD, weekly)))
    [id] = services.providers.library("vidyo").backend.recordings  # type: ignore[attr-defined]
    both = "“not the board” and “not the weekly”"
    with pytest.raises(NotAllowed, match=f"The rules are {both}"):
        await show_recording(None, id, by(ANNA), services)
    found = await search_recordings(RecordingQuery(), None, by(ANNA), services)
    assert found.doubts == (f"What you may not view is left out, by the rules {both}.",)
