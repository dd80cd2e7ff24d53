"""What a far side says that means harm."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache

from starlette.responses import RedirectResponse, Response, StreamingResponse

from sandbox.ringcentral.misbehaviour import Rule

_JSON = "application/json"
_A_PIECE = b" " * 2**16
_PIECES = 640
_DEPTH = 100_000


def answer(rule: Rule) -> Response | None:
    """The answer that a rule asks for, None if it asks for no such thing."""
    match rule.kind:
        case "deep":
            return Response(b'{"records":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}", media_type=_JSON)
        case "huge":
            return StreamingResponse(_pieces(), media_type=_JSON)
        case "packed":
            return Response(_packed(), media_type=_JSON, headers={"Content-Encoding": "gzip"})
        case "elsewhere":
            return RedirectResponse(rule.target, 307)
    return None


def _pieces() -> Iterator[bytes]:
    yield b'{"records":['
    for _ in range(_PIECES):
        yield _A_PIECE


@cache
def _packed() -> bytes:
    return gzip.compress(b"".join(_pieces()), 1)
