"""Asking for recorders, and what becomes of them."""

from __future__ import annotations

import asyncio

import pytest

VOVA = ("vova", "vova-secret")
ADMIN = ("admin", "admin-secret")
KEY = "Nf5kaN9tWo"
NF5, EMPTY, FOREIGN, BARRED = "4092486", "4092491", "4092493", "4092494"


@pytest.fixture
def world(vidyo):
    return vidyo.world


@pytest.fixture
async def recorder(caller, world):
    """A recorder that is in the room, by its number."""
    assert (await caller.start(NF5)).get("OK") == "OK"
    world.recorder_joins(KEY)
    return await caller.recorder(NF5)


def newest(world):
    return max(world.library, key=lambda recording: recording.id)


async def test_to_be_accepted_is_not_to_record(caller):
    assert (await caller.start(NF5)).get("OK") == "OK"
    await asyncio.sleep(2.9)
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(0.1)
    assert await caller.recorder(NF5) == "1109054"


async def test_a_running_recording_is_listed_under_the_room_owner_without_an_end(caller, world, recorder):
    found = await caller.search(roomFilter="230301302", sortBy="date", dir="DESC", limit="1")
    assert (found.get("userName"), found.get("duration")) == ("recbot", "00:00")
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    assert found.element.find(".//{*}endTime").get(nil) == "1"
    assert found.element.find(".//{*}fileSize").get(nil) == "1"
    assert (await caller.http.get(found.get("fileLink"), auth=("recbot", "recbot-secret"))).status_code == 404


async def test_a_stopped_recorder_lingers_and_the_file_comes_later_all_at_once(caller, world, recorder):
    assert (await caller.change("Stop", NF5, recorder)).get("OK") == "OK"
    stopped = newest(world).stopped
    await asyncio.sleep(1.9)
    assert await caller.recorder(NF5) == recorder
    await asyncio.sleep(0.1)
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(5.9)
    assert newest(world).ended is None
    await asyncio.sleep(0.1)
    found = await caller.search(sortBy="date", dir="DESC", limit="1", roomFilter="230301302")
    assert found.get("endTime") == stopped.isoformat(timespec="milliseconds")
    file = await caller.http.get(found.get("fileLink"), auth=("recbot", "recbot-secret"))
    assert len(file.content) == int(found.get("fileSize"))


async def test_to_stop_twice_is_a_fault_and_to_pause_after_it_another(caller, recorder):
    await caller.change("Stop", NF5, recorder)
    assert (await caller.change("Stop", NF5, recorder)).fault == "GeneralFault"
    await asyncio.sleep(2)
    assert await caller.recorder(NF5) is None
    assert (await caller.change("Stop", NF5, recorder)).fault == "GeneralFault"
    assert (await caller.change("Pause", NF5, recorder)).fault == "InvalidArgumentFault"
    assert (await caller.change("Stop", NF5, "7")).fault == "InvalidArgumentFault"
    assert (await caller.change("Stop", "77", recorder)).fault == "InvalidArgumentFault"


async def test_pause_is_a_flag_that_may_be_set_twice(caller, recorder):
    for verb, paused in (("Pause", "true"), ("Pause", "true"), ("Resume", "false"), ("Resume", "false")):
        assert (await caller.change(verb, NF5, recorder)).get("OK") == "OK"
        assert (await caller.participants(NF5)).get("paused") == paused


async def test_a_second_start_takes_a_second_recorder_and_a_third_finds_none(caller, world):
    assert "000" in (await caller.call("user", "GetRecordingProfilesRequest")).all("recorderPrefix")
    await caller.start(NF5)
    await caller.start(NF5)
    profiles = await caller.call("user", "GetRecordingProfilesRequest")
    assert (profiles.get("total"), profiles.all("recorderPrefix")) == ("1", ["01"])
    assert (await caller.start(NF5)).fault == "ResourceNotAvailableFault"
    world.recorder_joins(KEY)
    assert len(world.recorders.in_room(world.room(KEY))) == 2
    seen = await caller.participants(NF5)
    assert (seen.get("total"), seen.all("recorderID")) == ("3", ["1109055"])


async def test_a_longer_prefix_is_served_by_the_slot_that_leads_it(caller, world):
    assert (await caller.start(NF5, "0001")).get("OK") == "OK"
    assert (await caller.start(NF5, "9")).fault == "ResourceNotAvailableFault"


