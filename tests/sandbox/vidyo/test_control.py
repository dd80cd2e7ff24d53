"""The control interface over HTTP, the page of a room, and the life of the servers themselves."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from sandbox.vidyo.server import VidyoSandbox
from tests.clock import lasting

RECBOT = ("recbot", "recbot-secret")


@pytest.fixture
def order(http, vidyo):
    async def post(path, **what):
        answer = await http.post(f"{vidyo.portal_url}/control/{path}", json=what)
        return answer.status_code, answer.json()

    return post


@pytest.fixture
def state(http, vidyo):
    async def get(key):
        whole = (await http.get(f"{vidyo.portal_url}/control/state")).json()
        return next(room for room in whole["rooms"] if room["key"] == key)

    return get


async def test_people_come_and_go_by_order(order, state):
    assert await order("people-join", room="EmptyRoom01", names=["vova", "Zoe"], count=1) == (
        200,
        {"joined": ["Vova Tareiev", "Zoe", "Guest 1"]},
    )
    assert await order("people-leave", room="EmptyRoom01", names=["vova"]) == (200, {"left": 1})
    assert (await state("EmptyRoom01"))["people"] == ["Zoe", "Guest 1"]


async def test_a_room_is_added_and_then_changed(order, state, caller, vidyo):
    status, room = await order(
        "room", key="Retro1", name="Retro", owner="recbot", people=2, join_delay="never"
    )
    assert (status, room["people"], room["join_delay"]) == (200, ["Guest 1", "Guest 2"], "never")
    await caller.start(room["id"])
    assert (await state("Retro1"))["ringing"] == 1
    assert await order("recorder-joins", room="Retro1") == (200, {"ok": True})
    await order("room", key="Retro1", owner="anna", people=["Zoe"])
    changed = await state("Retro1")
    assert (changed["owner"], changed["people"], changed["name"]) == ("anna", ["Zoe"], "Retro")


async def test_a_recorder_drops_out_by_order(order, state):
    assert len((await state("AllHands99"))["recorders"]) == 1
    assert await order("recorder-drops-out", room="AllHands99") == (200, {"dropped": 1})
    assert (await state("AllHands99"))["recorders"] == []


async def test_a_recording_is_added_and_can_be_found(order, caller):
    status, made = await order("recording", title="Said by control", owner="anna", minutes=90, size=100_000)
    found = await caller.search(query="said by control")
    assert (status, found.get("guid"), found.get("fileSize")) == (200, made["guid"], "100000")
    assert found.get("duration") == "01:30:00"


async def test_faults_settings_and_passwords_are_changed_by_order(order, http, caller, vidyo):
    assert (await order("faults", match="getPortalVersion", kind="503", times=1))[0] == 200
    assert (await caller.post("user", "<x/>", SOAPAction="getPortalVersion")).status_code == 503
    await order("faults", kind="402")
    await order("faults/clear")
    assert (await caller.call("user", "GetPortalVersionRequest")).status == 200
    assert (await order("settings", join_delay=9, lenient=True))[1]["join_delay"] == 9
    assert vidyo.world.settings.lenient
    await order("password", user="recbot", password="other")
    assert (await caller.post("user", "<x/>", RECBOT)).status_code == 401


async def test_the_journal_is_read_and_cleared(http, caller, vidyo):
    await caller.call("user", "GetPortalVersionRequest")
    url = f"{vidyo.portal_url}/control/journal"
    [entry] = (await http.get(url)).json()
    assert (entry["operation"], entry["user"], entry["outcome"]) == ("getPortalVersion", "recbot", "ok")
    await http.delete(url)
    assert (await http.get(url)).json() == []


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("people-join", {"room": "Nowhere"}),
        ("people-join", {"rom": "Nf5kaN9tWo"}),
        ("settings", {"join_delay": "soon"}),
        ("settings", {"speed": 3}),
        ("faults", {"kind": "explode"}),
        ("room", {"key": "New1", "owner": "nobody"}),
        ("recording", {"title": "Tiny", "size": 10}),
        ("password", {"user": "nobody", "password": "x"}),
    ],
)
async def test_a_wrong_order_is_answered_with_a_sentence(order, path, what):
    status, answer = await order(path, **what)
    assert status == 400
    assert answer["error"]


async def test_the_join_link_shows_the_room(http, vidyo):
    page = await http.get(f"{vidyo.portal_url}/join/AllHands99")
    assert "Dalia Haddad" in page.text
    assert "VIDEO-ONLY" in page.text
    assert (await http.get(f"{vidyo.portal_url}/join/nowhere")).status_code == 404


async def test_the_older_shape_of_a_join_link_leads_to_the_same_page(http, caller, vidyo):
    vidyo.world.settings.room_url = "flex"
    room = await caller.call("user", "GetEntityByRoomKeyRequest", "<roomKey>Weekly4711</roomKey>")
    assert room.get("roomURL").endswith("/flex.html?roomdirect.html&key=Weekly4711")
    assert "Carla Rossi" in (await http.get(room.get("roomURL"))).text


async def test_a_stop_does_not_wait_for_a_slow_answer(http, vidyo, caller):
    vidyo.world.faults.add("slow", seconds=10_000)
    asking = asyncio.create_task(caller.post("user", "<x/>"))
    await asyncio.sleep(1)
    assert len(vidyo.world.journal) == 1
    with lasting(0):
        await vidyo.stop()
    with pytest.raises(httpx.RemoteProtocolError):
        await asking


async def test_after_a_stop_nobody_answers_and_after_a_start_everything_is_as_before(http):
    vidyo = VidyoSandbox()
    async with vidyo:
        url = vidyo.portal_url
        vidyo.world.people_join("EmptyRoom01", ["Zoe"])
        assert (await http.get(f"{url}/join/EmptyRoom01")).status_code == 200
    with pytest.raises(httpx.ConnectError):
        await http.get(f"{url}/join/EmptyRoom01")
    async with vidyo:
        assert vidyo.portal_url == url
        assert "Zoe" in (await http.get(f"{url}/join/EmptyRoom01")).text


async def test_two_worlds_know_nothing_of_each_other(http, vidyo):
    async with VidyoSandbox() as other:
        vidyo.world.people_leave("Nf5kaN9tWo")
        assert "Ola Nordmann" in (await http.get(f"{other.portal_url}/join/Nf5kaN9tWo")).text
