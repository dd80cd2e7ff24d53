"""Budgets and their penalties, and everything that can go wrong on demand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sandbox.ringcentral.server import RingCentralSandbox
from tests.clock import lasting
from tests.sandbox.ringcentral.conftest import Caller


@pytest.fixture
async def rc():
    """The true budgets."""
    async with RingCentralSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def hurried(http):
    """A caller who may ask twice in a minute of six seconds."""
    async with RingCentralSandbox(speed=10, limits={"heavy": 2}) as sandbox:
        caller = Caller(sandbox, http)
        await caller.sign_in()
        yield caller


async def test_every_answer_says_what_is_left_of_its_group(caller):
    answer = await caller.get("/account/~/call-log")
    told = {
        name: answer.headers[f"x-rate-limit-{name}"] for name in ("group", "limit", "remaining", "window")
    }
    assert told == {"group": "heavy", "limit": "10", "remaining": "9", "window": "60"}
    light = await caller.get("/account/~")
    assert (light.headers["x-rate-limit-group"], light.headers["x-rate-limit-remaining"]) == ("light", "49")
    missing = await caller.get("/account/~/recording/1")
    assert (missing.status_code, missing.headers["x-rate-limit-remaining"]) == (404, "8")


async def test_content_and_lists_share_ten_requests_and_the_eleventh_waits(caller, world):
    call = world.add_call()
    for _ in range(5):
        assert (await caller.get("/account/~/call-log")).status_code == 200
        assert (await caller.content(call.recording_id)).status_code == 200
    answer = await caller.get("/account/~/call-log")
    assert (answer.status_code, answer.json()["errorCode"]) == (429, "CMN-301")
    assert (answer.headers["retry-after"], answer.headers["x-rate-limit-remaining"]) == ("60", "0")
    assert (await caller.get("/account/~")).status_code == 200


async def test_impatience_begins_the_penalty_anew(hurried):
    journal = hurried.rc.world.journal
    for _ in range(3):
        await hurried.get("/account/~/call-log")
    for _ in range(3):
        await asyncio.sleep(5.9)
        assert (await hurried.get("/account/~/call-log")).status_code == 429
    assert sum(entry.in_penalty for entry in journal) == 3
    journal.clear()
    await asyncio.sleep(6)
    assert (await hurried.get("/account/~/call-log")).status_code == 200
    assert not any(entry.in_penalty for entry in journal)


async def test_a_window_slides(hurried):
    left = []
    for _ in range(4):
        left.append((await hurried.get("/account/~/call-log")).headers["x-rate-limit-remaining"])
        await asyncio.sleep(3)
    assert left == ["1", "0", "0", "0"]
    await asyncio.sleep(3)
    assert (await hurried.get("/account/~/call-log")).headers["x-rate-limit-remaining"] == "1"


async def test_the_call_for_a_token_has_a_budget_too(caller):
    statuses = [(await caller.ask_for_token(assertion="no")).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]


async def test_the_hints_may_be_missing(caller, world):
    world.settings.retry_after = world.settings.rate_headers = False
    for _ in range(11):
        answer = await caller.get("/account/~/call-log")
    assert answer.status_code == 429
    assert not {"retry-after", "x-rate-limit-group"} & answer.headers.keys()


async def test_its_clock_may_be_off(caller, world):
    assert "date" not in (await caller.get("/account/~/call-log")).headers
    world.settings.clock_ahead = 400
    said = parsedate_to_datetime((await caller.get("/account/~/call-log")).headers["date"])
    assert (said - datetime.now(UTC)).total_seconds() == 400


async def test_the_media_host_may_count_by_itself(caller, world):
    world.settings.media_group = "recording"
    answer = await caller.content(world.add_call().recording_id)
    assert (answer.headers["x-rate-limit-group"], answer.headers["x-rate-limit-remaining"]) == (
        "recording",
        "9",
    )


async def test_budgets_are_what_a_test_wants_them_to_be(http):
    async with RingCentralSandbox(limits={"Heavy": 2}) as rc:
        answer = await Caller(rc, http).get("/account/~/call-log")
        assert answer.headers["x-rate-limit-limit"] == "2"


@pytest.mark.parametrize("kind", ["500", "502", "503", "504", "429"])
async def test_an_error_on_demand_comes_as_often_as_it_was_asked_for(caller, world, kind):
    world.faults.add(kind, match="call-log", times=2)
    statuses = [(await caller.get("/account/~/call-log")).status_code for _ in range(3)]
    assert statuses == [int(kind), int(kind), 200]
    assert [entry.fault for entry in world.journal.asked("call-log")] == [kind, kind, ""]


async def test_a_page_comes_where_json_was_hoped_for(caller, world):
    world.faults.add("html", skip=1)
    await caller.sign_in()
    answer = await caller.get("/account/~/call-log")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_a_lost_answer_is_no_undone_work(caller, world):
    call = world.add_call()
    await caller.sign_in()
    for kind, gone in (("reset_before", False), ("reset_after", True)):
        world.faults.add(kind, match="call-recordings", times=1)
        with pytest.raises(httpx.TransportError):
            await caller.ask("DELETE", "/account/~/call-recordings", json={"records": [call.recording_id]})
        assert (not call.recordings) is gone


async def test_the_answer_of_a_token_call_can_be_lost(caller, world):
    world.faults.add("reset_after", match="oauth/token", times=1)
    with pytest.raises(httpx.TransportError):
        await caller.sign_in()
    assert len(world.sessions) == 1
    [entry] = world.journal
    assert (entry.status, entry.fault, entry.group) == (0, "reset_after", "auth")


async def test_a_slow_answer_is_one_all_the_same(caller, world):
    await caller.sign_in()
    world.faults.add("slow", seconds=1)
    with lasting(1):
        assert (await caller.get("/account/~")).status_code == 200


async def test_chance_is_the_same_in_every_run(caller, world):
    async def run():
        world.faults.clear()
        world.faults.add("503", probability=0.5, seed=4)
        return [(await caller.get("/account/~")).status_code for _ in range(20)]

    await caller.sign_in()
    first = await run()
    assert {200, 503} == set(first)
    assert await run() == first


async def test_what_is_not_there_is_said_in_json(caller):
    for method, path in (("GET", "/account/~/nothing"), ("POST", "/account/~/call-log")):
        answer = await caller.ask(method, path)
        assert (answer.status_code, answer.json()["errorCode"]) == (404, "CMN-120")
