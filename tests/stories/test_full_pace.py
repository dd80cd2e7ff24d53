"""The whole story once, at the pace of the real world: `make story`."""

from pathlib import Path

import pytest

from sandbox.slack.reading import buttons_of, text_of
from tests.stories.world import ROOM, World, open_world

pytestmark = [pytest.mark.real_time, pytest.mark.story]


async def test_the_story_at_full_pace(tmp_path: Path) -> None:
    async with open_world(tmp_path, speed=1) as world:
        world.vidyo.world.settings.join_delay = 12
        await world.start()
        card = await world.card("Asking")
        assert world.recorders() == 0
        await _shows(world, "Pause", 30)
        assert world.recorders() == 1
        for label, then in (("Pause", "Resume"), ("Resume", "Pause"), ("Stop", "Download")):
            await world.slack.press("anna", card, label)
            await _shows(world, then, 60)
        assert "Ready" in text_of(card)
        assert world.starts() == 1
        assert len(world.cards()) == 1
        assert world.vidyo.world.room(ROOM).people


async def _shows(world: World, label: str, seconds: float) -> None:
    """The card offers this button within so many seconds; each new state is printed as it comes."""
    seen: list[str] = []

    def look() -> bool:
        [card] = world.cards()
        headline = text_of(card).splitlines()[0]
        if headline not in seen:
            seen.append(headline)
            print(headline)
        return label in {button.label for button in buttons_of(card)}

    await world.slack.wait_for(look, timeout=seconds)
