"""A link gives the file it names: whole or in part, under safe headers, and to nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from multidict import CIMultiDictProxy

from bot.links import Links
from bot.web.byte_range import Span, cut, read_range
from providers.errors import (
    BadAnswer,
    NotFound,
    NotSupported,
    ProviderError,
    Refused,
    SignInFailed,
    Unavailable,
    UnsafeLink,
)
from providers.memory import MemoryProvider
from providers.memory_phone import MemoryPhone
from providers.model import ByteRange, Recording, Scope

from .world import KEYS, BlockLibrary, Book, World, gateway_with

SIZE = 20_000


@pytest.fixture
def recording(memory: MemoryProvider) -> Recording:
    return memory.backend.add_recording(title="Weekly", size=SIZE)


@pytest.fixture
async def address(world: World, recording: Recording) -> str:
    return await world.link("download", recording=recording.id)


async def test_a_download_gives_the_whole_file_to_keep(
    address: str, browser: aiohttp.ClientSession, memory: MemoryProvider, recording: Recording
) -> None:
    async with browser.get(address) as answer:
        assert answer.status == 200
        assert await answer.read() == memory.backend.content(recording.id)
        said = answer.headers
    assert said["Content-Length"] == str(SIZE)
    assert said["Content-Type"] == "video/mp4"
    assert said["Accept-Ranges"] == "bytes"
    assert said["Content-Disposition"] == "attachment; filename=\"Weekly.mp4\"; filename*=UTF-8''Weekly.mp4"
    assert said["Cache-Control"] == "private, no-store"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in said["Content-Security-Policy"]


@pytest.mark.parametrize("knows_parts", [True, False])
async def test_a_part_that_is_asked_for_is_given_exactly(
    knows_parts: bool, browser: aiohttp.ClientSession
) -> None:
    library = BlockLibrary(SIZE, knows_parts=knows_parts)
    async with gateway_with(library) as world:
        media = (await world.link("play", provider="blocks")).replace("/play/", "/m/")
        for asked, first, last in (
            ("bytes=100-199", 100, 199),
            ("bytes=0-0", 0, 0),
            ("bytes=19990-", 19_990, 19_999),
            ("bytes=19990-99999", 19_990, 19_999),
            ("bytes=-7", 19_993, 19_999),
            ("bytes=-99999", 0, 19_999),
            ("Bytes=5-6", 5, 6),
        ):
            async with browser.get(media, headers={"Range": asked}) as answer:
                assert answer.status == 206
                assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
                assert answer.headers["Content-Length"] == str(last - first + 1)
                assert await answer.read() == library.content(first, last)


@pytest.mark.parametrize("knows_parts", [True, False])
async def test_a_part_beyond_the_end_is_416_with_the_size(
    knows_parts: bool, browser: aiohttp.ClientSession, memory: MemoryProvider
) -> None:
    id = memory.backend.add_recording(size=SIZE).id
    library = memory if knows_parts else BlockLibrary(SIZE, knows_parts=False)
    async with gateway_with(library) as world:
        address = await world.link("download", provider=library.name, recording=id)
        for asked in ("bytes=20000-", "bytes=20000-20001", "bytes=-0"):
            async with browser.get(address, headers={"Range": asked}) as answer:
                assert answer.status == 416
                assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


async def test_a_range_that_is_none_gives_the_whole_file(
    address: str, browser: aiohttp.ClientSession
) -> None:
    for asked in ("bytes=0-1,5-6", "bytes=9-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=1-2-3", "bytes"):
        async with browser.get(address, headers={"Range": asked}) as answer:
            assert answer.status == 200
            assert len(await answer.read()) == SIZE


async def test_a_part_of_a_version_we_never_named_gives_the_whole_file(
    address: str, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(address, headers={"Range": "bytes=0-1", "If-Range": '"x"'}) as answer:
        assert answer.status == 200


async def test_head_says_what_get_says_and_reads_nothing(browser: aiohttp.ClientSession) -> None:
    library = BlockLibrary(SIZE)
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        async with browser.head(address) as answer:
            assert (answer.status, library.pulled) == (200, 0)
            head = dict(answer.headers)
        async with browser.get(address) as answer:
            got = dict(answer.headers)
        assert world.book.openings == 1
    for said in (head, got):
        said.pop("Date")
    assert head == got
    assert library.open_now == 0


async def test_a_file_of_unknown_length_comes_whole_and_in_pieces(browser: aiohttp.ClientSession) -> None:
    library = BlockLibrary(SIZE, says_length=False)
    library.knows_size = False
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        async with browser.get(address) as answer:
            assert "Content-Length" not in answer.headers
            assert await answer.read() == library.content(0, SIZE - 1)


async def test_only_video_sound_and_bytes_are_called_by_their_name(browser: aiohttp.ClientSession) -> None:
    octets = "application/octet-stream"
    cases = {
        "plain": ("video/mp4", ".mp4", "video/mp4", "video/mp4"),
        "with a parameter": ("Audio/X-Wav; rate=8000", ".wav", "audio/x-wav", "audio/x-wav"),
        "bytes": (octets, ".mp3", octets, "audio/mpeg"),
        "page": ("text/html", ".mp4", octets, octets),
        "drawing": ("image/svg+xml", ".mp4", octets, octets),
        "two headers": ("video/x\r\nSet-Cookie: a=b", ".mp4", octets, octets),
    }
    libraries = [BlockLibrary(9, name, content_type=c[0], suffix=c[1]) for name, c in cases.items()]
    async with gateway_with(*libraries) as world:
        for name, (_, _, downloaded, played) in cases.items():
            async with browser.get(await world.link("download", provider=name)) as answer:
                assert answer.headers["Content-Type"] == downloaded
            media = (await world.link("play", provider=name)).replace("/play/", "/m/")
            async with browser.get(media) as answer:
                assert answer.headers["Content-Type"] == played


async def test_a_hostile_title_makes_a_harmless_file_name(browser: aiohttp.ClientSession) -> None:
    titles = {
        'a"; filename="evil.exe': ("a__ filename=_evil.exe.mp4", "a_%3B%20filename%3D_evil.exe.mp4"),
        "../../etc/passwd": ("_.._etc_passwd.mp4", "_.._etc_passwd.mp4"),
        "Über\r\nSet-Cookie: a=b": ("Uber Set-Cookie_ a=b.mp4", "%C3%9Cber%20Set-Cookie_%20a%3Db.mp4"),
        "gnp.\u202eexe": ("gnp.exe.mp4", "gnp.exe.mp4"),
        "会議": ("recording.mp4", "%E4%BC%9A%E8%AD%B0.mp4"),
        "CON": ("_CON.mp4", "_CON.mp4"),
        "Weekly.MP4": ("Weekly.mp4", "Weekly.mp4"),
        " ... ": ("recording.mp4", "recording.mp4"),
        "50%25 done\ud800": ("50_25 done.mp4", "50%2525%20done.mp4"),
        "x" * 400: ("x" * 150 + ".mp4", "x" * 150 + ".mp4"),
    }
    libraries = [BlockLibrary(9, str(at), title=title) for at, title in enumerate(titles)]
    async with gateway_with(*libraries) as world:
        for library, (plain, full) in zip(libraries, titles.values(), strict=True):
            async with browser.get(await world.link("download", provider=library.name)) as answer:
                assert answer.status == 200
                assert "Set-Cookie" not in answer.headers
                said = answer.headers["Content-Disposition"]
            assert said == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"


async def test_files_of_calls_with_one_person_have_names_of_their_own(
    browser: aiohttp.ClientSession,
) -> None:
    noon = datetime(2026, 5, 4, 12, 0, 30, tzinfo=UTC)
    phone = MemoryPhone("calls", now=lambda: noon)
    calls = [
        phone.backend.add_recording(title=title, started=noon) for title in ("Ada", "Ada", "x" * 400, "")
    ]
    async with gateway_with(phone) as world:
        names = []
        for call in calls:
            async with browser.get(
                await world.link("download", provider="calls", recording=call.id)
            ) as answer:
                names.append(answer.headers["Content-Disposition"].split('"')[1])
    ids = [call.id for call in calls]
    assert names == [
        f"Ada 2026-05-04 12.00 UTC {ids[0]}.mp3",
        f"Ada 2026-05-04 12.00 UTC {ids[1]}.mp3",
        f"{'x' * 150} 2026-05-04 12.00 UTC {ids[2]}.mp3",
        f"recording 2026-05-04 12.00 UTC {ids[3]}.mp3",
    ]


async def test_a_play_link_serves_its_file_in_the_page_and_to_keep(
    world: World, recording: Recording, browser: aiohttp.ClientSession
) -> None:
    media = (await world.link("play", recording=recording.id)).replace("/play/", "/m/")
    for address, kind in ((media, "inline"), (f"{media}?download=1", "attachment")):
        async with browser.get(address) as answer:
            assert answer.headers["Content-Disposition"].startswith(f"{kind};")


async def test_a_player_looks_the_recording_up_once(
    browser: aiohttp.ClientSession, world: World, address: str, memory: MemoryProvider
) -> None:
    for first in range(0, SIZE, 1000):
        async with browser.get(address, headers={"Range": f"bytes={first}-{first + 999}"}) as answer:
            assert answer.status == 206
    assert memory.backend.calls.count("recording") == 1


async def test_refused_links_say_why(
    world: World, address: str, recording: Recording, browser: aiohttp.ClientSession
) -> None:
    foreign = Links(["somebody else's own key"], world.url, Book(), timedelta(hours=1), world.clock)
    stolen = await foreign.issue("memory", recording.id, "download", "U1")
    unknown = Links(KEYS, world.url, Book(), timedelta(hours=1), world.clock)
    unwritten = await unknown.issue("memory", recording.id, "download", "U1")
    for forged in (address[:-1], f"{world.url}/m/x", stolen, unwritten, f"{world.url}/m/{'x' * 5000}"):
        await expect_refusal(browser, forged, 403, "not valid")

    world.clock.forward(hours=1)
    await expect_refusal(
        browser, address, 410, "This link has expired. Ask for a new one with Play or Download"
    )
    fresh = await world.link("download", recording=recording.id)
    world.book.revoke_all()
    await expect_refusal(browser, fresh, 410, "taken back")


@pytest.mark.parametrize("method", ["recording", "open"])
async def test_a_provider_that_does_not_give_is_a_page_with_a_sentence(
    method: str, world: World, recording: Recording, memory: MemoryProvider, browser: aiohttp.ClientSession
) -> None:
    refusals: list[tuple[ProviderError, int]] = [
        (NotFound("There is no recording 7 at vidyo.internal."), 404),
        (Refused("vidyo.internal will not."), 409),
        (NotSupported("vidyo.internal cannot."), 501),
        (SignInFailed("vidyo.internal refused recbot."), 502),
        (BadAnswer("vidyo.internal said <html>."), 502),
        (UnsafeLink("It points at vidyo.internal."), 502),
        (ProviderError("vidyo.internal"), 502),
        (Unavailable("vidyo.internal is down.", retry_after=timedelta(seconds=7.2)), 503),
    ]
    for error, status in refusals:
        memory.backend.fail_next(method, error)
        address = await world.link("download", recording=recording.id)
        headers = await expect_refusal(browser, address, status, ".")
        assert headers.get("Retry-After") == ("8" if status == 503 else None)


async def test_a_recording_that_still_runs_has_no_file_yet(browser: aiohttp.ClientSession) -> None:
    library = BlockLibrary(SIZE)
    library.running = True
    async with gateway_with(library) as world:
        address = await world.link("download", provider="blocks")
        await expect_refusal(browser, address, 409, "still being recorded")
        library.running = False
        async with browser.get(address) as answer:
            assert answer.status == 200


async def test_a_recording_that_became_private_since_is_no_longer_there(
    world: World, recording: Recording, memory: MemoryProvider, browser: aiohttp.ClientSession
) -> None:
    links = [
        await world.link("download", recording=recording.id),
        await world.link("play", recording=recording.id),
    ]
    for scope in (Scope.PRIVATE, Scope.UNKNOWN):
        memory.backend.recordings[recording.id] = replace(recording, scope=scope)
        for link in links:
            await expect_refusal(browser, link, 404, "no longer there")


async def test_a_provider_that_is_configured_no_more_is_not_found(
    world: World, browser: aiohttp.ClientSession
) -> None:
    await expect_refusal(browser, await world.link("download", provider="gone"), 404, "no longer there")


async def test_only_reading_is_answered(address: str, browser: aiohttp.ClientSession, world: World) -> None:
    async with browser.post(address, data=b"x") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert world.book.openings == 0


def test_ranges_are_read_as_http_writes_them() -> None:
    assert read_range("bytes=1-2") == ByteRange(1, 2)
    assert read_range("bytes=1-") == ByteRange(1, None)
    assert read_range("bytes=-5") == ByteRange(None, 5)
    assert read_range(None) is None
    assert cut(ByteRange(None, 5), 3) == Span(0, 2, 3)
    assert cut(ByteRange(0, None), 0) is None


async def expect_refusal(
    browser: aiohttp.ClientSession, address: str, status: int, sentence: str
) -> CIMultiDictProxy[str]:
    """The page of a refusal, which names nothing from inside."""
    async with browser.get(address) as answer:
        text = await answer.text()
        assert answer.status == status
        assert answer.content_type == "text/html"
        assert sentence in text
        assert "internal" not in text
        assert "Traceback" not in text
        assert answer.headers["Cache-Control"] == "private, no-store"
        return answer.headers
