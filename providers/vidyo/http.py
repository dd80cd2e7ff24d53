"""Our sessions towards the portal and the replay server: what is sent, to whom, and never to anybody else."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from providers.vidyo.settings import VidyoSettings

_KEEP_ALIVE = 30.0
_MEDIA_BUFFER = 2**17


@dataclass(frozen=True, slots=True)
class Http:
    """Three sessions without cookies and redirects.

    `reads` keeps connections open between polls. `writes` opens a new one each time: on a kept one nobody
    can tell whether a request that got no answer had arrived. `media` shares the connections of `reads`
    and takes bytes as they are.
    """

    reads: aiohttp.ClientSession
    writes: aiohttp.ClientSession
    media: aiohttp.ClientSession


@asynccontextmanager
async def open_http(settings: VidyoSettings) -> AsyncIterator[Http]:
    """The sessions, closed at the end. The login is in none of them: each request is given it, or not."""
    connect = settings.connect_timeout.total_seconds()
    timeout = aiohttp.ClientTimeout(
        total=None, connect=connect, sock_connect=connect, sock_read=settings.read_timeout.total_seconds()
    )
    kept = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE)
    fresh = aiohttp.TCPConnector(limit=0, force_close=True)
    jar = aiohttp.DummyCookieJar()
    headers = {"User-Agent": "recbot"}
    async with (
        aiohttp.ClientSession(connector=kept, timeout=timeout, cookie_jar=jar, headers=headers) as reads,
        aiohttp.ClientSession(connector=fresh, timeout=timeout, cookie_jar=jar, headers=headers) as writes,
        aiohttp.ClientSession(
            connector=kept,
            connector_owner=False,
            timeout=timeout,
            cookie_jar=jar,
            auto_decompress=False,
            read_bufsize=_MEDIA_BUFFER,
            headers=headers | {"Accept-Encoding": "identity"},
        ) as media,
    ):
        yield Http(reads, writes, media)


def basic_login(settings: VidyoSettings) -> str:
    """The value of an Authorization header."""
    pair = f"{settings.username}:{settings.password.get_secret_value()}".encode()
    return "Basic " + base64.b64encode(pair).decode()


def host_of(url: str) -> str:
    """Host and port as a person knows them."""
    address = URL(url)
    return f"{address.host}" if address.is_default_port() else f"{address.host}:{address.port}"


def retry_after(answer: aiohttp.ClientResponse) -> timedelta | None:
    """How long the server asks us to wait, if it does and it can be read."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return timedelta(seconds=int(value))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - datetime.now(UTC), timedelta())
