"""Logins, lock-out, and misbehaviour on demand."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from lxml import etree
from pydantic import ValidationError

from tests.clock import lasting

NF5 = "4092486"
WRONG = ("recbot", "wrong")
RECBOT = ("recbot", "recbot-secret")


async def test_a_wrong_login_gets_a_page_that_is_well_formed_and_no_soap(caller):
    for auth in (WRONG, ("nobody", "x")):
        answer = await caller.post("user", "<x/>", auth)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert etree.fromstring(answer.content).tag == "html"


async def test_login_names_compare_in_lower_case(caller):
    answer = await caller.call("user", "GetPortalVersionRequest", auth=("RecBot", "recbot-secret"))
    assert answer.status == 200


async def test_wrong_logins_in_a_row_lock_the_account_even_for_the_right_password(caller, vidyo):
    for _ in range(5):
        assert (await caller.post("user", "<x/>", WRONG)).status_code == 401
    assert (await caller.post("user", "<x/>", RECBOT)).status_code == 401
    vidyo.world.accounts.change_password("recbot", "new-secret")
    answer = await caller.call("user", "GetPortalVersionRequest", auth=("recbot", "new-secret"))
    assert answer.status == 200


async def test_wrong_logins_far_apart_lock_nobody_out(caller, vidyo):
    vidyo.world.clock.speed = 10
    for _ in range(6):  # never five within a minute of this world
        await caller.post("user", "<x/>", WRONG)
        await asyncio.sleep(1.51)
    assert (await caller.call("user", "GetPortalVersionRequest")).status == 200


async def test_another_host_name_is_no_tenant(caller, vidyo):
    vidyo.world.settings.only_host = "test.platform.example"
    assert (await caller.post("user", "<x/>")).status_code == 403
    assert (await caller.post("user", "<x/>", Host="test.platform.example")).status_code == 500


@pytest.mark.parametrize("status", ["503", "401", "402", "403"])
async def test_a_status_on_demand_comes_as_often_as_asked(caller, vidyo, status):
    vidyo.world.faults.add(status, match="getPortalVersion", times=2)
    for _ in range(2):
        answer = await caller.post("user", "<x/>", SOAPAction="getPortalVersion")
        assert answer.status_code == int(status)
    assert (await caller.call("user", "GetPortalVersionRequest")).status == 200


async def test_a_fault_on_demand_is_typed(caller, vidyo):
    vidyo.world.faults.add("fault:NotLicensedFault", match="startRecording")
    assert (await caller.start(NF5)).fault == "NotLicensedFault"
    assert (await caller.participants(NF5)).fault is None
    vidyo.world.faults.clear()
    vidyo.world.faults.add("fault:untyped", match="*", times=1)
    assert (await caller.start(NF5)).fault == "untyped"


async def test_a_page_may_come_with_200_instead_of_soap(caller, vidyo):
    vidyo.world.faults.add("html", times=1)
    answer = await caller.post("user", "<x/>")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_a_slow_answer_is_late_but_right(caller, vidyo):
    vidyo.world.faults.add("slow", seconds=4, times=1)
    with lasting(4):
        assert (await caller.call("user", "GetPortalVersionRequest")).status == 200


async def test_a_reset_before_the_work_leaves_everything_undone(caller, vidyo):
    vidyo.world.faults.add("reset_before", match="startRecording", times=1)
    with pytest.raises(httpx.TransportError):
        await caller.start(NF5)
    assert vidyo.world.recorders.ringing(vidyo.world.room("Nf5kaN9tWo")) == 0


async def test_a_reset_after_the_work_has_really_done_it(caller, vidyo):
    vidyo.world.faults.add("reset_after", match="startRecording", times=1)
    with pytest.raises(httpx.TransportError):
        await caller.start(NF5)
    vidyo.world.recorder_joins("Nf5kaN9tWo")
    assert len(vidyo.world.recorders.in_room(vidyo.world.room("Nf5kaN9tWo"))) == 1
    [entry] = [e for e in vidyo.world.journal if e.operation == "startRecording"]
    assert (entry.outcome, entry.user, entry.authorized) == ("reset_after", "recbot", True)


async def test_a_chance_is_the_same_in_every_run(caller, vidyo):
    vidyo.world.faults.add("503", match="getPortalVersion", probability=0.5, seed=7)
    statuses = [
        (await caller.post("user", "<x/>", SOAPAction="getPortalVersion")).status_code for _ in range(8)
    ]
    assert statuses == [503, 503, 500, 503, 500, 503, 503, 500]


def test_an_unknown_way_to_go_wrong_is_refused(vidyo):
    with pytest.raises(ValidationError):
        vidyo.world.faults.add("explode")


async def test_the_journal_counts_requests_and_tells_whether_credentials_came(caller, vidyo):
    await caller.call("user", "GetPortalVersionRequest")
    await caller.search(limit="1")
    await caller.http.get(caller.url("user") + "?wsdl")
    journal = vidyo.world.journal
    assert [(e.service, e.operation, e.authorized, e.outcome) for e in journal] == [
        ("user", "getPortalVersion", True, "ok"),
        ("replay", "RecordsSearch", True, "ok"),
        ("user", "wsdl", False, "ok"),
    ]
    assert (journal.count("wsdl"), journal.count("wsdl", "replay")) == (1, 0)


async def test_a_file_on_a_foreign_host_shows_in_the_journal_who_asked_there(caller, vidyo):
    found = await caller.search(query="Foreign link")
    await caller.http.get(found.get("fileLink"))
    [entry] = [e for e in vidyo.world.journal if e.operation == "download"]
    assert entry.host.startswith("localhost:")
    assert not entry.authorized
