"""Audio: from RingCentral's own hosts only, in parts or whole, and never an error page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers.errors import BadAnswer, NotFound, NotLicensed, ProviderError, Refused, Unavailable, UnsafeLink
from providers.model import ByteRange, Recording, RecordingId, RecordingQuery
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.server import RingCentralSandbox
from tests.clock import lasting
from tests.eventually import eventually

from .answering import Answering, http, said
from .conftest import Connect

NOW = datetime(2024, 5, 17, tzinfo=UTC)
RECORDING = Recording(RecordingId("1"), "", "", None, None, NOW, NOW, None, None, None, file="/content")


async def read(provider: RingCentralProvider, recording: Recording, part: ByteRange | None = None) -> bytes:
    async with provider.open(recording, part) as media:
        return b"".join([chunk async for chunk in media.chunks])


async def recording_of(provider: RingCentralProvider, call: Call) -> Recording:
    return await provider.recording(RecordingId(call.recording_id))


async def test_a_file_is_named_by_what_came(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.metadata_type = "audio/x-strange"
    for form, kind in (("mp3", "audio/mpeg"), ("wav", "audio/wav")):
        call = ringcentral.world.add_call(media="mp3" if form == "mp3" else "wav")
        recording = await recording_of(provider, call)
        async with provider.open(recording) as media:
            assert (media.suffix, media.content_type) == (f".{form}", kind)
            assert b"".join([chunk async for chunk in media.chunks]) == ringcentral.world.content(
                recording.id
            )


@pytest.mark.parametrize(
    ("body", "suffix", "kind"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", ".wav", "audio/wav"),
        (b"ID3\x04", ".mp3", "audio/mpeg"),
        (b"\xff\xfb\x90", ".mp3", "audio/mpeg"),
        (b"something else", ".bin", "application/octet-stream"),
        (b"", ".bin", "application/octet-stream"),
    ],
)
async def test_a_file_of_no_certain_type_is_known_by_its_first_bytes(
    answering: Answering, connected: Connect, body: bytes, suffix: str, kind: str
) -> None:
    answering.answer = http(body, content_type="application/octet-stream")
    provider = await connected(answering)
    async with provider.open(RECORDING) as media:
        assert (media.suffix, media.content_type) == (suffix, kind)
        assert media.length == len(body)
        assert b"".join([chunk async for chunk in media.chunks]) == body


async def test_the_token_goes_in_a_header_and_nowhere_else(answering: Answering, connected: Connect) -> None:
    answering.answer = http(b"abc", content_type="audio/mpeg")
    provider = await connected(answering)
    async with provider.open(replace(RECORDING, file="/content?x=a-b"), ByteRange(None, 5)) as media:
        assert media.suffix == ".mp3"
    [head] = answering.requests
    assert head.startswith("GET /content?x=a-b ")
    for line in ("Authorization: Bearer granted-1", "Range: bytes=-5", "Accept-Encoding: identity"):
        assert line in head


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/content",
        "http://localhost:{port}/content",
        "http://user:pass@127.0.0.1:{port}/content",
        "http://127.0.0.1:{port}@localhost/content",
        "http://127.0.0.1:{port}\\@localhost/content",
        "http://127.0.0.1.example:{port}/content",
        "//localhost:1/content",
        "file:///etc/passwd",
    ],
)
async def test_a_file_at_a_foreign_address_is_not_fetched(
    answering: Answering, connected: Connect, link: str
) -> None:
    provider = await connected(answering)
    port = answering.api_url.rsplit(":", 1)[1]
    with pytest.raises(UnsafeLink, match="nothing was sent there"):
        await read(provider, replace(RECORDING, file=link.format(port=port)))
    assert answering.requests == []


async def test_a_foreign_link_in_the_log_is_not_fetched(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    call = ringcentral.world.add_call(other="Foreign", content_uri="https://evil.example/content")
    recording = await recording_of(provider, call)
    with pytest.raises(UnsafeLink):
        await read(provider, recording)
    assert ringcentral.world.journal.count("/content") == 0


async def test_a_redirect_within_the_house_is_followed(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.content_redirect = ringcentral.media_url
    recording = await recording_of(provider, ringcentral.world.add_call())
    assert await read(provider, recording) == ringcentral.world.content(recording.id)
    asked = [(entry.status, entry.authorized) for entry in ringcentral.world.journal.asked("/content")]
    assert asked == [(302, True), (200, True)]


async def test_a_redirect_out_of_the_house_is_not(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, answering: Answering
) -> None:
    ringcentral.world.settings.content_redirect = answering.media_url
    recording = await recording_of(provider, ringcentral.world.add_call())
    with pytest.raises(UnsafeLink):
        await read(provider, recording)
    assert answering.requests == []


async def test_redirects_in_a_circle_come_to_an_end(answering: Answering, connected: Connect) -> None:
    answering.answer = http(b"", "302 Found", more="Location: /content\r\n")
    with pytest.raises(BadAnswer, match="round in circles"):
        await read(await connected(answering), RECORDING)
    assert len(answering.requests) == 4


async def test_the_audio_of_a_call_that_has_just_ended_may_still_come(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    call = ringcentral.world.add_call()
    recording = await recording_of(provider, call)
    made = call.recording
    assert made is not None
    made.ready = False
    with pytest.raises(NotFound, match=r"not there yet; it may still come\.$"):
        await read(provider, recording)
    made.ready = True
    assert await read(provider, recording) == ringcentral.world.content(recording.id)


async def test_the_audio_of_an_old_call_is_gone_for_good(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    call = ringcentral.world.add_call(started=datetime.now(UTC) - timedelta(days=60))
    recording = await recording_of(provider, call)
    ringcentral.world.expire_audio(recording.id)
    with pytest.raises(NotFound, match=r"no longer kept\.$"):
        await read(provider, recording)


async def test_a_part_that_nobody_asked_for_is_completed(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call())
    content = ringcentral.world.content(recording.id)
    ringcentral.world.settings.unasked_part = len(content) // 3
    async with provider.open(recording) as media:
        assert (media.part, media.length) == (None, len(content))
        assert b"".join([chunk async for chunk in media.chunks]) == content
    assert ringcentral.world.journal.count("/content") == 2


async def test_a_host_without_parts_gives_the_whole_and_says_so(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.no_ranges = True
    recording = await recording_of(provider, ringcentral.world.add_call())
    async with provider.open(recording, ByteRange(1000, None)) as media:
        assert media.part is None
        assert media.length == len(ringcentral.world.content(recording.id))


async def test_who_leaves_a_large_file_ends_its_stream(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call(size=2**28))
    async with provider.open(recording) as media:
        await anext(media.chunks)
    await eventually(lambda: not ringcentral.world.streams_open[recording.id])
    assert ringcentral.world.bytes_sent[recording.id] < 2**26


async def test_who_looks_only_at_what_comes_ends_its_stream_too(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call(size=2**28))
    async with provider.open(recording) as media:
        assert media.length == 2**28
    await eventually(lambda: not ringcentral.world.streams_open[recording.id])


async def test_a_connection_that_breaks_in_the_middle_is_told(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call(size=10**6))
    ringcentral.world.faults.add("reset_after", match="/content")
    had = 0

    async def take() -> None:
        nonlocal had
        async with provider.open(recording) as media:
            async for chunk in media.chunks:
                had += len(chunk)

    with pytest.raises(Unavailable):
        await take()
    assert 0 < had < 10**6


async def test_a_token_that_runs_out_cuts_no_stream_and_the_next_part_comes_with_a_new_one(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call(size=3 * 10**6))
    content = ringcentral.world.content(recording.id)
    async with provider.open(recording) as media:
        had = await anext(media.chunks)
        ringcentral.world.expire_access_tokens()
        rest = b"".join([chunk async for chunk in media.chunks])
    assert had + rest == content
    assert await read(provider, recording, ByteRange(1000, None)) == content[1000:]
    statuses = [entry.status for entry in ringcentral.world.journal.asked("/content")]
    assert statuses == [200, 401, 206]
    assert ringcentral.world.journal.count("/oauth/token") == 2


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (http(b"<html>Sorry</html>", content_type="text/html"), BadAnswer, "web page"),
        (http(b"<html>Sorry</html>", "404 Not Found", "text/html"), BadAnswer, "web page"),
        (http(b"<html>Sorry</html>", content_type="audio/mpeg"), BadAnswer, "web page"),
        (http(b"\r\n <!DOCTYPE html><p>Sorry</p>", content_type=""), BadAnswer, "web page"),
        (
            http(b'{"errors": [{"errorCode": "CMN-102"}]}', content_type="audio/wav"),
            NotFound,
            "no longer kept",
        ),
        (
            http(b"<html>x", "206 Partial", "audio/mpeg", "Content-Range: bytes 0-6/7\r\n"),
            BadAnswer,
            "web page",
        ),
        (said({"errors": [{"errorCode": "CMN-999", "message": "x"}]}), BadAnswer, "CMN-999"),
        (said({"errors": [{"errorCode": "CMN-102", "message": "x"}]}), NotFound, "no longer kept"),
        (said({"errorCode": "CMN-102", "message": "x"}, "404 Not Found"), NotFound, "no longer kept"),
        (said({}, "410 Gone"), NotFound, "no longer kept"),
        (
            http(b"x", "206 Partial", "audio/mpeg", "Content-Range: bytes 5-5/9\r\n"),
            BadAnswer,
            "another part",
        ),
        (http(b"x", "206 Partial", "audio/mpeg"), BadAnswer, "another part"),
        (http(b"x", content_type="audio/mpeg", more="Content-Encoding: gzip\r\n"), BadAnswer, "packed"),
        (said({"errors": [{"errorCode": "CMN-107"}]}, "416 No"), Refused, "no such part"),
        (said({}, "403 Forbidden"), ProviderError, "the user we sign in as may not"),
    ],
)
async def test_what_is_not_the_file_is_not_given_out(
    answering: Answering, connected: Connect, answer: bytes, error: type[Exception], words: str
) -> None:
    answering.answer = answer
    with pytest.raises(error, match=words):
        await read(await connected(answering), RECORDING, ByteRange(0, None))
    assert len(answering.requests) == 1


async def test_a_host_that_falls_silent_in_a_file_is_noticed(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 100\r\n\r\nfirst"
    provider = await connected(answering)
    async with provider.open(RECORDING) as media:
        assert await anext(media.chunks) == b"first"
        with lasting(15), pytest.raises(Unavailable):
            await anext(media.chunks)


async def test_a_recording_without_an_address_has_no_file(answering: Answering, connected: Connect) -> None:
    with pytest.raises(NotFound):
        await read(await connected(answering), replace(RECORDING, file=None))


async def test_a_deleted_recording_is_gone_and_its_call_stays(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    call = ringcentral.world.add_call(other="Deleted")
    recording = await recording_of(provider, call)
    await provider.delete(recording.id)
    assert (await provider.search(RecordingQuery(title="Deleted"))).recordings == ()
    with pytest.raises(NotFound):
        await provider.recording(recording.id)
    with pytest.raises(NotFound):
        await read(provider, recording)
    with pytest.raises(NotFound):
        await provider.delete(recording.id)
    assert ringcentral.world.journal.count("/call-recordings") == 1
    assert ringcentral.world.calls.by_id(call.id) is not None


async def test_a_deletion_whose_answer_is_lost_is_looked_at_before_it_is_sent_again(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    done = await recording_of(provider, ringcentral.world.add_call())
    ringcentral.world.faults.add("reset_after", match="/call-recordings", times=1)
    await provider.delete(done.id)
    assert ringcentral.world.journal.count("/call-recordings") == 1
    lost = await recording_of(provider, ringcentral.world.add_call())
    ringcentral.world.faults.add("reset_before", match="/call-recordings", times=1)
    await provider.delete(lost.id)
    assert ringcentral.world.journal.count("/call-recordings") == 3
    with pytest.raises(NotFound):
        await provider.recording(lost.id)


async def test_a_deletion_that_does_not_succeed_is_told(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call())
    ringcentral.world.faults.add("503", match="/call-recordings")
    with pytest.raises(Unavailable, match="still there"):
        await provider.delete(recording.id)
    ringcentral.world.faults.clear()
    assert await read(provider, recording)


async def test_a_deletion_that_nobody_answers_and_nobody_can_look_at_may_have_been_done(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral, read_retries=0)
    recording = await recording_of(provider, ringcentral.world.add_call())
    ringcentral.world.faults.add("reset_after", match="/call-recordings")
    ringcentral.world.faults.add("reset_before", match="/recording/", skip=1)
    with pytest.raises(Unavailable, match="delete a recording") as caught:
        await provider.delete(recording.id)
    assert caught.value.asked


async def test_a_deletion_that_is_answered_with_a_web_page_is_looked_at(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call())
    ringcentral.world.faults.add("html", match="/call-recordings", times=1)
    await provider.delete(recording.id)
    assert ringcentral.world.journal.count("/call-recordings") == 2
    with pytest.raises(NotFound):
        await read(provider, recording)


async def test_who_may_not_delete_is_told(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    recording = await recording_of(provider, ringcentral.world.add_call())
    ringcentral.world.scope.remove("EditCallLog")
    with pytest.raises(NotLicensed, match=r"not let us delete a recording.*EditCallLog"):
        await provider.delete(recording.id)
    assert await read(provider, recording)


async def test_a_part_that_brings_nothing_is_not_asked_for_again_and_again(
    answering: Answering, connected: Connect
) -> None:
    head = "HTTP/1.1 206 Partial\r\nContent-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n"
    first = f"{head}Content-Range: bytes 0-0/9\r\n\r\n1\r\na\r\n0\r\n\r\n".encode()
    nothing = f"{head}Content-Range: bytes 1-8/9\r\n\r\n0\r\n\r\n".encode()
    answering.answer = lambda head: nothing if "range: bytes=1-" in head.lower() else first
    with pytest.raises(Unavailable, match="broke off"):
        await read(await connected(answering), RECORDING)
    assert len(answering.requests) == 2


async def test_a_deletion_that_takes_effect_late_is_no_recording_that_was_never_there(
    answering: Answering, connected: Connect
) -> None:
    deletions = iter([None, said({"errors": [{"errorCode": "CMN-102"}]}, "404 Gone")])
    answering.answer = lambda head: next(deletions) if head.startswith("DELETE") else said({"id": "1"})
    await (await connected(answering)).delete(RecordingId("1"))
    assert [head.split()[0] for head in answering.requests] == ["GET", "DELETE", "GET", "DELETE"]
