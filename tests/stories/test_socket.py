"""What Slack delivers again does nothing twice, and a bot that cannot be told of anything says so where it is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker
from bot.links import Links
from bot.slack.answering import Desk
from bot.slack.app import asgi_app, bolt_app
from bot.slack.socket import socket_mode
from bot.slack.tasks import Tasks
from bot.web.app import gateway
from bot.web.health import nothing_missing
from bot.web.server import serve
from sandbox.slack.faults import Fault
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from tests.bot.recording.stage import ROOM, Stage, open_stage
from tests.bot.web.world import no_pushes
from tests.eventually import eventually
from tests.stories.world import World, open_world


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as stage:
        yield stage


async def test_a_click_and_a_form_that_come_again_are_carried_out_once(world: World) -> None:
    slack, portal = world.slack, world.vidyo.world
    row = portal.add_recording("Quarterly numbers", owner="vova")
    await world.start()
    await slack.repeat()
    card = await world.card("Recording")
    await slack.press("anna", card, "Stop")
    await slack.repeat()
    await world.card("Ready")
    assert world.starts() == portal.journal.count("stopRecording") == 1
    assert world.cards() == [card]

    await slack.command("vova", "#general", "/recordings subscribe user:anna")
    await slack.repeat()
    await slack.see("#general", "subscribed this channel to new recordings that fit user:anna")

    await slack.command("vova", "#general", f"/recordings show {row.id}")
    await slack.press("vova", await world.told(f"Number {row.id}"), "Delete…")
    asking = await slack.see_view("vova", "Delete this recording for good?")
    await slack.submit("vova", asking)
    await slack.repeat()
    await world.told(f"Recording {row.id} was deleted.")
    await slack.emit({"type": "app_mention", "channel": "C0GENERAL", "text": "again"})
    await slack.repeat()
    await world.carried_out()
    said = "\n".join(text_of(message) for message in slack.messages("#general", "vova"))
    assert "already" not in said
    assert "is gone" not in said
    assert said.count("was deleted") == said.count("subscribed this channel") == 1


async def test_what_comes_down_both_connections_is_carried_out_once(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.slack.wait_for(lambda: world.slack.sockets.connections == 2)
        world.slack.sockets.everywhere = True
        await world.start()
        card = await world.card("Recording")
        await world.slack.press("anna", card, "Stop")
        await world.card("Ready")
        assert world.starts() == world.vidyo.world.journal.count("stopRecording") == 1
        assert world.cards() == [card]


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_what_comes_again_an_hour_later_does_nothing(mode: str, stage: Stage) -> None:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackSandbox(speed=20))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = AsyncWebClient(slack.credentials.bot_token, slack.api_url, session=session)
        nobody: object = None  # nobody is told anything here
        links = Links(["k" * 16], None, stage.services.store.links, timedelta(hours=1), stage.clock)
        app = bolt_app(client, Desk(stage.services, Tasks(), nobody, nobody, links))  # type: ignore[arg-type]
        if mode == "socket":
            await stack.enter_async_context(socket_mode(app, slack.credentials.app_token, client))
        else:
            links = Links(
                ["0123456789abcdef"], None, stage.services.store.links, stage.services.lease, stage.clock
            )
            web = gateway(
                links=links,
                providers_library={}.__getitem__,
                slack=asgi_app(app),
                signing_secret=slack.credentials.signing_secret,
                ready=nothing_missing,
                pushes=no_pushes(),
            )
            url = await stack.enter_async_context(serve(web, "127.0.0.1", 0))
            await slack.set_request_url(f"{url}/slack/events")

        assert (await slack.command("vova", "#general", f"/record start {ROOM}")).ok
        await stage.tick()
        stage.provider.backend.recorder_joins(ROOM)
        await stage.forward(2)
        await stage.change("stop", Asker("slack", "U0VOVA", "T0SANDBOX"), target=ROOM)
        await stage.forward(3)
        for hours in (1, 24, 24 * 28):
            stage.clock.forward(hours=hours)
            await stage.services.store.purge(stage.services.pace.keep_closed)
            await slack.repeat()
            assert await stage.services.store.inbox.pending() == 0
        assert stage.provider.backend.starts(ROOM) == 1
        assert len(stage.cards()) == 1


async def test_a_bot_that_cannot_be_told_of_anything_says_so_and_recovers(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, aiohttp.ClientSession() as session:

        async def asked(path: str) -> tuple[int, str]:
            async with session.get(f"{world.bot.url}{path}") as answer:
                return answer.status, await answer.text()

        async def is_ready(status: int) -> str:
            async def says_so() -> str | None:
                found, said = await asked("/readyz")
                return said if found == status else None

            return await eventually(says_so)

        assert await is_ready(200) == "ready\n"
        await world.slack.wait_for(lambda: world.slack.sockets.connections == 2)
        world.slack.faults.add(Fault("apps.connections.open", "reset_before", times=None))
        world.slack.sockets.drop()
        said = await is_ready(503)
        assert said.startswith("Slack's events cannot arrive: Socket Mode was last heard ")
        assert await asked("/healthz") == (200, "alive\n")
        world.slack.faults.clear()
        await is_ready(200)
        await world.start()
        await world.card("Recording")


async def test_a_look_up_that_comes_down_both_connections_is_answered_once(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.slack.wait_for(lambda: world.slack.sockets.connections == 2)
        world.slack.sockets.everywhere = True
        await world.slack.command("vova", "#general", "/record profiles")
        await world.told("profile")
        await asyncio.sleep(5)
        assert len(world.slack.messages("#general", "vova")) == 1


async def test_share_here_that_is_pressed_twice_posts_once_and_from_another_list_again(world: World) -> None:
    slack = world.slack
    row = world.vidyo.world.add_recording("Quarterly numbers", owner="vova")
    for shared in (1, 2):
        await slack.command("vova", "#general", f"/recordings show {row.id}")
        found = await slack.wait_for(
            lambda wanted=shared: (
                them[-1]
                if len(them := [m for m in slack.messages("#general", "vova") if m.ephemeral_to]) == wanted
                else None
            )
        )
        await slack.press("vova", found, "Share here")
        await slack.press("vova", found, "Share here")
        await asyncio.sleep(5)
        assert len([m for m in slack.messages("#general") if "Quarterly" in text_of(m)]) == shared
