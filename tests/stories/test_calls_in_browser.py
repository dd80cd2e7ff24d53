"""A call as a newcomer lives it, on the demo's page: placed, recorded, announced, played and found."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.chromium import open_page
from tests.eventually import eventually
from tests.stories.unhurried import UNHURRIED
from tests.stories.world import open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOTICE = re.compile("New recording")
_IS_THERE = """moment => {
    const audio = document.querySelector("audio");
    return audio.currentTime >= moment && !audio.seeking;
}"""


async def _type(page: Page, text: str) -> None:
    await page.fill("#composer", text)
    await page.press("#composer", "Enter")


async def test_a_call_is_placed_recorded_announced_played_and_found(
    chromium: Browser, tmp_path: Path
) -> None:
    async with (
        open_world(tmp_path, calls=True, pace=UNHURRIED) as world,
        open_page(chromium, f"{world.slack.url}/?as=U0VOVA#C0GENERAL") as page,
    ):
        await _type(page, "/recordings subscribe number:16505550100")
        await expect(page.locator("[data-ts]").filter(has_text="subscribed this channel")).to_be_visible()
        await page.get_by_role("button", name="They call").click()
        call = page.get_by_role("region", name="Call with Ada Byron")
        await call.get_by_role("button", name="Answer").click()
        await call.get_by_role("button", name="Record").click()
        await call.get_by_role("button", name="Hang up after 5 min").click()
        notice = page.locator("[data-ts]").filter(has_text=NOTICE)
        await expect(notice).to_contain_text("Ada Byron")
        await expect(notice.get_by_role("button", name="Download")).to_be_visible()
        await _plays_and_seeks(page)

        await _type(page, "/recordings search number:16505550100 since:7d")
        found = page.locator("article.ephemeral").filter(has_text="Ada Byron").last
        await expect(found.get_by_role("button", name="Play").first).to_be_visible()
        assert await notice.count() == 1


async def _plays_and_seeks(page: Page) -> None:
    """Play opens a page on which the call is heard, from any moment of it."""
    await page.locator("[data-ts]").filter(has_text=NOTICE).get_by_role("button", name="Play").click()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Play now").click()
    player = await opened.value
    await player.locator("audio").wait_for()
    await player.evaluate("document.querySelector('audio').muted = true")
    await player.evaluate("document.querySelector('audio').play()")
    # Asked from outside: the page's policy forbids Playwright's own waiting.
    await eventually(lambda: player.evaluate("document.querySelector('audio').currentTime > 0.2"))
    half = await player.evaluate("document.querySelector('audio').duration / 2")
    await player.evaluate(f"document.querySelector('audio').currentTime = {half}")
    await eventually(lambda: player.evaluate(_IS_THERE, half))
    await expect(player.get_by_role("heading")).to_contain_text("Ada Byron")
    await player.close()


async def test_a_live_call_is_recorded_paused_and_resumed_on_the_page(
    chromium: Browser, tmp_path: Path
) -> None:
    async with (
        open_world(tmp_path, calls=True, pace=UNHURRIED) as world,
        open_page(chromium, f"{world.slack.url}/?as=U0VOVA#C0GENERAL") as page,
    ):
        await page.get_by_role("button", name="They call").click()
        call = page.get_by_role("region", name="Call with Ada Byron")
        await call.get_by_role("button", name="Answer").click()
        await expect(call).to_contain_text("Not recorded")
        await _type(page, "/record start 101")
        card = page.locator("[data-ts]").filter(has_text="Asked by").first
        await expect(card.get_by_role("button", name="Pause")).to_be_visible()
        await expect(call).to_contain_text("Recorded")
        await card.get_by_role("button", name="Pause").click()
        await expect(card.get_by_role("button", name="Resume")).to_be_visible()
        await expect(call).to_contain_text("Paused")
        await card.get_by_role("button", name="Resume").click()
        await expect(card.get_by_role("button", name="Pause")).to_be_visible()
        await expect(card.get_by_role("button", name="Stop")).to_have_count(0)
