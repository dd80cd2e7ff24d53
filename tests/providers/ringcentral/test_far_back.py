"""A recording whose call is far back in the log: what a search by dates finds can be shown and downloaded, too."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from providers.errors import NotFound
from providers.model import RecordingId, RecordingQuery
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import Answering, http, log, said
from .conftest import Connect
from .test_search import record

CALLS = 5_600
MINUTES = timedelta(minutes=20)


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox() as sandbox:
        sandbox.world.clear_log()
        yield sandbox


def fill(ringcentral: RingCentralSandbox, *, ascending: bool) -> Call:
    """Calls of the last 78 days, of which the oldest one comes back. Their numbers mostly ascend with their time."""
    world, now = ringcentral.world, ringcentral.world.clock.now()
    ages = range(CALLS, 0, -1) if ascending else range(1, CALLS + 1)
    calls = [world.add_call(other=f"Call {age}", started=now - age * MINUTES, media="mp3") for age in ages]
    return calls[0 if ascending else -1]


async def content(provider: RingCentralProvider, id: str) -> bytes:
    recording = await provider.recording(RecordingId(id))
    async with provider.open(recording) as media:
        return b"".join([chunk async for chunk in media.chunks])


def heavy(ringcentral: RingCentralSandbox) -> int:
    return sum(entry.group == "heavy" for entry in ringcentral.world.journal)


async def test_its_call_is_found_in_a_few_requests(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    fill(ringcentral, ascending=True)
    for age in (CALLS, 3_000, 251):
        [call] = [call for call in ringcentral.world.calls if call.other == f"Call {age}"]
        ringcentral.world.journal.clear()
        recording = await provider.recording(RecordingId(call.recording_id))
        assert (recording.title, recording.extensions) == (f"Call {age}", ("101",))
        assert abs(recording.started - call.started) < timedelta(milliseconds=1)
        assert heavy(ringcentral) <= 12
        assert await content(provider, call.recording_id) == ringcentral.world.content(call.recording_id)


async def test_where_its_call_is_not_found_its_file_can_be_had_all_the_same(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    call = fill(ringcentral, ascending=False)
    recording = await provider.recording(RecordingId(call.recording_id))
    assert (recording.title, recording.duration) == ("", timedelta(minutes=5))
    assert "not known" in recording.comments
    assert recording.unresolved  # whom a rule is about, nobody can tell
    asked = heavy(ringcentral)
    assert await content(provider, call.recording_id) == ringcentral.world.content(call.recording_id)
    assert heavy(ringcentral) == asked + 1
    since = call.started - timedelta(hours=1)
    page = await provider.search(RecordingQuery(since=since, until=since + timedelta(hours=2)))
    assert (await provider.recording(recording.id)).title == page.recordings[-1].title == call.other


@pytest.mark.parametrize("metadata", [{}, {"contentUri": [5]}, [], {"contentUri": ""}])
async def test_what_has_neither_a_call_nor_a_file_is_not_found(
    answering: Answering, connected: Connect, metadata: object
) -> None:
    answering.answer = lambda head: said(metadata) if "/recording/" in head else log(record(1))
    provider = await connected(answering, look_back="10d")
    with pytest.raises(NotFound, match="not in the part of the call log"):
        await provider.recording(RecordingId("7"))


@pytest.mark.parametrize("letters", [b"\xef\xbb\xbf", b"", b"\x0b"])
async def test_a_file_is_found_though_what_is_said_of_it_has_letters_that_are_none(
    answering: Answering, connected: Connect, letters: bytes
) -> None:
    """A byte order mark, a control letter, and half of a pair in some other name."""

    def answer(head: str) -> bytes:
        where = f"{answering.media_url}/restapi/v1.0/account/1/recording/7/content"
        body = letters + b'{"contentUri": "' + where.encode() + b'", "name": "Team \\ud83c"}'
        return http(body) if "/recording/" in head else log(record(1))

    answering.answer = answer
    provider = await connected(answering, look_back="10d")
    recording = await provider.recording(RecordingId("7"))
    assert recording.file is not None


async def test_numbers_that_are_none_are_no_hint(answering: Answering, connected: Connect) -> None:
    """The call is looked for page by page, then."""
    newest, oldest = record(1), record(2) | {"recording": {"id": "x-7"}}
    following = "/restapi/v1.0/account/1/call-log?page=2"

    def answer(head: str) -> bytes:
        if "/recording/" in head:
            return said({"id": "x-7"})
        return log(oldest) if "page=2" in head else log(newest, following=following)

    answering.answer = answer
    assert (await (await connected(answering)).recording(RecordingId("x-7"))).id == "x-7"
    assert len(answering.requests) == 3
