"""Our sessions towards the portal and the replay server: what is sent, to whom, and never to anybody else."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from yarl import URL

from providers.addresses import LedAstray, open_socket
from providers.errors import ProviderError, Unavailable, UnsafeLink
from providers.harmless import http_date
from providers.reach import because
from providers.vidyo.settings import VidyoSettings

_KEEP_ALIVE = 30.0
_MEDIA_BUFFER = 2**17
_LONGEST_WAIT = timedelta(days=1)


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
    kept = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE, socket_factory=open_socket)
    fresh = aiohttp.TCPConnector(limit=0, force_close=True, socket_factory=open_socket)
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


def behind_tls(link: URL, configured: URL) -> URL:
    """The link as it is reached: a server that does not know of the TLS proxy before it writes `http://` links.

    Of such a link only what follows the host counts; what leads to another host is given back as it is.
    """
    clear = link.scheme == "http" and configured.scheme == "https" and link.host == configured.host
    if not clear or link.user is not None or link.password is not None:
        return link
    return URL.build(
        scheme=configured.scheme,
        authority=configured.raw_authority,
        path=link.raw_path,
        query_string=link.raw_query_string,
        fragment=link.raw_fragment,
        encoded=True,
    )


def unreachable(service: str, error: aiohttp.ClientError) -> ProviderError:
    """What it comes to that no connection was made: nothing was sent."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, LedAstray):
        return UnsafeLink(str(error.os_error))
    return Unavailable(f"{service} cannot be reached{because()}.", asked=False)


def retry_after(answer: aiohttp.ClientResponse) -> timedelta | None:
    """How long the server asks us to wait, if it does and it can be read."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return min(timedelta(seconds=int(value)), _LONGEST_WAIT)
    moment = http_date(value)
    return None if moment is None else min(max(moment - datetime.now(UTC), timedelta()), _LONGEST_WAIT)
