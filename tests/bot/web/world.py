"""A gateway on a real socket, with a book of links in a dictionary and libraries that a test shapes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from bot.links import Links, Purpose
from bot.web.app import gateway
from bot.web.health import Ready, nothing_missing
from bot.web.push import Pushes
from bot.web.server import serve
from providers.errors import Unavailable
from providers.interfaces import Check, Media, RecordingLibrary
from providers.model import ByteRange, Medium, Recording, RecordingId, RecordingPage, RecordingQuery, Scope
from tests.clock import Clock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
KEYS = ("a key of sixteen letters or more",)
SECRET = "the signing secret"
BLOCK = bytes(range(256)) * 1024


@dataclass(frozen=True, slots=True)
class Issued:
    provider: str
    recording: str
    purpose: str
    reader: str
    expires: datetime
    opened: int = 0
    revoked_at: datetime | None = None


class Book:
    """Every link that was issued, by id."""

    def __init__(self) -> None:
        self.links: dict[str, Issued] = {}

    async def issue(
        self, id: str, provider: str, recording: RecordingId, purpose: Purpose, reader: str, expires: datetime
    ) -> None:
        self.links[id] = Issued(provider, recording, purpose, reader, expires)

    async def get(self, id: str) -> Issued | None:
        return self.links.get(id)

    async def opened(self, id: str) -> None:
        self.links[id] = replace(self.links[id], opened=self.links[id].opened + 1)

    def revoke_all(self) -> None:
        self.links = {id: replace(link, revoked_at=NOON) for id, link in self.links.items()}

    @property
    def openings(self) -> int:
        return sum(link.opened for link in self.links.values())


class BlockLibrary(RecordingLibrary):
    """One recording, which is one block again and again; it counts who pulls, and how much."""

    kind = "blocks"

    def __init__(
        self,
        size: int,
        name: str = "blocks",
        *,
        content_type: str = "video/mp4",
        suffix: str = ".mp4",
        title: str = "Weekly",
        knows_parts: bool = True,
        says_length: bool = True,
        breaks_after: int | None = None,
    ) -> None:
        self.size = size
        self.name = name
        self.content_type = content_type
        self.suffix = suffix
        self.title = title
        self.knows_parts = knows_parts
        self.says_length = says_length
        self.breaks_after = breaks_after
        self.knows_size = True
        self.medium: Medium | None = None
        self.lookups = 0
        self.opened = 0
        self.open_now = 0
        self.pulled = 0
        self.running = False

    async def check(self) -> Sequence[Check]:
        return [Check("blocks", ok=True)]

    async def search(self, query: RecordingQuery) -> RecordingPage:
        return RecordingPage((await self.recording(RecordingId("1")),), total=1, more=False)

    async def recording(self, id: RecordingId) -> Recording:
        self.lookups += 1
        return Recording(
            id=id,
            title=self.title,
            room="Board",
            owner="vova",
            owner_name="Vova Petrov",
            started=NOON - timedelta(hours=2),
            ended=None if self.running else NOON - timedelta(hours=1),
            duration=timedelta(hours=1),
            size=self.size if self.knows_size else None,
            scope=Scope.ORGANIZATION,
            medium=self.medium,
        )

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        first, last = 0, self.size - 1
        if part is not None and self.knows_parts:
            if part.first is None:
                first = max(0, self.size - (part.last or 0))
            else:
                first, last = part.first, min(last, last if part.last is None else part.last)
        length = last - first + 1
        chunks = self._chunks(first, length)
        self.opened += 1
        self.open_now += 1
        try:
            given = (first, last, self.size) if part is not None and self.knows_parts else None
            said = length if self.says_length else None
            yield Media(chunks, self.content_type, said, given, self.suffix)
        finally:
            self.open_now -= 1
            await chunks.aclose()

    def content(self, first: int, last: int) -> bytes:
        """These bytes, both included, as a reader must get them."""
        offset = first % len(BLOCK)
        return (BLOCK * (2 + (last - first) // len(BLOCK)))[offset : offset + last - first + 1]

    async def _chunks(self, first: int, length: int) -> AsyncGenerator[bytes, None]:
        turned = BLOCK[first % len(BLOCK) :] + BLOCK[: first % len(BLOCK)]
        sent = 0
        while sent < length:
            if self.breaks_after is not None and sent >= self.breaks_after:
                raise Unavailable("The connection to the provider was lost.")
            await asyncio.sleep(0)
            chunk = turned if length - sent >= len(turned) else turned[: length - sent]
            self.pulled += len(chunk)
            sent += len(chunk)
            yield chunk


@dataclass(slots=True)
class World:
    """The gateway as it is served, and what stands behind it."""

    url: str
    links: Links
    book: Book
    clock: Clock
    libraries: dict[str, RecordingLibrary] = field(default_factory=dict)

    async def link(self, purpose: Purpose, *, provider: str = "memory", recording: str = "1") -> str:
        """The address of a fresh link on the bound port."""
        return self.here(await self.links.issue(provider, RecordingId(recording), purpose, "U1"))

    def here(self, issued: str) -> str:
        return self.url + urlsplit(issued).path


def no_pushes() -> Pushes:
    """Nobody tells anything by itself."""

    async def news(name: str) -> None:
        raise AssertionError(f"{name} is no source of pushes")

    return Pushes((), news)


@asynccontextmanager
async def gateway_with(
    *libraries: RecordingLibrary,
    slack: ASGIApp | None = None,
    ready: Ready = nothing_missing,
    alive: Ready = nothing_missing,
    pushes: Pushes | None = None,
) -> AsyncIterator[World]:
    """A served gateway whose libraries go by their own names."""
    clock, book = Clock(NOON), Book()
    links = Links(KEYS, "https://recbot.example", book, timedelta(hours=1), clock)
    by_name = {library.name: library for library in libraries}
    app = gateway(
        links=links,
        providers_library=by_name.__getitem__,
        slack=slack,
        signing_secret=SECRET if slack else None,
        ready=ready,
        alive=alive,
        pushes=pushes or no_pushes(),
    )
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(app, "127.0.0.1", 0))
        yield World(url, links, book, clock, by_name)
