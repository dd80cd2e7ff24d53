"""Looking in all libraries at once: one list, and a word on who did not answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.conversation import Asker
from bot.domain.errors import CannotDo, NotAllowed
from bot.domain.found import Found
from bot.recording.search import Shown, search_recordings, show_recording
from bot.recording.services import Services
from providers.errors import NotFound, NotSupported, ProviderError, SignInFailed, Unavailable
from providers.memory import MemoryProvider
from providers.model import (
    Direction,
    Recording,
    RecordingId,
    RecordingPage,
    RecordingQuery,
    Scope,
    SortBy,
)
from providers.registry import Providers
from tests.clock import lasting

from .stage import GUEST, VOVA, by, open_stage

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
AWAY = Unavailable("RingCentral cannot be reached.")
OPERATOR = Asker("cli", "operator")


class Calls(MemoryProvider):
    """A library of calls, which has no scopes."""

    async def search(self, query: RecordingQuery) -> RecordingPage:
        if query.scope is not None:
            raise NotSupported("RingCentral has no scopes.", filters=("scope",))
        plain = replace(query, direction=None, number=None, extension=None)
        page = await super().search(plain)
        rows = tuple(row for row in page.recordings if query.matches(row))
        return RecordingPage(rows, total=len(rows), more=False)


class Together(MemoryProvider):
    """A library that answers when another one was asked as well."""

    both: asyncio.Barrier

    async def search(self, query: RecordingQuery) -> RecordingPage:
        await self.both.wait()
        return await super().search(query)


@pytest.fixture
def vidyo() -> MemoryProvider:
    return MemoryProvider("vidyo")


@pytest.fixture
def calls() -> Calls:
    return Calls("ringcentral")


@pytest.fixture
async def services(tmp_path: Path, vidyo: MemoryProvider, calls: Calls) -> AsyncIterator[Services]:
    async with open_stage(tmp_path) as stage:
        yield replace(stage.services, providers=Providers([vidyo, calls]))


def add(library: MemoryProvider, title: str, minute: int, **more: object) -> Recording:
    """A recording of NOON and some minutes, with what the library says of it beyond the usual."""
    recording = library.backend.add_recording(title=title, started=NOON + timedelta(minutes=minute))
    recording = replace(recording, **more)  # type: ignore[arg-type]
    library.backend.recordings[recording.id] = recording
    return recording


def titles(found: Found) -> list[tuple[str, str]]:
    return [(row.provider, row.recording.title) for row in found.rows]


async def search(services: Services, query: RecordingQuery, on: str | None = None) -> Found:
    return await search_recordings(query, on, by(VOVA), services)


async def show(services: Services, id: RecordingId, on: str | None = None, asker: Asker = VOVA) -> Shown:
    return await show_recording(on, id, by(asker), services)


# -- search ---------------------------------------------------------------------------------------


async def test_all_libraries_make_one_list_and_each_row_knows_its_own(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    for library, title, minute in ((vidyo, "b", 0), (calls, "d", 1), (vidyo, "c", 2), (calls, "a", 3)):
        add(library, title, minute)

    newest = await search(services, RecordingQuery())
    assert titles(newest) == [("ringcentral", "a"), ("vidyo", "c"), ("ringcentral", "d"), ("vidyo", "b")]
    assert (newest.total, newest.more, newest.libraries) == (4, False, ("vidyo", "ringcentral"))
    named = await search(services, RecordingQuery(sort=SortBy.TITLE, descending=False, limit=3))
    assert [title for _, title in titles(named)] == ["a", "b", "c"]
    assert (named.total, named.more) == (4, True)


async def test_a_library_that_is_named_is_the_only_one_asked(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    add(vidyo, "meeting", 0)
    add(calls, "call", 0)
    found = await search(services, RecordingQuery(), on="vidyo")
    assert titles(found) == [("vidyo", "meeting")]
    assert not found.several
    assert calls.backend.calls == []


async def test_libraries_are_asked_side_by_side(services: Services) -> None:
    one, other = Together("one"), Together("other")
    one.both = other.both = asyncio.Barrier(2)
    with lasting(0):
        await search(replace(services, providers=Providers([one, other])), RecordingQuery())


async def test_one_that_does_not_answer_is_named_beside_what_did_come(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    add(vidyo, "meeting", 0)
    calls.backend.fail_next("search", AWAY)
    found = await search(services, RecordingQuery())
    assert titles(found) == [("vidyo", "meeting")]
    assert list(map(str, found.silences)) == ["ringcentral did not answer: RingCentral cannot be reached."]
    assert found.total is None
    assert found.libraries == ("vidyo",)


async def test_one_that_knows_no_such_filter_is_left_out(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    add(vidyo, "meeting", 0)
    add(calls, "Ada", 0, direction=Direction.INBOUND, numbers=("+16505550100",), scope=None)
    add(calls, "Bob", 1, direction=Direction.OUTBOUND, scope=None)
    inbound = await search(services, RecordingQuery(direction=Direction.INBOUND, number="5550100"))
    assert titles(inbound) == [("ringcentral", "Ada")]
    assert inbound.total == 1
    [silence] = inbound.silences
    assert silence.unable
    assert str(silence).startswith("vidyo is left out: ")
    inside = await search(services, RecordingQuery(scope=Scope.ORGANIZATION))
    assert titles(inside) == [("vidyo", "meeting")]
    assert [s.provider for s in inside.silences] == ["ringcentral"]


async def test_where_nobody_answers_the_first_failure_is_said(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    vidyo.backend.fail_next("search", SignInFailed("Vidyo refuses the password."))
    calls.backend.fail_next("search", AWAY)
    with pytest.raises(SignInFailed, match=r"Vidyo refuses the password\."):
        await search(services, RecordingQuery())
    calls.backend.fail_next("search", AWAY)
    with pytest.raises(Unavailable, match=r"RingCentral cannot be reached\."):
        await search(services, RecordingQuery(direction=Direction.INBOUND))
    with pytest.raises(NotSupported, match="know no calls"):
        await search(services, RecordingQuery(direction=Direction.INBOUND, scope=Scope.PUBLIC))


async def test_no_query_lists_what_is_private(services: Services, vidyo: MemoryProvider) -> None:
    add(vidyo, "salaries", 0, scope=Scope.PRIVATE)
    add(vidyo, "unreadable", 1, scope=Scope.UNKNOWN)
    add(vidyo, "meeting", 2)
    for on in (None, "vidyo"):
        assert titles(await search(services, RecordingQuery(hidden=True), on)) == [("vidyo", "meeting")]


async def test_what_a_library_may_have_missed_is_said_with_its_name(
    services: Services, vidyo: MemoryProvider, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_short(query: RecordingQuery) -> RecordingPage:
        return RecordingPage((), None, more=False, complete=False)

    monkeypatch.setattr(calls, "search", cut_short)
    found = await search(services, RecordingQuery())
    assert found.total is None
    [doubt] = found.doubts
    assert doubt.startswith("ringcentral: Not everything could be looked at")


async def test_a_fault_of_ours_is_not_taken_for_a_silence(
    services: Services, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(query: RecordingQuery) -> RecordingPage:
        raise KeyError("a fault")

    monkeypatch.setattr(calls, "search", broken)
    with pytest.raises(KeyError):
        await search(services, RecordingQuery())


async def test_a_guest_is_refused_before_anybody_is_asked(services: Services, vidyo: MemoryProvider) -> None:
    with pytest.raises(NotAllowed):
        await search_recordings(RecordingQuery(), None, by(GUEST), services)
    with pytest.raises(NotAllowed):
        await show_recording(None, RecordingId("1"), by(GUEST), services)
    assert vidyo.backend.calls == []


# -- show -----------------------------------------------------------------------------------------


async def test_a_number_is_found_in_whichever_library_has_it(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    both = add(vidyo, "meeting", 0).id
    another = add(vidyo, "another", 0).id
    assert add(calls, "call", 0).id == both
    shown = await show(services, another)
    assert (shown.row.provider, shown.row.recording.title) == ("vidyo", "another")
    with pytest.raises(
        CannotDo, match=r"in vidyo and ringcentral: say which with on:vidyo or on:ringcentral\."
    ):
        await show(services, both)
    assert (await show(services, both, on="ringcentral")).row.recording.title == "call"
    with pytest.raises(NotFound, match=r"There is no recording 9 in vidyo and ringcentral that may be shown"):
        await show(services, RecordingId("9"))


async def test_one_that_may_have_the_number_too_but_does_not_answer_is_named(
    services: Services, vidyo: MemoryProvider, calls: Calls
) -> None:
    meeting = add(vidyo, "meeting", 0)
    calls.backend.fail_next("recording", AWAY)
    shown = await show(services, meeting.id)
    assert shown.row.recording.title == "meeting"
    assert list(map(str, shown.silences)) == ["ringcentral did not answer: RingCentral cannot be reached."]


@pytest.mark.parametrize(
    ("error", "kind"), [(AWAY, Unavailable), (SignInFailed("RingCentral refuses the key."), CannotDo)]
)
async def test_what_was_not_found_may_still_be_where_nobody_answered(
    services: Services, calls: Calls, error: ProviderError, kind: type[Exception]
) -> None:
    calls.backend.fail_next("recording", error)
    with pytest.raises(kind, match=f"Recording 9 was not found. ringcentral did not answer: {error}"):
        await show(services, RecordingId("9"))


@pytest.mark.parametrize("on", [None, "vidyo"])
async def test_a_private_recording_is_not_there_for_slack(
    services: Services, vidyo: MemoryProvider, on: str | None
) -> None:
    salaries = add(vidyo, "salaries", 0, scope=Scope.PRIVATE)
    with pytest.raises(NotFound, match=f"There is no recording {salaries.id} "):
        await show(services, salaries.id, on)
    shown = await show(services, salaries.id, on, asker=OPERATOR)
    assert shown.row.recording.title == "salaries"


async def test_what_a_library_cannot_filter_by_is_said_as_people_type_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        services = replace(stage.services, providers=Providers([Calls("calls")]))
        with pytest.raises(NotSupported, match=r"has no scopes\. Leave out `scope:`\.$"):
            await search_recordings(RecordingQuery(scope=Scope.PUBLIC), None, by(VOVA), services)
        query = RecordingQuery(direction=Direction.INBOUND, number="5550100", extension="101")
        with pytest.raises(
            NotSupported, match=r"no calls\. Leave out `direction:`, `number:` and `extension:`\.$"
        ):
            await search_recordings(query, None, by(VOVA), stage.services)
