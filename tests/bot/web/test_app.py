"""The gateway's small routes, and what it says when something is wrong with itself."""

from collections.abc import Sequence
from datetime import timedelta

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from bot.links import Links
from bot.web.app import gateway
from tests.clock import Clock

from .world import KEYS, NOON, Book, World, gateway_with, no_pushes


async def test_it_is_alive_and_ready(world: World, browser: aiohttp.ClientSession) -> None:
    for path, said in (("/healthz", "alive"), ("/readyz", "ready"), ("/", "Recbot is running")):
        async with browser.get(world.url + path) as answer:
            assert answer.status == 200
            assert said in await answer.text()
        async with browser.head(world.url + path) as answer:
            assert answer.status == 200


async def test_what_keeps_it_from_its_work_is_said_line_by_line(browser: aiohttp.ClientSession) -> None:
    async def ready() -> Sequence[str]:
        return ["The database does not answer.", "Slack's socket is not connected."]

    async with gateway_with(ready=ready) as world:
        async with browser.get(f"{world.url}/healthz") as answer:
            assert answer.status == 200
        async with browser.get(f"{world.url}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.text()).splitlines() == await ready()


async def test_what_only_a_new_process_may_mend_is_a_sign_that_this_one_is_dead(
    browser: aiohttp.ClientSession,
) -> None:
    async def alive() -> Sequence[str]:
        return ["Slack's events cannot arrive."]

    async with gateway_with(alive=alive) as world, browser.get(f"{world.url}/healthz") as answer:
        assert answer.status == 503
        assert (await answer.text()).splitlines() == await alive()


async def test_a_fault_of_ours_is_a_page_without_its_inside(
    world: World, browser: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(id: str) -> None:
        raise RuntimeError("the secret inside")

    address = await world.link("download")
    monkeypatch.setattr(world.book, "get", broken)
    async with browser.get(address) as answer:
        assert answer.status == 500
        text = await answer.text()
    assert "Recbot could not answer" in text
    assert "inside" not in text
    assert "Traceback" not in text


async def test_without_slack_over_http_its_routes_are_not_there(
    world: World, browser: aiohttp.ClientSession
) -> None:
    async with browser.post(f"{world.url}/slack/events") as answer:
        assert answer.status == 404


def test_slack_over_http_is_not_served_without_its_secret() -> None:
    links = Links(KEYS, None, Book(), timedelta(hours=1), Clock(NOON))
    with pytest.raises(ValueError, match="signing secret"):
        gateway(
            links=links,
            providers_library={}.__getitem__,
            slack=nowhere,
            signing_secret=None,
            ready=calm,
            pushes=no_pushes(),
        )


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("nobody should come here")


async def calm() -> Sequence[str]:
    return ()
