"""The sandbox's own interface over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture
def order(http, rc):
    async def post(path, **what):
        answer = await http.post(f"{rc.api_url}/control/{path}", json=what)
        return answer.status_code, answer.json()

    return post


@pytest.fixture
def state(http, rc):
    async def get():
        return (await http.get(f"{rc.api_url}/control/state")).json()

    return get


async def test_a_call_is_led_from_the_first_ring_to_the_end(order, state):
    _, call = await order("calls", other="Grace Hopper", number="+16505550101", direction="Outbound")
    assert (call["state"], call["other"], call["recording"]) == ("Proceeding", "Grace Hopper", None)

    async def then(verb, **what):
        status, changed = await order(f"calls/{call['id']}/{verb}", **what)
        assert status == 200, changed
        return changed

    assert (await then("answer"))["state"] == "Answered"
    assert (await then("record"))["recording"]["active"] is True
    assert (await then("pause"))["recording"]["active"] is False
    assert (await then("resume"))["recording"]["active"] is True
    assert (await then("transfer", extension="103"))["extension"] == "103"
    told = await state()
    assert [each["id"] for each in told["calls"]] == [call["id"]]
    assert [each["number"] for each in told["extensions"] if each["busy"]] == ["103"]
    assert (await then("hangup", seconds=120))["state"] == "Disconnected"
    assert (await state())["calls"] == []


async def test_a_past_call_is_added_and_found(order, caller, http, rc):
    status, made = await order("recordings", other="Said by control", seconds=90, media="mp3")
    assert status == 200
    [record] = await caller.log()
    assert (record["from"]["name"], record["recording"]["id"]) == ("Said by control", made["recording"])
    told = await http.get(f"{rc.api_url}/control/sha256", params={"recording": made["recording"]})
    assert told.json()["sha256"] == rc.world.sha256(made["recording"])


async def test_faults_settings_and_tokens_are_changed_by_order(order, caller, world):
    await caller.sign_in()
    await order("faults", match="call-log", kind="503", times=1)
    assert (await caller.get("/account/~/call-log")).status_code == 503
    await order("faults", kind="html")
    assert await order("faults/clear") == (200, [])
    assert (await caller.get("/account/~/call-log")).status_code == 200
    assert (await order("settings", log_delay=9, allow_mute=True))[1]["log_delay"] == 9
    assert world.settings.allow_mute
    await order("tokens/expire")
    assert (await caller.get("/account/~")).status_code == 401


async def test_a_reset_brings_the_beginning_back(order, state, world, caller):
    await caller.sign_in()
    world.settings.allow_mute = True
    await order("faults", kind="503")
    await order("calls")
    await order("reset")
    told = await state()
    assert (told["calls"], told["faults"], told["settings"]["allow_mute"]) == ([], [], False)
    assert (told["log"], told["sessions"]) == (42, 1)


async def test_the_journal_is_read_and_cleared(http, rc, caller):
    await caller.get("/account/~/call-log", view="Simple")
    url = f"{rc.api_url}/control/journal"
    token, listed = (await http.get(url)).json()
    assert (token["path"], token["group"], token["status"]) == ("/restapi/oauth/token", "auth", 200)
    assert (listed["method"], listed["query"], listed["group"]) == ("GET", {"view": ["Simple"]}, "heavy")
    await http.delete(url)
    assert (await http.get(url)).json() == []
    assert rc.world.journal.count("call-log") == 0


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("calls", {"direction": "Sideways"}),
        ("calls", {"nmber": "1"}),
        ("calls/none/answer", {}),
        ("recordings", {"media": "mp3", "size": 10}),
        ("settings", {"log_delay": "soon"}),
        ("settings", {"speed": 3}),
        ("faults", {"kind": "explode"}),
    ],
)
async def test_a_wrong_order_is_answered_with_a_sentence(order, path, what):
    status, answer = await order(path, **what)
    assert status == 400
    assert answer["error"]


async def test_an_order_that_comes_too_late_is_answered_with_a_sentence(order):
    _, call = await order("calls")
    assert await order(f"calls/{call['id']}/record") == (400, {"error": "This call is not answered."})


async def test_the_hash_of_nothing_is_not_known(http, rc):
    assert (await http.get(f"{rc.api_url}/control/sha256?recording=1")).status_code == 400
