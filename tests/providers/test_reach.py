"""Why nobody answered is told in the same words, whichever of our libraries asked."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.addresses import open_socket
from providers.reach import Obstacle, obstacle

HOST = "127.0.0.1"


async def by_aiohttp(url: str) -> None:
    connector = aiohttp.TCPConnector(socket_factory=open_socket)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.3)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session, session.get(url):
        pass


async def by_httpx(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=0.3) as client:
        await client.get(url)


@pytest.fixture(params=[by_aiohttp, by_httpx])
def ask(request: pytest.FixtureRequest) -> Callable[[str], Awaitable[None]]:
    found: Callable[[str], Awaitable[None]] = request.param
    return found


async def told(ask: Callable[[str], Awaitable[None]], url: str) -> Obstacle:
    with pytest.raises((aiohttp.ClientError, httpx.HTTPError, OSError)) as caught:
        await ask(url)
    return obstacle(caught.value, "portal_url")


@asynccontextmanager
async def listening(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    going_on: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        going_on.add(task)
        try:
            await answer(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async with await asyncio.start_server(serve, HOST, 0, ssl=tls) as server:
        yield f"{HOST}:{server.sockets[0].getsockname()[1]}"
        for task in going_on:
            task.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """What a server shows whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = tmp_path / "server.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example.org\r\n")
    await writer.drain()
    await reader.read()


async def keep_still(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def test_a_name_that_is_not_known(ask: Callable[[str], Awaitable[None]]) -> None:
    said = await told(ask, "http://portal.invalid")
    assert said.found == "its name is not known here"
    assert said.advice == "Correct portal_url, or look at this machine's DNS."


async def test_a_port_that_refuses(ask: Callable[[str], Awaitable[None]]) -> None:
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))
        said = await told(ask, f"http://{HOST}:{nobody.getsockname()[1]}")
    assert said.found == "it refuses connections"
    assert "portal_url" in said.advice


async def test_a_certificate_that_is_not_trusted(
    ask: Callable[[str], Awaitable[None]], self_signed: ssl.SSLContext
) -> None:
    async with listening(keep_still, self_signed) as place:
        said = await told(ask, f"https://{place}")
    assert said.found.startswith("its certificate is not trusted here (self")
    assert "SSL_CERT_FILE" in said.advice


async def test_a_port_without_tls(ask: Callable[[str], Awaitable[None]]) -> None:
    async with listening(greet) as place:
        said = await told(ask, f"https://{place}")
    assert said.found == "it speaks no TLS there"
    assert "https://" in said.advice


async def test_a_silent_one(ask: Callable[[str], Awaitable[None]]) -> None:
    async with listening(keep_still) as place:
        said = await told(ask, f"http://{place}")
    assert said.found == "it is silent"
    assert "firewalls" in said.advice


async def test_one_that_breaks_off(ask: Callable[[str], Awaitable[None]]) -> None:
    async with listening(cut) as place:
        said = await told(ask, f"http://{place}")
    assert said.found == "it broke the connection off"


async def test_a_name_that_leads_to_nobody() -> None:
    said = await told(by_aiohttp, "http://169.254.169.254/")
    assert said == Obstacle("its name leads to an address that no server has", "Correct portal_url.")


def test_what_is_none_of_these_is_told_by_its_kind() -> None:
    said = obstacle(aiohttp.ServerDisconnectedError(), "portal_url")
    assert said.found == "the connection failed (ServerDisconnectedError)"
    assert "portal_url" in said.advice
