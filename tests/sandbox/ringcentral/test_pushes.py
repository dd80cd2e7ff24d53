"""Notifications: the handshake, what is told of a call, and what becomes of a bad listener."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

CALLS = "/restapi/v1.0/account/~/telephony/sessions"


class Listener:
    """An address on loopback that keeps what it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.told: list[dict] = []
        self.moments: list[float] = []
        self.tokens: list[str | None] = []
        self.status = 200
        self.echo = True
        self.content_type = "application/json"

    async def hear(self, request: web.Request) -> web.Response:
        token = request.headers.get("Validation-Token")
        body = await request.read()
        if token and not body:
            headers = {"Validation-Token": token} if self.echo else {}
            return web.Response(headers=headers, content_type=self.content_type, status=self.status)
        self.tokens.append(request.headers.get("Verification-Token"))
        self.told.append(await request.json())
        self.moments.append(time.monotonic())
        return web.Response(status=self.status)

    @property
    def statuses(self) -> list[str]:
        return [party["status"]["code"] for told in self.told for party in told["body"]["parties"]]


@pytest.fixture
async def listener():
    heard = Listener()
    app = web.Application()
    app.router.add_post("/push", heard.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    heard.url = f"http://127.0.0.1:{runner.addresses[0][1]}/push"
    yield heard
    await runner.cleanup()


@pytest.fixture
def subscribe(caller, listener):
    async def ask(*filters, **more):
        mode = {"transportType": "WebHook", "address": listener.url, "verificationToken": "word"}
        mode |= more.pop("mode", {})
        body = {"eventFilters": list(filters or (CALLS,)), "deliveryMode": mode, **more}
        return await caller.ask("POST", "/subscription", json=body)

    return ask


async def test_a_subscription_begins_with_a_handshake_and_has_real_ids(subscribe, world, caller):
    world.clock.speed = 10
    answer = await subscribe(expiresIn=3600)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "Active")
    assert told["eventFilters"] == [f"/restapi/v1.0/account/{world.account_id}/telephony/sessions"]
    assert told["expiresIn"] == 360  # an hour of this world, on the wall clock
    assert (await caller.get(f"/subscription/{told['id']}")).json()["id"] == told["id"]
    assert [s["id"] for s in (await caller.get("/subscription")).json()["records"]] == [told["id"]]


async def test_each_step_of_a_call_is_told_in_turn(subscribe, world, listener):
    await subscribe()
    call = world.place_call()
    world.answer(call)
    world.record(call)
    world.transfer(call)
    world.hang_up(call)
    await asyncio.sleep(1)
    assert listener.statuses == ["Proceeding", "Answered", "Answered", "Gone", "Answered", "Disconnected"]
    bodies = [told["body"] for told in listener.told]
    assert [body["sequence"] for body in bodies] == [1, 2, 3, 4, 5, 6]
    assert {body["telephonySessionId"] for body in bodies} == {call.telephony_session_id}
    assert bodies[2]["parties"][0]["recordings"][0]["active"] is True
    assert bodies[3]["parties"][0]["status"]["reason"] == "BlindTransfer"
    assert set(listener.tokens) == {"word"}
    assert len({told["uuid"] for told in listener.told}) == 6


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("?statusCode=Answered", ["Answered", "Answered"]),
        ("?withRecordings=true", ["Answered", "Disconnected"]),
        ("?direction=Outbound", []),
        ("?phoneNumber=16505550100&statusCode=Disconnected", ["Disconnected"]),
    ],
)
async def test_a_filter_narrows_what_is_told(subscribe, world, listener, query, statuses):
    await subscribe(CALLS + query)
    call = world.place_call(answered=True)
    world.record(call)
    world.hang_up(call)
    await asyncio.sleep(1)
    assert listener.statuses == statuses


async def test_an_extension_hears_of_its_own_calls(subscribe, world, listener):
    await subscribe("/restapi/v1.0/account/~/extension/~/telephony/sessions")
    world.place_call(extension="102")
    mine = world.place_call(extension="101")
    await asyncio.sleep(1)
    assert [told["body"]["sessionId"] for told in listener.told] == [mine.session_id]


async def test_notifications_may_come_twice_and_out_of_order(subscribe, world, listener):
    world.settings.pushes_repeated = world.settings.pushes_out_of_order = True
    await subscribe()
    world.place_call(answered=True)
    await asyncio.sleep(2)
    assert [told["body"]["sequence"] for told in listener.told] == [2, 2, 1, 1]
    assert len({told["uuid"] for told in listener.told}) == 2


