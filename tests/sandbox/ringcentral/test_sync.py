"""Synchronising: everything once, and then what has changed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest


@pytest.fixture
def sync(caller):
    async def ask(kind="ISync", level="/account/~", **query):
        return await caller.get(f"{level}/call-log-sync", syncType=kind, **query)

    return ask


@pytest.fixture
def started(sync, ago):
    """The token of a full synchronisation over the last week."""

    async def begin(**query):
        answer = await sync("FSync", recordCount=250, dateFrom=ago(days=7).isoformat(), **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["syncInfo"]["syncToken"]

    return begin


async def test_a_full_one_gives_the_newest_calls_from_a_moment_on(sync, world, ago):
    for hours in (1, 2, 3, 50):
        world.add_call(other=str(hours), started=ago(hours=hours))
    answer = (await sync("FSync", recordCount=2, dateFrom=ago(days=1).isoformat())).json()
    assert [record["from"]["name"] for record in answer["records"]] == ["1", "2"]
    assert answer["syncInfo"]["syncType"] == "FSync"
    # without a start, it is now
    assert (await sync("FSync", recordCount=2)).json()["records"] == []


async def test_what_follows_tells_only_what_changed(sync, started, world, ago):
    first, second = world.add_call(other="First"), world.add_call(other="Second")
    token = await started()
    assert (await sync(syncToken=token)).json()["records"] == []
    world.delete_call(first)
    world.mask_number(second)
    third = world.add_call(other="Third", started=ago(days=3))
    answer = (await sync(syncToken=token)).json()
    assert [(r["id"], r.get("deleted")) for r in answer["records"]][-1] == (third.id, None)
    assert {r["id"]: r.get("deleted") for r in answer["records"]} == {
        first.id: True,
        second.id: None,
        third.id: None,
    }
    assert (await sync(syncToken=answer["syncInfo"]["syncToken"])).json()["records"] == []


async def test_older_calls_come_along_where_they_are_asked_for(sync, started, world, ago):
    world.add_call(other="Old", started=ago(days=2))
    token = await started()
    world.add_call(other="New")
    records = (await sync(syncToken=token, recordCount=5)).json()["records"]
    assert [record["from"]["name"] for record in records] == ["New", "Old"]


async def test_the_arrival_of_a_recording_is_a_change(sync, started, world):
    call = world.place_call(answered=True, recording="OnDemand")
    world.hang_up(call, lasted=timedelta(minutes=2))
    await asyncio.sleep(20)
    token = await started()
    assert (await sync(syncToken=token)).json()["records"] == []
    await asyncio.sleep(40)
    [record] = (await sync(syncToken=token)).json()["records"]
    assert record["recording"]["id"] == call.recording_id


async def test_a_token_that_is_no_use_asks_for_a_new_start(sync, started, world):
    async def code(**query):
        answer = await sync(**query)
        error = answer.json()["errors"][0]
        assert answer.status_code == 400
        return error["errorCode"], error.get("parameterName")

    token = await started()
    assert await code() == ("CLG-101", "syncToken")
    assert await code(syncToken="guess") == ("CLG-102", "syncToken")
    assert await code(syncToken=token, level="/account/~/extension/~") == ("CLG-103", "syncToken")
    assert await code(syncToken=token, view="Detailed") == ("CMN-101", "view")
    world.forget_sync_tokens()
    assert await code(syncToken=token) == ("CLG-105", "syncToken")
    token = await started()
    for _ in range(251):
        world.add_call(recording=None)
    assert await code(syncToken=token) == ("CLG-104", None)


async def test_the_view_is_that_of_the_beginning(sync, started, world):
    token = await started(view="Detailed")
    world.add_call()
    [record] = (await sync(syncToken=token)).json()["records"]
    assert record["legs"]


async def test_an_extension_and_a_type_narrow_it(sync, started, world):
    token = await started()
    world.add_call(other="Missed", result="Missed", recording=None)
    world.add_call(other="Kept")
    for query, name in (({"statusGroup": "Missed"}, "Missed"), ({"recordingType": "All"}, "Kept")):
        [record] = (await sync(syncToken=token, **query)).json()["records"]
        assert record["from"]["name"] == name


@pytest.mark.parametrize(
    "query", [{}, {"recordCount": 251}, {"recordCount": 9, "dateFrom": "2020-01-01T00:00:00Z"}]
)
async def test_a_full_one_names_how_many_and_not_too_far_back(sync, query):
    assert (await sync("FSync", **query)).json()["errorCode"] == "CMN-101"
