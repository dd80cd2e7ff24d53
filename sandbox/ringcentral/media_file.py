"""A recording's bytes: a real tone that names its recording at the end, padded to any size if need be."""

from __future__ import annotations

import functools
import hashlib
import io
import math
import struct
import wave
from collections.abc import Iterator
from importlib import resources
from typing import Literal

Form = Literal["wav", "mp3"]

BLOCK = 1 << 20
_RATE = 8000
_SECONDS = 3
_CHUNK_HEADER = 8


@functools.cache
def _mp3() -> bytes:
    return (resources.files("sandbox.ringcentral.media") / "tone.mp3").read_bytes()


@functools.cache
def _wav(hertz: int) -> bytes:
    """Three seconds of a tone, as the `wave` module writes them."""
    step = 2 * math.pi * hertz / _RATE
    samples = (int(3000 * math.sin(step * number)) for number in range(_RATE * _SECONDS))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


@functools.lru_cache(maxsize=32)
def _block(id: str) -> bytes:
    return hashlib.shake_256(id.encode()).digest(BLOCK)


def _chunk(name: bytes, length: int) -> bytes:
    return name + struct.pack("<I", length)


class MediaFile:
    """The content of one recording, the same for the same id in every run.

    Without a `size` it is as large as its tone needs. Only the WAV form can be padded: in its last chunk,
    named JUNK, which players skip and which exists nowhere before it is sent.
    """

    def __init__(self, id: str, form: Form, size: int | None = None) -> None:
        self.id = id
        self._head = _named_wav(id) if form == "wav" else _mp3() + _id3(id)
        self.size = len(self._head) if size is None else size
        if size is None:
            return
        junk = size - len(self._head) - _CHUNK_HEADER
        if form != "wav" or junk < 0:
            raise ValueError(f"No {form.upper()} file of the sandbox can have {size} bytes.")
        riff = struct.pack("<I", size - _CHUNK_HEADER)
        self._head = self._head[:4] + riff + self._head[8:] + _chunk(b"JUNK", junk)

    def chunks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, in pieces of a mebibyte at most, made as they are asked for."""
        position = start
        end = self.size if length is None else min(self.size, start + length)
        head = self._head
        if position < min(len(head), end):
            yield head[position:end]
            position = min(len(head), end)
        while position < end:
            offset = (position - len(head)) % BLOCK
            piece = min(BLOCK - offset, end - position)
            block = _block(self.id)
            yield block if piece == BLOCK else block[offset : offset + piece]
            position += piece

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


def _named_wav(id: str) -> bytes:
    """A tone whose pitch depends on the id, with the id as its title in a LIST chunk of even length."""
    tone = _wav(220 + 20 * (hashlib.sha256(id.encode()).digest()[0] % 16))
    title = id.encode() + b"\0" * (2 - len(id.encode()) % 2)
    info = b"INFO" + _chunk(b"INAM", len(title)) + title
    whole = tone + _chunk(b"LIST", len(info)) + info
    return whole[:4] + struct.pack("<I", len(whole) - _CHUNK_HEADER) + whole[8:]


def _id3(id: str) -> bytes:
    """An ID3v1 tag, which stands behind the sound: its title is the id."""
    return b"TAG" + id.encode()[:30].ljust(30, b"\0") + b"\0" * 94 + b"\xff"
