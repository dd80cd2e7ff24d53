"""What any far side may answer that means harm."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache

from starlette.responses import RedirectResponse, Response, StreamingResponse

_A_PIECE = b" " * 2**16
_PIECES = 640


def answer(kind: str, target: str, beginning: bytes, media_type: str) -> Response | None:
    """The answer of this kind, None if it is none. One without an end starts like a right one, with `beginning`."""
    match kind:
        case "huge":
            return StreamingResponse(_pieces(beginning), media_type=media_type)
        case "packed":
            return Response(_packed(beginning), media_type=media_type, headers={"Content-Encoding": "gzip"})
        case "elsewhere":
            return RedirectResponse(target, 307)
    return None


def _pieces(beginning: bytes) -> Iterator[bytes]:
    yield beginning
    for _ in range(_PIECES):
        yield _A_PIECE


@cache
def _packed(beginning: bytes) -> bytes:
    return gzip.compress(b"".join(_pieces(beginning)), 1)
