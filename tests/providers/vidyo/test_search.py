"""Searches: what the server is asked, what is left out, and how far we walk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from providers.errors import NotFound, NotSupported, Protected
from providers.model import (
    Recording,
    RecordingChange,
    RecordingId,
    RecordingPage,
    RecordingQuery,
    Scope,
    SortBy,
)
from providers.vidyo import VidyoProvider
from providers.vidyo.replay import RecordRows
from providers.vidyo.search import Asked, search
from sandbox.vidyo.server import VidyoSandbox

from .answering import REPLAY, Answering, envelope, http
from .conftest import Connect

NOON = datetime(2024, 5, 17, 12, 0, tzinfo=UTC)


def made(number: int, **changes: object) -> Recording:
    """The recording with this number; a higher number is an hour younger."""
    started = NOON + timedelta(hours=number)
    recording = Recording(
        id=RecordingId(str(number)),
        title=f"Meeting {number}",
        room=f"Room {number % 7}",
        owner="vova",
        owner_name="Vova Tareiev",
        started=started,
        ended=started + timedelta(minutes=10),
        duration=timedelta(minutes=10),
        size=1,
        scope=Scope.NEW,
    )
    return replace(recording, **changes)  # type: ignore[arg-type]


class Server:
    """A server with these recordings, which knows room, login, text, scope and order, and no more."""

    def __init__(self, *recordings: Recording) -> None:
        self.recordings = list(recordings)
        self.asked: list[Asked] = []
        self.arrives: list[Recording] = []

    async def __call__(self, asked: Asked) -> RecordRows:
        self.asked.append(asked)
        found = [one for one in self.recordings if self._fits(one, asked)]
        keys = {SortBy.DATE: lambda one: one.started, SortBy.TITLE: lambda one: one.title}
        found.sort(key=keys[asked.sort], reverse=asked.descending)
        page = found[asked.start : asked.start + min(asked.limit, 200)]
        self.recordings += self.arrives
        self.arrives = []
        return RecordRows(tuple(page), len(page), len(found))

    def _fits(self, one: Recording, asked: Asked) -> bool:
        text = (asked.text or "").lower()
        return (
            (asked.room or "").lower() in one.room.lower()
            and (asked.login or one.owner or "").lower() == (one.owner or "").lower()
            and (text in one.title.lower() or text in (one.owner_name or "").lower() or text in one.tags)
            and (asked.scope is None or one.scope is asked.scope)
        )


def numbers(page: RecordingPage) -> list[int]:
    return [int(recording.id) for recording in page.recordings]


async def test_the_newest_are_found_without_a_walk_through_all() -> None:
    server = Server(*(made(n) for n in range(1000)))
    page = await search(RecordingQuery(limit=3), server, 2000)
    assert numbers(page) == [999, 998, 997]
    assert (page.total, page.more, page.complete) == (None, True, True)
    assert sum(asked.limit for asked in server.asked) < 100


async def test_a_walk_by_date_ends_where_nothing_can_match_any_more() -> None:
    server = Server(*(made(n) for n in range(1000)))
    since = NOON + timedelta(hours=990)
    for sort in SortBy:
        server.asked.clear()
        page = await search(RecordingQuery(since=since, sort=sort, limit=20), server, 2000)
        assert sorted(numbers(page)) == list(range(990, 1000))
        assert (page.total, page.more) == (10, False)
        assert len(server.asked) == 1
    server.asked.clear()
    page = await search(RecordingQuery(until=NOON + timedelta(hours=5), descending=False), server, 2000)
    assert numbers(page) == [0, 1, 2, 3, 4]
    assert len(server.asked) == 1


async def test_a_walk_ends_at_its_bound_and_says_so() -> None:
    server = Server(
        *(made(n) for n in range(1000)), made(5000, title="Needle", started=NOON - timedelta(days=9))
    )
    page = await search(RecordingQuery(title="needle"), server, 600)
    assert numbers(page) == []
    assert (page.total, page.more, page.complete) == (None, False, False)
    assert page.note == "Only the newest 600 recordings were looked through; older ones may be missing."
    assert sum(asked.limit for asked in server.asked) == 600
    page = await search(RecordingQuery(title="needle"), server, 2000)
    assert (numbers(page), page.total, page.complete, page.note) == ([5000], 1, True, "")


@pytest.mark.parametrize("limit", [60, 200, 700, 1000, 2000])
async def test_whoever_wants_all_since_a_time_gets_it_page_by_page_beyond_the_bound(limit: int) -> None:
    server = Server(*(made(n) for n in range(-100, 1000)))
    everything = RecordingQuery(since=NOON, running=True, hidden=True, limit=limit)
    visited: list[int] = []
    more = True
    while more:
        page = await search(replace(everything, start=len(visited)), server, 200)
        visited += numbers(page)
        more = page.more
        assert (page.complete, page.total) == (True, None if more else 1000)
    assert visited == list(range(999, -1, -1))
    assert sum(asked.limit for asked in server.asked) < 1500, "no page is read anew for the next one"


async def test_rows_that_come_meanwhile_keep_nobody_from_those_that_were_there() -> None:
    server = Server(*(made(n) for n in range(1000)))
    server.arrives = [made(9000), made(9001)]
    everything = RecordingQuery(since=NOON, running=True, hidden=True, limit=700)
    first = await search(everything, server, 200)
    then = await search(replace(everything, start=700), server, 200)
    assert {*numbers(first), *numbers(then)} == set(range(1000))
    assert (len(first.recordings), first.more, then.more) == (700, True, False)


async def test_a_server_that_never_comes_to_an_end_is_left_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("providers.vidyo.search._FAR", 5_000)
    everything = RecordingQuery(since=NOON, running=True, hidden=True, limit=1000)
    asked_for: list[int] = []

    async def tells_more(asked: Asked) -> RecordRows:
        asked_for.append(asked.limit)
        first = 1_000_000 - asked.start
        return RecordRows(tuple(made(n) for n in range(first, first - asked.limit, -1)), asked.limit, None)

    visited, more = 0, True
    while more:
        page = await search(replace(everything, start=visited), tells_more, 200)
        visited, more = visited + len(page.recordings), page.more
    assert (page.complete, page.total) == (False, None)
    assert "older ones may be missing" in page.note
    assert visited == 5_000

    async def tells_the_same(asked: Asked) -> RecordRows:
        asked_for.append(asked.limit)
        return RecordRows(tuple(made(n) for n in range(asked.limit)), asked.limit, None)

    asked_for.clear()
    page = await search(everything, tells_the_same, 200)
    assert (page.complete, page.more, len(page.recordings)) == (False, False, 200)
    assert len(asked_for) == 3


async def test_whoever_looks_again_and_again_reads_little_while_little_happens() -> None:
    server = Server(*(made(n) for n in range(1000)))
    page = await search(
        RecordingQuery(since=NOON + timedelta(hours=990), running=True, hidden=True, limit=1000), server, 200
    )
    assert (numbers(page), page.total) == (list(range(999, 989, -1)), 10)
    assert [asked.limit for asked in server.asked] == [25]


async def test_a_word_is_asked_for_in_each_place_it_may_stand() -> None:
    server = Server(
        made(1, title="about vova", owner="anna", owner_name="Anna"),
        made(2),
        made(3, room="Vova's room", owner="anna", owner_name="Anna"),
        made(4, tags="vova", owner="anna", owner_name="Anna"),
    )
    page = await search(RecordingQuery(words="vova"), server, 2000)
    assert numbers(page) == [3, 2, 1]
    assert page.total == 3
    assert {(asked.text, asked.login, asked.room) for asked in server.asked} == {
        ("vova", None, None),
        (None, "vova", None),
        (None, None, "vova"),
    }


async def test_of_several_words_the_longest_is_asked_for_and_all_must_be_there() -> None:
    server = Server(
        made(1, title="Quarterly review"), made(2, title="Quarterly party"), made(3, title="A review")
    )
    page = await search(RecordingQuery(words="vova quarterly review"), server, 2000)
    assert numbers(page) == [1]
    assert {asked.text or asked.login or asked.room for asked in server.asked} == {"quarterly"}


async def test_a_part_of_an_owner_is_found_by_login_or_full_name() -> None:
    server = Server(
        made(1),
        made(2, owner="anna", owner_name="Anna Lindqvist"),
        made(3, title="Vova", owner="x", owner_name="X"),
    )
    assert numbers(await search(RecordingQuery(owner="VOVA"), server, 2000)) == [1]
    assert numbers(await search(RecordingQuery(owner="lindq"), server, 2000)) == [2]


@pytest.mark.parametrize(
    "query", [RecordingQuery(), RecordingQuery(title="e"), RecordingQuery(words="meeting")]
)
async def test_rows_that_shift_between_two_requests_come_once(query: RecordingQuery) -> None:
    server = Server(*(made(n) for n in range(450)))
    server.arrives = [made(9000), made(9001)]
    page = await search(replace(query, limit=1000), server, 2000)
    assert len(set(numbers(page))) == len(page.recordings)
    assert set(range(450)) <= set(numbers(page))


async def test_pages_fit_together_in_every_order() -> None:
    server = Server(*(made(n, title=f"{'aB'[n % 2]} {n % 5}", scope=list(Scope)[n % 4]) for n in range(500)))
    for query in (
        RecordingQuery(),
        RecordingQuery(sort=SortBy.TITLE, descending=False),
        RecordingQuery(sort=SortBy.DURATION),
        RecordingQuery(words="vova"),
        RecordingQuery(hidden=True, running=True),
    ):
        visited: list[int] = []
        while True:
            page = await search(replace(query, start=len(visited), limit=60), server, 2000)
            visited += numbers(page)
            if not page.more:
                break
        assert len(visited) == len(set(visited)) == (500 if query.hidden else 375)


async def test_what_the_server_can_do_alone_is_left_to_it_and_counted_by_it() -> None:
    server = Server(*(made(n) for n in range(5000)))
    page = await search(RecordingQuery(hidden=True, running=True, start=4000, limit=300), server, 200)
    assert numbers(page) == list(range(999, 699, -1))
    assert (page.total, page.more, page.complete) == (5000, True, True)
    assert len(server.asked) == 2


async def test_private_recordings_are_not_even_asked_for_without_the_right() -> None:
    server = Server(made(1, scope=Scope.PRIVATE), made(2, scope=Scope.UNKNOWN), made(3))
    assert numbers(await search(RecordingQuery(), server, 2000)) == [3]
    assert numbers(await search(RecordingQuery(hidden=True), server, 2000)) == [3, 2, 1]
    server.asked.clear()
    assert (await search(RecordingQuery(scope=Scope.PRIVATE), server, 2000)).total == 0
    assert server.asked == []


async def test_a_server_that_ignores_its_filters_fools_nobody() -> None:
    everything = Server(made(1), made(2, owner="anna", owner_name="Anna", title="x", room="y"))

    async def ignoring(asked: Asked) -> RecordRows:
        return await everything(Asked(start=asked.start, limit=asked.limit))

    assert numbers(await search(RecordingQuery(owner="vova"), ignoring, 2000)) == [1]
    assert numbers(await search(RecordingQuery(room="room"), ignoring, 2000)) == [1]
    assert numbers(await search(RecordingQuery(words="meeting"), ignoring, 2000)) == [1]


async def test_a_request_has_typed_values_or_nil_and_nothing_empty(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(envelope("<v:RecordsSearchResponse/>", REPLAY))
    provider = await connected(answering)
    for query in (
        RecordingQuery(),
        RecordingQuery(words="a b", owner="", room="", title=""),
        RecordingQuery(scope=Scope.ORGANIZATION, sort=SortBy.ROOM, hidden=True, running=True),
    ):
        await provider.search(query)
    for body in filter(None, answering.bodies):  # a search by scope asks the server first how it spells one
        [request] = etree.fromstring(body)[0]
        assert len(request) == 10
        for element in request:
            nil = element.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
            assert nil is not bool(element.text)
    assert b"<ns0:recordScope>organizational</ns0:recordScope>" in answering.bodies[-1]


async def test_the_tenant_is_named_only_where_it_is_configured(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(envelope("<v:RecordsSearchResponse/>", REPLAY))
    await (await connected(answering)).search(RecordingQuery())
    await (await connected(answering, tenant="test")).search(RecordingQuery())
    assert b"<ns0:tenantName>test</ns0:tenantName>" not in answering.bodies[0]
    assert b"<ns0:tenantName>test</ns0:tenantName>" in answering.bodies[1]


async def test_vova_finds_what_vova_owns_and_what_speaks_of_vova(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    page = await provider.search(RecordingQuery(words="vova", limit=500, hidden=True, running=True))
    expected = {
        one.id
        for one in vidyo.world.library
        if "vova"
        in f"{one.title} {one.room_name} {one.owner} {vidyo.world.accounts.full_name(one.owner)}".lower()
    }
    assert set(numbers(page)) == expected
    assert page.total == len(expected) > 50
    assert {4908, 5748} <= expected


async def test_the_two_known_recordings_read_as_published(provider: VidyoProvider) -> None:
    recording = await provider.recording(RecordingId("4908"))
    assert (recording.title, recording.room, recording.owner, recording.owner_name) == (
        "vova conference recording.",
        "vova",
        "vova",
        "Vova Tareiev",
    )
    assert recording.started == datetime(2022, 8, 8, 9, 48, 44, tzinfo=UTC)
    assert recording.ended == datetime(2022, 8, 8, 9, 50, 32, tzinfo=UTC)
    assert (recording.duration, recording.size) == (timedelta(minutes=1, seconds=48), 1493016)
    assert "downloadRecording" not in repr(recording)


async def test_the_recording_of_a_running_meeting_is_there_only_when_asked_for(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.recorder_joins("Weekly4711")
    query = RecordingQuery(room="Weekly", since=datetime.now(UTC) - timedelta(minutes=5))
    assert (await provider.search(query)).recordings == ()
    [recording] = (await provider.search(replace(query, running=True))).recordings
    assert recording.running
    assert (recording.owner, recording.duration) == ("recbot", None)


async def test_a_scope_cannot_be_made_new_again(provider: VidyoProvider) -> None:
    with pytest.raises(NotSupported):
        await provider.edit(RecordingId("4908"), RecordingChange(scope=Scope.NEW))


async def test_an_empty_change_sends_nothing(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    await provider.edit(RecordingId("4908"), RecordingChange())
    assert vidyo.world.journal.count("UpdateRecord") == 0


async def test_what_belongs_to_somebody_else_is_protected(vidyo: VidyoSandbox, connected: Connect) -> None:
    provider = await connected(vidyo, username="anna", password="anna-secret")
    recording = vidyo.world.add_recording("Shared", owner="vova", scope="Public")
    with pytest.raises(Protected):
        await provider.edit(RecordingId(str(recording.id)), RecordingChange(title="Mine"))
    with pytest.raises(Protected):
        await provider.delete(RecordingId(str(recording.id)))


@pytest.mark.parametrize("id", ["", "-1", "x", "1 OR 1", "99999999999", "2147483648", "٣"])
async def test_what_is_no_number_is_not_found_and_not_asked_for(
    vidyo: VidyoSandbox, provider: VidyoProvider, id: str
) -> None:
    with pytest.raises(NotFound):
        await provider.recording(RecordingId(id))
    assert len(vidyo.world.journal) == 0


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Mu\u0308ller", "Müller weekly"),
        ("Müller", "Mu\u0308ller weekly"),
        ("Anna’s", "Anna's day"),
        ("Anna's", "Anna’s day"),
        ("Q1-plan", "Q1\u2011plan"),
        ("회의", "\u1112\u116c\u110b\u1174"),
        ("☕", "☕\ufe0f break"),
        ("–", "this — that"),
    ],
)
async def test_a_server_that_compares_letters_hides_no_other_spelling(typed: str, written: str) -> None:
    titled = Server(made(1, title=written), *(made(n) for n in range(2, 9)))
    assert numbers(await search(RecordingQuery(words=typed), titled, 2000)) == [1]
    roomed = Server(made(1, room=written), *(made(n) for n in range(2, 9)))
    assert numbers(await search(RecordingQuery(words=typed), roomed, 2000)) == [1]
    assert numbers(await search(RecordingQuery(room=typed), roomed, 2000)) == [1]
    owned = Server(made(1, owner_name=written), *(made(n) for n in range(2, 9)))
    assert numbers(await search(RecordingQuery(owner=typed), owned, 2000)) == [1]


@pytest.mark.parametrize("hidden", [0, 1, 60, 190, 200, 500])
@pytest.mark.parametrize("start", [0, 15])
async def test_what_is_left_out_changes_nothing_of_a_page_not_even_whether_all_are_counted(
    hidden: int, start: int
) -> None:
    seen = [made(number, room="Weekly") for number in range(20)]
    kept = [made(number + 1000, room="Board") for number in range(hidden)]
    query = RecordingQuery(start=start, limit=5)
    page = await search(query, Server(*seen, *kept), 2000, lambda one: one.room != "Board")
    assert page == await search(query, Server(*seen), 2000, lambda one: one.room != "Board")
    assert page.total == (None if start == 0 else 20)
