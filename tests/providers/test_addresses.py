"""A name may lead to a private machine, since the operator chose it, and never to a cloud's own secrets."""

import asyncio
import socket
from ipaddress import ip_network

import pytest

from providers import addresses
from providers.errors import UnsafeLink
from providers.memories import Memories
from providers.model import RecordingQuery
from providers.ringcentral import connect as connect_ringcentral
from providers.vidyo import connect as connect_vidyo

from .ringcentral.answering import Answering as RingCentral
from .ringcentral.conftest import settings_for as ringcentral_settings
from .vidyo.answering import Answering as Vidyo
from .vidyo.conftest import settings_for as vidyo_settings


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "240.0.0.1",
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
        "192.80.8.124",  # Equinix Metal
        "100.88.222.5",  # Tencent
        "fd00:ec2::23",  # Amazon: of a container, the clock, names
        "fd00:ec2::123",
        "fd00:ec2::253",
        "fd20:ce::254",  # Google
        "fd00:a9fe:a9fe::1",  # Akamai
        "fd00:c1::a9fe:a9fe",  # Oracle
        "fd00:42::42",  # Scaleway
        "::ffff:168.63.129.16",
        "::ffff:0:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::168.63.129.16",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:2:3:4:a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "64:ff9b:1:12a9:fe:a9fe::",
        "64:ff9b:1:1234:a9:fea9:fe00:0",
        "2002:a83f:8110::1",
        "2001:0:5ef5:79fb:0:59ce:5601:5601",  # Teredo, whose address of the old kind is turned inside out
        "fe80::5efe:a9fe:a9fe",
        "2001:db8::5efe:a9fe:a9fe",
        "2001:db8::200:5efe:a9fe:a9fe",
    ],
)
def test_nothing_is_sent_to_an_address_that_no_server_has(address: str) -> None:
    with pytest.raises(addresses.LedAstray, match="nothing was sent there"):
        addresses.check(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.5",
        "100.64.0.1",
        "93.184.215.14",
        "168.63.129.17",
        "::1",
        "fd12::1",
        "fd00:ec3::254",
        "2606:2800:21f:cb07::a9fe:a9fe",
        "64:ff9b::5db8:d70e",
        "64:ff9b:1::5db8:d70e",
        "64:ff9b:1:5db8:d7:e00::",
        "64:ff9b:1::a01:203",
        "::ffff:10.1.2.3",
    ],
)
def test_a_private_machine_may_be_a_provider(address: str) -> None:
    addresses.check(address)


@pytest.fixture
def _this_machine_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the names in a configuration had been led astray since."""
    nobodys = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    monkeypatch.setattr(addresses, "_NOBODYS", nobodys)


@pytest.mark.usefixtures("_this_machine_is_nobodys")
async def test_vidyos_name_that_leads_astray_gets_no_password() -> None:
    async with Vidyo() as server:
        address = server.portal_url.replace("127.0.0.1", "localhost")
        settings = vidyo_settings(address, address)
        async with connect_vidyo("vidyo", settings, Memories()) as provider:
            with pytest.raises(UnsafeLink, match="An operator should look"):
                await provider.profiles()
            with pytest.raises(UnsafeLink):
                await provider.create_room()
        assert server.requests == []


@pytest.mark.usefixtures("_this_machine_is_nobodys")
async def test_ringcentrals_name_that_leads_astray_gets_no_token() -> None:
    async with RingCentral() as server:
        settings = ringcentral_settings(server.api_url.replace("127.0.0.1", "localhost"))
        async with connect_ringcentral("ringcentral", settings, Memories()) as provider:
            with pytest.raises(UnsafeLink, match="An operator should look"):
                await provider.search(RecordingQuery())
        assert server.requests == []
        assert server.tokens == 0


async def test_a_name_that_leads_to_a_clouds_secrets_is_not_called_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def everywhere(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        there = [(socket.AF_INET, "169.254.169.254"), (socket.AF_INET, "0.0.0.0")]
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in there]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", everywhere)
    address = "http://portal.example"
    async with connect_vidyo("vidyo", vidyo_settings(address, address), Memories()) as provider:
        with pytest.raises(UnsafeLink, match="nothing was sent there"):
            await provider.profiles()
