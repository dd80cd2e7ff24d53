"""The page with the sandbox's own server behind it, and a small app that listens by HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import SlackSandbox
from tests.sandbox.slack_page.conftest import Visit
from tests.sandbox.slack_page.kit import actions, button, option, plain, question, section

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FORM = {
    "type": "modal",
    "callback_id": "edit",
    "title": plain("Edit recording"),
    "submit": plain("Save"),
    "blocks": [question("Title", "title", {"type": "plain_text_input", "action_id": "text"})],
}


class App:
    """An app that opens a form at every click, and takes each title but "Taken"."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.heard: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        payload: dict[str, Any] = json.loads(form["payload"]) if "payload" in form else dict(form)
        self.heard.append(payload)
        if payload.get("type") == "block_actions":
            await self.client.views_open(trigger_id=payload["trigger_id"], view=FORM)
        if payload.get("type") == "view_submission":
            title = payload["view"]["state"]["values"]["title"]["text"]["value"]
            if title == "Taken":
                return web.json_response({"response_action": "errors", "errors": {"title": "Not again."}})
        if "command" in payload:
            return web.json_response({"text": f"You asked for `{payload['text']}`."})
        return web.Response()


@pytest_asyncio.fixture(loop_scope="session")
async def world() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="session")
async def app(world: SlackSandbox) -> AsyncIterator[App]:
    app = App(AsyncWebClient("xoxb-sandbox", base_url=world.api_url))
    server = web.Application()
    server.router.add_post("/slack/events", app.answer)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await world.set_request_url(f"{site.name}/slack/events")
    yield app
    await runner.cleanup()


async def test_a_click_opens_a_form_that_says_what_is_wrong_until_it_is_right(
    world: SlackSandbox, app: App, open_page: Visit
) -> None:
    page = await open_page(f"{world.url}/?as=U0VOVA#C0GENERAL")
    more = {"type": "overflow", "action_id": "more", "options": [option("Edit…", "edit")]}
    card = [section("*Review* is ready"), actions(button("Play", "play", value="7"), more)]
    await app.client.chat_postMessage(channel="C0GENERAL", text="Ready", blocks=card)
    await page.locator("[data-action-id=more]").click()
    await page.get_by_role("menuitem", name="Edit…").click()
    dialog = page.get_by_role("dialog", name="Edit recording")
    await dialog.get_by_label("Title").fill("Taken")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Not again.")).to_be_visible()
    await dialog.get_by_label("Title").fill("All hands")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    clicked, _, submitted = app.heard
    assert clicked["actions"][0]["selected_option"]["value"] == "edit"
    assert submitted["view"]["state"]["values"]["title"]["text"]["value"] == "All hands"


async def test_a_command_is_answered_to_whoever_typed_it(
    world: SlackSandbox, app: App, open_page: Visit
) -> None:
    vova = await open_page(f"{world.url}/?as=U0VOVA#C0GENERAL")
    anna = await open_page(f"{world.url}/?as=U0ANNA#C0GENERAL")
    await vova.locator("#composer").fill("/record status")
    await vova.keyboard.press("Enter")
    await expect(vova.locator("article.ephemeral")).to_contain_text("You asked for status.")
    await app.client.chat_postMessage(channel="C0GENERAL", text="For all")
    await expect(anna.get_by_text("For all")).to_be_visible()
    await expect(anna.get_by_text("You asked for")).to_have_count(0)


async def test_without_an_app_a_command_fails_in_plain_sight(world: SlackSandbox, open_page: Visit) -> None:
    page = await open_page(f"{world.url}/#C0GENERAL")
    await expect(page.get_by_text("The app is not connected yet")).to_be_visible()
    await page.locator("#composer").fill("/record status")
    await page.keyboard.press("Enter")
    await expect(page.locator("article.ephemeral")).to_contain_text("/record failed with the error")


async def test_people_talk_in_threads_and_see_each_other(world: SlackSandbox, open_page: Visit) -> None:
    vova = await open_page(f"{world.url}/?as=U0VOVA#C0STANDUP")
    anna = await open_page(f"{world.url}/?as=U0ANNA#C0STANDUP")
    await vova.locator("#composer").fill("@anna <b>are you there?</b>")
    await vova.keyboard.press("Enter")
    line = anna.locator("article")
    await expect(line).to_contain_text("@Anna Lindqvist <b>are you there?</b>")
    await line.hover()
    await line.get_by_label("Reply in thread").click()
    await anna.locator("#thread textarea").fill("/record status")
    await anna.keyboard.press("Enter")
    await expect(anna.locator("#thread article.ephemeral")).to_be_visible()
    await anna.locator("#thread textarea").fill("Yes")
    await anna.keyboard.press("Enter")
    await expect(anna.locator("#thread").get_by_text("Yes", exact=True)).to_be_visible()
    await vova.get_by_role("button", name="1 reply").click()
    await expect(vova.locator("#thread").get_by_text("Yes", exact=True)).to_be_visible()
