"""Finding calls: what is asked of the call log, page after page, and what is left to us."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest

from providers.errors import BadAnswer, NotFound, NotSupported, UnsafeLink
from providers.model import Direction, RecordingId, RecordingQuery, Scope, SortBy
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.server import RingCentralSandbox
from tests.virtual_time import BEGINNING

from .answering import Answering, http, log, said
from .conftest import Connect

NOW = BEGINNING
DAY = timedelta(days=1)


def record(n: int) -> dict[str, object]:
    uri = f"/restapi/v1.0/account/1/recording/{n}/content"
    started = (NOW - timedelta(minutes=n)).isoformat()
    return {"id": f"A{n}", "startTime": started, "recording": {"id": str(n), "contentUri": uri}}


def asked(answering: Answering) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(head.split(" ")[1]).query) for head in answering.requests]


async def found(provider: RingCentralProvider, query: RecordingQuery) -> list[str]:
    return [recording.title for recording in (await provider.search(query)).recordings]


async def test_a_newcomer_finds_the_recorded_calls_of_the_last_days(provider: RingCentralProvider) -> None:
    page = await provider.search(RecordingQuery(limit=50))
    assert len(page.recordings) > 5
    assert page.total == len(page.recordings)
    assert page.complete
    assert page.recordings == tuple(sorted(page.recordings, key=lambda one: one.started, reverse=True))


async def test_a_search_names_all_that_the_service_must_not_guess(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = log()
    provider = await connected(answering)
    await provider.search(RecordingQuery(since=datetime(2026, 4, 1, 10, 0, 0, 123456, tzinfo=UTC)))
    [query] = asked(answering)
    until = datetime.fromisoformat(query.pop("dateTo")[0])
    assert abs(until - datetime.now(UTC)) < timedelta(minutes=1)
    assert query == {
        "view": ["Detailed"],
        "recordingType": ["All"],
        "perPage": ["250"],
        "dateFrom": ["2026-04-01T10:00:00.123Z"],
    }
    assert answering.requests[0].startswith("GET /restapi/v1.0/account/~/call-log?")
    assert "Authorization: Bearer granted-1" in answering.requests[0]


@pytest.mark.parametrize("ahead", [timedelta(hours=2), -timedelta(hours=2)])
async def test_the_newest_calls_are_found_though_our_clock_is_wrong(
    answering: Answering, connected: Connect, ahead: timedelta
) -> None:
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    answering.answer = said({"records": []}, more=f"Date: {date}\r\n")
    provider = await connected(answering)
    for _ in range(2):
        await provider.search(RecordingQuery())
    until = datetime.fromisoformat(asked(answering)[-1]["dateTo"][0])
    assert until >= datetime.now(UTC) + max(ahead, timedelta()) - timedelta(minutes=1)
    assert until <= datetime.now(UTC) + max(ahead, timedelta()) + timedelta(minutes=1)


async def test_the_level_decides_whose_calls_are_listed(answering: Answering, connected: Connect) -> None:
    answering.answer = log()
    provider = await connected(answering, level="extension")
    await provider.search(RecordingQuery(extension="101"))
    assert answering.requests[0].startswith("GET /restapi/v1.0/account/~/extension/~/call-log?")
    assert "extensionNumber" not in asked(answering)[0]


@pytest.mark.parametrize(
    ("query", "passed"),
    [
        (RecordingQuery(number="+1 650 555 0100"), {"phoneNumber": ["16505550100"]}),
        (RecordingQuery(number="+16505550100", extension="101"), {"phoneNumber": ["16505550100"]}),
        (RecordingQuery(number="5550100"), {}),
        (RecordingQuery(number="+"), {}),
        (RecordingQuery(extension="101"), {"extensionNumber": ["101"]}),
        (RecordingQuery(direction=Direction.OUTBOUND), {"direction": ["Outbound"]}),
    ],
)
async def test_what_is_whole_is_left_to_the_service(
    answering: Answering, connected: Connect, query: RecordingQuery, passed: dict[str, list[str]]
) -> None:
    answering.answer = log()
    await (await connected(answering)).search(query)
    [params] = asked(answering)
    assert {
        key: value for key, value in params.items() if key in {"phoneNumber", "extensionNumber", "direction"}
    } == (passed)


async def test_calls_are_found_by_number_extension_and_direction(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    world = ringcentral.world
    world.clear_log()
    world.add_call(other="In", number="+16505550177", extension="101")
    world.add_call(other="Out", number="+16505550188", extension="102", owner="Anna", direction="Outbound")
    masked = world.add_call(other="Masked", number="+16505550177", extension="103", owner="Sam")
    world.mask_number(masked)
    assert await found(provider, RecordingQuery(number="+16505550177")) == ["In"]
    assert await found(provider, RecordingQuery(number="0177")) == ["In"]
    assert await found(provider, RecordingQuery(extension="102")) == ["Out"]
    assert await found(provider, RecordingQuery(direction=Direction.OUTBOUND)) == ["Out"]
    assert await found(provider, RecordingQuery(title="Masked")) == ["Masked"]
    [recording] = (await provider.search(RecordingQuery(title="Masked"))).recordings
    assert "+1650555XXXX" in recording.numbers


async def test_words_that_nobody_has_heard_of_do_no_harm(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.add_call(
        other="Odd",
        extras={"direction": "Sideways", "result": "Beamed", "type": "Hologram", "transport": "Mesh"},
    )
    [recording] = (await provider.search(RecordingQuery(title="Odd"))).recordings
    assert recording.direction is None


async def test_both_recordings_of_a_call_that_was_passed_on_are_found(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    call = ringcentral.world.add_call(other="Passed", extension="101", owner="Vova")
    ringcentral.world.add_transfer(call, extension="103", owner="Sam")
    second, first = (await provider.search(RecordingQuery(title="Passed"))).recordings
    assert (first.owner, second.owner) == ("Vova", "Sam")
    assert (first.room, second.room) == ("101", "103")
    assert second.started == first.ended
    assert [
        one.id for one in (await provider.search(RecordingQuery(extension="103", title="Passed"))).recordings
    ] == [second.id]
    assert {first.id, second.id} == {one.id for one in call.recordings}


async def test_a_call_is_listed_before_its_recording_is(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.recording_delay = 10_000
    call = ringcentral.world.place_call(other="Fresh", answered=True)
    ringcentral.world.record(call)
    ringcentral.world.hang_up(call, lasted=timedelta(minutes=5))
    assert await found(provider, RecordingQuery(title="Fresh")) == []
    ringcentral.world.make_ready(call)
    assert await found(provider, RecordingQuery(title="Fresh")) == ["Fresh"]


async def test_pages_are_followed_and_what_comes_twice_counts_once(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.most_detailed = 4
    every = await provider.search(RecordingQuery(limit=100))
    ids = [recording.id for recording in every.recordings]
    assert len(ids) == len(set(ids)) == every.total
    pages = ringcentral.world.journal.asked("/call-log")
    assert len(pages) > 2
    assert len({entry.query["dateTo"][0] for entry in pages}) == 1


async def test_calls_that_come_in_between_two_pages_are_not_given_twice(
    answering: Answering, connected: Connect
) -> None:
    following = "/restapi/v1.0/account/1/call-log?page=2"
    first, second = log(record(1), record(2), following=following), log(record(2), record(3))
    answering.answer = lambda head: second if "page=2" in head else first
    page = await (await connected(answering)).search(RecordingQuery())
    assert [recording.id for recording in page.recordings] == ["1", "2", "3"]
    assert page.total == 3


async def test_no_more_pages_are_read_than_the_page_needs(answering: Answering, connected: Connect) -> None:
    answering.answer = log(record(1), record(2), following="/restapi/v1.0/account/1/call-log?page=2")
    page = await (await connected(answering)).search(RecordingQuery(limit=1))
    assert len(answering.requests) == 1
    assert (page.more, page.total, page.complete) == (True, None, True)


@pytest.mark.parametrize("answers", [[1, 2, 3], [9, 1, 2, 3], [9, 1, 9, 2, 3]])
async def test_what_is_left_out_changes_nothing_of_a_page_not_even_whether_all_are_counted(
    answering: Answering, connected: Connect, answers: list[int]
) -> None:
    rows = [record(n) | ({"from": {"extensionId": "66"}} if n == 9 else {}) for n in answers]
    last, first = log(*rows[3:]), log(*rows[:3], following="/restapi/v1.0/account/1/call-log?page=2")
    answering.answer = lambda head: log(*rows) if len(rows) == 3 else last if "page=2" in head else first
    provider = await connected(answering)
    page = await provider.search(RecordingQuery(limit=1, extension=None), lambda one: one.id != "9")
    assert [recording.id for recording in page.recordings] == ["1"]
    assert (page.more, page.total, page.note) == (True, None, "")


async def test_a_walk_ends_at_its_bound_and_says_so(answering: Answering, connected: Connect) -> None:
    pages = count(2)
    answering.answer = lambda _: log(
        record(1), following=f"/restapi/v1.0/account/1/call-log?page={next(pages)}"
    )
    provider = await connected(answering, search_bound=3)
    page = await provider.search(RecordingQuery(sort=SortBy.TITLE))
    assert len(answering.requests) == 3
    assert (page.complete, page.total) == (False, None)
    assert (
        page.note
        == "Only the newest 3 pages of the call log were looked through; older recordings may be missing."
    )


async def test_who_looks_back_less_far_than_recordings_are_kept_is_told(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = log(record(1))
    provider = await connected(answering, look_back="30d")
    assert "the last 30 days" in (await provider.search(RecordingQuery())).note
    assert (await provider.search(RecordingQuery(since=NOW - 60 * DAY))).complete


async def test_a_time_that_ends_before_it_begins_asks_nobody(
    answering: Answering, connected: Connect
) -> None:
    page = await (await connected(answering)).search(RecordingQuery(since=NOW, until=NOW - DAY))
    assert (page.recordings, page.total) == ((), 0)
    assert answering.requests == []


async def test_a_scope_is_refused_in_a_sentence(answering: Answering, connected: Connect) -> None:
    provider = await connected(answering)
    with pytest.raises(NotSupported) as caught:
        await provider.search(RecordingQuery(scope=Scope.PUBLIC))
    assert caught.value.filters == ("scope",)
    assert "scope:" not in str(caught.value), "how people type it is not ours to say"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/restapi/v1.0/account/1/call-log?page=2",
        "http://127.0.0.1:1/restapi/v1.0/account/1/call-log?page=2",
        "/restapi/v1.0/account/1/recording/1/content",
        "/restapi/v1.0/account/1/call-log/../../revoke",
    ],
)
async def test_a_next_page_that_is_none_of_the_log_is_not_followed(
    answering: Answering, connected: Connect, link: str
) -> None:
    answering.answer = log(record(1), following=link)
    provider = await connected(answering)
    with pytest.raises(UnsafeLink):
        await provider.search(RecordingQuery())
    assert len(answering.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        said([]),
        said({"records": {}}),
        said({"navigation": {}}),
        said({"records": [], "navigation": {"nextPage": {"uri": 5}}}),
        http(b"{"),
        http(json.dumps({"records": []}).encode(), content_type="text/html"),
    ],
)
async def test_what_is_no_call_log_is_not_read_as_an_empty_one(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = answer
    with pytest.raises(BadAnswer):
        await (await connected(answering)).search(RecordingQuery())


async def test_a_recording_that_was_seen_is_known_without_asking(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    [recording] = (await provider.search(RecordingQuery(limit=1))).recordings
    ringcentral.world.journal.clear()
    assert await provider.recording(recording.id) == recording
    assert len(ringcentral.world.journal) == 0


async def test_a_recording_that_was_never_seen_is_looked_for_in_the_log(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.most_detailed = 4
    started = (NOW - 20 * DAY).replace(microsecond=0)
    old = ringcentral.world.add_call(other="Old", started=started)
    recording = await provider.recording(RecordingId(old.recording_id))
    assert (recording.title, recording.started) == ("Old", started)


async def test_a_recording_whose_call_is_older_than_we_look_is_known_by_its_number_alone(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    old = ringcentral.world.add_call(other="Old", started=NOW - 20 * DAY)
    provider = await connected(ringcentral, look_back="10d")
    recording = await provider.recording(RecordingId(old.recording_id))
    assert (recording.title, recording.duration) == ("", timedelta(minutes=5))
    assert "who talked, and when, is not known" in recording.comments


@pytest.mark.parametrize("id", ["", "../../oauth/revoke", "1/content", "1?x=1", "x" * 65, "1\n"])
async def test_what_cannot_be_an_id_is_not_asked_for(
    answering: Answering, connected: Connect, id: str
) -> None:
    with pytest.raises(NotFound):
        await (await connected(answering)).recording(RecordingId(id))
    assert answering.requests == []


async def test_a_search_before_all_time_finds_nothing(provider: RingCentralProvider) -> None:
    page = await provider.search(RecordingQuery(until=datetime(1, 1, 2, tzinfo=UTC)))
    assert page.recordings == ()
