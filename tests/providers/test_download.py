"""A file as servers leave it: empty, cut off without a word, or never ending."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from providers import download as downloading
from providers.download import download
from providers.errors import BadAnswer, Unavailable
from providers.interfaces import Media
from providers.memory import MemoryProvider
from providers.model import ByteRange, Recording

WHOLE = b"0123456789"


class Careless(MemoryProvider):
    """A library that says no length. `sent` is what each request brings; `parts`: whether it takes ranges."""

    def __init__(self, *sent: bytes, parts: bool = False) -> None:
        super().__init__("careless")
        self.sent = list(sent)
        self.parts = parts
        self.asked: list[ByteRange | None] = []

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        self.asked.append(part)
        data = self.sent.pop(0) if len(self.sent) > 1 else self.sent[0]

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        first = part.first if part and part.first and self.parts else None
        yield Media(chunks(), "video/mp4", None, (first, len(WHOLE) - 1, len(WHOLE)) if first else None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "_PAUSE", 0.01)


def recording(library: MemoryProvider, size: int | None = len(WHOLE)) -> Recording:
    return replace(library.backend.add_recording(), size=size)


async def test_what_was_cut_off_without_a_length_is_gone_on_with(tmp_path: Path) -> None:
    library = Careless(WHOLE[:4], WHOLE[4:], parts=True)
    target = tmp_path / "x.mp4"
    assert await download(library, recording(library), target) == len(WHOLE)
    assert target.read_bytes() == WHOLE
    assert library.asked == [None, ByteRange(4, None)]


async def test_where_no_part_is_given_it_begins_anew(tmp_path: Path) -> None:
    library = Careless(WHOLE[:4], WHOLE)
    target = tmp_path / "x.mp4"
    await download(library, recording(library), target)
    assert target.read_bytes() == WHOLE


async def test_a_file_that_is_cut_off_each_time_is_no_file(tmp_path: Path) -> None:
    library = Careless(WHOLE[:4])
    with pytest.raises(Unavailable, match="broke off after 4 of 10 bytes"):
        await download(library, recording(library), tmp_path / "x.mp4")
    assert not (tmp_path / "x.mp4").exists()


async def test_an_empty_file_is_no_file(tmp_path: Path) -> None:
    library = Careless(b"")
    with pytest.raises(BadAnswer, match="came empty"):
        await download(library, recording(library, size=None), tmp_path / "x.mp4")
    assert list(tmp_path.iterdir()) == []
