"""Files: from the configured server only, in parts or whole, and never a login page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from providers.errors import BadAnswer, NotFound, Refused, Unavailable, UnsafeLink
from providers.model import ByteRange, Recording, RecordingId, RecordingQuery
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox
from tests.clock import lasting
from tests.eventually import eventually

from .answering import Answering, http
from .conftest import Connect

NOW = datetime(2024, 5, 17, tzinfo=UTC)
RECORDING = Recording(RecordingId("1"), "", "", None, None, NOW, NOW, None, None, None)


async def recording_of(provider: VidyoProvider, **query: str) -> Recording:
    [recording] = (await provider.search(RecordingQuery(limit=1, **query))).recordings
    return recording


async def read(provider: VidyoProvider, recording: Recording, part: ByteRange | None = None) -> bytes:
    async with provider.open(recording, part) as media:
        return b"".join([chunk async for chunk in media.chunks])


async def test_a_file_at_a_foreign_address_is_not_fetched(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    recording = await recording_of(provider, title="Foreign link")
    with pytest.raises(UnsafeLink) as caught:
        await read(provider, recording)
    assert "downloadRecording" not in str(caught.value)
    assert vidyo.world.journal.count("download") == 0


@pytest.mark.parametrize(
    "link",
    [
        "//localhost:1/x",
        "http://localhost:{port}/x",
        "http://127.0.0.1:{portal}/x",
        "https://127.0.0.1:{port}/x",
        "http://127.0.0.1:{port}@localhost/x",
        "http://user:pass@127.0.0.1:{port}/x",
        "http://127.0.0.1.example:{port}/x",
        "http://127.0.0.1:{port}\\@localhost/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1",
    ],
)
async def test_credentials_go_to_the_configured_host_alone(
    vidyo: VidyoSandbox, provider: VidyoProvider, link: str
) -> None:
    recording = await provider.recording(RecordingId("4908"))
    vidyo.world.journal.clear()
    port, portal = (url.rsplit(":", 1)[1] for url in (vidyo.replay_url, vidyo.portal_url))
    with pytest.raises(UnsafeLink):
        await read(provider, replace(recording, file=link.format(port=port, portal=portal)))
    assert len(vidyo.world.journal) == 0


async def test_a_link_without_a_host_is_the_replay_servers(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    row = vidyo.world.add_recording("Old server", size=90_000, link="relative")
    recording = await provider.recording(RecordingId(str(row.id)))
    assert (recording.file or "").startswith("/replay/")
    assert await read(provider, recording) == vidyo.world.file_bytes(row.guid)


async def test_a_server_without_parts_gives_the_whole_and_says_so(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.no_ranges = True
    recording = await provider.recording(RecordingId("4908"))
    async with provider.open(recording, ByteRange(1000, None)) as media:
        assert media.part is None
        assert media.length == 1493016
        assert media.content_type == "video/mp4"


async def test_a_size_that_is_not_known_is_none(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    row = vidyo.world.add_recording("Sizeless", size_known=False, size=90_000)
    recording = await provider.recording(RecordingId(str(row.id)))
    assert recording.size is None
    async with provider.open(recording) as media:
        assert media.length == 90_000


async def test_who_leaves_a_large_file_ends_its_stream(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    row = vidyo.world.add_recording("Large", size=2**30)
    recording = await provider.recording(RecordingId(str(row.id)))
    async with provider.open(recording) as media:
        await anext(media.chunks)
        assert vidyo.world.streams_open[row.guid] == 1
    await eventually(lambda: not vidyo.world.streams_open[row.guid])
    assert vidyo.world.bytes_sent[row.guid] < 2**26


async def test_a_connection_that_breaks_in_the_middle_is_told(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    recording = await provider.recording(RecordingId("4908"))
    vidyo.world.faults.add("reset_after", match="download")
    had = 0

    async def take() -> None:
        nonlocal had
        async with provider.open(recording) as media:
            async for chunk in media.chunks:
                had += len(chunk)

    with pytest.raises(Unavailable):
        await take()
    assert 0 < had < 1493016


@pytest.mark.parametrize("kind", ["503", "reset_before"])
async def test_a_server_that_cannot_now_is_unavailable(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    recording = await provider.recording(RecordingId("4908"))
    vidyo.world.faults.add(kind, match="download")
    with pytest.raises(Unavailable):
        await read(provider, recording)


async def test_a_recording_without_a_file_and_a_file_that_is_gone_are_not_found(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    recording = await provider.recording(RecordingId("4908"))
    with pytest.raises(NotFound):
        await read(provider, replace(recording, file=None))
    with pytest.raises(NotFound):
        await read(provider, replace(recording, file="/replay/downloadRecording.do?file=gone"))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(b"<html>Sorry</html>", content_type="text/html; charset=utf-8"), BadAnswer),
        (http(b'{"error": "no such file"}', content_type="application/json"), BadAnswer),
        (http(b"<html>Sorry</html>", content_type="video/mp4"), BadAnswer),
        (http(b"\xef\xbb\xbf\r\n<!DOCTYPE html>Sorry", content_type="video/mp4"), BadAnswer),
        (http(b'<?xml version="1.0"?><Fault/>', content_type="application/octet-stream"), BadAnswer),
        (http(b'{ "error": "no such file"}', content_type="video/mp4"), BadAnswer),
        (http(b"<html>x", "206 Partial", "video/mp4", "Content-Range: bytes 0-6/7\r\n"), BadAnswer),
        (http(b"x", "206 Partial", "video/mp4", "Content-Range: bytes 5-5/9\r\n"), BadAnswer),
        (http(b"x", "206 Partial", "video/mp4"), BadAnswer),
        (http(b"x", "206 Partial", "multipart/byteranges; boundary=x"), BadAnswer),
        (http(b"x", content_type="video/mp4", more="Content-Encoding: gzip\r\n"), BadAnswer),
        (http(b"", "416 No", "video/mp4"), Refused),
        (http(b"", "500 Error", "video/mp4"), BadAnswer),
    ],
)
async def test_what_is_not_the_file_is_not_given_out(
    answering: Answering, connected: Connect, answer: bytes, error: type[Exception]
) -> None:
    answering.answer = answer
    provider = await connected(answering)
    recording = replace(RECORDING, file="/file")
    with pytest.raises(error):
        await read(provider, recording, ByteRange(0, None))
    assert len(answering.requests) == 1


async def test_a_server_that_falls_silent_in_a_file_is_noticed(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 100\r\n\r\nfirst"
    provider = await connected(answering)
    async with provider.open(replace(RECORDING, file="/file")) as media:
        assert await anext(media.chunks) == b"first"
        with lasting(15), pytest.raises(Unavailable):
            await anext(media.chunks)


async def test_a_file_is_asked_for_as_it_is_and_with_our_login(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(b"abc", content_type="video/x-flv")
    provider = await connected(answering)
    async with provider.open(replace(RECORDING, file="/file?x=a-b"), ByteRange(None, 5)) as media:
        assert media.suffix == ".flv"
    [head] = answering.requests
    assert head.startswith("GET /file?x=a-b ")
    assert "Accept-Encoding: identity" in head
    assert "Range: bytes=-5" in head
    assert "Authorization: Basic " in head


@pytest.mark.parametrize(
    "beginning",
    [
        b"\x00\x00\x00\x20ftypisom",
        b"FLV\x01\x05",
        b"\x1aE\xdf\xa3",
        b"ID3\x03",
        b"\xff\xfb\x90",
        b"RIFF\x24\x00\x00\x00WAVE",
        b"OggS\x00",
        b"<\x00\x00\x01",
        b"{\x00",
        b"[1234",
    ],
)
async def test_what_begins_as_a_medium_may_is_given_out(
    answering: Answering, connected: Connect, beginning: bytes
) -> None:
    content = beginning + bytes(range(256))
    answering.answer = http(content, content_type="application/octet-stream")
    recording = replace(RECORDING, file="/file", size=None)
    assert await read(await connected(answering), recording) == content
