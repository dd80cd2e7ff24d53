"""Whoever connects to the gateway takes little of it, and not for ever: others are still heard."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from bot.web.connection import USUAL, Limits
from bot.web.descriptors import for_connections
from bot.web.server import serve
from bot.web.stream import while_connected

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Says hello; reads the body at /body; at /endless it never comes to an end."""
    if scope["path"] == "/body":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    while scope["path"] == "/endless" and (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.body", "body": b"hello"})


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """A file without an end."""

    async def work() -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            await asyncio.sleep(0)

    await while_connected(work(), receive)


@dataclass
class Caller:
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def hang_up(self) -> None:
        self.writer.transport.abort()

    async def status(self) -> int:
        head = await self.reader.readuntil(b"\r\n\r\n")
        return int(head.split()[1])

    async def hello(self) -> None:
        assert await self.status() == 200
        assert await self.reader.readexactly(5) == b"hello"

    async def ended_after(self) -> float:
        """Seconds until the other side hangs up."""
        begun = asyncio.get_running_loop().time()
        try:
            while await self.reader.read(2**16):
                pass
        except ConnectionError:
            pass
        return round(asyncio.get_running_loop().time() - begun, 1)

    async def dripped_for(self) -> float:
        """The same, while a byte is sent each second."""

        async def drip() -> None:
            while True:
                self.send(b"x")
                await asyncio.sleep(1)

        dripping = asyncio.create_task(drip())
        try:
            return await self.ended_after()
        finally:
            dripping.cancel()


class House:
    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._stack = stack

    async def call(self) -> Caller:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        caller = Caller(reader, writer)
        self._stack.callback(caller.hang_up)
        return caller


@asynccontextmanager
async def open_house(limits: Limits = USUAL, app=app) -> AsyncIterator[House]:
    async with serve(app, "127.0.0.1", 0, limits) as url, AsyncExitStack() as stack:
        yield House(url, stack)


ENDLESS = [
    (b"GET / HTTP/1.1\r\nX: ", b"x" * 4096, 431),
    (b"GET / HTTP/1.1\r\nX: ", b"x", 431),
    (b"GET / HTTP/1.1\r\n", b"X: x\r\n" * 500, 431),
    (b"GET / HTTP/1.1\r\n", b"x" * 4096, 431),
    (b"GET /", b"x" * 4096, 414),
    (b"GET /?", b"x", 414),
    (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 4096, None),
    (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: ", b"x" * 4096, None),
    (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: x\r\n" * 500, None),
]


@pytest.mark.parametrize(("beginning", "piece", "status"), ENDLESS)
async def test_what_comes_before_a_body_has_an_end(
    beginning: bytes, piece: bytes, status: int | None
) -> None:
    async with open_house() as house:
        caller = await house.call()
        caller.send(beginning)
        for sent in range(0, max(40_000, 100 * len(piece)), len(piece)):
            caller.send(piece)
            if sent % 997 == 0:
                await asyncio.sleep(0)
        if status is not None:
            assert await caller.status() == status
        assert await caller.ended_after() == 0


@pytest.mark.real_time
async def test_it_is_so_on_uvloop_too() -> None:
    async with open_house(replace(USUAL, most=1)) as house:
        caller = await house.call()
        caller.send(GET + b"X: " + b"x" * 40_000)
        assert await caller.status() == 431
        caller.hang_up()
        caller = await house.call()
        caller.send(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await caller.status() == 200
        assert await (await house.call()).status() == 503


async def test_long_headers_that_come_at_once_are_too_long_as_well() -> None:
    async with open_house() as house:
        caller = await house.call()
        caller.send(GET + b"X: " + b"x" * 40_000 + b"\r\n\r\n")
        assert await caller.status() == 431


async def test_what_is_long_but_not_too_long_is_heard() -> None:
    async with open_house() as house:
        caller = await house.call()
        caller.send(b"GET /?" + b"x" * 8_000 + b" HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 16_000 + b"\r\n\r\n")
        await caller.hello()
        for _ in range(20):  # and so is many a request on one connection, one after the other or at once
            caller.send((GET + b"X: " + b"x" * 4_000 + b"\r\n\r\n") * 2)
            await caller.hello()
            await caller.hello()
        caller.send(b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"4\r\nabcd\r\n" * 50_000)
        caller.send(b"0\r\n\r\n")
        await caller.hello()


@pytest.mark.parametrize(
    "beginning",
    [b"", b"\r\n", b"G", GET, GET + b"X: "],
)
async def test_a_connection_that_asks_for_nothing_is_kept_for_ten_seconds(beginning: bytes) -> None:
    async with open_house() as house:
        callers = [await house.call() for _ in range(140)]
        for caller in callers:
            caller.send(beginning)
        assert {await caller.ended_after() for caller in callers} <= {10.0, 0.0}


async def test_who_drips_is_not_waited_for() -> None:
    async with open_house() as house:
        caller = await house.call()
        caller.send(GET + b"X: ")
        assert await caller.dripped_for() == 10.0


@pytest.mark.parametrize(
    ("more", "seconds"), [(b"", 75.0), (b"\r\n", 10.0), (b"GET / HT", 10.0), (b"POST / HTTP/1.1\r\n", 10.0)]
)
async def test_between_two_requests_there_is_time_but_not_for_ever(more: bytes, seconds: float) -> None:
    async with open_house() as house:
        caller = await house.call()
        caller.send(GET + b"\r\n")
        await caller.hello()
        caller.send(more)
        assert await caller.ended_after() == seconds


async def test_a_body_that_nobody_reads_is_not_waited_for() -> None:
    async with open_house() as house:
        caller = await house.call()
        caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        await caller.hello()
        assert await caller.dripped_for() == 10.0


async def test_an_answer_that_takes_long_is_given_all_the_same() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(300)
        await app(scope, receive, send)

    async with open_house(app=slow) as house:
        caller = await house.call()
        caller.send(GET + b"\r\n")
        await caller.hello()


async def test_who_takes_nothing_of_an_answer_any_more_is_let_go() -> None:
    async with open_house(app=endless) as house:
        caller = await house.call()
        caller.send(GET + b"\r\n")
        await caller.reader.readuntil(b"\r\n\r\n")
        caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(599)
        caller.writer.transport.resume_reading()  # type: ignore[attr-defined]
        await caller.reader.readexactly(2**20)
        caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(700)
        caller.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await caller.ended_after() < 1


async def test_a_crowd_that_asks_for_nothing_keeps_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    async with open_house(replace(USUAL, most=10)) as house:
        kept = await house.call()
        kept.send(GET + b"\r\n")
        await kept.hello()
        crowd = [await house.call() for _ in range(50)]
        for _ in range(3):
            newcomer = await house.call()
            newcomer.send(GET + b"\r\n")
            await newcomer.hello()
        kept.send(GET + b"\r\n")
        await kept.hello()
        assert len(crowd) == 50
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(said) == 1
    assert "web.connections" in said[0]


async def test_where_all_are_busy_the_newcomer_is_told() -> None:
    async with open_house(replace(USUAL, most=3)) as house:
        busy = [await house.call() for _ in range(3)]
        for caller in busy:
            caller.send(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            assert await caller.status() == 200
        newcomer = await house.call()
        assert await newcomer.status() == 503
        busy[0].hang_up()
        await asyncio.sleep(0.1)
        newcomer = await house.call()
        newcomer.send(GET + b"\r\n")
        await newcomer.hello()


@pytest.mark.parametrize(
    ("allowed", "most"), [(100_000, 300), (1024, 300), (512, 128), (256, 64), (64, 16), (3, 1)]
)
def test_the_bots_own_files_are_kept_apart(allowed: int, most: int) -> None:
    assert for_connections(300, allowed) == most


async def test_an_idle_connection_is_kept_as_long_as_it_is_set() -> None:
    async with open_house(replace(USUAL, idle=timedelta(seconds=5))) as house:
        caller = await house.call()
        caller.send(GET + b"\r\n")
        await caller.hello()
        assert await caller.ended_after() == 5.0
