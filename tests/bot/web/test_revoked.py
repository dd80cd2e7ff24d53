"""A link that is taken back gives nothing more, also to whoever is reading by then."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import aiohttp
import pytest

from bot.store import StoreError
from providers.errors import NotFound, Unavailable
from providers.interfaces import Media
from providers.model import ByteRange, Recording, RecordingId, Scope

from .test_streams import GIB, MIB, connected
from .world import BlockLibrary, Issued, gateway_with

PROMISED = 5.0


@pytest.mark.parametrize("purpose", ["download", "play"])
async def test_a_stream_ends_when_its_link_is_revoked(purpose: str, browser: aiohttp.ClientSession) -> None:
    library = BlockLibrary(GIB)
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        if purpose == "play":
            page = world.links.read((await world.link("play", provider="blocks")).rpartition("/")[2])
            address = f"{world.url}/m/{world.links.for_page(page, None)}"
        async with browser.get(address) as answer:
            await answer.content.readexactly(MIB)
            world.book.revoke_all()
            begun = time.monotonic()
            with pytest.raises(aiohttp.ClientPayloadError):
                await to_the_end(answer)
        assert time.monotonic() - begun <= PROMISED
        assert library.open_now == 0


async def test_a_reader_who_takes_nothing_is_let_go_too() -> None:
    library = BlockLibrary(GIB)
    async with gateway_with(library) as world:
        with closing(connected(await world.link("download", provider="blocks"))):
            await asyncio.sleep(10)
            assert library.open_now == 1, "a link that is good streams on"
            world.book.revoke_all()
            await asyncio.sleep(PROMISED)
            assert library.open_now == 0


class Changing(BlockLibrary):
    """Its recording may become private, or be deleted, while somebody reads."""

    now: Scope | None = Scope.ORGANIZATION
    looks = 0

    async def recording(self, id: RecordingId) -> Recording:
        self.looks += 1
        if self.now is None:
            raise NotFound("There is no such recording.")
        return replace(await super().recording(id), scope=self.now)


@pytest.mark.parametrize("scope", [Scope.PRIVATE, Scope.UNKNOWN, None])
async def test_a_stream_ends_when_its_recording_becomes_private_or_is_deleted(scope: Scope | None) -> None:
    library = Changing(GIB)
    async with gateway_with(library) as world:
        with closing(connected(await world.link("download", provider="blocks"))):
            await asyncio.sleep(100)
            assert library.open_now == 1
            assert library.looks <= 5, "nobody asks oftener than for a new reader"
            library.now = scope
            await asyncio.sleep(35)
            assert library.open_now == 0


async def test_a_library_that_is_silent_breaks_no_stream_off() -> None:
    class Silent(Changing):
        async def recording(self, id: RecordingId) -> Recording:
            if self.looks:
                raise Unavailable("The library does not answer.")
            return await super().recording(id)

    library = Silent(GIB)
    async with gateway_with(library) as world:
        with closing(connected(await world.link("download", provider="blocks"))):
            await asyncio.sleep(100)
            assert library.open_now == 1


async def test_where_looks_are_counted_a_stream_costs_none() -> None:
    class Counted(Changing):
        def left(self) -> dict[str, int]:
            return {"heavy": 10}

    library = Counted(GIB)
    async with gateway_with(library) as world:
        with closing(connected(await world.link("download", provider="blocks"))):
            await asyncio.sleep(100)
            assert (library.open_now, library.looks) == (1, 1)


async def test_a_link_that_is_revoked_while_the_provider_hesitates_gives_nothing(
    browser: aiohttp.ClientSession,
) -> None:
    class Hesitant(BlockLibrary):
        @asynccontextmanager
        async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
            await asyncio.sleep(8)
            async with super().open(recording, part) as media:
                yield media

    library = Hesitant(MIB)
    async with gateway_with(library) as world:
        asked = asyncio.create_task(browser.get(await world.link("download", provider="blocks")))
        await asyncio.sleep(1)
        world.book.revoke_all()
        async with await asked as answer:
            assert answer.status == 410
            assert b"was taken back" in await answer.read()
    assert library.pulled == 0


async def test_a_book_that_cannot_be_read_for_a_moment_breaks_nothing_off(
    browser: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = BlockLibrary(64 * MIB)
    async with gateway_with(library) as world:

        async def locked(id: str) -> Issued | None:
            raise StoreError("The database is locked.")

        async with browser.get(await world.link("download", provider="blocks")) as answer:
            monkeypatch.setattr(world.book, "get", locked)
            await asyncio.sleep(10)
            assert len(await answer.read()) == 64 * MIB


async def to_the_end(answer: aiohttp.ClientResponse) -> None:
    """Read it, a piece at a time."""
    while await answer.content.read(MIB):
        await asyncio.sleep(0.1)
