"""Chromium, for tests that look at a page as a person does."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

PATIENCE = 60_000  # milliseconds: the machine may be slow, or busy with other tests
# Debian has it without a window, too, which takes two thirds of the time: nobody looks at a window of a test.
_NAMES = ["chromium-headless-shell", "chromium"]
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """The machine's own Chromium. Where there is none, the test says so and is skipped."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("There is no Chromium on this machine to look at the page with.")
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page(browser: Browser, url: str, width: int = 1180, height: int = 820) -> AsyncIterator[Page]:
    """A fresh tab at this address, which knows nothing of other tabs."""
    page = await browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    await page.goto(url)
    yield page
    await page.close()
