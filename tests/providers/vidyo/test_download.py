"""A file comes to the disk whole, goes on where it broke off, and never spoils what is there."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from providers import download as downloading
from providers.download import download
from providers.errors import BadAnswer, NotFound, Refused, Unavailable
from providers.model import Recording, RecordingId
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox

from .answering import Answering
from .conftest import Connect

ID = RecordingId("4908")
SIZE = 1493016


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "_PAUSE", 0.01)


@pytest.fixture
async def recording(provider: VidyoProvider) -> Recording:
    return await provider.recording(ID)


def expected(vidyo: VidyoSandbox) -> str:
    row = vidyo.world.library.by_id(int(ID))
    assert row is not None
    return vidyo.world.sha256(row.guid)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sent(vidyo: VidyoSandbox) -> int:
    return sum(vidyo.world.bytes_sent.values())


async def test_a_file_comes_whole_and_alone(
    vidyo: VidyoSandbox, provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "meeting.mp4"
    assert await download(provider, recording, target, lambda *now: seen.append(now)) == SIZE
    assert digest(target) == expected(vidyo)
    assert list(tmp_path.iterdir()) == [target]
    assert seen == sorted(seen)
    assert seen[-1] == (SIZE, SIZE)


async def test_a_broken_connection_is_gone_on_with(
    vidyo: VidyoSandbox, provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    vidyo.world.faults.add("reset_after", match="download", times=3)
    await download(provider, recording, tmp_path / "a.mp4")
    assert digest(tmp_path / "a.mp4") == expected(vidyo)
    assert sent(vidyo) < SIZE * 1.5


async def test_what_an_earlier_attempt_left_is_used(
    vidyo: VidyoSandbox, provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    vidyo.world.faults.add("503", match="download")
    target = tmp_path / "a.mp4"
    target.write_bytes(b"what was there")
    row = vidyo.world.library.by_id(int(ID))
    assert row is not None
    (tmp_path / "a.mp4.4908.part").write_bytes(vidyo.world.file_bytes(row.guid)[:1_000_000])
    with pytest.raises(Unavailable):
        await download(provider, recording, target)
    assert target.read_bytes() == b"what was there"
    vidyo.world.faults.clear()
    await download(provider, recording, target)
    assert digest(target) == expected(vidyo)
    assert sent(vidyo) == SIZE - 1_000_000


async def test_a_server_without_parts_begins_again(
    vidyo: VidyoSandbox, provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    vidyo.world.settings.no_ranges = True
    vidyo.world.faults.add("reset_after", match="download", times=2)
    await download(provider, recording, tmp_path / "a.mp4")
    assert digest(tmp_path / "a.mp4") == expected(vidyo)


async def test_a_leftover_that_is_longer_than_the_file_is_thrown_away(
    vidyo: VidyoSandbox, provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    (tmp_path / "a.mp4.4908.part").write_bytes(b"x" * (SIZE + 5))
    await download(provider, recording, tmp_path / "a.mp4")
    assert digest(tmp_path / "a.mp4") == expected(vidyo)


async def test_a_file_of_the_wrong_size_is_not_kept(
    provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    target = tmp_path / "a.mp4"
    target.write_bytes(b"what was there")
    with pytest.raises(BadAnswer, match=f"{SIZE} bytes instead of 5"):
        await download(provider, replace(recording, size=5), target)
    assert target.read_bytes() == b"what was there"
    assert list(tmp_path.iterdir()) == [target]


async def test_a_file_that_never_comes_is_given_up(
    vidyo: VidyoSandbox, provider: VidyoProvider, recording: Recording, tmp_path: Path
) -> None:
    vidyo.world.faults.add("503", match="download")
    with pytest.raises(Unavailable):
        await download(provider, recording, tmp_path / "a.mp4")
    assert (
        vidyo.world.journal.count("download") == 4 * 3
    )  # four tries of a download, each of which asks three times
    with pytest.raises(NotFound):
        await download(provider, replace(recording, file=None), tmp_path / "a.mp4")
    with pytest.raises(Refused):
        await download(provider, replace(recording, ended=None), tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


async def test_a_stream_without_an_end_does_not_fill_the_disk(
    answering: Answering, connected: Connect, recording: Recording, tmp_path: Path
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
    answering.answer = head + (b"100000\r\n" + bytes(2**20) + b"\r\n") * 16
    provider = await connected(answering)
    endless = replace(recording, file="/file", size=2**20)
    with pytest.raises(BadAnswer, match="instead of 1048576"):
        await download(provider, endless, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
