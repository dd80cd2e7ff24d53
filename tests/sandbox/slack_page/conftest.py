from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Error, Page, expect

from tests.chromium import PATIENCE
from tests.sandbox.slack_page.stand_in import StandIn

Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def door() -> Iterator[socket.socket]:
    """One address for every stand-in: a browser that knows the page's files there need not fetch them anew."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door


@pytest_asyncio.fixture(loop_scope="session")
async def slack(door: socket.socket) -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    await stand_in.start(door)
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def context(chromium: Browser) -> BrowserContext:
    return await chromium.new_context(timezone_id="Europe/Kyiv", locale="en-GB", reduced_motion="reduce")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tabs() -> list[Page]:
    """Tabs that were opened and are free: to open one takes longer than many a test."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(context: BrowserContext, tabs: list[Page]) -> AsyncIterator[Visit]:
    """Opens an address in a tab; no page may end with an error of its own."""
    used: list[Page] = []
    errors: list[Error] = []

    def note(error: Error) -> None:
        errors.append(error)

    async def open_page(url: str, *, width: int = 1280) -> Page:
        page = tabs.pop() if tabs else await context.new_page()
        used.append(page)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", note)
        await page.set_viewport_size({"width": width, "height": 844})
        await page.bring_to_front()
        await page.goto(url)
        await expect(page.locator("#composer")).to_be_visible()
        return page

    yield open_page
    for page in used:
        await page.evaluate("() => localStorage.clear()")
        page.remove_listener("pageerror", note)  # what a page that is being left drops is no error of its own
        await page.goto("about:blank")
        tabs.append(page)
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def visit(slack: StandIn, open_page: Visit) -> Visit:
    """Opens the page of the stand-in as a person, and waits until it listens. It is left before the stand-in goes."""

    async def visit(person: str = "U0VOVA", *, width: int = 1280, channel: str = "C0GENERAL") -> Page:
        page = await open_page(f"{slack.url}/?as={person}#{channel}", width=width)
        await slack.watched_by(person)
        return page

    return visit
