"""One name that no text may hold is one name: the other calls of its page are found."""

import json

import pytest

from providers.model import CallId

from .answering import Answering, http
from .conftest import Connect
from .test_hostile import EVERYTHING, record

BAD = [
    (b"Sales \x1b Q1", "Sales Q1"),
    (b"Sales \xff Q1", "Sales \ufffd Q1"),
    (rb"Sales \ud83d", "Sales \ufffd"),
    (rb"Sales \ude00 Q1", "Sales \ufffd Q1"),
    (rb"\ud83d\ude00 \ud83d", "\U0001f600 \ufffd"),
    (b"\\\\ud83d \xff", "\\ud83d \ufffd"),
    (b"Sales\n\tQ1", "Sales Q1"),
]


@pytest.mark.parametrize(("written", "title"), BAD)
async def test_a_call_log_with_a_bad_name_is_read(
    answering: Answering, connected: Connect, written: bytes, title: str
) -> None:
    sides = {"direction": "Inbound", "from": {"name": "HERE"}, "to": {"extensionNumber": "101"}}
    calls = [
        record(id="c2", recording={"id": "r2", "contentUri": "/content"}, **{"from": {"name": "Anna"}}),
        record(**sides),
    ]
    answering.answer = http(json.dumps({"records": calls}).encode().replace(b"HERE", written))
    found = await (await connected(answering)).search(EVERYTHING)
    assert [" ".join(one.title.split()) for one in found.recordings] == ["Anna", title]


async def test_changes_and_live_calls_with_a_bad_name_are_read(
    answering: Answering, connected: Connect
) -> None:
    provider = await connected(answering, live_calls=True)
    body = json.dumps({"records": [record()], "syncInfo": {"syncToken": "t"}, "x": "HERE"}).encode()
    answering.answer = http(body.replace(b"HERE", b"\x1b"))
    assert len((await provider.changes(None, EVERYTHING.since)).recordings) == 1
    session = {
        "creationTime": "2024-01-01T10:00:00Z",
        "parties": [{"id": "p1", "status": {"code": "Answered"}, "from": {"name": "HERE"}}],
    }
    answering.answer = http(json.dumps(session).encode().replace(b"HERE", rb"Anna \ud83d"))
    assert (await provider.call(CallId("s1:p1"))).name == "Anna \ufffd"
