"""The whole story once, at the pace of the real world; `make story` tells it on the machine's own clock, too."""

from pathlib import Path

import pytest

from sandbox.slack.reading import text_of
from tests.stories.world import ROOM, World, labels, open_world

BOTH = [
    pytest.param(0, id="virtual time"),
    pytest.param(30, id="real time", marks=[pytest.mark.real_time, pytest.mark.story]),
]


@pytest.mark.parametrize("late", BOTH)
async def test_the_story_at_full_pace(late: float, tmp_path: Path) -> None:
    """`late`: how many seconds the machine may be."""
    async with open_world(tmp_path, speed=1) as world:
        world.vidyo.world.settings.join_delay = 12
        await world.start()
        card = await world.card("Asking")
        assert world.recorders() == 0
        await _shows(world, "Pause", 15 + late)
        assert world.recorders() == 1
        for label, then, within in (("Pause", "Resume", 4), ("Resume", "Pause", 4), ("Stop", "Download", 15)):
            await world.slack.press("anna", card, label)
            await _shows(world, then, within + late)
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
        return label in labels(card)

    await world.slack.wait_for(look, timeout=seconds)