async def test_a_quick_world_is_quick_in_all_that_a_recorder_does(caller, world):
    world.clock.speed = 10
    await caller.start(NF5)
    await asyncio.sleep(0.29)
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(0.01)
    recorder = await caller.recorder(NF5)
    await caller.change("Stop", NF5, recorder)
    await asyncio.sleep(0.2)
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(0.6)
    assert newest(world).ended


async def test_a_recorder_may_come_late(caller, world):
    world.room(KEY).join_delay = 20
    await caller.start(NF5)
    await asyncio.sleep(19.9)
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(0.1)
    assert await caller.recorder(NF5)


async def test_a_recorder_that_never_comes_rings_twice_and_gives_up_in_silence(caller, world):
    room = world.room(KEY)
    room.join_delay = "never"
    await caller.start(NF5)
    first, second = world.recorders.slots[:2]
    for seconds, busy in ((29.9, (True, False)), (0.1, (False, True)), (29.9, (False, True))):
        await asyncio.sleep(seconds)
        assert ((first.busy, second.busy), world.recorders.ringing(room)) == (busy, 1)
    await asyncio.sleep(0.1)
    assert (first.busy, second.busy, world.recorders.ringing(room)) == (False, False, 0)
    assert await caller.recorder(NF5) is None


async def test_in_an_empty_room_the_recorder_leaves_at_once_and_leaves_nothing(caller, world):
    before = len(world.library)
    assert (await caller.start(EMPTY)).get("OK") == "OK"
    slot, room = world.recorders.slots[0], world.room("EmptyRoom01")
    await asyncio.sleep(3.4)
    assert (slot.busy, len(world.recorders.in_room(room))) == (True, 1)
    await asyncio.sleep(0.1)
    assert not slot.busy
    assert await caller.recorder(EMPTY) is None
    assert len(world.library) == before


async def test_when_the_last_person_leaves_the_recording_ends_by_itself(caller, world, recorder):
    world.people_leave(KEY, count=2)
    assert await caller.recorder(NF5) == recorder
    world.people_leave(KEY)
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(8)
    assert newest(world).ended


async def test_a_recorder_that_drops_out_leaves_the_people_and_a_file(caller, world, recorder):
    assert world.recorder_drops_out(KEY) == 1
    assert (await caller.participants(NF5)).get("total") == "3"
    assert await caller.recorder(NF5) is None
    await asyncio.sleep(8)
    assert newest(world).ended


async def test_one_records_what_one_owns(caller):
    assert (await caller.start(FOREIGN)).fault == "ControlMeetingFault"
    assert (await caller.participants(FOREIGN)).fault == "ControlMeetingFault"
    assert (await caller.start("5")).fault == "InvalidArgumentFault"


async def test_a_group_without_recording_gives_the_same_fault(caller):
    assert (await caller.start(BARRED)).fault == "ControlMeetingFault"
    assert (await caller.participants(BARRED)).fault is None


async def test_a_moderator_records_from_inside_with_the_pin(caller, world):
    world.room(KEY).moderator_pin = "1357"
    fields = f"<conferenceID>{NF5}</conferenceID><recorderPrefix>000</recorderPrefix><webcast>true</webcast>"
    ask = "StartRecordingRequest"
    assert (await caller.call("user", ask, fields, VOVA)).fault == "ControlMeetingFault"
    with_pin = fields + "<moderatorPIN>1357</moderatorPIN>"
    anna = ("anna", "anna-secret")
    assert (await caller.call("user", ask, with_pin, anna)).fault == "ControlMeetingFault"
    assert (await caller.call("user", ask, with_pin, VOVA)).fault is None


async def test_the_admin_service_records_any_room_but_only_for_staff(caller):
    fields = "<conferenceID>{}</conferenceID><recorderPrefix>000</recorderPrefix><webcast>false</webcast>"
    foreign = await caller.call("admin", "StartRecordingRequest", fields.format(FOREIGN), ADMIN)
    assert foreign.get("OK") == "OK"
    barred = await caller.call("admin", "StartRecordingRequest", fields.format(BARRED), ADMIN)
    assert barred.fault == "InvalidArgumentFault"
    assert (await caller.post("admin", "<x/>", VOVA)).status_code == 401
    with_pin = fields.format(FOREIGN) + "<moderatorPIN>1</moderatorPIN>"
    assert (await caller.call("admin", "StartRecordingRequest", with_pin, ADMIN)).fault == "untyped"
