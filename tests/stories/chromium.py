"""Chromium, for tests that look at the page as a person does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
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
async def open_page(url: str, width: int = 1180, height: int = 820) -> AsyncIterator[Page]:
    """A fresh tab at this address. Without Chromium the test says so and is skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM} to look at the page with.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        try:
            page = await browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(15_000)
            await page.goto(url)
            yield page
        finally:
            await browser.close()
