"""Two recording systems behind one bot: what is looked up is looked up in both, and each row stays its own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.demo import free_port, toml, vidyo_keys
from providers.model import RecordingPage, RecordingQuery
from providers.vidyo.provider import VidyoProvider
from providers.waiting import say_wait
from sandbox.slack.model import Message
from sandbox.slack.reading import buttons_of, text_of
from sandbox.vidyo.server import VidyoSandbox
from tests.stories.terminals import Terminal
from tests.stories.world import SPEED, World, open_world

ROWS = 4


@pytest.fixture
async def annex() -> AsyncIterator[VidyoSandbox]:
    """The second system. Its recordings have the same numbers as those of the first."""
    async with VidyoSandbox(speed=SPEED) as annex:
        yield annex


@pytest.fixture
async def world(tmp_path: Path, annex: VidyoSandbox) -> AsyncIterator[World]:
    async with open_world(tmp_path, speed=SPEED, providers={"annex": vidyo_keys(annex)}) as world:
        yield world


def fill(vidyo: VidyoSandbox, annex: VidyoSandbox) -> int:
    """Recordings in both, by turns, the newest last; the number that the newest has in both."""
    number = 0
    for n in range(ROWS):
        for minute, (far_side, where) in enumerate(((vidyo, "here"), (annex, "annex"))):
            ended = far_side.world.clock.now() - timedelta(minutes=10 - 2 * n - minute)
            number = far_side.world.add_recording(f"Quarterly {where} {n}", ended=ended).id
    return number


def quarterlies(message: Message) -> list[str]:
    return [line.strip() for line in text_of(message).splitlines() if line.startswith("Quarterly ")]


async def test_a_search_leafs_through_both(world: World, annex: VidyoSandbox) -> None:
    slack = world.slack
    number = fill(world.vidyo, annex)
    await slack.command("sam", "#general", "/recordings search quarterly")
    first = await world.told("8 recordings, 1 to 5", "vidyo, annex", user="sam")
    newest = quarterlies(first)
    assert newest == [f"Quarterly {where} {n}" for n in (3, 2, 1) for where in ("annex", "here")][:5]

    await slack.press("sam", first, "Older")
    older = await world.told("8 recordings, 6 to 8", user="sam")
    assert quarterlies(older) == ["Quarterly here 1", "Quarterly annex 0", "Quarterly here 0"]
    await slack.press("sam", older, "Newer")
    again = await world.told("8 recordings, 1 to 5", user="sam")
    assert quarterlies(again) == newest

    play = next(b.value for b in buttons_of(again) if b.label == "Play" and "annex" in str(b.value))
    await slack.press("sam", again, "Play", value=play)
    await world.told("Quarterly annex 3", "This link is yours", user="sam")
    await slack.command("sam", "#general", f"/recordings show {number}")
    await world.told("say which with on:vidyo or on:annex", user="sam")
    await slack.command("sam", "#general", f"/recordings show {number} on:annex")
    await world.told("Quarterly annex 3", "kept by annex", user="sam")


async def test_a_system_that_is_away_is_named_beside_what_the_other_one_has(
    world: World, annex: VidyoSandbox
) -> None:
    fill(world.vidyo, annex)
    annex.world.faults.add("html")
    await world.slack.command("vova", "#general", "/recordings search quarterly")
    found = await world.told("Recordings, 1 to 4", "annex did not answer: ")
    assert quarterlies(found) == [f"Quarterly here {n}" for n in (3, 2, 1, 0)]
    await world.slack.command("vova", "#general", "/recordings show 999999")
    await world.told("Recording 999999 was not found. annex did not answer: ")


async def test_whoever_has_to_wait_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    library = world.bot.services.providers.library("annex")
    straight = library.search

    async def after_a_while(query: RecordingQuery) -> RecordingPage:
        await say_wait("The annex answers in 20 seconds.")
        return await straight(query)

    monkeypatch.setattr(library, "search", after_a_while)
    await world.slack.command("vova", "#general", "/recordings latest")
    told = await world.told("The annex answers in 20 seconds.")
    assert told.ephemeral_to == "U0VOVA"
    await world.told("Recordings")


async def test_whoever_has_to_wait_at_a_terminal_is_told_beside_the_answer(
    tmp_path: Path, annex: VidyoSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = VidyoProvider.search

    async def after_a_while(provider: VidyoProvider, query: RecordingQuery) -> RecordingPage:
        await say_wait("Vidyo answers in 20 seconds.")
        return await straight(provider, query)

    monkeypatch.setattr(VidyoProvider, "search", after_a_while)
    latest = await Terminal(tmp_path, annex).type("recordings", "latest", "1", "--json")
    assert len(latest.values) == 1
    assert latest.err.splitlines()[0] == "Vidyo answers in 20 seconds."


async def test_the_command_line_looks_into_both_too(tmp_path: Path, annex: VidyoSandbox) -> None:
    async with VidyoSandbox(speed=SPEED) as vidyo:
        number = fill(vidyo, annex)
        terminal = Terminal(tmp_path, vidyo)
        nowhere = f"http://127.0.0.1:{free_port()}"
        both = {"providers.vidyo": vidyo_keys(vidyo), "providers.annex": vidyo_keys(annex)}
        terminal.config.write_text(toml(both), encoding="utf-8")

        found = await terminal.type(
            "recordings", "search", "quarterly", "--start", "1", "--limit", "3", "--json"
        )
        rows = [(value["provider"], value["title"]) for value in found.values]
        assert rows == [
            ("vidyo", "Quarterly here 3"),
            ("annex", "Quarterly annex 2"),
            ("vidyo", "Quarterly here 2"),
        ]
        assert "2 to 4 of 8. More: --start 4." in found.err
        latest = await terminal.type("recordings", "latest", "2")
        assert [line.split()[-1] for line in latest.out.splitlines()[:2]] == ["annex", "vidyo"]

        which = await terminal.type("recordings", "show", str(number))
        assert which.code == 1
        assert "say which with on:vidyo or on:annex" in which.err
        shown = await terminal.type("recordings", "show", str(number), "--on", "annex", "--json")
        assert [value["provider"] for value in shown.values] == ["annex"]

        both["providers.annex"] |= {"portal_url": nowhere, "replay_url": nowhere}
        terminal.config.write_text(toml(both), encoding="utf-8")
        half = await terminal.type("recordings", "search", "quarterly", "--json")
        assert half.code == 0
        assert [value["provider"] for value in half.values] == ["vidyo"] * ROWS
        assert "annex did not answer: " in half.err
        shown = await terminal.type("recordings", "show", str(number), "--json")
        assert [value["title"] for value in shown.values] == ["Quarterly here 3"]
        assert "annex did not answer: " in shown.err
        lost = await terminal.type("recordings", "show", "999999")
        assert lost.code == 3
