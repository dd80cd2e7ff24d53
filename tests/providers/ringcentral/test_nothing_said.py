"""A null, a name that no text may hold, a page that comes again: what is said beside it counts all the same."""

import json
import time
from typing import Any

import pytest

from providers.errors import NotFound, NotLicensed
from providers.model import CallId, CallState, RecordingQuery
from providers.ringcentral.live import read_session
from providers.ringcentral.problems import read_problem
from providers.ringcentral.tokens import Granted

from .answering import TOKEN, Answering, http, log, said
from .conftest import Connect
from .test_extensions import call
from .test_hostile import EVERYTHING

MISSING = {"errorCode": "CMN-401", "permissionName": "ReadCallLog"}


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [MISSING | {"parameterName": None, "message": None}]},
        {"errors": [None, "words", MISSING]},
        {"errorCode": None, "message": None, "errors": [MISSING]},
        MISSING | {"errors": None},
        MISSING | {"errors": {}},
        MISSING | {"error": None, "errors": []},
        MISSING | {"error": {"code": 1}},
        {"errors": [MISSING | {"message": "HERE"}]},
    ],
)
def test_the_code_of_an_error_counts_whatever_else_is_said_or_not(body: dict[str, Any]) -> None:
    written = json.dumps(body).encode().replace(b"HERE", rb"x \ud83d" + b"\x1b\xff")
    problem = read_problem(403, "application/json", written)
    assert ("CMN-401" in problem.codes, problem.permission) == (True, "ReadCallLog")


@pytest.mark.parametrize("name", ["refresh_token", "refresh_token_expires_in", "expires_in", "scope"])
@pytest.mark.parametrize("value", [None, "", "HERE", [], float("inf")])
def test_a_token_lets_in_whatever_is_not_said_of_it(name: str, value: Any) -> None:
    granted = Granted.model_validate_json(json.dumps(TOKEN | {name: value}))
    assert granted.access_token == "granted"
    assert granted.expires_in == 3600


@pytest.mark.parametrize("status", [None, {}, {"code": None}, "Answered", {"code": {}}])
def test_a_party_whose_state_is_not_said_has_not_left_its_call(status: Any) -> None:
    recordings = [None, {"id": "r1", "active": True, "mode": None}]
    party = {"id": "p1", "status": status, "recordings": recordings}
    session = {"creationTime": "2024-01-01T10:00:00Z", "parties": [None, party], "origin": None}
    found = read_session(json.dumps(session).encode(), CallId("s1:p1"), "p1")
    assert found is not None
    assert found.state is CallState.HELD
    assert found.recording is not None


async def test_one_bad_name_does_not_hide_who_has_which_extension(
    answering: Answering, connected: Connect
) -> None:
    ones = [{"id": 1, "name": "HERE", "extensionNumber": "100"}, {"id": 11, "extensionNumber": "101"}]
    listed = http(json.dumps({"records": ones}).encode().replace(b"HERE", rb"Anna \ud83d" + b"\x1b"))
    answering.answer = lambda head: listed if "/extension" in head else log(call())
    found = await (await connected(answering)).search(EVERYTHING)
    assert [one.extensions for one in found.recordings] == [("101",)]


async def test_a_list_that_begins_anew_on_each_page_is_read_once(
    answering: Answering, connected: Connect
) -> None:
    page = {"records": [{"id": 11, "extensionNumber": "101"}], "navigation": {"nextPage": {"uri": "x"}}}
    answering.answer = lambda head: said(page) if "/extension" in head else log(call())
    found = await (await connected(answering)).search(EVERYTHING)
    assert [one.extensions for one in found.recordings] == [("101",)]
    assert len([head for head in answering.requests if "/extension" in head]) == 2


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html>Sign in to the hotel</html>", content_type="text/html"),
        http(b"<html>Not here</html>", "404 Not Found", "text/html"),
        said({}),
    ],
)
async def test_a_renewal_that_brings_nonsense_ahead_of_time_stops_nobody(
    answering: Answering, connected: Connect, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = await connected(answering)
    answering.answer = log()
    await provider.search(RecordingQuery())
    answering.token = answer
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3400)
    await provider.search(RecordingQuery())
    assert answering.tokens == 2


async def test_a_refusal_with_nulls_names_what_is_missing(answering: Answering, connected: Connect) -> None:
    answering.answer = said({"errors": [MISSING | {"parameterName": None}]}, "403 Forbidden")
    with pytest.raises(NotLicensed, match="the app lacks the permission ReadCallLog"):
        await (await connected(answering)).search(RecordingQuery())
    answering.answer = said({"errorCode": "CMN-102", "errors": None}, "404 Not Found")
    with pytest.raises(NotFound):
        await (await connected(answering)).recording("7")  # type: ignore[arg-type]
