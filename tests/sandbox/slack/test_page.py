"""What the browser's page asks of the server, and what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from sandbox.slack.model import SlashCommand
from sandbox.slack.server import SlackSandbox
from tests.sandbox.slack.conftest import ScriptedApp, actions, button, modal

Json = dict[str, Any]
Post = Callable[..., Any]


@pytest.fixture
def post(slack: SlackSandbox, session: aiohttp.ClientSession) -> Post:
    async def send(name: str, who: str = "U0VOVA", **body: Any) -> Json:
        async with session.post(f"{slack.url}/page/{name}", json={"as": who} | body) as answer:
            assert answer.status == 200
            told: Json = await answer.json()
            return told

    return send


@pytest.fixture
def get(slack: SlackSandbox, session: aiohttp.ClientSession) -> Post:
    async def ask(name: str, who: str = "U0VOVA", **query: str) -> Json:
        async with session.get(f"{slack.url}/page/{name}", params={"as": who} | query) as answer:
            told: Json = await answer.json()
            return told

    return ask


@pytest.fixture
async def live(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with session.ws_connect(f"{slack.url}/page/live?as=U0VOVA") as socket:
        yield socket


async def test_the_state_is_what_this_person_may_see(slack: SlackSandbox, get: Post) -> None:
    state = await get("state")
    assert state["me"] == "U0VOVA"
    assert [c["id"] for c in state["conversations"]] == ["C0GENERAL", "C0STANDUP", "C0NOBOT", "G0LEADS"]
    assert "G0LEADS" not in [c["id"] for c in (await get("state", "U0SAM"))["conversations"]]
    assert [p["name"] for p in state["people"] if p["is_bot"] or p["is_guest"]] == ["gil", "recbot"]
    assert state["connected"] is False
    assert state["controls_url"] is None
    assert "/record start Nf5kaN9tWo" in state["hints"]


async def test_the_caller_says_which_commands_and_links_there_are(session: aiohttp.ClientSession) -> None:
    command = SlashCommand("/hello", "Says hello", "[name]", ("/hello you",))
    link = {"title": "Portal", "url": "http://127.0.0.1:1/"}
    async with (
        SlackSandbox(commands=[command], links=[link]) as slack,
        session.get(f"{slack.url}/page/state", params={"as": "U0VOVA"}) as answer,
    ):
        state = await answer.json()
    assert state["commands"] == [
        {
            "command": "/hello",
            "description": "Says hello",
            "usage_hint": "[name]",
            "examples": ["/hello you"],
        }
    ]
    assert (state["links"], state["hints"]) == ([link], ["/hello you"])


async def test_a_message_is_sent_told_and_listed(post: Post, get: Post, live: Any) -> None:
    sent = await post("send", "U0ANNA", channel="C0STANDUP", text="Morning, @vova")
    event = await live.receive_json()
    assert (event["type"], event["message"]["text"]) == ("message", "Morning, <@U0VOVA>")
    assert event["message"]["username"] == "Anna Lindqvist"
    await post("send", channel="C0STANDUP", text="Hi", thread_ts=sent["ts"])
    kinds = [(await live.receive_json())["type"] for _ in range(2)]
    assert kinds == ["message", "message_changed"]
    [shown] = (await get("messages", channel="C0STANDUP"))["messages"]
    assert shown["reply_count"] == 1
    thread = (await get("messages", channel="C0STANDUP", thread_ts=sent["ts"]))["messages"]
    assert [m["text"] for m in thread] == ["Morning, <@U0VOVA>", "Hi"]


async def test_a_command_is_sent_and_its_failure_shown(app: ScriptedApp, post: Post, live: Any) -> None:
    app.answer = lambda request: {"text": "Done."}
    assert await post("send", channel="C0STANDUP", text="/record status") == {"ok": True}
    event = await live.receive_json()
    assert event["message"]["ephemeral"] is True
    assert event["message"]["ephemeral_key"]
    app.answer = lambda request: web.Response(status=500)
    await post("send", channel="C0STANDUP", text="/record status")
    assert await live.receive_json() == {
        "type": "failed",
        "channel": "C0STANDUP",
        "text": '/record failed with the error "dispatch_failed"',
    }


async def test_commands_are_refused_in_threads_and_when_unknown(
    slack: SlackSandbox, app: ScriptedApp, post: Post
) -> None:
    parent = slack.say("vova", "standup", "parent")
    refused = await post("send", channel="C0STANDUP", text="/record stop", thread_ts=parent.ts)
    assert (refused["ok"], refused["error"]) == (False, "/record is not supported in threads. Sorry!")
    unknown = await post("send", channel="C0STANDUP", text="/shout")
    assert unknown["error"] == "/shout is not a valid command."
    hidden = await post("send", "U0SAM", channel="G0LEADS", text="x")
    assert "no conversation" in hidden["error"]
    assert app.requests == []


async def test_a_click_in_an_ephemeral_message_uses_its_key(
    slack: SlackSandbox, app: ScriptedApp, post: Post, get: Post, client: AsyncWebClient
) -> None:
    blocks = [actions(button("Stop", "stop", "r1"))]
    await client.chat_postEphemeral(channel="C0STANDUP", user="U0VOVA", text="x", blocks=blocks)
    [shown] = (await get("messages", channel="C0STANDUP"))["messages"]
    click = {
        "channel": "C0STANDUP",
        "ephemeral_key": shown["ephemeral_key"],
        "action": {"type": "button", "action_id": "stop", "block_id": "buttons", "value": "forged"},
    }
    assert await post("action", **click) == {"ok": True}
    assert app.last["actions"][0]["value"] == "r1"
    assert (await post("action", "U0ANNA", **click))["ok"] is False
    click["action"]["action_id"] = "other"
    assert "nothing to press" in (await post("action", **click))["error"]


async def test_a_modal_opens_complains_and_closes_on_the_page(
    slack: SlackSandbox, app: ScriptedApp, post: Post, live: Any, client: AsyncWebClient
) -> None:
    await slack.command("vova", "standup", "/record edit")
    await client.views_open(trigger_id=app.last["trigger_id"], view=modal())
    opened = await live.receive_json()
    assert opened["type"] == "view_open"
    view_id = opened["view"]["id"]

    def entered(title: str) -> Json:
        return {"values": {"title": {"entered": {"type": "plain_text_input", "value": title}}}}

    app.answer = lambda request: {"response_action": "errors", "errors": {"title": "Taken."}}
    await post("view_submit", view_id=view_id, state=entered("old"))
    assert await live.receive_json() == {
        "type": "view_errors",
        "view_id": view_id,
        "errors": {"title": "Taken."},
    }
    stranger = await post("view_submit", "U0ANNA", view_id=view_id, state=entered("mine"))
    assert stranger["error"] == "This view is closed."
    app.answer = lambda request: web.Response(status=500)
    assert (await post("view_submit", view_id=view_id, state=entered("new")))["error"] == "dispatch_failed"
    app.answer = lambda request: web.Response()
    await post("view_submit", view_id=view_id, state=entered("new"))
    assert await live.receive_json() == {"type": "view_close", "view_id": view_id}
    assert app.last["view"]["state"]["values"]["title"]["entered"]["value"] == "new"


async def test_a_choice_in_a_message_travels_with_the_click(
    slack: SlackSandbox, app: ScriptedApp, post: Post, client: AsyncWebClient
) -> None:
    options = [{"text": {"type": "plain_text", "text": n}, "value": n} for n in ("a", "b")]
    menu = {"type": "static_select", "action_id": "profile", "options": options}
    posted = await client.chat_postMessage(
        channel="C0STANDUP", text="x", blocks=[actions(menu, button("Start", "start"))]
    )
    chosen = {"type": "static_select", "selected_option": options[1]}
    await post(
        "action",
        channel="C0STANDUP",
        message_ts=posted["ts"],
        action={"type": "button", "action_id": "start", "block_id": "buttons"},
        state={"values": {"buttons": {"profile": chosen}}},
    )
    values = app.last["state"]["values"]
    assert values["buttons"]["profile"]["selected_option"]["value"] == "b"


async def test_a_direct_message_with_the_app_opens_its_home(
    slack: SlackSandbox, app: ScriptedApp, post: Post, live: Any
) -> None:
    opened = (await post("conversation", **{"with": ["U0RECBOT"]}))["conversation"]
    assert (opened["type"], sorted(opened["members"])) == ("im", ["U0RECBOT", "U0VOVA"])
    assert (await live.receive_json())["type"] == "conversation"
    await slack.wait_for(lambda: app.requests)
    assert app.last["event"]["type"] == "app_home_opened"


async def test_the_page_sees_the_app_come_and_go(
    slack: SlackSandbox, session: aiohttp.ClientSession, live: Any
) -> None:
    async with session.ws_connect(slack.sockets.new_address()) as socket:
        await socket.receive_json()
        assert await live.receive_json() == {"type": "connected", "connected": True}
    assert await live.receive_json() == {"type": "connected", "connected": False}


async def test_a_foreign_page_can_neither_listen_nor_speak(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(f"{slack.url}/page/live?as=U0VOVA", origin="https://evil.example")
    body = '{"as": "U0VOVA", "channel": "C0STANDUP", "text": "x"}'
    async with session.post(f"{slack.url}/page/send", data=body) as answer:
        assert answer.status == 415


async def test_the_page_is_served_under_a_strict_policy(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with session.get(slack.url + "/") as answer:
        assert answer.content_type == "text/html"
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for path in ("/static/nothing.js", "/static/..%2fserver.py", "/static/%2e%2e/server.py"):
        async with session.get(URL(slack.url + path, encoded=True)) as answer:
            assert answer.status == 404


async def test_room_controls_are_passed_on_where_there_are_rooms(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with session.get(slack.url + "/page/vidyo/state") as answer:
        assert answer.status == 404
    orders: list[tuple[str, Json]] = []

    async def state(request: web.Request) -> web.Response:
        recorders = [{"name": "old", "leaving": True}, {"name": "AUDIO", "paused": True, "leaving": False}]
        rooms = [
            {"key": "k1", "name": "Weekly", "people": ["Anna"], "recorders": recorders},
            {"key": "k2", "name": "Empty", "people": [], "recorders": []},
        ]
        return web.json_response({"rooms": rooms, "slots": []})

    async def order(request: web.Request) -> web.Response:
        orders.append((request.match_info["name"], await request.json()))
        return web.json_response({"joined": ["Guest"]})

    rooms = web.Application()
    rooms.router.add_get("/control/state", state)
    rooms.router.add_post("/control/{name}", order)
    runner = web.AppRunner(rooms, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    controls_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with SlackSandbox(controls_url=controls_url) as other:
        async with session.get(other.url + "/page/vidyo/state") as answer:
            assert await answer.json() == {
                "rooms": [
                    {
                        "key": "k1",
                        "name": "Weekly",
                        "people": ["Anna"],
                        "recorder": {"name": "AUDIO", "paused": True},
                    },
                    {"key": "k2", "name": "Empty", "people": [], "recorder": None},
                ]
            }
        async with session.post(other.url + "/page/vidyo/people-join", json={"room": "k1"}) as answer:
            assert (await answer.json())["ok"] is True
        async with session.post(other.url + "/page/vidyo/password", json={}) as answer:
            assert answer.status == 404
        await runner.cleanup()
        async with session.get(other.url + "/page/vidyo/state") as answer:
            assert answer.status == 502
    assert orders == [("people-join", {"room": "k1"})]


async def test_the_telephones_are_moved_through_the_calls_own_controls(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with session.get(slack.url + "/page/phone/state") as answer:
        assert answer.status == 404
    orders: list[tuple[str, Json]] = []

    async def state(request: web.Request) -> web.Response:
        call = {"id": "s-1", "state": "Answered", "other": "Ada", "number": "+1", "direction": "Inbound"}
        more = {
            "extension": "101",
            "owner": "Vova",
            "recording": {"id": "7", "kind": "OnDemand", "active": False},
        }
        return web.json_response({"extensions": [{"number": "101"}], "calls": [call | more], "locked": False})

    async def order(request: web.Request) -> web.Response:
        orders.append((request.match_info["path"], await request.json()))
        if orders[-1][0].endswith("record"):
            return web.Response(status=409, text="It is still ringing.")
        return web.json_response({"id": "s-1"})

    calls = web.Application()
    calls.router.add_get("/control/state", state)
    calls.router.add_post("/control/{path:.+}", order)
    runner = web.AppRunner(calls, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    phone_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with SlackSandbox(phone_url=phone_url) as other:
        phones = other.url + "/page/phone"
        async with session.get(f"{phones}/state") as answer:
            told = await answer.json()
            assert told["extensions"] == [{"number": "101"}]
            [shown] = told["calls"]
            assert shown["recording"] == {"paused": True}
            assert "owner" not in shown
        async with session.post(f"{phones}/call", json={"extension": "101"}) as answer:
            assert await answer.json() == {"id": "s-1"}
        async with session.post(f"{phones}/transfer", json={"call": "s-1", "extension": "102"}) as answer:
            assert answer.status == 200
        async with session.post(f"{phones}/record", json={"call": "s-1"}) as answer:
            assert (answer.status, await answer.text()) == (502, "It is still ringing.")
        for name, call in (("reset", "s-1"), ("hangup", "../reset"), ("hangup", "")):
            async with session.post(f"{phones}/{name}", json={"call": call}) as answer:
                assert answer.status == 404
        await runner.cleanup()
    assert orders == [
        ("calls", {"extension": "101"}),
        ("calls/s-1/transfer", {"extension": "102"}),
        ("calls/s-1/record", {}),
    ]
