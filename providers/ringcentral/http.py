"""Our clients towards RingCentral, and the hosts that may see our token."""

import asyncio
import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from math import ceil
from typing import Any

import httpx

from providers import addresses
from providers.errors import BadAnswer, UnsafeLink
from providers.harmless import http_date
from providers.ringcentral.settings import RingCentralSettings

_MINUTES = 300.0
_KEEP_ALIVE = 30.0
_LONGEST_WAIT = 86_400.0
_LONGEST_REFUSAL = 2**16


@dataclass(frozen=True, slots=True)
class Http:
    """Three clients without cookies and redirects.

    `questions` keeps a few connections open. `changes` opens a new one each time: on a kept one nobody can tell
    whether a request that got no answer had arrived. `media` has as many as there are files.
    """

    questions: httpx.AsyncClient
    changes: httpx.AsyncClient
    media: httpx.AsyncClient


@asynccontextmanager
async def open_http(settings: RingCentralSettings) -> AsyncIterator[Http]:
    """The clients, closed at the end. No token is in them: each request is given one, or not."""
    # httpx writes the address of every request into the log, and some are those of files.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    read = settings.read_timeout.total_seconds()
    timeout = httpx.Timeout(read, connect=settings.connect_timeout.total_seconds())
    trust = await asyncio.to_thread(ssl.create_default_context)
    few = httpx.Limits(max_connections=5, keepalive_expiry=_KEEP_ALIVE)
    fresh = httpx.Limits(max_connections=5, max_keepalive_connections=0)
    many = httpx.Limits(max_keepalive_connections=5, keepalive_expiry=_KEEP_ALIVE)
    question = {"User-Agent": "recbot", "Accept": "application/json", "Accept-Encoding": "gzip"}
    file = {"User-Agent": "recbot", "Accept": "*/*", "Accept-Encoding": "identity"}

    def client(limits: httpx.Limits, headers: dict[str, str]) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=trust,
            timeout=timeout,
            limits=limits,
            trust_env=False,
            headers=headers,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            event_hooks={"request": [_watched]},
        )

    async with (
        client(few, question) as questions,
        client(fresh, question) as changes,
        client(many, file) as media,
    ):
        yield Http(questions, changes, media)


async def _watched(request: httpx.Request) -> None:
    request.extensions["trace"] = _look_where


async def _look_where(event: str, told: dict[str, Any]) -> None:
    """Look at where a new connection leads before anything is sent on it, even the name that we want to see."""
    if event != "connection.connect_tcp.complete":
        return
    stream = told["return_value"]
    try:
        addresses.check(stream.get_extra_info("server_addr")[0])
    except addresses.LedAstray as error:
        await stream.aclose()
        raise UnsafeLink(str(error)) from error


class Hosts:
    """The addresses that are RingCentral's, as the operator named them."""

    def __init__(self, settings: RingCentralSettings) -> None:
        self._server = httpx.URL(settings.server_url)
        self._plain = self._server.scheme == "http"
        self._media = settings.media_hosts

    @property
    def server_name(self) -> str:
        """Host and port of the server as a person knows them."""
        port = self._server.port
        return self._server.host if port is None else f"{self._server.host}:{port}"

    def at_server(self, path: str) -> httpx.URL:
        """A path of the interface as an address."""
        return self._server.join(path)

    def server_link(self, link: str, base: httpx.URL) -> httpx.URL:
        """A link that an answer gave, or UnsafeLink unless it leads to the server itself."""
        url = _join(base, link)
        if url is None or (url.scheme, url.host, url.port) != self._server_place:
            raise UnsafeLink(_elsewhere("server_url"))
        return url

    def any_link(self, link: str, base: httpx.URL) -> httpx.URL:
        """A link that an answer gave, or UnsafeLink unless it leads to the server or to a media host."""
        url = _join(base, link)
        if url is None or not self._is_ours(url):
            raise UnsafeLink(_elsewhere("server_url or media_hosts"))
        return url

    @property
    def _server_place(self) -> tuple[str, str, int | None]:
        return self._server.scheme, self._server.host, self._server.port

    def _is_ours(self, url: httpx.URL) -> bool:
        if (url.scheme, url.host, url.port) == self._server_place:
            return True
        if url.scheme != "https" and not (url.scheme == "http" and self._plain):
            return False
        # httpx drops the port that belongs to the scheme; older samples of RingCentral carry `:443`.
        media = [httpx.URL(f"{url.scheme}://{host}") for host in self._media]
        return any(url.host == one.host and url.port == one.port for one in media)


def _join(base: httpx.URL, link: str) -> httpx.URL | None:
    try:
        url = base.join(link)
        if "\\" in link or url.userinfo or not url.host:
            return None
    except (httpx.InvalidURL, ValueError, TypeError):
        return None
    return url


def _elsewhere(settings: str) -> str:
    return f"RingCentral points at an address that is not named in {settings}; nothing was sent there."


def content_type(response: httpx.Response) -> str:
    """The kind of content, without its parameters, in small letters."""
    return str(response.headers.get("Content-Type", "")).split(";")[0].strip().lower()


async def read_body(response: httpx.Response, most: int) -> bytes:
    """The whole body, unless it has more than `most` bytes once it is unpacked: that raises BadAnswer.

    httpx unpacks all that comes at once, and again if it was packed twice: a few bytes could fill the memory.
    """
    unpack = _unpacking(response)
    parts: list[bytes] = []
    size = 0
    async for packed in response.aiter_raw():
        part = unpack(packed, most - size + 1)
        size += len(part)
        if size > most:
            raise BadAnswer(f"RingCentral sent more than {most} bytes at once, which is all we read.")
        parts.append(part)
    return b"".join(parts)


async def read_refusal(response: httpx.Response) -> bytes:
    """What is said in place of what was asked for; nothing where it cannot be read, since the status says enough."""
    try:
        return await read_body(response, _LONGEST_REFUSAL)
    except BadAnswer:
        return b""


def _unpacking(response: httpx.Response) -> Callable[[bytes, int], bytes]:
    """What makes plain bytes of those that come, so many of them at the most."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing in {"", "identity"}:
        return lambda packed, most: packed
    if packing != "gzip":
        raise _wrongly_packed()
    opener = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def unpack(packed: bytes, most: int) -> bytes:
        try:
            return opener.decompress(packed, most)
        except zlib.error as error:
            raise _wrongly_packed() from error

    return unpack


def _wrongly_packed() -> BadAnswer:
    return BadAnswer("RingCentral packed its answer in a way that cannot be undone here.")


def after(seconds: float | None) -> str:
    """When to come back, as it stands at the end of a sentence."""
    if seconds is None:
        return ""
    span = f"{ceil(seconds)} s" if seconds <= _MINUTES else f"{ceil(seconds / 60)} minutes"
    return f"; it may be asked again in {span}"


def wait_told(response: httpx.Response, settings: RingCentralSettings) -> float | None:
    """How many seconds of ours the far side asks us to wait, if it does and it can be read."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return min(settings.here(float(value)), _LONGEST_WAIT)
    moment = http_date(value)
    if moment is None:
        return None
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)
