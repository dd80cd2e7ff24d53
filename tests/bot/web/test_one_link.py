"""However often one link is opened, it takes little of what the provider gives to all."""

import asyncio
from collections import Counter
from collections.abc import Mapping

import aiohttp
import pytest

from providers.interfaces import Rationed

from .world import BlockLibrary, gateway_with

SIZE = 1_000_000


class RationedBlocks(BlockLibrary, Rationed):
    """A library that counts what is asked of it."""

    def left(self) -> Mapping[str, int]:
        return {"heavy": 10}


@pytest.fixture(params=[BlockLibrary, RationedBlocks])
def library(request: pytest.FixtureRequest) -> BlockLibrary:
    made: BlockLibrary = request.param(SIZE)
    return made


async def part(browser: aiohttp.ClientSession, address: str, first: int, last: int | str = "") -> int:
    async with browser.get(address, headers={"Range": f"bytes={first}-{last}"}) as answer:
        body = await answer.read()
        if answer.status == 206:
            assert len(body) == int(answer.headers["Content-Length"])
        elif answer.status == 429:
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
        return answer.status


async def test_sixty_parts_at_once_of_a_library_that_counts(browser: aiohttp.ClientSession) -> None:
    library = RationedBlocks(SIZE)
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        statuses = await asyncio.gather(*(part(browser, address, n, n + 10) for n in range(60)))
        assert Counter(statuses) == {206: 6, 429: 54}
        assert library.opened == 6
        assert library.lookups == 1
        await asyncio.sleep(60)
        assert await part(browser, address, 5) == 206


async def test_sixty_parts_at_once_where_nobody_counts(browser: aiohttp.ClientSession) -> None:
    library = BlockLibrary(SIZE)
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        statuses = await asyncio.gather(*(part(browser, address, n, n + 10) for n in range(60)))
        assert Counter(statuses) == {206: 20, 429: 40}
        assert library.lookups == 1


async def test_no_more_than_a_few_parts_are_open_at_once(
    library: BlockLibrary, browser: aiohttp.ClientSession
) -> None:
    library.size = 2**36
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        held = [await browser.get(address) for _ in range(4)]
        assert library.open_now == 4
        waiting = asyncio.create_task(part(browser, address, 0, 10))
        await asyncio.sleep(5)
        assert not waiting.done()
        held.pop().close()
        assert await waiting == 206
        assert await part(browser, await world.link("download", provider="blocks"), 0, 10) == 206
        for answer in held:
            answer.close()


async def test_sixty_pages_of_one_link_look_once(
    library: BlockLibrary, browser: aiohttp.ClientSession
) -> None:
    async with gateway_with(library) as world:
        address = await world.link("play", provider="blocks")

        async def shown() -> int:
            async with browser.get(address) as answer:
                return answer.status

        assert set(await asyncio.gather(*(shown() for _ in range(60)))) == {200}
        assert (library.lookups, library.opened) == (1, 1)


async def test_another_link_is_not_kept_waiting(
    library: BlockLibrary, browser: aiohttp.ClientSession
) -> None:
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        crowd = [asyncio.create_task(part(browser, address, n)) for n in range(60)]
        await asyncio.sleep(0.1)
        begun = asyncio.get_running_loop().time()
        assert await part(browser, await world.link("play", provider="blocks"), 0) in (200, 206)
        assert asyncio.get_running_loop().time() - begun < 1
        await asyncio.gather(*crowd)


async def test_a_player_that_seeks_and_gives_up_what_it_asked_for_is_served(
    library: BlockLibrary, browser: aiohttp.ClientSession
) -> None:
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        for n in range(4):
            assert await part(browser, address, n * 1000, n * 1000 + 10) == 206
        for n in range(30):
            seeking = asyncio.create_task(part(browser, address, n, n + 10))
            await asyncio.sleep(0.05)
            seeking.cancel()
        await asyncio.sleep(15)
        assert await part(browser, address, 0, 10) == 206


async def test_what_is_known_of_a_file_is_not_asked_again(
    library: BlockLibrary, browser: aiohttp.ClientSession
) -> None:
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        assert await part(browser, address, 0, 20) == 206
        for _ in range(60):
            async with browser.head(address) as answer:
                assert answer.status == 200
                assert answer.headers["Content-Length"] == str(SIZE)
                assert answer.headers["Content-Type"] == "video/mp4"
            async with browser.get(address, headers={"Range": f"bytes={SIZE}-"}) as answer:
                assert answer.status == 416
                assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
        assert library.opened == 1
        await asyncio.sleep(301)
        async with browser.head(address) as answer:
            assert answer.status == 200
        assert library.opened == 2
