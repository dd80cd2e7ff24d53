"""What a far side that means harm does, whichever it is, and what that may cost."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache

OTHER_AGES = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00Z",
    "3000-01-01",
    "x",
)
BEFORE_THE_BODY = "HTTP/1.1 200 OK\r\nX-"


def nonsense(http: Callable[..., bytes]) -> list[bytes]:
    """Answers that nobody can read; `http` makes one of those that this far side gives."""
    head = "HTTP/1.1 200 OK\r\n"
    long_ago = "Retry-After: Mon, 1 Jan 2024 00:00:00 +99999999999\r\n"
    never = "Mon, 1 Jan 99999999999999999999 00:00:00 GMT\r\n"
    return [
        http(b"garbage", more="Content-Encoding: gzip\r\n"),
        http(b"garbage", more="Content-Encoding: br\r\n"),
        http(b"", "503 No", more=f"Retry-After: {never}"),
        http(b"", "503 No", more=f"Date: {never}"),
        http(b"", "503 No", more=long_ago),
        http(b"x" * 2**20, "404 No"),
        f"{head}X: {'x' * 200_000}\r\n\r\n".encode(),
        (head + "X: x\r\n" * 40_000 + "\r\n").encode(),
        f"{head}Content-Length: {'9' * 5_000}\r\n\r\n".encode(),
        f"{head}Content-Length: -5\r\n\r\n".encode(),
        b"HTTP/1.1 99999 No\r\n\r\n",
    ]


@cache
def packed() -> bytes:
    """Few bytes that become 64 million."""
    return gzip.compress(bytes(2**26), 1)


@contextmanager
def costing_at_most(most: int) -> Iterator[None]:
    """Within this no more than so many bytes are held at any time beyond those that were."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


@asynccontextmanager
async def dripping(beginning: str) -> AsyncIterator[str]:
    """The address of a server that begins an answer like this, and goes on for ever, a byte each second."""
    dripping: set[asyncio.Task[None]] = set()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        dripping.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(beginning.encode())
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)
        finally:
            writer.transport.abort()
            await writer.wait_closed()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in dripping:
            task.cancel()
        await asyncio.gather(*dripping, return_exceptions=True)
