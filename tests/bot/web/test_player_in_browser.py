"""The player in a real browser: it plays, hears the keyboard, fits a phone and says what went wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from providers.interfaces import Media
from providers.model import ByteRange, Recording
from tests.chromium import PATIENCE
from tests.eventually import eventually

from .world import BlockLibrary, World, gateway_with

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class Film(BlockLibrary):
    """A library with a real, short film; it answers parts with the whole, and we cut."""

    def __init__(self) -> None:
        self.film = files("sandbox.vidyo.media").joinpath("grid.mp4").read_bytes()
        super().__init__(len(self.film), title='A <b>"title"</b>')

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        async def chunks() -> AsyncIterator[bytes]:
            yield self.film

        yield Media(chunks(), "video/mp4", len(self.film), None)


@pytest_asyncio.fixture(loop_scope="session")
async def cinema() -> AsyncIterator[World]:
    async with gateway_with(Film()) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def phone(chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context(
        viewport={"width": 390, "height": 780}, timezone_id="America/New_York", locale="en-US"
    )
    context.set_default_timeout(PATIENCE)
    yield await context.new_page()
    await context.close()


async def until(page: Page, true: str) -> None:
    """Wait for it, asking from outside: the page's own policy forbids what Playwright does inside."""
    await eventually(lambda: page.evaluate(true))


async def test_the_player_plays_on_a_phone_and_hears_the_keyboard(cinema: World, phone: Page) -> None:
    complaints: list[str] = []
    phone.on("console", lambda message: complaints.append(message.text))
    await phone.goto(await cinema.link("play", provider="blocks"))
    await until(phone, "media.readyState > 0")

    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert await phone.inner_text("h1") == 'A <b>"title"</b>'
    assert await phone.inner_text("dd time") == "May 4, 2026, 6:00 AM"

    await phone.keyboard.press("Space")
    await until(phone, "!media.paused && media.currentTime > 0")
    await phone.focus("#media")
    await phone.keyboard.press("Space")
    assert await phone.evaluate("media.paused")
    await phone.evaluate("media.currentTime = 0")
    await phone.keyboard.press("ArrowRight")
    assert await phone.evaluate("media.currentTime") == 5
    await phone.keyboard.press("ArrowLeft")
    assert await phone.evaluate("media.currentTime") == 0
    await phone.keyboard.press("ArrowDown")
    assert await phone.evaluate("media.volume") == pytest.approx(0.9)
    await phone.keyboard.press("m")
    assert await phone.evaluate("media.muted")
    await phone.keyboard.press("f")
    await until(phone, "document.fullscreenElement === media")
    await phone.keyboard.press("f")
    await until(phone, "!document.fullscreenElement")

    async with phone.expect_download() as downloading:
        await phone.click("text=Download")
    assert (await downloading.value).suggested_filename == "A _b__title___b_.mp4"
    assert complaints == []


async def test_a_player_whose_link_was_taken_back_says_so(cinema: World, phone: Page) -> None:
    await phone.goto(await cinema.link("play", provider="blocks"))
    await until(phone, "media.readyState > 0")
    cinema.book.revoke_all()
    await phone.evaluate("media.src += '?again'")
    assert "Ask for a new one" in await phone.inner_text("#trouble:not([hidden])")
