"""A file as careless servers give it out: empty, cut off or longer than it should be. None passes for a whole one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from providers.interfaces import Media
from providers.model import ByteRange, Recording
from tests.bot.web.world import BlockLibrary, World, gateway_with

BYTES = b"0123456789"


class Careless(BlockLibrary):
    """What is sent whatever is asked for. `said` is its Content-Length, `size` what its record says."""

    def __init__(self, *sent: bytes, said: int | None = None, size: int | None = len(BYTES)) -> None:
        super().__init__(size or 0, "careless")
        self.knows_size = size is not None
        self.sent = sent
        self.said = said
        self.part: tuple[int, int, int] | None = None

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        async def chunks() -> AsyncIterator[bytes]:
            for piece in self.sent:
                yield piece

        yield Media(chunks(), "video/mp4", self.said, self.part if part else None)


async def got(world: World, browser: aiohttp.ClientSession, part: str | None = None) -> tuple[int, bytes]:
    address = await world.link("download", provider="careless")
    headers = {"Range": part} if part else {}
    async with browser.get(address, headers=headers) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize("part", [None, "bytes=0-", "bytes=2-9", "bytes=-3"])
@pytest.mark.parametrize("sent", [(b"0123",), (b"01", b"23"), (BYTES, b"and more"), (BYTES + b"and more",)])
async def test_what_ends_early_or_goes_on_breaks_off(
    browser: aiohttp.ClientSession, sent: tuple[bytes, ...], part: str | None
) -> None:
    async with gateway_with(Careless(*sent)) as world:
        with pytest.raises(aiohttp.ClientPayloadError):
            await got(world, browser, part)


@pytest.mark.parametrize("part", [None, "bytes=0-"])
async def test_what_is_all_there_comes_whole_although_its_server_says_no_length(
    browser: aiohttp.ClientSession, part: str | None
) -> None:
    async with gateway_with(Careless(BYTES[:4], BYTES[4:])) as world:
        assert (await got(world, browser, part))[1] == BYTES


@pytest.mark.parametrize("said", [None, 0])
@pytest.mark.parametrize("size", [None, 0, 10])
async def test_an_empty_file_is_no_file(
    browser: aiohttp.ClientSession, said: int | None, size: int | None
) -> None:
    async with gateway_with(Careless(said=said, size=size)) as world:
        try:
            status, body = await got(world, browser)
        except aiohttp.ClientPayloadError:
            return
        assert (status, b"gave an answer that cannot be used" in body) == (502, True)


async def test_a_file_of_another_size_than_its_record_says_is_not_given_out(
    browser: aiohttp.ClientSession,
) -> None:
    short = Careless(BYTES[:4], said=4)
    async with gateway_with(short) as world:
        assert (await got(world, browser))[0] == 502
        short.part = (0, 3, 4)
        assert (await got(world, browser, "bytes=0-"))[0] == 502


async def test_a_record_that_says_no_bytes_says_nothing(browser: aiohttp.ClientSession) -> None:
    async with gateway_with(Careless(BYTES, said=10, size=0)) as world:
        assert await got(world, browser) == (200, BYTES)


async def test_what_was_no_whole_file_is_not_remembered(browser: aiohttp.ClientSession) -> None:
    """A server that is being restarted gives out its beginning; a moment later all is there."""
    careless = Careless(BYTES[:4], said=4)
    async with gateway_with(careless) as world:
        address = await world.link("download", provider="careless")
        for part in ({}, {"Range": "bytes=0-"}):
            async with browser.get(address, headers=part) as answer:
                assert answer.status == 502
        careless.sent, careless.said, careless.part = (BYTES[6:],), 4, (6, 9, 10)
        async with browser.get(address, headers={"Range": "bytes=6-9"}) as answer:
            assert (answer.status, await answer.read()) == (206, BYTES[6:])
