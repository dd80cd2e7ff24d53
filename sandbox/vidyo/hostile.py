"""What a far side says that means harm."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache

from starlette.responses import RedirectResponse, Response, StreamingResponse

from sandbox.vidyo.misbehaviour import Rule

_XML = "text/xml;charset=UTF-8"
_A_PIECE = b" " * 2**16
_PIECES = 640
_LAUGHS = 12


def answer(rule: Rule) -> Response | None:
    """The answer that a rule asks for, None if it asks for no such thing."""
    match rule.kind:
        case "laughs":
            return Response(_laughing(), media_type=_XML)
        case "huge":
            return StreamingResponse(_pieces(), media_type=_XML)
        case "packed":
            return Response(_packed(), media_type=_XML, headers={"Content-Encoding": "gzip"})
        case "elsewhere":
            return RedirectResponse(rule.target, 307)
    return None


def _laughing() -> str:
    """A few hundred bytes that a careless reader unfolds into gigabytes."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, _LAUGHS))
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<e:Body><x>&l{_LAUGHS - 1};</x></e:Body></e:Envelope>"
    )


def _pieces() -> Iterator[bytes]:
    yield b'<?xml version="1.0"?><x>'
    for _ in range(_PIECES):
        yield _A_PIECE


@cache
def _packed() -> bytes:
    return gzip.compress(b"".join(_pieces()), 1)
