from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.sandbox.slack_page.conftest import Visit
from tests.sandbox.slack_page.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_enter_sends_and_shift_enter_begins_a_new_line(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    composer = page.locator("#composer")
    await expect(composer).to_be_focused()
    low = await composer.bounding_box()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    high = await composer.bounding_box()
    assert low is not None
    assert high is not None
    assert high["height"] > low["height"]
    await page.keyboard.press("Enter")
    sent = await slack.posted("send")
    assert sent == {"as": "U0VOVA", "channel": "C0GENERAL", "text": "one\ntwo"}
    await expect(composer).to_have_value("")


async def test_a_slash_shows_the_commands_and_tab_completes_them(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    options = page.get_by_role("option")
    await page.keyboard.type("/")
    await expect(options).to_have_count(2)
    await expect(options.first).to_contain_text("start <room> | stop")
    await expect(options.first).to_contain_text("Start, stop and watch recordings")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Tab")
    await expect(page.locator("#composer")).to_have_value("/recordings ")
    await expect(options).to_have_text(["/recordings search vova", "/recordings latest"])
    await page.keyboard.type("la")
    await page.keyboard.press("Tab")
    await expect(page.locator("#composer")).to_have_value("/recordings latest")
    await page.keyboard.press("Enter")
    assert (await slack.posted("send"))["text"] == "/recordings latest"


async def test_a_whole_command_is_sent_by_enter_though_help_is_shown(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await page.keyboard.type("/record")
    await expect(page.get_by_role("option")).to_have_count(2)
    await page.keyboard.press("Enter")
    assert (await slack.posted("send"))["text"] == "/record"


async def test_escape_puts_the_help_away(visit: Visit) -> None:
    page = await visit()
    await page.keyboard.type("/rec")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(page.locator("#composer")).to_have_value("/rec")


async def test_an_at_sign_completes_to_a_name(visit: Visit) -> None:
    page = await visit()
    await page.keyboard.type("/record can @an")
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer")).to_have_value("/record can @anna ")


async def test_an_empty_channel_shows_what_to_type_and_a_click_fills_it_in(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await page.get_by_role("button", name="/record start Nf5kaN9tWo").click()
    await expect(page.locator("#composer")).to_have_value("/record start Nf5kaN9tWo")
    await expect(page.locator("#composer")).to_be_focused()
    assert slack.posts == []
    await slack.post("Hello")
    await expect(page.get_by_text("Try one of these")).to_have_count(0)


async def test_a_failed_command_is_told_to_whoever_typed_it(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    text = '/record failed with the error "operation_timeout"'
    await slack.tell({"type": "failed", "channel": "C0GENERAL", "text": text}, to="U0VOVA")
    line = page.locator("article.ephemeral")
    await expect(line).to_contain_text("Only visible to you")
    await expect(line).to_contain_text(text)


async def test_a_text_that_was_not_taken_comes_back_with_the_reason(visit: Visit, slack: StandIn) -> None:
    slack.answers["send"] = {"ok": False, "error": "Commands do not work in threads."}
    page = await visit()
    await page.keyboard.type("precious words")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Commands do not work in threads.")).to_be_visible()
    await expect(page.locator("#composer")).to_have_value("precious words")


async def test_a_draft_waits_in_its_conversation(visit: Visit) -> None:
    page = await visit()
    await page.keyboard.type("half a thou")
    await page.locator("[data-place=C0STANDUP]").click()
    await expect(page.locator("#composer")).to_have_value("")
    await page.locator("[data-place=C0GENERAL]").click()
    await expect(page.locator("#composer")).to_have_value("half a thou")


async def test_one_sees_whether_the_app_is_connected(visit: Visit, slack: StandIn) -> None:
    slack.state["connected"] = False
    page = await visit()
    note = page.get_by_text("The app is not connected yet")
    await expect(note).to_be_visible()
    await slack.tell({"type": "connected", "connected": True})
    await expect(note).to_be_hidden()
    await expect(page.get_by_text("App connected")).to_be_visible()
