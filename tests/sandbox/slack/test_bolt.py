"""A small Bolt app as the bot would be one, over Socket Mode and over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.reading import buttons_of, text_of
from sandbox.slack.server import SlackSandbox
from tests.sandbox.slack.conftest import actions, button, modal, section

Json = dict[str, Any]


def make_app(client: AsyncWebClient) -> AsyncApp:
    app = AsyncApp(
        name="recbot", client=client, signing_secret="sandbox-signing-secret", process_before_response=True
    )

    @app.command("/record")
    async def record(ack: Any, command: Json, client: AsyncWebClient) -> None:
        await ack(f"Asked for {command['text']}.")
        blocks = [section(f"*Recording* {command['text']}"), actions(button("Edit", "edit", command["text"]))]
        await client.chat_postMessage(channel=command["channel_id"], text="Recording", blocks=blocks)

    @app.action("edit")
    async def edit(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.view("edit")
    async def save(ack: Any, view: Json) -> None:
        title = view["state"]["values"]["title"]["entered"]["value"]
        await (ack() if title == "good" else ack(response_action="errors", errors={"title": "Bad."}))

    @app.event("app_mention")
    async def mention(event: Json, say: Any) -> None:
        await say("Here I am.")

    return app


@asynccontextmanager
async def listening(slack: SlackSandbox, client: AsyncWebClient) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(make_app(client), "xapp-sandbox")
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.wait_for(lambda: slack.sockets.connections == 1)
    yield
    await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
async def over_socket(slack: SlackSandbox, client: AsyncWebClient) -> AsyncIterator[None]:
    async with listening(slack, client):
        yield


@pytest.fixture
async def over_http(slack: SlackSandbox, client: AsyncWebClient) -> AsyncIterator[None]:
    app = make_app(client)

    async def handle(request: web.Request) -> web.Response:
        bolt = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        answer = await app.async_dispatch(bolt)
        return web.Response(
            status=answer.status, body=answer.body, headers={k: v[0] for k, v in answer.headers.items()}
        )

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await slack.set_request_url(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield
    await runner.cleanup()


async def the_whole_story(slack: SlackSandbox) -> None:
    result = await slack.command("vova", "standup", "/record start abc")
    assert result.message is not None
    assert text_of(result.message) == "Asked for start abc."
    card = await slack.see("standup", "Recording start abc")
    assert [b.label for b in buttons_of(card)] == ["Edit"]
    assert (await slack.press("vova", card, "Edit")).ok
    view = await slack.see_view("vova", "Edit")
    assert (await slack.submit("vova", view, {"title": "poor"})).errors == {"title": "Bad."}
    assert (await slack.submit("vova", view, {"title": "good"})).outcome == "closed"
    slack.say("anna", "standup", "@recbot hello")
    await slack.see("standup", "Here I am.")
    assert slack.failures == []


async def test_the_whole_story_over_a_socket(slack: SlackSandbox, over_socket: None) -> None:
    assert slack.workspace.connected
    await the_whole_story(slack)


async def test_the_whole_story_over_http(slack: SlackSandbox, over_http: None) -> None:
    assert await slack.verify_request_url()
    await the_whole_story(slack)


async def test_nobody_listens_until_somebody_connects(slack: SlackSandbox) -> None:
    result = await slack.command("vova", "standup", "/record start abc")
    assert result.error == "dispatch_failed"
    assert slack.failures[0].kind == "command"


async def test_a_refreshed_connection_is_used_at_once(slack: SlackSandbox, over_socket: None) -> None:
    assert await slack.disconnect("refresh_requested") == 1
    opened = slack.workspace.journal.of
    await slack.wait_for(lambda: len(opened("socket", "open")) == 2)
    assert (await slack.command("vova", "standup", "/record start abc")).ok


async def test_a_warning_comes_first_and_the_end_ten_seconds_later(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    web_client = AsyncWebClient(base_url=slack.api_url, session=session)
    address = (await web_client.apps_connections_open(app_token="xapp-sandbox"))["url"]
    async with session.ws_connect(address) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["debug_info"]["approximate_connection_time"]) == ("hello", 18060)
        begun = time.monotonic()
        slack.disconnect_soon("warning")
        told = [((await socket.receive_json())["reason"], time.monotonic() - begun) for _ in range(2)]
        assert told == [("warning", 0), ("refresh_requested", 10)]
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_an_address_is_good_for_one_connection(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    address = slack.sockets.new_address()
    async with session.ws_connect(address) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_ten_connections_are_enough(slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
    sockets = [await session.ws_connect(slack.sockets.new_address()) for _ in range(11)]
    greetings = [await socket.receive_json() for socket in sockets]
    assert [g["type"] for g in greetings] == ["hello"] * 10 + ["disconnect"]
    assert greetings[-1]["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_an_envelope_goes_to_one_connection_only(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    sockets = [await session.ws_connect(slack.sockets.new_address()) for _ in range(2)]
    for socket in sockets:
        await socket.receive_json()

    async def answer(socket: aiohttp.ClientWebSocketResponse, said: str) -> list[str]:
        got = []
        async for message in socket:
            envelope = message.json()
            got.append(envelope["payload"]["text"])
            assert envelope["type"] == "slash_commands"
            assert envelope["accepts_response_payload"] is True
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": said}})
        return got

    listening = [asyncio.create_task(answer(socket, f"from {n}")) for n, socket in enumerate(sockets)]
    for number in range(4):
        assert (await slack.command("vova", "standup", f"/record {number}")).ok
    for socket in sockets:
        await socket.close()
    got = await asyncio.gather(*listening)
    assert sorted(got[0] + got[1]) == ["0", "1", "2", "3"]
    assert all(got)


async def test_an_event_that_is_not_acked_comes_again(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(slack.sockets.new_address()) as socket:
        await socket.receive_json()
        begun = time.monotonic()
        telling = asyncio.create_task(slack.emit({"type": "app_uninstalled"}))
        attempts = []
        for _ in range(3):
            envelope = await socket.receive_json()
            attempts.append((envelope["retry_attempt"], envelope["retry_reason"], time.monotonic() - begun))
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        assert (await telling).attempts == 3
    assert attempts == [(0, "", 0), (1, "timeout", 3), (2, "timeout", 3 + 63)]


async def test_an_event_in_a_dying_connection_is_told_on_the_next(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    first = await session.ws_connect(slack.sockets.new_address())
    await first.receive_json()
    telling = asyncio.create_task(slack.emit({"type": "app_uninstalled"}))
    await first.receive_json()
    second = await session.ws_connect(slack.sockets.new_address())
    await second.receive_json()
    await first.close()
    envelope = await second.receive_json()
    assert envelope["retry_reason"] == "connection_failed"
    await second.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await telling).acknowledged
    await second.close()


async def test_a_dead_socket_is_open_and_carries_nothing(slack: SlackSandbox, over_socket: None) -> None:
    assert slack.sockets.play_dead() == 1
    result = await slack.command("vova", "standup", "/record start abc")
    assert result.error == "operation_timeout"
    assert slack.messages("standup") == []
    # Bolt pings every ten seconds, notices that nobody answers, and comes back by a new connection.
    opened = slack.workspace.journal.of
    await slack.wait_for(lambda: len(opened("socket", "open")) == 2, 60)
    await slack.wait_for(lambda: slack.sockets.connections == 1, 60)


async def test_some_connections_are_cut_off_and_others_play_dead(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    sockets = [await session.ws_connect(slack.sockets.new_address()) for _ in range(3)]
    for socket in sockets:
        await socket.receive_json()
    async with session.post(f"{slack.url}/control/drop", json={"most": 1}) as answer:
        assert (await answer.json())["connections"] == 1
    assert (await sockets[0].receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    await slack.wait_for(lambda: slack.sockets.connections == 2)
    async with session.post(f"{slack.url}/control/dead-socket", json={"most": 1}) as answer:
        assert (await answer.json())["connections"] == 1
    async with session.post(f"{slack.url}/control/everywhere", json={"on": True}) as answer:
        assert answer.status == 200
    typing = asyncio.create_task(slack.command("vova", "standup", "/record start abc"))
    envelope = await sockets[2].receive_json()
    await sockets[2].send_json({"envelope_id": envelope["envelope_id"]})
    assert (await typing).ok
    for socket in sockets:
        await socket.close()


async def test_an_envelope_goes_down_every_connection_where_that_is_wanted_and_once_more_on_demand(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    sockets = [await session.ws_connect(slack.sockets.new_address()) for _ in range(2)]
    for socket in sockets:
        await socket.receive_json()
    slack.sockets.everywhere = True

    async def both(work: asyncio.Task[Any]) -> list[Json]:
        envelopes = [await socket.receive_json() for socket in sockets]
        for socket, envelope in zip(sockets, envelopes, strict=True):
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await work
        return envelopes

    one, other = await both(asyncio.create_task(slack.command("vova", "standup", "/record start abc")))
    assert one == other
    again, _ = await both(asyncio.create_task(slack.repeat()))
    assert again["payload"] == one["payload"]
    for socket in sockets:
        await socket.close()
    await slack.wait_for(lambda: slack.sockets.connections == 0)
    async with session.post(f"{slack.url}/control/repeat", json={}) as answer:
        assert (await answer.json())["error"] == "dispatch_failed"
