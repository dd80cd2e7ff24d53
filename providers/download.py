"""A recording's file, fetched to a disk: whole, or not at all."""

import asyncio
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from providers.errors import Refused, Unavailable
from providers.interfaces import RecordingLibrary
from providers.model import ByteRange, Recording
from providers.whole import empty, other_size

Progress = Callable[[int, int | None], None]

_BLOCK = 2**20
_ATTEMPTS = 4
_PAUSE = 0.5


async def download(
    library: RecordingLibrary, recording: Recording, target: Path, progress: Progress | None = None
) -> int:
    """Fetch the file to `target` and return its size in bytes. What lies there is replaced only by a whole file.

    The bytes gather beside it, in a file that names the recording and ends in `.part`. It stays where the
    connection is lost for good, and the next call goes on from there if the library gives parts. After a
    broken connection that brought something we go on by ourselves; `progress` hears of bytes had and, where
    known, to come. Raises what `open` raises, BadAnswer for a file of the wrong size or an empty one, OSError of the
    disk, and where anything but a file is in the way.
    """
    partial = target.with_name(f"{target.name}.{recording.id}.part")
    for path in (target, partial):
        require_file(path)
    failures = 0
    while True:
        before = _size(partial)
        try:
            whole = await _fetch(library, recording, partial, before, progress)
            break
        except Unavailable:
            failures = 1 if _size(partial) > before else failures + 1
            if failures >= _ATTEMPTS:
                raise
            await asyncio.sleep(_PAUSE * failures)
        except Refused:
            if not before or recording.running:
                raise
            partial.unlink()  # more than the file has, so it was another file's
    size = _size(partial)
    if not size:
        partial.unlink()
        raise empty(recording)
    for said in (whole, recording.size):
        if said and said != size:
            partial.unlink()
            raise other_size(recording, size, said)
    await asyncio.to_thread(_put, partial, target)
    return size


async def _fetch(
    library: RecordingLibrary, recording: Recording, partial: Path, had: int, progress: Progress | None
) -> int | None:
    """Fetch what is missing, and return the size the whole should have, None if nobody said."""
    if had and had == recording.size:
        return had
    async with library.open(recording, ByteRange(had, None) if had else None) as media:
        if media.part is None:
            had, whole = 0, media.length
        else:
            whole = media.part[2]
        most = (recording.size or None) if whole is None else whole
        with await asyncio.to_thread(_opened, partial, "r+b" if had else "wb") as file:
            file.seek(had)
            waiting = bytearray()
            try:
                async for chunk in media.chunks:
                    waiting += chunk
                    if most is not None and had + len(waiting) > most:
                        break  # a stream that says nothing of its length may have no end
                    if len(waiting) >= _BLOCK:
                        had += await _write(file, waiting)
                        if progress:
                            progress(had, whole)
            finally:
                had += await _write(file, waiting)
            if progress:
                progress(had, whole)
    if most is not None and had < most:
        # A stream that does not say its length ends like one that was cut off.
        raise Unavailable(f"The file of recording {recording.id} broke off after {had} of {most} bytes.")
    return whole


def require_file(path: Path) -> None:
    """Return if there is a file of ours to be made or replaced; OSError if a device, a folder or a link is there."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "a device"
        raise OSError(errno.EINVAL, f"it is {what} and no file", str(path))


def _opened(path: Path, mode: str) -> BinaryIO:
    def open_itself(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)

    return cast(BinaryIO, open(path, mode, opener=open_itself))


async def _write(file: BinaryIO, waiting: bytearray) -> int:
    block = bytes(waiting)
    waiting.clear()
    await asyncio.to_thread(file.write, block)
    return len(block)


def _put(partial: Path, target: Path) -> None:
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
