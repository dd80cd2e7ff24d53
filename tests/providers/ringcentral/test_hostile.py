"""A RingCentral that means harm: it costs little memory, little time, and gets nothing for it."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import pytest

from providers.errors import BadAnswer, ProviderError, SignInFailed, Unavailable
from providers.model import CallId, RecordingQuery
from providers.ringcentral import RingCentralProvider
from providers.ringcentral.phone import RingCentralPhone
from tests.clock import lasting
from tests.providers.hostile import BEFORE_THE_BODY, OTHER_AGES, costing_at_most, dripping, nonsense, packed

from .answering import Answering, http, log, said
from .conftest import Connect
from .test_media import RECORDING

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
EVERYTHING = RecordingQuery(hidden=True, since=LONG_AGO)
EVIL = "<!channel> \x00\x1b[31m\u202e one\r\nERROR two " + "x" * 10_000
LINE = "<!channel> [31m one ERROR two"


def record(**more: Any) -> dict[str, Any]:
    recording = {"id": "r1", "contentUri": "/content"}
    return {"id": "c1", "startTime": "2024-01-01T10:00:00Z", "duration": 60, "recording": recording} | more


def raw(text: str) -> bytes:
    """A page of a call log with one record, whose duration is this."""
    return http(json.dumps({"records": [record(duration="HERE")]}).replace('"HERE"', text).encode())


@pytest.mark.parametrize(
    "answer",
    [
        http(b'{"records":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        http(b'{"records":[],"records":5}'),
        http(b"NaN"),
        http(b"[]"),
        raw("9" * 5_000),
        http(gzip.compress(gzip.compress(b"{}")), more="Content-Encoding: gzip, gzip\r\n"),
        *nonsense(http),
    ],
)
async def test_no_answer_is_more_than_an_error_of_ours(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = answer
    provider = await connected(answering, read_retries=0)
    with pytest.raises(ProviderError) as caught:
        await provider.search(EVERYTHING)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("status", ["200 OK", "400 Bad"])
async def test_an_answer_that_unpacks_to_a_gigabyte_is_not_unpacked(
    answering: Answering, connected: Connect, status: str
) -> None:
    answering.answer = said({"records": []})
    provider = await connected(answering, max_answer=2**16)
    await provider.search(EVERYTHING)
    answering.answer = http(packed(), status, more="Content-Encoding: gzip\r\n")
    with costing_at_most(2**22), pytest.raises(BadAnswer):
        await provider.search(EVERYTHING)


async def test_an_answer_that_is_packed_once_is_read(answering: Answering, connected: Connect) -> None:
    body = gzip.compress(json.dumps({"records": [record()] * 300}).encode())
    answering.answer = http(body, more="Content-Encoding: gzip\r\n")
    provider = await connected(answering)
    assert (await provider.search(EVERYTHING)).total == 1


@pytest.mark.parametrize(
    "duration", ["NaN", "Infinity", "-Infinity", "1e400", "-1", "9" * 4_000, '"x"', "[]", "{}"]
)
async def test_no_length_of_a_call_breaks_the_log(
    answering: Answering, connected: Connect, duration: str
) -> None:
    answering.answer = raw(duration)
    provider = await connected(answering)
    [recording] = (await provider.search(EVERYTHING)).recordings
    assert recording.ended is not None
    assert recording.ended >= recording.started


STRANGE = (*OTHER_AGES, "1e400", [], -(10**30))


@pytest.mark.parametrize("when", STRANGE)
async def test_a_call_of_another_age_is_passed_over(
    answering: Answering, connected: Connect, when: Any
) -> None:
    answering.answer = log(record(startTime=when), record(id="c2", recording={"id": "r2"}))
    provider = await connected(answering)
    assert [one.id for one in (await provider.search(EVERYTHING)).recordings] == ["r2"]


@pytest.mark.parametrize("id", ["../../x", "<!channel>", "r\x00", "r\n", "x" * 65, "", "٣", 10**100])
async def test_a_recording_whose_id_is_none_is_passed_over(
    answering: Answering, connected: Connect, id: Any
) -> None:
    answering.answer = log(record(recording={"id": id, "contentUri": "/content"}), record())
    provider = await connected(answering)
    assert [one.id for one in (await provider.search(EVERYTHING)).recordings] == ["r1"]


async def test_names_come_in_on_one_line_without_what_cannot_be_seen(
    answering: Answering, connected: Connect
) -> None:
    side = {"name": EVIL, "phoneNumber": EVIL, "extensionNumber": EVIL}
    answering.answer = log(
        record(**{"from": side, "to": side, "recording": {"id": "r1", "contentUri": "/" * 9_999}})
    )
    provider = await connected(answering)
    [recording] = (await provider.search(EVERYTHING)).recordings
    for name in (
        recording.title,
        recording.room,
        recording.owner or "",
        *recording.numbers,
        *recording.extensions,
    ):
        assert name.startswith(LINE)  # what it means is for whoever draws it
        assert name.isprintable()
        assert len(name) == 1_000
    assert recording.file is None


async def phone(connected: Connect, answering: Answering) -> RingCentralPhone:
    return cast(RingCentralPhone, await connected(answering, live_calls=True))


@pytest.mark.parametrize("when", STRANGE)
async def test_no_live_call_of_another_age_breaks_the_list(
    answering: Answering, connected: Connect, when: Any
) -> None:
    provider = await phone(connected, answering)
    active = {"telephonySessionId": "s-1", "partyId": "p-1", "startTime": when, "result": "In Progress"}
    answering.answer = said({"records": [active]})
    assert await provider.live_calls() == []
    answering.answer = said({"creationTime": when, "parties": [{"id": "p-1"}]})
    with pytest.raises(BadAnswer):
        await provider.call(CallId("s-1:p-1"))
    hook = {"id": "1", "status": "Active", "expirationTime": when, "deliveryMode": {"address": "https://x/y"}}
    answering.answer = said({"records": [hook]})
    await provider.keep_push("https://x/y")


async def test_the_names_of_a_live_call_come_in_on_one_line(answering: Answering, connected: Connect) -> None:
    provider = await phone(connected, answering)
    party = {"id": "p-1", "status": {"code": "Answered"}, "direction": "Inbound", "from": {"name": EVIL}}
    answering.answer = said({"creationTime": "2024-01-01T10:00:00Z", "parties": [party]})
    name = (await provider.call(CallId("s-1:p-1"))).name or ""
    assert name.startswith(LINE)
    assert name.isprintable()


async def test_a_log_that_leads_in_a_circle_or_nowhere_is_given_up(
    answering: Answering, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.ringcentral.log._MOST_PAGES", 50)
    pages = count()
    changed = said({"records": [record()] * 250, "syncInfo": {"syncToken": "x"}})
    for following in (lambda: 2, lambda: next(pages)):
        answering.requests.clear()
        answering.answer = lambda head, following=following: (  # type: ignore[misc]
            changed
            if "call-log-sync" in head
            else log(record(), following=f"/restapi/v1.0/account/~/call-log?page={following()}")
        )
        provider: RingCentralProvider = await connected(answering)
        with pytest.raises(BadAnswer, match="without an end"):
            await provider.changes(None, LONG_AGO)
        assert len(answering.requests) <= 51


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": "x\r\nHost: evil.example"},
        {"access_token": "x" * 300_000},
        {"access_token": ["x"]},
        [[]],
    ],
)
async def test_a_token_that_is_none_lets_nobody_in(
    answering: Answering, connected: Connect, token: Any
) -> None:
    answering.token = said(token)
    provider = await connected(answering)
    with pytest.raises(BadAnswer) as caught:
        await provider.search(EVERYTHING)
    assert "evil.example" not in str(caught.value)
    assert answering.requests == []


@pytest.mark.parametrize(
    "place", ["https://evil.example/restapi/oauth/token", "//evil.example/", "/elsewhere"]
)
async def test_no_credential_follows_a_redirect(answering: Answering, connected: Connect, place: str) -> None:
    answering.token = http(b"", "307 Elsewhere", more=f"Location: {place}\r\n")
    provider = await connected(answering)
    with pytest.raises((BadAnswer, SignInFailed)):
        await provider.search(EVERYTHING)
    assert (answering.tokens, answering.requests) == (1, [])


@pytest.mark.parametrize(
    "beginning",
    [
        BEFORE_THE_BODY,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n",
    ],
)
async def test_a_file_that_drips_instead_of_beginning_is_not_waited_for(
    answering: Answering, connected: Connect, beginning: str
) -> None:
    async with dripping(beginning) as address:
        answering.media_url = address
        provider = await connected(answering, read_retries=0)

        async def begin() -> None:
            async with provider.open(replace(RECORDING, file=f"{address}/content")):
                pass

        with lasting(30), pytest.raises(Unavailable):
            await begin()
