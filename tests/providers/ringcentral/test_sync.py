"""Following the call log: everything once, and then only what has changed, whatever is lost in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from providers.errors import BadAnswer, NotFound, NotLicensed, Unavailable
from providers.interfaces import Changes, RecordingFeed
from providers.model import Recording, RecordingId, RecordingQuery
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.ringcentral.world import World
from tests.virtual_time import BEGINNING

from .answering import Answering, http, log, said
from .conftest import Connect

NOW = BEGINNING
DAY = timedelta(days=1)
WEEK_AGO = NOW - 7 * DAY
MARK = "account:Detailed:one"


@pytest.fixture
def world(ringcentral: RingCentralSandbox) -> World:
    """An account in which nobody has called yet."""
    ringcentral.world.clear_log()
    return ringcentral.world


def record(n: int, **more: Any) -> dict[str, Any]:
    started = (NOW - timedelta(minutes=n)).isoformat()
    return {"id": f"A{n}", "startTime": started, "recording": {"id": str(n), "contentUri": f"/{n}"}} | more


def synced(*records: Any, token: Any = "two") -> bytes:
    return said({"records": records, "syncInfo": {"syncToken": token}})


def refused(code: str, **more: str) -> bytes:
    return said({"errors": [{"errorCode": code, "message": "secret words", **more}]}, "400 Bad Request")


def by_kind(**answers: bytes) -> Callable[[str], bytes]:
    """A far side that answers full and further synchronisations apart, and the list as `listed`."""

    def answer(head: str) -> bytes:
        query = parse_qs(urlsplit(head.split(" ")[1]).query)
        return answers[query.get("syncType", ["listed"])[0]]

    return answer


def asked(answering: Answering) -> list[dict[str, str]]:
    queries = [parse_qs(urlsplit(head.split(" ")[1]).query) for head in answering.requests]
    return [{name: value for name, [value] in query.items()} for query in queries]


def titles(changes: Changes) -> list[str]:
    return [recording.title for recording in changes.recordings]


def ids(changes: Changes) -> list[str]:
    return [recording.id for recording in changes.recordings]


async def known(provider: RingCentralProvider) -> set[Recording]:
    return set((await provider.search(RecordingQuery(since=WEEK_AGO, limit=1000))).recordings)


async def test_the_first_time_everything_comes_with_one_request(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    assert isinstance(provider, RecordingFeed)
    first = await provider.changes(None, WEEK_AGO)
    assert ringcentral.world.journal.count("/account/~/call-log-sync") == 1
    assert ringcentral.world.journal.count("/call-log") == 1
    assert first.whole
    assert len(first.recordings) > 5
    assert set(first.recordings) == await known(provider)
    started = [recording.started for recording in first.recordings]
    assert started == sorted(started, reverse=True)
    assert first.mark not in repr(first)


async def test_a_moment_bounds_what_comes_the_first_time(world: World, provider: RingCentralProvider) -> None:
    world.add_call(other="Old", started=NOW - 2 * DAY)
    world.add_call(other="New", started=NOW - DAY)
    assert titles(await provider.changes(None, NOW - 1.5 * DAY)) == ["New"]


async def test_what_is_asked_leaves_nothing_to_guess(answering: Answering, connected: Connect) -> None:
    answering.answer = synced(record(1))
    provider = await connected(answering)
    changes = await provider.changes(None, WEEK_AGO)
    assert answering.requests[0].startswith("GET /restapi/v1.0/account/~/call-log-sync?")
    same = {"view": "Detailed", "recordingType": "All"}
    since = WEEK_AGO.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    await provider.changes(changes.mark, WEEK_AGO)
    assert asked(answering) == [
        same | {"syncType": "FSync", "dateFrom": since, "recordCount": "250"},
        same | {"syncType": "ISync", "syncToken": "two", "showDeleted": "true"},
    ]


async def test_afterwards_only_what_is_new_comes(world: World, provider: RingCentralProvider) -> None:
    world.add_call(other="First")
    first = await provider.changes(None, WEEK_AGO)
    nothing = await provider.changes(first.mark, WEEK_AGO)
    assert (nothing.recordings, nothing.whole) == ((), False)
    world.add_call(other="Second")
    second = await provider.changes(nothing.mark, WEEK_AGO)
    assert (titles(second), second.whole) == (["Second"], False)
    assert (await provider.changes(second.mark, WEEK_AGO)).recordings == ()


async def test_a_recording_that_arrives_after_its_record_comes_then(
    world: World, provider: RingCentralProvider
) -> None:
    world.settings.recording_delay = 10_000
    call = world.place_call(other="Fresh", answered=True, recording="OnDemand")
    world.hang_up(call, lasted=timedelta(minutes=5))
    world.touch(call)
    first = await provider.changes(None, WEEK_AGO)
    assert first.recordings == ()
    world.make_ready(call)
    assert titles(await provider.changes(first.mark, WEEK_AGO)) == ["Fresh"]


async def test_an_old_recording_that_changes_comes_too(world: World, provider: RingCentralProvider) -> None:
    old = world.add_call(other="Old", started=NOW - 20 * DAY)
    first = await provider.changes(None, WEEK_AGO)
    assert first.recordings == ()
    world.touch(old)
    assert titles(await provider.changes(first.mark, WEEK_AGO)) == ["Old"]


async def test_a_mark_that_is_not_known_any_more_begins_anew(
    world: World, provider: RingCentralProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "providers")
    world.add_call(other="Call")
    first = await provider.changes(None, WEEK_AGO)
    world.forget_sync_tokens()
    again = await provider.changes(first.mark, WEEK_AGO)
    assert (titles(again), again.whole) == (["Call"], True)
    assert (await provider.changes(again.mark, WEEK_AGO)).recordings == ()
    [said_once] = [one.getMessage() for one in caplog.records if "anew" in one.getMessage()]
    assert "CLG-105" in said_once
    assert first.mark.split(":")[-1] not in said_once


@pytest.mark.parametrize(
    "answer",
    [
        refused("CLG-101"),
        refused("CLG-104", parameterName="view"),
        refused("CMN-101", parameterName="syncToken"),
        refused("CLG-999"),
        http(b"", "400 Bad Request"),
    ],
)
async def test_however_a_mark_is_refused_everything_comes_anew(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = by_kind(ISync=answer, FSync=synced(record(1)))
    changes = await (await connected(answering)).changes(MARK, WEEK_AGO)
    assert (ids(changes), changes.whole, changes.mark) == (["1"], True, "account:Detailed:two")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("CMN-101", parameterName="recordingType"), BadAnswer),
        (said({"errorCode": "CLG-101"}, "403 Forbidden"), NotLicensed),
        (said({"errorCode": "CMN-201"}, "503 Later"), Unavailable),
    ],
)
async def test_what_is_no_fault_of_the_mark_does_not_begin_anew(
    answering: Answering, connected: Connect, answer: bytes, error: type[Exception]
) -> None:
    answering.answer = by_kind(ISync=answer, FSync=synced(record(1)))
    provider = await connected(answering, read_retries=0)
    with pytest.raises(error) as caught:
        await provider.changes(MARK, WEEK_AGO)
    assert "secret words" not in str(caught.value)
    assert len(answering.requests) == 1


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "one",
        "extension:Detailed:one",
        "account:Simple:one",
        "account:Detailed:",
        f"account:Detailed:{'x' * 2001}",
        "account:Detailed:o\nne",
    ],
)
async def test_a_mark_that_is_none_of_ours_is_not_sent(
    answering: Answering, connected: Connect, mark: str
) -> None:
    answering.answer = by_kind(FSync=synced(record(1)))
    changes = await (await connected(answering)).changes(mark, WEEK_AGO)
    assert (ids(changes), changes.whole) == (["1"], True)


async def test_an_extension_is_followed_by_itself(world: World, connected: Connect) -> None:
    world.add_call(other="Ours", extension="101")
    world.add_call(other="Theirs", extension="103")
    provider = await connected(world, level="extension")
    first = await provider.changes(None, WEEK_AGO)
    assert titles(first) == ["Ours"]
    assert world.journal.count("/account/~/extension/~/call-log-sync") == 1
    account = await connected(world)
    everybody = await account.changes(first.mark, WEEK_AGO)
    assert (len(everybody.recordings), everybody.whole) == (2, True)


async def test_more_changes_than_can_be_told_begin_anew_and_none_is_missing(
    world: World, provider: RingCentralProvider
) -> None:
    first = await provider.changes(None, WEEK_AGO)
    for minutes in range(251):
        world.add_call(started=NOW - timedelta(hours=1, minutes=minutes))
    changes = await provider.changes(first.mark, WEEK_AGO)
    assert changes.whole
    assert len(set(ids(changes))) == len(ids(changes)) == 251
    assert (await provider.changes(changes.mark, WEEK_AGO)).recordings == ()


async def test_as_many_changes_as_can_be_told_are_not_taken_for_all(
    answering: Answering, connected: Connect
) -> None:
    newest = [record(n) for n in range(250)]
    answering.answer = by_kind(ISync=synced(*newest), listed=log(record(249), record(250)))
    changes = await (await connected(answering)).changes(MARK, WEEK_AGO)
    assert ids(changes) == [str(n) for n in range(251)]
    assert changes.whole


async def test_the_first_time_more_calls_than_come_at_once_are_all_found(
    world: World, provider: RingCentralProvider
) -> None:
    for minutes in range(260):
        world.add_call(started=NOW - timedelta(hours=1, minutes=minutes))
    changes = await provider.changes(None, WEEK_AGO)
    assert changes.whole
    assert len(set(ids(changes))) == len(ids(changes)) == 260
    world.add_call(other="Next")
    assert titles(await provider.changes(changes.mark, WEEK_AGO)) == ["Next"]


async def test_calls_without_a_recording_count_towards_what_comes_at_once(
    answering: Answering, connected: Connect
) -> None:
    others = [record(n, recording=None) for n in range(249)]
    answering.answer = by_kind(FSync=synced(record(249), *others), listed=log(record(250)))
    assert ids(await (await connected(answering)).changes(None, WEEK_AGO)) == ["249", "250"]


async def test_a_call_that_comes_while_the_log_is_read_comes_the_next_time(
    answering: Answering, connected: Connect
) -> None:
    full, listed = synced(*[record(n) for n in range(250)], token="before"), log()
    answering.answer = by_kind(FSync=full, listed=listed)
    changes = await (await connected(answering)).changes(None, WEEK_AGO)
    assert [query.get("syncType", "listed") for query in asked(answering)] == ["FSync", "listed"]
    assert changes.mark == "account:Detailed:before"


async def test_what_is_too_old_for_a_synchronisation_is_read_from_the_log(
    world: World, provider: RingCentralProvider
) -> None:
    for days in (1, 28, 31, 60, 90):
        world.add_call(other=str(days), started=NOW - days * DAY)
    changes = await provider.changes(None, NOW - 70 * DAY)
    assert (titles(changes), changes.whole) == (["1", "28", "31", "60"], True)
    world.journal.clear()
    assert (await provider.changes(changes.mark, NOW - 70 * DAY)).recordings == ()
    assert len(world.journal) == 1


async def test_an_answer_that_was_lost_comes_again_for_the_same_mark(
    world: World, connected: Connect
) -> None:
    provider = await connected(world, read_retries=0)
    first = await provider.changes(None, WEEK_AGO)
    world.add_call(other="Call")
    world.faults.add("reset_after", match="/call-log-sync", times=1)
    with pytest.raises(Unavailable):
        await provider.changes(first.mark, WEEK_AGO)
    for _ in range(2):
        assert titles(await provider.changes(first.mark, WEEK_AGO)) == ["Call"]


async def test_a_call_that_was_deleted_is_no_news_and_is_not_remembered(
    world: World, provider: RingCentralProvider
) -> None:
    call = world.add_call(other="Gone")
    world.add_transfer(call, extension="103", owner="Sam")
    kept = RecordingId(world.add_call(other="Kept").recording_id)
    first = await provider.changes(None, WEEK_AGO)
    gone = {one.id for one in first.recordings} - {kept}
    assert len(gone) == 2
    world.delete_call(call)
    assert (await provider.changes(first.mark, WEEK_AGO)).recordings == ()
    world.journal.clear()
    assert (await provider.recording(kept)).title == "Kept"
    assert len(world.journal) == 0
    for id in gone:
        with pytest.raises(NotFound, match="not in the part of the call log"):
            await provider.recording(id)


async def test_a_recording_that_its_call_has_no_more_is_not_remembered(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = synced(record(1, legs=[{"recording": {"id": "7"}}]), record(2))
    provider = await connected(answering)
    first = await provider.changes(None, WEEK_AGO)
    assert set(ids(first)) == {"1", "2", "7"}
    answering.answer = synced(record(1))
    await provider.changes(first.mark, WEEK_AGO)
    answering.answer = said({}, "404 Not Found")
    for id in ("1", "2"):
        assert (await provider.recording(RecordingId(id))).id == id
    with pytest.raises(NotFound, match="There is no recording 7"):
        await provider.recording(RecordingId("7"))


async def test_both_recordings_of_a_call_that_was_passed_on_come(
    world: World, provider: RingCentralProvider
) -> None:
    first = await provider.changes(None, WEEK_AGO)
    call = world.add_call(other="Passed", extension="101", owner="Vova")
    world.add_transfer(call, extension="103", owner="Sam")
    second, begun = (await provider.changes(first.mark, WEEK_AGO)).recordings
    assert (begun.owner, second.owner) == ("Vova", "Sam")
    assert {begun.id, second.id} == {one.id for one in call.recordings}


async def test_what_comes_is_known_afterwards_without_asking(
    world: World, provider: RingCentralProvider
) -> None:
    world.add_call(other="Call")
    [recording] = (await provider.changes(None, WEEK_AGO)).recordings
    world.journal.clear()
    assert await provider.recording(recording.id) == recording
    assert len(world.journal) == 0


async def test_calls_that_are_not_recorded_or_cannot_be_read_are_passed_over(
    answering: Answering, connected: Connect
) -> None:
    nothing = [
        record(2, recording=None),
        record(3, recording=None, shortRecording=True),
        record(4, startTime="today"),
        {"id": "A5", "deleted": True},
        None,
        [],
    ]
    masked = record(1, **{"from": {"phoneNumber": "+1855201XXXX"}, "direction": "Sideways"})
    answering.answer = synced(masked, *nothing, record(6), record(6, id="A7"))
    changes = await (await connected(answering)).changes(None, WEEK_AGO)
    assert ids(changes) == ["1", "6"]
    assert changes.recordings[0].title == "+1855201XXXX"


async def test_a_web_page_costs_no_mark(world: World, provider: RingCentralProvider) -> None:
    first = await provider.changes(None, WEEK_AGO)
    world.add_call(other="Call")
    world.faults.add("html", match="/call-log-sync", times=1)
    with pytest.raises(BadAnswer, match="web page when we wanted to read the call log"):
        await provider.changes(first.mark, WEEK_AGO)
    changes = await provider.changes(first.mark, WEEK_AGO)
    assert (titles(changes), changes.whole) == (["Call"], False)


@pytest.mark.parametrize(
    "answer",
    [
        http(b"{"),
        http(b""),
        said([]),
        said({"records": []}),
        said({"syncInfo": {"syncToken": "two"}}),
        said({"records": [], "syncInfo": "two"}),
        said({"records": {}, "syncInfo": {"syncToken": "two"}}),
        synced(token=None),
        synced(token=5),
        synced(token=""),
        synced(token="x" * 2001),
        synced(token="t\nwo"),
    ],
)
async def test_what_is_no_synchronisation_is_not_read_as_one_without_changes(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = answer
    provider = await connected(answering)
    for mark in (None, MARK):
        with pytest.raises(BadAnswer, match=r"changes of its call log that cannot be read\.$"):
            await provider.changes(mark, WEEK_AGO)


async def test_the_log_that_cannot_be_read_to_its_end_gives_no_mark(world: World, connected: Connect) -> None:
    provider = await connected(world, read_retries=0)
    for minutes in range(260):
        world.add_call(started=NOW - timedelta(hours=1, minutes=minutes))
    world.faults.add("503", match="/call-log", skip=2, times=1)
    with pytest.raises(Unavailable):
        await provider.changes(None, WEEK_AGO)
    assert len((await provider.changes(None, WEEK_AGO)).recordings) == 260
