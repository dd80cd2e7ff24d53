"""A recording's bytes: a real short film, then a `free` box that pads it to the exact size it claims.

A player plays the film and skips the box; every recording still has its own bytes, to any offset,
without a file of that size existing anywhere.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from importlib import resources

FILMS = ("bars.mp4", "grid.mp4")
BLOCK = 1 << 20
_SHORT_BOX = 8
_LONG_BOX = 16


@functools.cache
def _film(name: str) -> bytes:
    return (resources.files("sandbox.vidyo.media") / name).read_bytes()


@functools.lru_cache(maxsize=32)
def _block(guid: str) -> bytes:
    return hashlib.shake_256(guid.encode()).digest(BLOCK)


def smallest_size() -> int:
    """The least size that any recording can be padded to."""
    return max(len(_film(name)) for name in FILMS) + _LONG_BOX


class MediaFile:
    """The content of one recording, `size` bytes, the same for the same guid in every run."""

    def __init__(self, guid: str, size: int) -> None:
        if size < smallest_size():
            raise ValueError(
                f"A recording is at least {smallest_size()} bytes in the sandbox, {size} is too small."
            )
        self.guid = guid
        self.size = size
        film = _film(FILMS[hashlib.sha256(guid.encode()).digest()[0] % len(FILMS)])
        box = size - len(film)
        if box < 1 << 32:
            header = box.to_bytes(4, "big") + b"free"
        else:  # ISO/IEC 14496-12: size 1 says that the true one follows, in 64 bits
            header = (1).to_bytes(4, "big") + b"free" + box.to_bytes(8, "big")
        self._head = film + header

    def chunks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, in pieces of a mebibyte at most, made as they are asked for."""
        position = start
        end = self.size if length is None else min(self.size, start + length)
        head, block = self._head, _block(self.guid)
        if position < min(len(head), end):
            yield head[position:end]
            position = min(len(head), end)
        while position < end:
            offset = (position - len(head)) % BLOCK
            piece = min(BLOCK - offset, end - position)
            yield block if piece == BLOCK else block[offset : offset + piece]
            position += piece

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()
