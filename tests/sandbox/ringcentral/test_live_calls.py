"""Calls that go on: who may record them, and what is in the log afterwards."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from sandbox.ringcentral.server import RingCentralSandbox

LONG = timedelta(minutes=5)


@pytest.fixture
def on(caller):
    """Asks about the party of a call that is ours."""

    async def ask(method, call, path="", **more):
        session = f"/account/~/telephony/sessions/{call.telephony_session_id}"
        return await caller.ask(method, f"{session}/parties/{call.party_id}{path}", **more)

    return ask


async def test_a_live_call_is_active_and_not_in_the_log(caller, world):
    call = world.place_call(other="Grace Hopper", extension="102", answered=True)
    [active] = (await caller.get("/account/~/active-calls")).json()["records"]
    assert (active["result"], active["from"]["name"]) == ("In Progress", "Grace Hopper")
    assert (active["telephonySessionId"], active["partyId"]) == (call.telephony_session_id, call.party_id)
    assert (await caller.get("/account/~/extension/~/active-calls")).json()["records"] == []
    assert await caller.log() == []


async def test_the_list_of_active_calls_may_be_late_and_keeps_what_ended(caller, world):
    async def active():
        return (await caller.get("/account/~/active-calls")).json()["records"]

    await caller.sign_in()
    world.settings.active_delay = world.settings.active_linger = 50
    call = world.place_call(answered=True)
    await asyncio.sleep(49.9)
    assert await active() == []
    await asyncio.sleep(0.1)
    assert [shown["result"] for shown in await active()] == ["In Progress"]
    world.hang_up(call)
    await asyncio.sleep(49.9)
    assert [shown["result"] for shown in await active()] == ["Call connected"]
    await asyncio.sleep(0.1)
    assert await active() == []


async def test_a_call_is_recorded_paused_and_resumed(on, world):
    call = world.place_call(answered=True)
    begun = await on("POST", call, "/recordings")
    assert (begun.status_code, begun.json()["active"]) == (201, True)
    id = begun.json()["id"]
    for active in (False, True):
        changed = await on("PATCH", call, f"/recordings/{id}?brandId=~", json={"active": active})
        assert (changed.status_code, changed.json()) == (200, {"id": id, "active": active})
        party = (await on("GET", call)).json()
        assert party["recordings"] == [{"id": id, "active": active}]
    assert call.recording_id == id


async def test_a_session_shows_both_sides_and_only_ours_has_an_owner(caller, world, on):
    call = world.place_call(answered=True)
    url = f"/account/~/telephony/sessions/{call.telephony_session_id}"
    session = (await caller.get(url)).json()
    ours, theirs = session["parties"]
    assert (ours["owner"]["extensionId"], "owner" in theirs) == (world.extensions.get("101").id, False)
    assert {party["status"]["code"] for party in session["parties"]} == {"Answered"}
    assert (await caller.get(f"{url}/parties/{theirs['id']}")).json() == theirs
    refused = await caller.ask("POST", f"{url}/parties/{theirs['id']}/recordings")
    assert refused.status_code == 403
    assert (await caller.get(f"{url}/parties/p-none")).status_code == 404
    world.hang_up(call)
    assert (await caller.get(url)).status_code == 404


async def test_a_recording_begins_only_in_an_answered_call_that_has_none(on, world, caller):
    ringing = world.place_call()
    assert (await on("POST", ringing, "/recordings")).status_code == 409
    world.answer(ringing)
    assert (await on("POST", ringing, "/recordings")).status_code == 201
    assert (await on("POST", ringing, "/recordings")).status_code == 409
    conference = world.place_call(answered=True, conference=True)
    assert (await on("POST", conference, "/recordings")).status_code == 409
    world.hang_up(ringing)
    assert (await on("POST", ringing, "/recordings")).status_code == 404
    world.settings.on_demand = False
    assert (await on("POST", world.place_call(answered=True), "/recordings")).status_code == 403
    world.scope.remove("CallControl")
    refused = await on("GET", world.place_call())
    assert refused.json()["errors"][0]["permissionName"] == "CallControl"


async def test_an_announcement_comes_before_the_recording(on, caller, world):
    await caller.sign_in()
    world.settings.announcement = 50
    call = world.place_call(answered=True, direction="Outbound")
    await asyncio.sleep(49.9)
    assert (await on("POST", call, "/recordings")).status_code == 409
    await asyncio.sleep(0.1)
    assert (await on("POST", call, "/recordings")).status_code == 201


async def test_an_automatic_recording_has_its_id_from_the_start_and_pauses_by_permission(on, world):
    call = world.place_call(answered=True, recording="Automatic")
    [recording] = (await on("GET", call)).json()["recordings"]
    path = f"/recordings/{recording['id']}"
    assert (await on("PATCH", call, path, json={"active": False})).status_code == 403
    world.settings.allow_mute = True
    assert (await on("PATCH", call, path, json={"active": False})).json()["active"] is False
    assert (await on("PATCH", call, path, json={"active": "no"})).status_code == 400
    assert (await on("PATCH", call, path, content=b"{")).json()["errorCode"] == "CMN-103"
    assert (await on("PATCH", call, "/recordings/1", json={"active": True})).status_code == 404


async def test_a_record_comes_first_and_its_recording_later(caller, world):
    call = world.place_call(answered=True)
    id = world.record(call).id
    assert (await caller.content(id)).status_code == 404
    world.hang_up(call, lasted=LONG)
    await asyncio.sleep(19.9)
    assert await caller.log() == []
    await asyncio.sleep(0.1)
    [record] = await caller.log(view="Detailed")
    assert "recording" not in record
    assert "recording" not in record["legs"][0]
    assert await caller.log(recordingType="All") == []
    refused = await caller.content(id)
    assert (refused.status_code, refused.json()["errorCode"]) == (404, "CMN-102")

    await asyncio.sleep(39.9)
    assert await caller.log(recordingType="All") == []
    await asyncio.sleep(0.1)
    [whole] = await caller.log(recordingType="All", view="Detailed")
    assert (whole["recording"]["id"], whole["duration"]) == (id, 300)
    assert whole["lastModifiedTime"] > record["lastModifiedTime"]
    assert (await caller.content(id)).content == world.content(id)


async def test_nobody_need_wait_who_does_not_want_to(caller, world):
    call = world.place_call(answered=True, recording="OnDemand")
    with pytest.raises(ValueError, match="not over"):
        world.make_ready(call)
    world.hang_up(call, lasted=LONG)
    world.make_ready(call)
    [record] = await caller.log(recordingType="All")
    assert record["recording"]["id"] == call.recording_id


async def test_a_short_recording_is_not_kept(caller, world):
    call = world.place_call(answered=True, recording="OnDemand")
    id = call.recording_id
    world.hang_up(call, lasted=timedelta(seconds=29.9))
    await asyncio.sleep(60)
    assert (await caller.content(id)).status_code == 404
    [record] = await caller.log()
    assert record["shortRecording"] is True
    assert "recording" not in record


async def test_a_call_that_nobody_took_is_missed_and_has_no_recording(caller, world):
    world.clock.speed = 10
    world.hang_up(world.place_call(recording="Automatic"))
    await asyncio.sleep(2)
    [record] = await caller.log()
    assert (record["result"], "recording" in record, "shortRecording" in record) == ("Missed", False, False)


async def test_a_transfer_makes_a_second_leg_with_a_second_recording(caller, world, on):
    call = world.place_call(answered=True, recording="OnDemand")
    first = call.recording_id
    handed_over = call.party_id
    assert world.transfer(call, extension="103") is call
    assert call.recording_id != first
    session = (await caller.get(f"/account/~/telephony/sessions/{call.telephony_session_id}")).json()
    assert {p["id"]: p["status"]["code"] for p in session["parties"]}[handed_over] == "Gone"
    assert (await on("GET", call)).json()["status"]["code"] == "Answered"
    world.hang_up(call, lasted=LONG)
    world.make_ready(call)
    [record] = await caller.log(view="Detailed")
    assert [leg["recording"]["id"] for leg in record["legs"]] == [first, call.recording_id]
    assert record["legs"][1]["to"]["extensionId"] == world.extensions.get("103").id
    assert [leg["legType"] for leg in record["legs"]] == ["Accept", "TransferCall"]


async def test_a_transfer_may_make_a_record_of_its_own_in_the_same_session(caller, world):
    call = world.place_call(answered=True)
    world.settings.shortest_recording = 0
    world.record(call)
    rest = world.transfer(call, extension="103", own_record=True)
    world.hang_up(rest, lasted=LONG)
    for each in (call, rest):
        world.make_ready(each)
    records = await caller.log(telephonySessionId=call.telephony_session_id)
    assert {record["id"] for record in records} == {call.id, rest.id}
    assert len({record["recording"]["id"] for record in records}) == 2


async def test_orders_that_do_not_fit_the_call_are_refused(world):
    ringing, over = world.place_call(), world.place_call()
    world.hang_up(over)
    for order in (world.record, world.pause, world.transfer):
        with pytest.raises(ValueError, match="not answered"):
            order(ringing)
    world.answer(ringing)
    for order in (world.answer, world.pause):
        with pytest.raises(ValueError, match=r"rings|not being recorded"):
            order(ringing)
    with pytest.raises(ValueError, match="over"):
        world.hang_up(over)


async def test_after_a_stop_everything_is_as_before_but_what_was_under_way(http):
    rc = RingCentralSandbox()
    async with rc:
        url = rc.api_url
        call = rc.world.place_call()
        assert (await http.get(f"{url}/control/state")).status_code == 200
    async with rc:
        assert rc.api_url == url
        state = (await http.get(f"{url}/control/state")).json()
        assert [each["id"] for each in state["calls"]] == [call.id]


async def test_parties_have_ids_of_extensions_and_never_their_short_numbers(caller, world):
    call = world.place_call(other="Anna", extension="101", inner="102", answered=True)
    session = (await caller.get(f"/account/~/telephony/sessions/{call.telephony_session_id}")).json()
    ids = [world.extensions.get(number).id for number in ("101", "102")]
    assert [party["owner"]["extensionId"] for party in session["parties"]] == ids
    assert [party["to"]["extensionId"] for party in session["parties"]] == [ids[0]] * 2
    assert "extensionNumber" not in str(session)


async def test_the_list_of_active_calls_has_none_that_still_rings(caller, world):
    call = world.place_call()
    assert (await caller.get("/account/~/active-calls")).json()["records"] == []
    session = await caller.get(f"/account/~/telephony/sessions/{call.telephony_session_id}")
    assert session.json()["parties"][0]["status"]["code"] == "Proceeding"
    world.answer(call)
    assert len((await caller.get("/account/~/active-calls")).json()["records"]) == 1
