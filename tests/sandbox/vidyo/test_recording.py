"""Asking for recorders, and what becomes of them."""

from __future__ import annotations

import asyncio

import pytest

VOVA = ("vova", "vova-secret")
ADMIN = ("admin", "admin-secret")
NF5, EMPTY, FOREIGN, BARRED = "4092486", "4092491", "4092493", "4092494"


@pytest.fixture
def world(vidyo):
    return vidyo.world


@pytest.fixture
async def recorder(caller, eventually):
    """A recorder that is in the room, by its number."""
    assert (await caller.start(NF5)).get("OK") == "OK"
    return await eventually(lambda: caller.recorder(NF5))


def newest(world):
    return max(world.library, key=lambda recording: recording.id)


async def test_to_be_accepted_is_not_to_record(caller, world, eventually):
    assert (await caller.start(NF5)).get("OK") == "OK"
    assert await caller.recorder(NF5) is None
    assert await eventually(lambda: caller.recorder(NF5)) == "1109054"


async def test_a_running_recording_is_listed_under_the_room_owner_without_an_end(caller, world, recorder):
    found = await caller.search(roomFilter="230301302", sortBy="date", dir="DESC", limit="1")
    assert (found.get("userName"), found.get("duration")) == ("recbot", "00:00")
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    assert found.element.find(".//{*}endTime").get(nil) == "1"
    assert found.element.find(".//{*}fileSize").get(nil) == "1"
    assert (await caller.http.get(found.get("fileLink"), auth=("recbot", "recbot-secret"))).status_code == 404


async def test_a_stopped_recorder_lingers_and_the_file_comes_later_all_at_once(
    caller, world, recorder, eventually
):
    assert (await caller.change("Stop", NF5, recorder)).get("OK") == "OK"
    assert await caller.recorder(NF5) == recorder
    stopped = newest(world).stopped
    assert await eventually(lambda: _no(caller.recorder(NF5)))
    assert newest(world).ended is None
    await eventually(lambda: newest(world).ended)
    found = await caller.search(sortBy="date", dir="DESC", limit="1", roomFilter="230301302")
    assert found.get("endTime") == stopped.isoformat(timespec="milliseconds")
    file = await caller.http.get(found.get("fileLink"), auth=("recbot", "recbot-secret"))
    assert len(file.content) == int(found.get("fileSize"))


async def test_to_stop_twice_is_a_fault_and_to_pause_after_it_another(caller, recorder, eventually):
    await caller.change("Stop", NF5, recorder)
    assert (await caller.change("Stop", NF5, recorder)).fault == "GeneralFault"
    assert await eventually(lambda: _no(caller.recorder(NF5)))
    assert (await caller.change("Stop", NF5, recorder)).fault == "GeneralFault"
    assert (await caller.change("Pause", NF5, recorder)).fault == "InvalidArgumentFault"
    assert (await caller.change("Stop", NF5, "7")).fault == "InvalidArgumentFault"
    assert (await caller.change("Stop", "77", recorder)).fault == "InvalidArgumentFault"


async def test_pause_is_a_flag_that_may_be_set_twice(caller, recorder):
    for verb, paused in (("Pause", "true"), ("Pause", "true"), ("Resume", "false"), ("Resume", "false")):
        assert (await caller.change(verb, NF5, recorder)).get("OK") == "OK"
        assert (await caller.participants(NF5)).get("paused") == paused


async def test_a_second_start_takes_a_second_recorder_and_a_third_finds_none(caller, world, eventually):
    assert "000" in (await caller.call("user", "GetRecordingProfilesRequest")).all("recorderPrefix")
    await caller.start(NF5)
    await caller.start(NF5)
    profiles = await caller.call("user", "GetRecordingProfilesRequest")
    assert (profiles.get("total"), profiles.all("recorderPrefix")) == ("1", ["01"])
    assert (await caller.start(NF5)).fault == "ResourceNotAvailableFault"
    room = world.room("Nf5kaN9tWo")
    await eventually(lambda: len(world.recorders.in_room(room)) == 2)
    seen = await caller.participants(NF5)
    assert (seen.get("total"), seen.all("recorderID")) == ("3", ["1109055"])


async def test_a_longer_prefix_is_served_by_the_slot_that_leads_it(caller, world):
    assert (await caller.start(NF5, "0001")).get("OK") == "OK"
    assert (await caller.start(NF5, "9")).fault == "ResourceNotAvailableFault"


async def test_a_recorder_may_come_late(caller, world, eventually):
    world.room("Nf5kaN9tWo").join_delay = 20
    await caller.start(NF5)
    await asyncio.sleep(0.2)
    assert await caller.recorder(NF5) is None
    assert await eventually(lambda: caller.recorder(NF5))


async def test_a_recorder_that_never_comes_rings_twice_and_gives_up_in_silence(caller, world, eventually):
    room = world.room("Nf5kaN9tWo")
    room.join_delay = "never"
    world.clock.speed = 200
    await caller.start(NF5)
    first, second = world.recorders.slots[:2]
    assert first.busy
    await eventually(lambda: second.busy and not first.busy)
    await eventually(lambda: not second.busy and not world.recorders.ringing(room))
    assert await caller.recorder(NF5) is None


async def test_in_an_empty_room_the_recorder_leaves_at_once_and_leaves_nothing(caller, world, eventually):
    before = len(world.library)
    assert (await caller.start(EMPTY)).get("OK") == "OK"
    slot = world.recorders.slots[0]
    await eventually(lambda: not slot.busy)
    assert await caller.recorder(EMPTY) is None
    assert len(world.library) == before


async def test_when_the_last_person_leaves_the_recording_ends_by_itself(caller, world, recorder, eventually):
    world.people_leave("Nf5kaN9tWo", count=2)
    assert await caller.recorder(NF5) == recorder
    world.people_leave("Nf5kaN9tWo")
    assert await caller.recorder(NF5) is None
    await eventually(lambda: newest(world).ended)


async def test_a_recorder_that_drops_out_leaves_the_people_and_a_file(caller, world, recorder, eventually):
    assert world.recorder_drops_out("Nf5kaN9tWo") == 1
    assert (await caller.participants(NF5)).get("total") == "3"
    assert await caller.recorder(NF5) is None
    await eventually(lambda: newest(world).ended)


async def test_one_records_what_one_owns(caller):
    assert (await caller.start(FOREIGN)).fault == "ControlMeetingFault"
    assert (await caller.participants(FOREIGN)).fault == "ControlMeetingFault"
    assert (await caller.start("5")).fault == "InvalidArgumentFault"


async def test_a_group_without_recording_gives_the_same_fault(caller):
    assert (await caller.start(BARRED)).fault == "ControlMeetingFault"
    assert (await caller.participants(BARRED)).fault is None


async def test_a_moderator_records_from_inside_with_the_pin(caller, world):
    world.room("Nf5kaN9tWo").moderator_pin = "1357"
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


async def _no(coming):
    return await coming is None
