"""Large files pass through without staying, and stop when either end is gone."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil
import pytest

from providers.errors import Unavailable
from providers.interfaces import Media
from providers.memory import MemoryProvider
from providers.model import ByteRange, Recording
from tests.eventually import PATIENCE, eventually

from .world import BlockLibrary, World, gateway_with

KIB, MIB, GIB = 1024, 1024**2, 1024**3
LARGE = 256 * MIB


@pytest.fixture(scope="module")
def far_gateway() -> Iterator[tuple[list[str], psutil.Process]]:
    """The address of a large download, and the process that serves it."""
    command = [sys.executable, "-m", "tests.bot.web.big_gateway", str(LARGE)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split(), psutil.Process(process.pid)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


@pytest.mark.real_time
async def test_a_large_file_passes_through_without_staying(
    far_gateway: tuple[list[str], psutil.Process],
) -> None:
    [address, *_], process = far_gateway
    async with aiohttp.ClientSession() as browser:
        async with browser.get(address, headers={"Range": "bytes=0-1000000"}) as warm:
            await warm.read()
        before, peak, got = process.memory_info().rss, 0, 0
        async with browser.get(address) as answer:
            async for chunk in answer.content.iter_any():
                if (got + len(chunk)) // (16 * MIB) != got // (16 * MIB):
                    peak = max(peak, process.memory_info().rss)
                got += len(chunk)
    assert got == LARGE
    assert peak - before < 20 * MIB


@pytest.mark.real_time
async def test_readers_who_do_not_read_cost_next_to_nothing(
    far_gateway: tuple[list[str], psutil.Process],
) -> None:
    (address, *others), process = far_gateway
    before = process.memory_info().rss
    with ExitStack() as readers:
        for other in others:
            readers.enter_context(closing(connected(other)))
        # Whoever serves this one in turn with the others has come as far with each of them as they let it.
        async with aiohttp.ClientSession() as browser, browser.get(address) as answer:
            await answer.content.readexactly(32 * MIB)
        assert process.memory_info().rss - before < 20 * MIB


async def test_a_slow_reader_is_waited_for() -> None:
    library = BlockLibrary(GIB)
    async with gateway_with(library) as world:
        with closing(connected(await world.link("download", provider="blocks"))):
            await asyncio.sleep(1)
            pulled = library.pulled
            assert 0 < pulled < 16 * MIB
            await asyncio.sleep(60)
            assert library.pulled == pulled


async def test_downloads_that_readers_break_off_end_at_the_provider_too() -> None:
    library = BlockLibrary(64 * GIB)
    async with gateway_with(library) as world, aiohttp.ClientSession() as browser:
        answers = [await browser.get(await world.link("download", provider="blocks")) for _ in range(10)]
        for answer in answers:
            await answer.content.readexactly(MIB)
        assert library.open_now == 10

        for answer in answers:
            answer.close()
        await eventually(lambda: library.open_now == 0)
        pulled = library.pulled
        await asyncio.sleep(60)
        assert library.pulled == pulled


async def test_a_reader_who_leaves_while_the_provider_hesitates_is_noticed() -> None:
    class Hesitant(BlockLibrary):
        asked = given_up = 0

        @asynccontextmanager
        async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
            self.asked += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.given_up += 1
            async with super().open(recording, part) as media:
                yield media

    library = Hesitant(GIB)
    async with gateway_with(library) as world:
        with closing(connected(await world.link("download", provider="blocks"))):
            await eventually(lambda: library.asked == 1)
            assert library.given_up == 0
        await eventually(lambda: library.given_up == 1)


@pytest.mark.parametrize("says_length", [True, False])
async def test_a_provider_that_is_lost_on_the_way_breaks_the_download_off(
    says_length: bool, browser: aiohttp.ClientSession
) -> None:
    library = BlockLibrary(8 * MIB, breaks_after=MIB, says_length=says_length)
    async with gateway_with(library) as world:
        async with browser.get(await world.link("download", provider="blocks")) as answer:
            assert answer.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()
        assert library.open_now == 0


async def test_a_file_that_ends_early_does_not_look_whole(
    browser: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    class Short(BlockLibrary):
        @asynccontextmanager
        async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
            async with super().open(recording, part) as media:
                assert media.length is not None
                yield Media(media.chunks, media.content_type, media.length + 1, None)

    short = Short(MIB)
    short.knows_size = False
    async with gateway_with(short) as world:
        address = await world.link("download", provider="blocks")
        async with browser.get(address) as answer:
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()
    assert "broke off on its way: The provider's file ended 1 bytes early." in caplog.text


async def test_a_connection_lost_half_way_is_not_completed(
    world: World, memory: MemoryProvider, browser: aiohttp.ClientSession
) -> None:
    recording = memory.backend.add_recording(size=1_000_000)
    memory.backend.fail_next("open", Unavailable("Lost."), after_the_work=True)
    async with browser.get(await world.link("download", recording=recording.id)) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
    assert memory.backend.open_files == 0


def connected(address: str) -> socket.socket:
    """A reader who has asked, has little room and takes nothing."""
    where = urlsplit(address)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * KIB)
    reader.connect((where.hostname, where.port))
    reader.sendall(f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
    return reader
