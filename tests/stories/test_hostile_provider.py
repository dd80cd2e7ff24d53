"""Far sides that mean harm: nothing leaks, nothing breaks, and people see what they would of honest ones."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from sandbox.slack.model import Message
from sandbox.slack.reading import buttons_of
from tests.bot.slack.test_cards_hostile import harmless, marked
from tests.stories.world import ROOM, ROOM_NAME, World, open_world

METADATA = "http://169.254.169.254"
NUMBER = "+16505550100"
# What XML can carry; JSON carries the rest too.
MARKUP = "<!channel> <@U0ANNA> <https://evil.example|click> *_~`</script><script>alert(1)</script>"
EVIL = f"{MARKUP} \u009b31m\u202eone\u0085ERROR two\u2028three " + "x" * 10_000
WORSE = f"\x00\x1b[31m\r\nERROR four {EVIL}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, calls=True, slack={"mode": "http"}) as world:
        yield world


def inert(message: Message) -> None:
    """Nobody is called, nothing leads away, and nothing is there that cannot be seen."""
    for text in (message.text, *marked(message.blocks)):
        harmless(text)
    shown = json.dumps([message.text, message.blocks], ensure_ascii=False)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2028]", shown.replace("\\n", ""))
    assert not any("evil.example" in (button.url or "") for button in buttons_of(message))


async def fetched(world: World, message: Message, label: str) -> tuple[int, str, str]:
    """The status, the headers and the text behind the link that somebody gets who presses this."""
    before = len(world.slack.messages("#general", "sam"))
    await world.slack.press("sam", message, label)
    news: list[Message] = []
    await world.slack.wait_for(
        lambda: (
            news.extend(m for m in world.slack.messages("#general", "sam")[before:] if buttons_of(m)) or news
        )
    )
    inert(news[0])
    url = next(button.url for button in buttons_of(news[0]) if button.url)
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
        body = (await answer.read()).decode("utf-8", "replace")
        return answer.status, "\n".join(f"{name}: {value}" for name, value in answer.headers.items()), body


async def test_what_a_meeting_is_called_calls_nobody_and_runs_nowhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    library = world.vidyo.world
    library.add_recording(f"Harmful {EVIL}", room_name=EVIL, tags=EVIL, comments=EVIL, scope="Public")
    await world.slack.command("vova", "#general", "/recordings search harmful on:vidyo")
    found = await world.told("Harmful", "channel")
    inert(found)
    await world.slack.press("vova", found, "Details")
    inert(await world.told("Harmful", "Comment", "kept by"))
    await world.slack.press("vova", found, "Share here")
    shared = await world.card("shares a recording", "Harmful")
    inert(shared)

    status, headers, _ = await fetched(world, shared, "Download")
    assert status == 200
    [named] = [line for line in headers.lower().splitlines() if line.startswith("content-disposition")]
    assert named.isascii()
    assert len(named) < 1_000
    status, headers, page = await fetched(world, shared, "Play")
    assert status == 200
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert not [record for record in caplog.records if "\nERROR" in record.getMessage()]


async def test_who_calls_himself_everybody_is_announced_to_nobody(world: World) -> None:
    await world.slack.command("vova", "#general", f"/recordings subscribe number:{NUMBER}")
    await world.card("subscribed this channel")
    call = world.calls.place_call(other=f"Caller {WORSE}", number=NUMBER, answered=True)
    await world.slack.command("vova", "#general", "/record calls")
    inert(await world.told("Caller"))
    await world.slack.command("vova", "#general", "/record start 101")
    card = await world.card("Recording", "Caller")
    inert(card)
    world.calls.hang_up(call, lasted=timedelta(minutes=5))
    await world.reads(card, "Ready")
    inert(card)
    call = world.calls.place_call(
        other=f"Caller {WORSE}", number=NUMBER, answered=True, recording="Automatic"
    )
    world.calls.hang_up(call, lasted=timedelta(minutes=5))
    notice = await world.card("New recording", "Caller")
    inert(notice)
    assert (await fetched(world, notice, "Download"))[0] == 200


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Somebody else's machine: its address, and whatever comes there."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1_000))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", heard
    finally:
        server.close()


async def test_a_file_elsewhere_is_not_fetched_and_nobody_elsewhere_is_asked(world: World) -> None:
    async with listener() as (elsewhere, heard):
        for name, where in (("One", METADATA), ("Two", elsewhere.rstrip("/"))):
            world.vidyo.world.foreign_url = where
            row = world.vidyo.world.add_recording(f"Stray {name}", scope="Public", link="foreign")
            await world.slack.command("sam", "#general", f"/recordings show {row.id} on:vidyo")
            shown = await world.told(row.title, user="sam")
            assert (await fetched(world, shown, "Download"))[0] == 502
        call = world.calls.add_call(other="Stray caller", content_uri=f"{elsewhere}content")
        await world.slack.command("sam", "#general", "/recordings search stray on:ringcentral")
        shown = await world.told("Stray caller", user="sam")
        assert (await fetched(world, shown, "Download"))[0] == 502
        assert call.recording_id

        world.vidyo.world.faults.add("elsewhere", match="RecordsSearch", times=3, target=elsewhere)
        world.calls.faults.add("elsewhere", match="/call-log", times=1, target=elsewhere)
        await world.slack.command("vova", "#general", "/recordings search vova on:vidyo")
        await world.told("login page")
        await world.slack.command("anna", "#general", "/recordings search vova on:ringcentral")
        await world.told("not named in server_url or media_hosts", user="anna")
    assert heard == []


@pytest.mark.parametrize("kind", ["laughs", "huge", "packed"])
async def test_an_answer_that_would_fill_the_memory_ends_in_a_sentence(world: World, kind: str) -> None:
    portal, calls = world.vidyo.world.faults, world.calls.faults
    portal.add(kind, match="RecordsSearch")
    calls.add("deep" if kind == "laughs" else kind, match="/call-log")
    words = "is not SOAP" if kind == "laughs" else "is all we read"
    await world.slack.command("vova", "#general", "/recordings search vova on:vidyo")
    await world.told("The replay server at", words)
    words = "cannot be read" if kind == "laughs" else "is all we read"
    await world.slack.command("anna", "#general", "/recordings search vova on:ringcentral")
    await world.told("RingCentral", words, user="anna")
    portal.clear()
    calls.clear()
    await world.slack.command("vova", "#general", "/recordings search vova on:vidyo")
    await world.told("1 to 5")


async def test_a_recording_outlives_a_portal_that_goes_mad(world: World) -> None:
    await world.start()
    card = await world.card(f"Recording {ROOM_NAME}")
    for kind in ("laughs", "elsewhere"):
        world.vidyo.world.faults.add(kind, match="getParticipants")
        await world.reads(card, "Cannot see")
        inert(card)
        world.vidyo.world.faults.clear()
        await world.reads(card, f"Recording {ROOM_NAME}")
    assert world.starts() == 1
    assert world.recorders(ROOM) == 1
