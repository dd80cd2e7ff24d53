"""Which machines no provider is: a name that leads to one is a mistake or a trick, and gets nothing from us.

A host may well be private, or this very machine: the operator named it. But nobody serves recordings at an address
that is good for one cable only, where clouds give their secrets to whoever asks.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

_NOBODYS = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fe80::/10",
        "ff00::/8",
        # where clouds keep what a machine may know of itself, beside the addresses of one cable
        "100.88.222.5/32",  # Tencent
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure
        "192.0.0.192/32",  # Oracle
        "192.80.8.124/32",  # Equinix Metal
        "fd00:42::42/128",  # Scaleway
        "fd00:a9fe:a9fe::/48",  # Akamai
        "fd00:c1::/32",  # Oracle
        "fd00:ec2::/32",  # Amazon
        "fd20:ce::/32",  # Google
    )
)
_TRANSLATED = tuple(map(IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
_TRANSLATED_HERE = IPv6Network("64:ff9b:1::/48")  # RFC 8215: whoever runs the network says with which prefix
_ISATAP = (0x5EFE, 0x0200_5EFE)
_UNSET = 2
"""How many of the first addresses of the new kind mean no one of the old: `::` and `::1`."""


class LedAstray(OSError):
    """This address is nobody's. Whoever connects may still try another one that the name has."""

    def __init__(self) -> None:
        super().__init__(
            "The name of a configured host leads to an address that no server has (of one cable only, of a group, or "
            "of a cloud's own secrets); nothing was sent there. An operator should look at that name."
        )


def check(address: str) -> None:
    """LedAstray if nothing may be sent to this numeric address."""
    ip = ip_address(address.partition("%")[0])
    wrapped = _inside(ip) if isinstance(ip, IPv6Address) else ()
    if any(one in network for one in (ip, *wrapped) for network in _NOBODYS):
        raise LedAstray


def open_socket(place: tuple[Any, ...]) -> socket.socket:
    """A socket for one result of `getaddrinfo`, or LedAstray."""
    family, kind, protocol, _, where = place
    check(where[0])
    return socket.socket(family, kind, protocol)


def _inside(ip: IPv6Address) -> Iterator[IPv4Address]:
    """Each address of the old kind that may be wrapped in this one of the new."""
    bits = int(ip)
    last = IPv4Address(bits & 0xFFFF_FFFF)
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
    if ip.sixtofour:
        yield ip.sixtofour
    if ip.teredo:
        yield from ip.teredo
    isatap = (bits >> 32) & 0xFFFF_FFFF in _ISATAP
    translated = bits >= _UNSET and any(ip in network for network in _TRANSLATED)
    if isatap or translated:
        yield last
    if ip in _TRANSLATED_HERE:
        if bits & 0xFF_FFFF:  # else it ends further to the left
            yield last
        # RFC 6052: behind a prefix of 48, 56 or 64 bits, around the eight that are nothing, and nothing behind.
        joined = (bits >> 64 << 56) | (bits & (1 << 56) - 1)
        for behind in (40, 32, 24):
            if not joined & (1 << behind) - 1:
                yield IPv4Address(joined >> behind & 0xFFFF_FFFF)
