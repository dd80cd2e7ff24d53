"""What providers tell by themselves: answered at once, and passed on as a hint."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from io import BytesIO

import aiohttp
import pytest

from bot.web.push import Pushes
from providers.interfaces import Check, PushAnswer, PushSource

from .world import gateway_with


class Bell(PushSource):
    """A source that says what it heard, and proves itself by a word."""

    kind = "bell"
    name = "front-door"

    async def check(self) -> Sequence[Check]:
        return [Check("bell", ok=True)]

    async def keep_push(self, address: str) -> None: ...

    def heard(self, headers: Mapping[str, str], body: bytes) -> PushAnswer:
        if headers.get("x-word") != "please":
            return PushAnswer(401)
        return PushAnswer(200, {"x-heard": str(len(body))}, news=body == b"ring")


class Told:
    """Who was told of news. It takes its time."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.may_end = asyncio.Event()
        self._changed = asyncio.Event()

    async def __call__(self, name: str) -> None:
        self.names.append(name)
        self._changed.set()
        await self.may_end.wait()

    async def once(self) -> None:
        async with asyncio.timeout(5):
            await self._changed.wait()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def url(told: Told) -> AsyncIterator[str]:
    async with gateway_with(pushes=Pushes([Bell()], lambda name: told(name))) as world:
        yield f"{world.url}/push"
        told.may_end.set()


async def test_the_answer_leaves_before_anything_is_done_about_the_news(
    url: str, told: Told, browser: aiohttp.ClientSession
) -> None:
    async with browser.post(f"{url}/bell/front-door", data=b"ring", headers={"X-Word": "please"}) as answer:
        assert (answer.status, answer.headers["x-heard"]) == (200, "4")
        assert not told.may_end.is_set()
    await told.once()
    assert told.names == ["front-door"]


async def test_what_brings_no_news_is_answered_all_the_same(
    url: str, told: Told, browser: aiohttp.ClientSession
) -> None:
    async with browser.post(f"{url}/bell/front-door", headers={"X-Word": "please"}) as answer:
        assert (answer.status, answer.headers["x-heard"]) == (200, "0")
    async with browser.post(f"{url}/bell/front-door", data=b"ring") as answer:
        assert answer.status == 401
    assert told.names == []


async def test_nobody_else_is_listened_to(url: str, told: Told, browser: aiohttp.ClientSession) -> None:
    word = {"X-Word": "please"}
    for path in ("bell/back-door", "ringcentral/front-door"):
        async with browser.post(f"{url}/{path}", data=b"ring", headers=word) as answer:
            assert answer.status == 404
    async with browser.get(f"{url}/bell/front-door", headers=word) as answer:
        assert answer.status == 405
    large = BytesIO(b"r" * 300_000)
    async with browser.post(f"{url}/bell/front-door", data=large, headers=word) as answer:
        assert answer.status == 413
    assert told.names == []