@pytest.mark.parametrize(
    ("habit", "code"),
    [
        ({"echo": False}, "SUB-520"),
        ({"status": 500}, "SUB-525"),
        ({"content_type": "text/plain"}, "SUB-525"),
    ],
)
async def test_a_listener_that_does_not_agree_is_refused(subscribe, listener, habit, code):
    for name, value in habit.items():
        setattr(listener, name, value)
    answer = await subscribe()
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


async def test_an_address_must_be_there_and_be_safe(subscribe, world):
    async def code(address):
        return (await subscribe(mode={"address": address})).json()["errorCode"]

    assert await code("http://127.0.0.1:1/push") == "SUB-521"
    assert await code("http://bot.example.com/push") == "SUB-523"
    world.settings.https_only = True
    assert await code("http://127.0.0.1:1/push") == "SUB-523"
    assert await code("") == "SUB-523"


async def test_filters_that_nobody_knows_or_may_have_are_refused(subscribe, world):
    refused = await subscribe("/restapi/v1.0/account/~/call-log")
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "SUB-508")
    assert (await subscribe(f"{CALLS}?mood=good")).status_code == 400
    world.scope.remove("CallControl")
    assert (await subscribe()).json()["errors"][0]["permissionName"] == "CallControl"
    told = (await subscribe(CALLS, "/restapi/v1.0/subscription/~?threshold=60&interval=15")).json()
    assert (len(told["eventFilters"]), told["disabledFilters"][0]["reason"]) == (1, "CMN-401")


async def test_too_many_subscriptions_are_refused(subscribe, world):
    world.settings.most_subscriptions = 1
    assert (await subscribe()).status_code == 200
    answer = await subscribe()
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "SUB-505")


async def test_a_subscription_is_renewed_changed_and_ended(subscribe, caller, listener, world):
    id = (await subscribe(expiresIn=600)).json()["id"]
    assert (await caller.ask("POST", f"/subscription/{id}/renew")).json()["expiresIn"] == 604_800
    changed = await caller.ask(
        "PUT", f"/subscription/{id}", json={"eventFilters": [f"{CALLS}?statusCode=Gone"], "expiresIn": 600}
    )
    assert changed.json()["eventFilters"][0].endswith("?statusCode=Gone")
    assert changed.json()["expiresIn"] == 600
    renewed = (await caller.ask("PUT", f"/subscription/{id}")).json()
    assert renewed["eventFilters"] == changed.json()["eventFilters"]
    assert renewed["expiresIn"] == 604_800
    assert (await caller.ask("DELETE", f"/subscription/{id}")).status_code == 204
    assert (await caller.get(f"/subscription/{id}")).status_code == 404
    world.place_call()
    await asyncio.sleep(1)
    assert listener.told == []


async def test_a_subscription_runs_out(subscribe, caller):
    id = (await subscribe(expiresIn=20)).json()["id"]
    await asyncio.sleep(19.9)
    assert (await caller.get(f"/subscription/{id}")).status_code == 200
    await asyncio.sleep(0.1)
    assert (await caller.get(f"/subscription/{id}")).status_code == 404


async def test_a_reminder_comes_before_the_end_and_again_until_then(subscribe, listener):
    begun = time.monotonic()
    await subscribe("/restapi/v1.0/subscription/~?threshold=90&interval=30", expiresIn=100)
    await asyncio.sleep(200)
    assert [moment - begun for moment in listener.moments] == [10, 40, 70]
    assert "subscription/~" in listener.told[0]["event"]
    assert listener.told[0]["body"]["status"] == "Active"


async def test_after_minutes_of_bad_answers_nothing_more_is_sent(subscribe, caller, world, listener):
    id = (await subscribe()).json()["id"]
    listener.status = 500
    for minutes in (0, 9, 1):
        await asyncio.sleep(60 * minutes)
        told = (await caller.get(f"/subscription/{id}")).json()
        assert (told["status"], "blacklistedData" in told) == ("Active", False)
        world.place_call()
    await asyncio.sleep(1)
    told = (await caller.get(f"/subscription/{id}")).json()
    assert told["status"] == "Blacklisted"
    assert told["blacklistedData"]["reason"]
    listener.status = 200
    world.place_call()
    await asyncio.sleep(1)
    assert len(listener.told) == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"eventFilters": [CALLS]},
        {"eventFilters": [CALLS], "deliveryMode": {"transportType": "PubNub"}},
        {
            "eventFilters": [CALLS],
            "deliveryMode": {"transportType": "WebHook", "address": "http://127.0.0.1:1"},
            "expiresIn": "long",
        },
    ],
)
async def test_a_body_that_says_too_little_is_refused(caller, body):
    answer = await caller.ask("POST", "/subscription", json=body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "CMN-101")
