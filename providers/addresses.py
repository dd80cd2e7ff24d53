"""Which machines no provider is: a name that leads to one is a mistake or a trick, and gets nothing from us.

A host may well be private, or this very machine: the operator named it. But nobody serves recordings at an address
that is good for one cable only, where clouds give their secrets to whoever asks.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

_NOBODYS = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "fe80::/10",
        "ff00::/8",
        # where some clouds keep what a machine may know of itself
        "100.100.100.200/32",
        "192.0.0.192/32",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
    )
)
_NAT64 = ip_network("64:ff9b::/96")


class LedAstray(OSError):
    """This address is nobody's. Whoever connects may still try another one that the name has."""

    def __init__(self) -> None:
        super().__init__(
            "The name of a configured host leads to an address that no server has (of one cable only, of a group, or "
            "of a cloud's own secrets); nothing was sent there. An operator should look at that name."
        )


def check(address: str) -> None:
    """LedAstray if nothing may be sent to this numeric address."""
    ip = _plain(ip_address(address.partition("%")[0]))
    if any(ip in network for network in _NOBODYS):
        raise LedAstray


def open_socket(place: tuple[Any, ...]) -> socket.socket:
    """A socket for one result of `getaddrinfo`, or LedAstray."""
    family, kind, protocol, _, where = place
    check(where[0])
    return socket.socket(family, kind, protocol)


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An address of the old kind that is wrapped in one of the new."""
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip
