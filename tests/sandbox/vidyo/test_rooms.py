"""Looking rooms up, making them, and paging through the people in them."""

from __future__ import annotations

import pytest

VOVA = ("vova", "vova-secret")
ADMIN = ("admin", "admin-secret")
BIG = "4092492"
NF5 = "4092486"


async def test_a_room_shows_its_link_and_pin_only_to_its_owner(caller, vidyo):
    vidyo.world.room("Weekly4711").pin = "2468"
    asked = ("user", "GetEntityByRoomKeyRequest", "<roomKey>Weekly4711</roomKey>")
    own = await caller.call(*asked)
    assert own.get("roomURL") == f"{vidyo.portal_url}/join/Weekly4711"
    assert (own.get("roomPIN"), own.get("canControl")) == ("2468", "true")
    foreign = await caller.call(*asked, VOVA)
    assert (foreign.get("roomURL"), foreign.get("roomPIN"), foreign.get("canControl")) == (
        None,
        "****",
        "false",
    )


@pytest.mark.parametrize("key", ["", "NoSuchKey1"])
async def test_an_unknown_key_is_an_invalid_argument(caller, key):
    answer = await caller.call("user", "GetEntityByRoomKeyRequest", f"<roomKey>{key}</roomKey>")
    assert (answer.status, answer.fault) == (500, "InvalidArgumentFault")


async def test_a_created_room_can_be_looked_up_and_taken_away_again(caller):
    created = await caller.call(
        "user",
        "CreateScheduledRoomRequest",
        "<setPIN>true</setPIN><returnRoomDetails>true</returnRoomDetails>",
    )
    key = created.get("roomURL").rpartition("/")[2]
    found = await caller.call("user", "GetEntityByRoomKeyRequest", f"<roomKey>{key}</roomKey>")
    assert found.get("entityID") == created.get("entityID")
    assert found.get("displayName") == created.get("extension")

    gone = f"<extension>{created.get('extension')}</extension>"
    assert (await caller.call("user", "DeleteScheduledRoomRequest", gone)).fault == "RoomNotFoundFault"
    gone += f"<pin>{created.get('pin')}</pin>"
    assert (await caller.call("user", "DeleteScheduledRoomRequest", gone)).get("OK") == "OK"
    assert (await caller.call("user", "DeleteScheduledRoomRequest", gone)).fault == "RoomNotFoundFault"


async def test_where_scheduled_rooms_are_off_none_is_made(caller, vidyo):
    vidyo.world.settings.scheduled_rooms = False
    answer = await caller.call("user", "CreateScheduledRoomRequest")
    assert answer.fault == "ScheduledRoomCreationFault"


async def test_the_admin_service_makes_rooms_for_others(caller, vidyo):
    made = await caller.call("admin", "CreateScheduledRoomRequest", "<ownerName>anna</ownerName>", ADMIN)
    assert vidyo.world.room(made.get("roomURL").rpartition("/")[2]).owner == "anna"


async def test_a_search_for_rooms_does_not_know_scheduled_ones(caller):
    found = await caller.call("user", "SearchRoomsRequest", "<query>weekly</query>")
    assert (found.all("name"), found.get("total")) == (["Weekly"], "1")
    assert (await caller.call("user", "SearchRoomsRequest", "<query>230301302</query>")).get("total") == "0"
    assert (await caller.call("user", "SearchRoomsRequest", "<query>w</query>")).fault


async def test_rooms_are_described_by_number_and_the_caller_by_his_own_room(caller):
    found = await caller.call(
        "user",
        "GetEntityByEntityIDRequest",
        f"<entityID>{NF5}</entityID><entityID>1</entityID><entityID>{BIG}</entityID>",
    )
    assert found.all("entityID") == [NF5, BIG]
    mine = await caller.call("user", "MyAccountRequest")
    assert (mine.get("EntityType"), mine.get("displayName")) == ("Member", "Recording Bot")
    assert (await caller.call("user", "MyAccountRequest", auth=ADMIN)).fault == "GeneralFault"


async def test_the_version_tells_that_somebody_is_there(caller):
    assert (await caller.call("user", "GetPortalVersionRequest")).get("portalVersion")
    assert (await caller.call("admin", "GetPortalVersionRequest", auth=ADMIN)).get("portalVersion")


async def test_a_recorder_behind_forty_names_is_not_on_the_first_page(caller, vidyo):
    vidyo.world.room("BigRoom").join_delay = 0
    vidyo.world.recorder_joins("BigRoom")
    first = await caller.participants(BIG)
    assert first.get("recorderID") is None
    assert (first.get("total"), len(first.all("participantID"))) == ("61", 40)
    second = await caller.participants(BIG, "<start>40</start><limit>200</limit>")
    assert second.get("recorderID") is not None
    assert (second.get("total"), len(second.all("participantID"))) == ("60", 20)
    whole = await caller.participants(BIG, "<start>0</start><limit>200</limit>")
    assert whole.get("recorderID") is not None
    names = whole.all("displayName")
    assert names == sorted(names)


@pytest.mark.parametrize(("limit", "rows"), [("0", 25), ("7", 7), ("200", 60)])
async def test_the_limit_has_its_own_ideas_about_zero(caller, limit, rows):
    page = await caller.participants(BIG, f"<limit>{limit}</limit>")
    assert len(page.all("participantID")) == rows


@pytest.mark.parametrize("options", ["<limit>201</limit>", "<start>-1</start>"])
async def test_a_limit_that_is_too_large_is_an_invalid_argument(caller, options):
    assert (await caller.participants(BIG, options)).fault == "InvalidArgumentFault"


async def test_the_recorder_is_a_row_that_filters_and_sorting_move(caller, vidyo):
    vidyo.world.recorder_joins("Nf5kaN9tWo")
    assert await caller.recorder(NF5)
    members = await caller.participants(NF5, "<EntityType>Member</EntityType>")
    assert (members.get("recorderID"), members.all("displayName")) == (None, ["Vova Tareiev"])
    guests = await caller.participants(NF5, "<query>guest</query>")
    assert (guests.get("recorderID"), len(guests.all("displayName"))) == (None, 2)
    assert (await caller.participants(NF5, "<query>appli</query>")).get("recorderID")
    by_extension = "<limit>3</limit><sortBy>extension</sortBy>"
    assert (await caller.participants(NF5, by_extension)).get("recorderID") is None
    last_first = "<limit>1</limit><sortBy>extension</sortBy><dir>DESC</dir>"
    assert (await caller.participants(NF5, last_first)).get("recorderID")


async def test_a_row_may_lack_its_participant_number(caller, vidyo):
    vidyo.world.people_join("Nf5kaN9tWo", nameless=1)
    seen = await caller.participants(NF5)
    assert (len(seen.all("displayName")), len(seen.all("participantID"))) == (4, 3)
