"""The story as a newcomer lives it: in a browser, at the address that the demo prints."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox.slack.reading import text_of
from sandbox.vidyo.library import Recording
from tests.chromium import open_page
from tests.eventually import eventually
from tests.stories.unhurried import UNHURRIED
from tests.stories.world import ROOM, ROOM_NAME, World, open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _type(page: Page, text: str) -> None:
    await page.fill("#composer", text)
    await page.press("#composer", "Enter")


async def test_a_meeting_is_recorded_found_played_and_downloaded(chromium: Browser, tmp_path: Path) -> None:
    async with (
        open_world(tmp_path, speed=8, pace=UNHURRIED) as world,
        open_page(chromium, f"{world.slack.url}/?as=U0VOVA#C0GENERAL") as page,
    ):
        # What a person must see happens when it is told to, however slow the browser is.
        vidyo = world.vidyo.world
        vidyo.settings.join_delay = vidyo.settings.processing_delay = "never"
        await _type(page, f"/record start {ROOM}")
        card = page.locator("[data-ts]").filter(has_text="Asked by").first
        await eventually(lambda: vidyo.recorders.ringing(vidyo.room(ROOM)))
        await expect(card).to_contain_text("Asking")
        vidyo.recorder_joins(ROOM)
        await expect(card).to_contain_text(f"Recording {ROOM_NAME}")
        assert world.recorders() == 1

        await card.get_by_role("button", name="Pause").click()
        await expect(card).to_contain_text("paused")
        await card.get_by_role("button", name="Resume").click()
        await expect(card).not_to_contain_text("paused")
        await expect(card).to_contain_text(f"Recording {ROOM_NAME}")
        await card.get_by_role("button", name="Stop").click()
        await expect(card).to_contain_text(re.compile("processed|processing|being made", re.I))
        vidyo.library.finish(_newest(world))
        await expect(card).to_contain_text("Ready")
        assert world.starts() == 1

        await _downloads(page, world)
        await _plays(page)
        await _searches(page, world)


async def _downloads(page: Page, world: World) -> None:
    """Download delivers the very file."""
    await page.locator("[data-ts]").filter(has_text="Ready").get_by_role("button", name="Download").click()
    link = page.get_by_role("link", name="Download now")
    await link.wait_for()
    answer = await page.request.get(await link.get_attribute("href") or "")
    assert answer.status == 200
    assert hashlib.sha256(await answer.body()).hexdigest() == world.vidyo.world.sha256(_newest(world).guid)


def _newest(world: World) -> Recording:
    """The one that was made here."""
    return max(world.vidyo.world.library, key=lambda recording: recording.id)


async def _plays(page: Page) -> None:
    """Play opens a page on which the film runs."""
    await page.locator("[data-ts]").filter(has_text="Ready").get_by_role("button", name="Play").click()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Play now").click()
    player = await opened.value
    await player.locator("video").wait_for()
    await player.evaluate("document.querySelector('video').muted = true")
    await player.evaluate("document.querySelector('video').play()")
    # Asked from outside: the page's policy forbids Playwright's own waiting.
    await eventually(lambda: player.evaluate("document.querySelector('video').currentTime > 0.3"))
    await player.close()


async def _searches(page: Page, world: World) -> None:
    """A search lists, pages, and is shared."""
    await _type(page, "/recordings search vova")
    found = page.locator("article.ephemeral").filter(has_text="recordings, ").last
    await expect(found).to_contain_text("1 to 5")
    await found.get_by_role("button", name="Older").click()
    await expect(found).to_contain_text("6 to 10")
    await found.get_by_role("button", name="Newer").click()
    await expect(found).to_contain_text("1 to 5")
    await found.get_by_role("button", name="Share here").first.click()
    await expect(page.locator("[data-ts]").filter(has_text="shares a recording")).to_be_visible()
    assert any("shares a recording" in text_of(message) for message in world.slack.messages("#general"))
