"""Finding, changing and deleting recordings."""

from __future__ import annotations

import pytest

from sandbox.vidyo.server import VidyoSandbox

VOVA = ("vova", "vova-secret")


async def test_the_world_starts_with_a_few_hundred_recordings_the_same_each_time(caller, vidyo):
    found = await caller.search(limit="1")
    assert int(found.get("searchCount")) == 403
    vovas = await caller.search(usernameFilter="Vova", limit="1")
    assert int(vovas.get("searchCount")) == 57
    oldest = vidyo.world.library.by_id(10_001)
    assert oldest.guid == "0e5d55a3-3c8b-5e1e-aaa4-439db10b69c7"
    again = VidyoSandbox().world.library
    assert [(r.guid, r.owner, r.size) for r in again] == [
        (r.guid, r.owner, r.size) for r in vidyo.world.library
    ]


async def test_a_page_holds_two_hundred_rows_whatever_is_asked(caller):
    first = await caller.search(limit="1000")
    assert len(first.all("id")) == 200
    second = await caller.search(limit="200", start="200")
    assert not set(first.all("id")) & set(second.all("id"))
    last = await caller.search(start="400")
    assert len(last.all("id")) == 3
    assert (await caller.search(start="500")).all("id") == []


@pytest.mark.parametrize(
    ("sort", "direction", "field"), [("date", "ASC", "dateCreated"), ("room", "DESC", "roomName")]
)
async def test_rows_come_in_the_order_asked_for(caller, sort, direction, field):
    found = (await caller.search(sortBy=sort, dir=direction, usernameFilter="vova")).all(field)
    assert found == sorted(found, key=str.lower, reverse=direction == "DESC")


async def test_newest_first_where_nothing_is_said(caller):
    dates = (await caller.search()).all("dateCreated")
    assert dates == sorted(dates, reverse=True)


async def test_filters_narrow_the_hits_but_not_the_other_counts(caller):
    everything = await caller.search()
    found = await caller.search(query="BUDGET", recordScope="public")
    assert set(found.all("recordScope")) == {"Public"}
    assert all("Budget & forecast" in title for title in found.all("title"))
    assert found.get("searchCount") == str(len(found.all("id")))
    assert found.get("allVideosCount") == everything.get("allVideosCount")
    assert (await caller.search(tenantName="elsewhere")).get("searchCount") == "0"
    webcasts = await caller.search(webcast="true")
    assert set(webcasts.all("webcast")) == {"true"}
    assert webcasts.get("searchCount") == everything.get("webcastCount")


async def test_others_see_their_own_and_what_is_shared(caller):
    found = await caller.search(auth=VOVA)
    assert int(found.get("allVideosCount")) < 403
    foreign = [
        scope
        for owner, scope in zip(found.all("userName"), found.all("recordScope"), strict=True)
        if owner != "vova"
    ]
    assert set(foreign) == {"Organizational", "Public"}
    assert set((await caller.search(auth=VOVA, recordScope="allUser")).all("userName")) == {"vova"}


async def test_an_unknown_scope_or_sort_breaks_the_contract(caller):
    assert (await caller.search(recordScope="Everything")).fault == "untyped"
    assert (await caller.search(sortBy="size")).fault == "untyped"


async def test_records_are_read_by_number(caller):
    found = await caller.call("replay", "RecordsByIdRequest", "<id>5748</id><id>4908</id><id>3</id>")
    assert sorted(found.all("id")) == ["4908", "5748"]


async def test_an_update_changes_what_it_names_and_an_empty_pin_takes_the_pin_away(caller, vidyo):
    recording = vidyo.world.library.by_id(4908)
    change = (
        "<id>4908</id><title>Launch &amp; learn</title><recordScope>organization</recordScope>"
        "<pin>4321</pin><locked>true</locked>"
    )
    assert (await caller.call("replay", "UpdateRecordRequest", change)).get("OK") == "OK"
    assert (recording.title, recording.scope, recording.pin) == ("Launch & learn", "Organizational", "4321")
    assert (await caller.call("replay", "UpdateRecordRequest", "<id>4908</id><pin></pin>")).get("OK") == "OK"
    assert (recording.title, recording.pin, recording.locked) == ("Launch & learn", "", True)
    wrong = "<id>4908</id><locked>True</locked>"
    assert (await caller.call("replay", "UpdateRecordRequest", wrong)).fault == "untyped"


async def test_a_locked_recording_stays_and_others_cannot_touch_mine(caller, vidyo):
    recording = vidyo.world.add_recording("Keep me", locked=True)
    gone = f"<id>{recording.id}</id>"
    assert (await caller.call("replay", "DeleteRecordRequest", gone)).fault == "AccessViolationFault"
    recording.locked = False
    assert (await caller.call("replay", "DeleteRecordRequest", gone, VOVA)).fault == "AccessViolationFault"
    assert (await caller.call("replay", "DeleteRecordRequest", gone)).get("OK") == "OK"
    assert (await caller.call("replay", "DeleteRecordRequest", gone)).fault == "GeneralFault"


async def test_some_rows_are_odd_as_on_old_servers(caller, vidyo):
    pages = [await caller.search(start=str(start)) for start in (0, 200, 400)]
    links = [link for page in pages for link in page.all("fileLink")]
    assert sum(link.startswith("/replay/") for link in links) == 2
    assert sum(link.startswith("http://localhost:") for link in links) == 1
    assert sum(size is None for page in pages for size in page.all("fileSize")) == 2
    lengths = {len(duration) for page in pages for duration in page.all("duration")}
    assert lengths == {5, 8}
