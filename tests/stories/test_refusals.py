"""Each thing that goes wrong is told in words of its own, in Slack as on the command line."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.slack.reading import text_of
from tests.stories.crowd import open_crowd
from tests.stories.terminals import Terminal
from tests.stories.troubles import TROUBLES, Trouble
from tests.stories.world import ROOM, World

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENT = {"connect_timeout": "1s", "request_timeout": "1500ms"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Without a public address: files come as direct messages, so that each refusal is told in Slack."""
    directory = tmp_path_factory.mktemp("refusals")
    async with open_crowd(directory, web={"public_url": None}, keys=PATIENT) as world:
        yield world


@pytest.fixture
def terminal(world: World, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, world.vidyo, **PATIENT)


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_each_trouble_has_words_of_its_own(world: World, terminal: Terminal, trouble: Trouble) -> None:
    others = [other.words for other in TROUBLES if other is not trouble]
    async with trouble.meanwhile(world.vidyo):
        before = len(world.slack.messages("#general", "sam"))
        await world.slack.command("sam", "#general", f"/{' '.join(trouble.typed)}")
        message = await world.slack.wait_for(
            lambda: next(
                (m for m in world.slack.messages("#general", "sam")[before:] if trouble.words in text_of(m)),
                None,
            ),
            world.patience,
        )
        assert message is not None
        typed = await terminal.type(*trouble.typed)

    shown = text_of(message)
    assert [words for words in others if words in shown] == []
    assert "Recording" not in shown
    assert typed.code == trouble.code
    assert trouble.words in typed.out + typed.err
    assert [words for words in others if words in typed.out + typed.err] == []
    assert "Traceback" not in typed.err


async def test_a_file_that_is_said_to_lie_elsewhere_is_not_fetched_and_the_login_goes_nowhere_else(
    world: World, terminal: Terminal
) -> None:
    words = "is said to lie at an address that is not replay_url; nothing was sent there"
    trap = world.vidyo.world.add_recording("Trap", link="foreign")
    await world.slack.command("sam", "#general", f"/recordings show {trap.id}")
    shown = await world.told("Trap", user="sam")
    await world.slack.press("sam", shown, "Download")
    await world.told(words, user="sam")

    typed = await terminal.type("recordings", "download", str(trap.id), "-o", "trap.mp4")
    assert typed.code == 1
    assert words in typed.err
    assert not (terminal.directory / "trap.mp4").exists()

    asked = list(world.vidyo.world.journal)
    portal, replay = (url.removeprefix("http://") for url in (world.vidyo.portal_url, world.vidyo.replay_url))
    told = {entry.host for entry in asked if entry.authorized}
    assert replay in told
    assert told <= {portal, replay}
    assert "download" not in {entry.operation for entry in asked}


async def test_where_the_bot_is_not_a_member_it_says_so_and_starts_nothing(world: World) -> None:
    """Only Slack has channels, so the command line has no such refusal."""
    asked = world.starts()
    await world.slack.command("vova", "#no-bot", f"/record start {ROOM}")
    told = await world.told("Recbot is not in this channel", "/invite", channel="#no-bot")
    assert not any(trouble.words in text_of(told) for trouble in TROUBLES)
    assert world.starts() == asked

    await world.slack.command("vova", "#no-bot", "/invite @recbot")
    await world.slack.command("vova", "#no-bot", f"/record start {ROOM}")
    await world.card("Recording 230301302", channel="#no-bot")
    assert world.starts() == asked + 1
