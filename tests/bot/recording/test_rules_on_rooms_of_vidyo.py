"""A rule on a room's key, with a portal that tells the key to nobody who types the name."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.policy import Rule, Verb
from bot.recording.search import search_recordings
from providers.memories import Memories
from providers.model import RecordingQuery
from providers.registry import Providers
from providers.vidyo import connect
from sandbox.vidyo.server import VidyoSandbox
from tests.bot.recording.stage import ANNA, Stage, by, open_stage
from tests.providers.vidyo.conftest import settings_for

KEY = "Key4Board"


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    async with VidyoSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def stage(tmp_path: Path, vidyo: VidyoSandbox) -> AsyncIterator[Stage]:
    settings = settings_for(vidyo.portal_url, vidyo.replay_url)
    async with open_stage(tmp_path) as stage, connect("vidyo", settings, Memories()) as provider:
        stage.services = replace(stage.services, providers=Providers([provider]))
        yield stage


@pytest.mark.parametrize("owner", ["recbot", "anna"])
async def test_a_deny_on_a_key_holds_for_the_name_the_extension_and_the_recordings(
    stage: Stage, vidyo: VidyoSandbox, owner: str
) -> None:
    room = vidyo.world.add_room(KEY, name="Boardroom", owner=owner, people=["Ada"])
    vidyo.world.add_recording("Salaries", room_name="Boardroom", owner=owner)
    deny = Rule("not the board", frozenset({Verb.VIEW, Verb.START}), allow=False, rooms=frozenset({KEY}))
    stage.services = replace(stage.services, policy=replace(stage.services.policy, rules=(deny,)))
    for typed in (KEY, "Boardroom", room.extension):
        with pytest.raises(NotAllowed, match="not the board"):
            await stage.start(typed, ANNA)
    found = await search_recordings(RecordingQuery(words="salaries"), None, by(ANNA), stage.services)
    assert found.rows == ()
    assert vidyo.world.journal.count("startRecording") == 0
