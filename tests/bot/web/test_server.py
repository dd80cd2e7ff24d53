"""The server comes up on the port it says, and goes in time whoever is still there."""

import asyncio
import logging
import signal
import time

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from bot.web.server import CannotListen, serve

from .world import BlockLibrary, gateway_with


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def test_a_free_port_is_found_and_named(browser: aiohttp.ClientSession) -> None:
    async with serve(hello, "127.0.0.1", 0) as url, browser.get(url) as answer:
        assert await answer.text() == "hello"


async def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    async with serve(hello, "127.0.0.1", 0) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(CannotListen, match=f"Cannot listen on 127.0.0.1, port {port}"):
            async with serve(hello, "127.0.0.1", port):
                pass


async def test_signals_are_left_to_whoever_serves() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serve(hello, "127.0.0.1", 0):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_it_stops_within_two_seconds_with_streams_open(
    browser: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    library = BlockLibrary(64 * 1024**3)
    async with gateway_with(library) as world:
        answers = [await browser.get(await world.link("download", provider="blocks")) for _ in range(3)]
        assert library.open_now == 3
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 2
    assert library.open_now == 0
    for answer in answers:
        answer.close()
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


async def test_an_application_that_does_not_end_is_ended() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with serve(endless, "127.0.0.1", 0) as url, aiohttp.ClientSession() as browser:
        asking = asyncio.create_task(browser.get(url))
        await begun.wait()
        stopping = time.monotonic()
    with pytest.raises(aiohttp.ClientError):
        await asking
    assert time.monotonic() - stopping < 2
    assert ended.is_set()


async def test_no_link_is_written_into_a_log(
    browser: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    library = BlockLibrary(10_000_000, breaks_after=1)
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        async with browser.get(address) as answer:
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()
        library.running = True
        async with browser.get(await world.link("play", provider="blocks")) as answer:
            assert answer.status == 409
    token = address.rpartition("/")[2]
    assert caplog.records
    assert token not in caplog.text
    assert "/m/" not in caplog.text
