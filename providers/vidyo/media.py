"""A recording's file, streamed from the replay server and from nowhere else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, closing

import aiohttp
from yarl import URL

from providers.errors import BadAnswer, NotFound, ProviderError, Refused, Unavailable, UnsafeLink
from providers.interfaces import Media
from providers.model import ByteRange, Recording
from providers.streaming import PAGES, is_no_file, looks_like_a_page, read_part, suffix_of
from providers.vidyo.http import Http, basic_login, behind_tls, retry_after, unreachable
from providers.vidyo.retries import NOT_NOW, SOON, TryAgain, repeated
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.sign_in import SignIn, shows_login

_PAGE_BYTES = 2**16


class _Chunks:
    """The bytes of an answer, as they come. A lost connection is Unavailable in the middle of them."""

    def __init__(self, response: aiohttp.ClientResponse, service: str) -> None:
        self._content = response.content
        self._service = service
        self._first = b""

    def __aiter__(self) -> "_Chunks":
        return self

    async def beginning(self) -> bytes:
        """The first bytes, which will be given out all the same."""
        self._first = await anext(self, b"")
        return self._first

    async def __anext__(self) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        try:
            chunk = await self._content.readany()
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            raise Unavailable(f"{self._service} broke off in the middle of a file.") from error
        if not chunk:
            raise StopAsyncIteration
        return chunk


class _Turned(Exception):
    """A file was not given out, in a way in which a refused login is told, too: `error` is what it is if it is not."""

    def __init__(self, error: ProviderError) -> None:
        super().__init__(str(error))
        self.error = error


class MediaDoor:
    """Opens files at one replay server. `ask` asks it for something else, which only a login that is let in gets."""

    def __init__(
        self, http: Http, sign_in: SignIn, ask: Callable[[], Awaitable[object]], settings: VidyoSettings
    ) -> None:
        self._session = http.media
        self._sign_in = sign_in
        self._ask = ask
        self._replay = URL(settings.replay_url)
        self._login = basic_login(settings)
        self._settings = settings

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None) -> AsyncIterator[Media]:
        """The file, or the part that was asked for; the whole file where the server does not do parts."""
        if recording.running:
            raise Refused(f"Recording {recording.id} is not finished yet; its file comes when it is.")
        url = self.address(recording)
        headers = {"Authorization": self._login}
        if part is not None:
            headers["Range"] = part.header()
        with ExitStack() as opened:
            try:
                media = await repeated(
                    lambda: self._once(opened, url, headers, part, recording), self._settings
                )
            except TimeoutError as error:
                limit = self._settings.request_timeout.total_seconds()
                raise Unavailable(
                    f"{self._sign_in.service} did not begin to give a file out within {limit:g} seconds."
                ) from error
            except _Turned as turned:
                await self._sign_in.make_sure(self._ask)
                raise turned.error from None
            yield media

    async def _once(
        self,
        opened: ExitStack,
        url: URL,
        headers: dict[str, str],
        part: ByteRange | None,
        recording: Recording,
    ) -> Media:
        """The file, its connection handed to `opened`; TryAgain where it may come at another try."""
        async with self._sign_in.turn():
            with ExitStack() as trying:
                response = trying.enter_context(closing(await self._get(url, headers)))
                chunks = _Chunks(response, self._sign_in.service)
                await self._look(response, chunks, recording)
                media = self._media(response, chunks, part, recording)
                opened.enter_context(trying.pop_all())
            self._sign_in.let_in()
        return media

    def address(self, recording: Recording) -> URL:
        """Where the file lies. UnsafeLink unless that is the configured server: a record is mere data.

        Behind a TLS proxy the replay server believes that it is spoken to in the clear, on a port of its own.
        """
        try:
            url = behind_tls(self._replay.join(URL(recording.file or "")), self._replay)
            same = url.origin() == self._replay.origin()
        except ValueError:
            same = False
        if not recording.file:
            raise NotFound(f"Recording {recording.id} has no file.")
        if not same or url.user is not None or url.password is not None:
            raise UnsafeLink(
                f"The file of recording {recording.id} is said to lie at an address that is not "
                "replay_url; nothing was sent there."
            )
        return url

    async def _get(self, url: URL, headers: dict[str, str]) -> aiohttp.ClientResponse:
        service = self._sign_in.service
        try:
            return await self._session.get(url, headers=headers, allow_redirects=False)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise unreachable(service, error) from error
        except aiohttp.SocketTimeoutError as error:
            raise Unavailable(f"{service} did not answer when it was asked for a file.") from error
        except (aiohttp.ClientError, ConnectionError) as error:
            lost = Unavailable(f"{service} did not answer when it was asked for a file.")
            raise TryAgain(lost) from error

    async def _look(self, response: aiohttp.ClientResponse, chunks: _Chunks, recording: Recording) -> None:
        kind, page = response.content_type, b""
        if kind in PAGES:
            page = await self._beginning(response)
        elif _begins_the_file(response) and looks_like_a_page(first := await chunks.beginning()):
            kind, page = "text/html", first + await self._beginning(response)
        status = response.status
        if status in {401, 402}:
            await self._sign_in.judge(status, kind)
        service, file = self._sign_in.service, f"the file of recording {recording.id}"
        if status == 403:
            raise _Turned(Refused(f"{service} does not let our login have {file}."))
        if 300 <= status < 400:
            raise _Turned(BadAnswer(f"{service} sends us elsewhere for {file}."))
        if shows_login(status, kind, page):
            raise _Turned(BadAnswer(f"{service} shows a login page instead of {file}."))
        if status == 404:
            raise NotFound(f"The file of recording {recording.id} is gone.")
        if status == 416:
            raise Refused(f"The file of recording {recording.id} has no such part.")
        if status in NOT_NOW:
            busy = Unavailable(
                f"{self._sign_in.service} cannot give out files now (HTTP {status}).",
                retry_after=retry_after(response),
            )
            raise TryAgain(busy) if status in SOON else busy
        if status not in {200, 206}:
            raise BadAnswer(f"{self._sign_in.service} answered HTTP {status} instead of a file.")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise BadAnswer(f"{self._sign_in.service} packed a file although we asked it not to.")
        if is_no_file(kind):
            raise BadAnswer(f"{self._sign_in.service} answered with a web page instead of a file.")

    async def _beginning(self, response: aiohttp.ClientResponse) -> bytes:
        page = bytearray()
        try:
            while len(page) < _PAGE_BYTES and (chunk := await response.content.readany()):
                page += chunk
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            raise Unavailable(f"{self._sign_in.service} broke off its answer.") from error
        return bytes(page)

    def _media(
        self,
        response: aiohttp.ClientResponse,
        chunks: _Chunks,
        part: ByteRange | None,
        recording: Recording,
    ) -> Media:
        given = None
        if response.status == 206:
            given = read_part(response.headers.get("Content-Range", ""))
            if part is None or given is None or (part.first is not None and part.first != given[0]):
                raise BadAnswer(f"{self._sign_in.service} gave another part of the file than was asked for.")
        return Media(
            chunks=chunks,
            content_type=response.content_type,
            length=response.content_length,
            part=given,
            suffix=suffix_of(response.content_type) or ".mp4",
        )


def _begins_the_file(response: aiohttp.ClientResponse) -> bool:
    if response.status == 206:
        given = read_part(response.headers.get("Content-Range", ""))
        return given is not None and given[0] == 0
    return response.status == 200
