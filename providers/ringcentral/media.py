"""The audio of a recording, streamed from RingCentral's media hosts and from nowhere else."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx

from providers.errors import BadAnswer, NotFound, ProviderError, Refused, Unavailable
from providers.interfaces import Media
from providers.model import ByteRange, Recording
from providers.ringcentral.budget import Kind
from providers.ringcentral.http import content_type
from providers.ringcentral.problems import Problem, read_problem, refusal
from providers.ringcentral.service import Service
from providers.streaming import is_no_file, looks_like_a_page, read_part, suffix_of

_SOON = timedelta(hours=6)
_SAID = 2**16
_UNSURE = ".bin"
_TYPES = {".mp3": "audio/mpeg", ".wav": "audio/wav"}

GoOn = Callable[[int, int], Awaitable[httpx.Response]]


class _Chunks:
    """The bytes of an answer, as they come. A lost connection is Unavailable in the middle of them.

    Where a part came although the whole was asked for, `go_on` opens the rest, until `whole` bytes are there.
    """

    def __init__(self, response: httpx.Response, service: str) -> None:
        self._service = service
        self._first = b""
        self._had = self._began = 0
        self._whole = 0
        self._go_on: GoOn | None = None
        self._take(response)

    def continues(self, whole: int, go_on: GoOn) -> None:
        """What came is only the beginning of so many bytes."""
        self._whole, self._go_on = whole, go_on

    def __aiter__(self) -> "_Chunks":
        return self

    async def __anext__(self) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        while True:
            try:
                chunk = await anext(self._bytes)
            except httpx.HTTPError as error:
                raise self._broke_off() from error
            except StopAsyncIteration:
                if self._go_on is None or self._had >= self._whole:
                    raise
                if self._had == self._began:
                    raise self._broke_off() from None
                await self.close()
                self._take(await self._go_on(self._had, self._whole))
            else:
                self._had += len(chunk)
                return chunk

    async def beginning(self) -> bytes:
        """The first bytes, which will be given out all the same."""
        self._first = await anext(self, b"")
        return self._first

    async def close(self) -> None:
        """End the connection at once, whatever is still to come."""
        await self._bytes.aclose()
        await self._response.aclose()

    def _take(self, response: httpx.Response) -> None:
        self._response = response
        self._began = self._had
        self._bytes: AsyncGenerator[bytes, None] = response.aiter_raw()  # type: ignore[assignment]

    def _broke_off(self) -> Unavailable:
        return Unavailable(f"{self._service} broke off in the middle of a file.")


class MediaDoor:
    """Opens files at the media hosts of one account."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None) -> AsyncIterator[Media]:
        """The audio, or the part that was asked for; the whole where the server does not do parts."""
        url = self.address(recording)
        headers = {} if part is None else {"Range": part.header()}
        answer = await self._service.open(Kind.AUDIO, url, headers)
        if isinstance(answer, Problem):
            raise self._why(answer, recording)
        chunks = _Chunks(answer, self._service.title)
        try:
            try:
                async with asyncio.timeout(self._service.limit):
                    media = await self._media(answer, chunks, part, recording)
            except TimeoutError as error:
                raise Unavailable(
                    f"{self._service.title} did not begin to give a file out within {self._service.limit:g} seconds."
                ) from error
            yield media
        finally:
            await chunks.close()

    def address(self, recording: Recording) -> httpx.URL:
        """Where the file lies. UnsafeLink unless that is one of the configured hosts: a record is mere data."""
        if not recording.file:
            raise NotFound(f"Recording {recording.id} has no file.")
        hosts = self._service.hosts
        return hosts.any_link(recording.file, hosts.at_server("/"))

    def _why(self, problem: Problem, recording: Recording) -> ProviderError:
        if problem.status == 416:
            return Refused(f"The file of recording {recording.id} has no such part.")
        if problem.status in {400, 404, 409, 410} and not problem.page:
            # Right after a call its recording has an id and no audio yet; long after it, an entry outlives its audio.
            if datetime.now(UTC) - (recording.ended or recording.started) < _SOON:
                return NotFound(f"The audio of recording {recording.id} is not there yet; it may still come.")
            return NotFound(f"The audio of recording {recording.id} is no longer kept.")
        return refusal(problem, self._service.title, Kind.AUDIO)

    async def _media(
        self, response: httpx.Response, chunks: _Chunks, part: ByteRange | None, recording: Recording
    ) -> Media:
        kind = content_type(response)
        if is_no_file(kind):
            raise self._why(await self._said(response, kind, chunks), recording)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise BadAnswer(f"{self._service.title} packed a file although we asked it not to.")
        length = _length(response)
        given = None
        if response.status_code == 206:
            given = read_part(response.headers.get("Content-Range", ""))
            first = 0 if part is None else part.first
            if given is None or (first is not None and first != given[0]):
                raise self._other_part()
            if part is None:  # this server gives a part of its own accord at times
                length, given = given[2], None
                chunks.continues(length, lambda had, whole: self._rest(recording, had, whole))
        suffix = suffix_of(kind)
        if given is None or given[0] == 0:
            beginning = await chunks.beginning()
            if looks_like_a_page(beginning):
                words = "text/html" if b"<" in beginning[:64] else "application/json"
                raise self._why(await self._said(response, words, chunks), recording)
            suffix = suffix or _sniffed(beginning)
            kind = kind if suffix_of(kind) else _TYPES.get(suffix or "", kind)
        return Media(chunks, kind or "application/octet-stream", length, given, suffix or _UNSURE)

    async def _rest(self, recording: Recording, had: int, whole: int) -> httpx.Response:
        answer = await self._service.open(Kind.AUDIO, self.address(recording), {"Range": f"bytes={had}-"})
        if isinstance(answer, Problem):
            raise self._why(answer, recording)
        given = read_part(answer.headers.get("Content-Range", ""))
        if answer.status_code != 206 or given is None or (given[0], given[2]) != (had, whole):
            await answer.aclose()
            raise self._other_part()
        return answer

    def _other_part(self) -> BadAnswer:
        return BadAnswer(f"{self._service.title} gave another part of a file than was asked for.")

    async def _said(self, response: httpx.Response, kind: str, chunks: _Chunks) -> Problem:
        """What stands in place of the file. With 200 it is as if nothing were there."""
        said = bytearray()
        async for chunk in chunks:
            said += chunk
            if len(said) > _SAID:
                break
        problem = read_problem(response.status_code, kind, bytes(said))
        missing = "CMN-102" in problem.codes
        return Problem(404, problem.codes) if missing else problem


def _length(response: httpx.Response) -> int | None:
    value = response.headers.get("Content-Length", "")
    return int(value) if value.isascii() and value.isdigit() else None


def _sniffed(beginning: bytes) -> str | None:
    """The suffix that the first bytes call for."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WAVE":
        return ".wav"
    if beginning[:3] == b"ID3" or (
        beginning[:1] == b"\xff" and len(beginning) > 1 and beginning[1] & 0xE0 == 0xE0
    ):
        return ".mp3"
    return None
