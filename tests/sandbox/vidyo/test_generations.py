"""Older portals and replay servers: what they lack is not understood, and their answers hold to what they publish."""

import pytest


async def shown(caller, service: str) -> str:
    return (await caller.http.get(caller.url(service) + "?wsdl")).text


@pytest.mark.parametrize("generation", [60, 88])
async def test_older_portals_neither_show_nor_take_a_search_for_rooms(caller, vidyo, generation):
    assert "searchRooms" in await shown(caller, "user")
    vidyo.world.settings.portal_generation = generation
    assert "operation name=" in await shown(caller, "user")
    assert 'operation name="searchRooms"' not in await shown(caller, "user")
    answer = await caller.call("user", "SearchRoomsRequest", "<query>weekly</query>")
    assert (answer.status, answer.fault) == (500, "untyped")


@pytest.mark.parametrize("generation", [60, 88])
async def test_older_portals_make_a_room_as_they_say(caller, vidyo, generation):
    vidyo.world.settings.portal_generation = generation
    made = await caller.call("user", "CreateScheduledRoomRequest")
    assert made.status == 200
    asked = await caller.call(
        "user", "CreateScheduledRoomRequest", "<returnRoomDetails>true</returnRoomDetails>"
    )
    assert asked.fault == (None if generation == 60 else "untyped")


async def test_the_admin_service_takes_no_room_details_and_no_entity_type(caller):
    owner = "<ownerName>recbot</ownerName>"
    auth = ("admin", "admin-secret")
    assert (await caller.call("admin", "CreateScheduledRoomRequest", owner, auth)).status == 200
    asked = f"{owner}<returnRoomDetails>true</returnRoomDetails>"
    assert (await caller.call("admin", "CreateScheduledRoomRequest", asked, auth)).fault == "untyped"


@pytest.mark.parametrize("generation", [1, 2])
async def test_older_replay_servers_leave_out_what_they_do_not_know(caller, vidyo, generation):
    vidyo.world.settings.replay_generation = generation
    answer = await caller.call("replay", "RecordsByIdRequest", "<id>4908</id>")
    assert answer.get("fileSize") is None
    assert (answer.get("externalPlaybackLink") is not None) == (generation == 2)


async def test_the_oldest_replay_server_spells_scopes_in_its_own_way_and_locks_nothing(caller, vidyo):
    vidyo.world.settings.replay_generation = 1

    async def update(fields: str) -> str | None:
        return (await caller.call("replay", "UpdateRecordRequest", f"<id>4908</id>{fields}")).fault

    assert await update("<recordScope>organizational</recordScope>") is None
    assert vidyo.world.library.by_id(4908).scope == "Organizational"
    assert await update("<recordScope>new</recordScope>") is None
    assert await update("<recordScope>organization</recordScope>") == "untyped"
    assert await update("<locked>true</locked>") == "untyped"
