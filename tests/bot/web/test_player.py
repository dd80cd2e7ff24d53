"""A play link is a page with a player, for the person it was made for, in any browser."""

import re

import aiohttp
import pytest

from providers.errors import Unavailable
from providers.memory import MemoryProvider
from providers.model import Medium, Recording

from .world import BlockLibrary, World, gateway_with


@pytest.fixture
def recording(memory: MemoryProvider) -> Recording:
    return memory.backend.add_recording(
        title="Weekly", owner="vova", owner_name="Vova Petrov", size=1_234_567
    )


async def test_the_page_shows_what_is_played_and_plays_it(
    world: World, recording: Recording, memory: MemoryProvider, browser: aiohttp.ClientSession
) -> None:
    address = await world.link("play", recording=recording.id)
    text = await shown(browser, address)

    for fact in ('<h1 dir="auto">Weekly</h1>', "Vova Petrov", "10:00", "1.2 MB", "UTC</time>"):
        assert fact in text
    assert "<video" in text
    assert "<audio" not in text
    media = f"{world.url}/m/{inside(text)}"
    async with browser.get(media, headers={"Range": "bytes=10-19"}) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Disposition"].startswith("inline;")
        assert await answer.read() == memory.backend.content(recording.id)[10:20]
    assert f"../m/{inside(text)}?download=1" in text
    async with browser.get(f"{media}?download=1") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_sound_gets_a_player_for_sound(browser: aiohttp.ClientSession) -> None:
    async with gateway_with(BlockLibrary(99, content_type="audio/mpeg", suffix=".mp3")) as world:
        text = await shown(browser, await world.link("play", provider="blocks"))
    assert "<audio" in text
    assert "<video" not in text


@pytest.mark.parametrize(("medium", "element"), [(Medium.AUDIO, "<audio"), (Medium.VIDEO, "<video")])
async def test_a_file_is_not_fetched_where_the_library_says_what_it_is(
    browser: aiohttp.ClientSession, medium: Medium, element: str
) -> None:
    library = BlockLibrary(1_234_567)
    library.medium = medium
    async with gateway_with(library) as world:
        text = await shown(browser, await world.link("play", provider="blocks"))
    assert element in text
    assert "1.2 MB" in text
    assert library.opened == 0


async def test_a_page_that_was_opened_in_time_plays_on_after_the_link_has_expired(
    world: World, recording: Recording, browser: aiohttp.ClientSession
) -> None:
    address = await world.link("play", recording=recording.id)
    world.clock.forward(minutes=59)
    media = f"{world.url}/m/{inside(await shown(browser, address))}"
    world.clock.forward(minutes=30)

    async with browser.get(media) as answer:
        assert answer.status == 200
    async with browser.get(address) as answer:
        assert answer.status == 410
        assert (
            "This link has expired. Ask for a new one with Play or Download in Slack." in await answer.text()
        )
    world.book.revoke_all()
    async with browser.get(media) as answer:
        assert answer.status == 410


async def test_the_page_is_counted_and_the_parts_that_its_player_takes_are_not(
    world: World, recording: Recording, browser: aiohttp.ClientSession
) -> None:
    address = await world.link("play", recording=recording.id)
    async with browser.head(address) as answer:
        assert answer.status == 200
    assert world.book.openings == 0
    media = f"{world.url}/m/{inside(await shown(browser, address))}"
    for _ in range(3):
        async with browser.get(media, headers={"Range": "bytes=0-9"}) as answer:
            assert answer.status == 206
    assert world.book.openings == 1


async def test_no_other_token_opens_a_page(
    world: World, recording: Recording, browser: aiohttp.ClientSession
) -> None:
    page = await shown(browser, await world.link("play", recording=recording.id))
    download = (await world.link("download", recording=recording.id)).rpartition("/")[2]
    for token in (inside(page), download, "nonsense"):
        async with browser.get(f"{world.url}/play/{token}") as answer:
            assert answer.status == 403
            assert "not valid" in await answer.text()


async def test_a_hostile_title_is_only_read(browser: aiohttp.ClientSession) -> None:
    title = '</title><script>alert(1)</script>"><img src=x onerror=alert(2)> ${file} \ud800'
    async with gateway_with(BlockLibrary(99, title=title)) as world:
        text = await shown(browser, await world.link("play", provider="blocks"))
    assert "<script>" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;" in text


async def test_nothing_runs_in_the_page_but_our_own_files(
    world: World, recording: Recording, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(await world.link("play", recording=recording.id)) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "private, no-store"
        text = await answer.text()
    assert re.findall(r"<script[^>]*>", text) == ['<script type="module" src="../assets/player.js">']
    assert "style=" not in text
    assert " on" not in re.sub(r">[^<]*<", "><", text)
    for asset, kind in (
        ("assets/player.js", "text/javascript"),
        ("assets/recbot.css", "text/css"),
        ("assets/icon.svg", "image/svg+xml"),
    ):
        assert asset in text
        async with browser.get(f"{world.url}/{asset}") as answer:
            assert (answer.status, answer.content_type) == (200, kind)


async def test_the_package_gives_out_its_assets_only(world: World, browser: aiohttp.ClientSession) -> None:
    for name in ("__init__.py", "page.html", "..%2f..%2flinks.py", "%2e%2e/app.py"):
        async with browser.get(f"{world.url}/assets/{name}") as answer:
            assert answer.status == 404
    async with browser.get(f"{world.url}/assets/recbot.css") as answer:
        tag = answer.headers["ETag"]
    async with browser.get(f"{world.url}/assets/recbot.css", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304


async def test_a_provider_that_does_not_answer_is_said_in_place_of_the_player(
    world: World, recording: Recording, memory: MemoryProvider, browser: aiohttp.ClientSession
) -> None:
    memory.backend.fail_next("recording", Unavailable("vidyo.internal is down."))
    async with browser.get(await world.link("play", recording=recording.id)) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        text = await answer.text()
    assert "does not answer at the moment" in text
    assert "internal" not in text


async def shown(browser: aiohttp.ClientSession, address: str) -> str:
    async with browser.get(address) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        return await answer.text()


def inside(page: str) -> str:
    """The token of the file in the page's player."""
    found = re.search(r'src="\.\./m/([\w.-]+)"', page)
    assert found is not None
    return found[1]
