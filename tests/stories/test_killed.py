"""The bot is killed at named points, started again, and nobody in the channel is told a lie, or told twice."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.stories.deaths import Outlasts, open_story
from tests.stories.mortals import Nursery, nursery
from tests.stories.points import ELSEWHERE, POINTS
from tests.stories.unhurried import PATIENCE

pytestmark = [pytest.mark.real_time, pytest.mark.story]

_AT_ONCE = 8


async def _fates(points: Iterable[str], directory: Path, outlasts: Outlasts = "nothing") -> list[str]:
    """Tell each story, several at once; what went wrong in them."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def fate(bots: Nursery, number: int, point: str) -> str:
        async with room:
            try:
                async with open_story(bots, directory / str(number), point, outlasts=outlasts) as story:
                    await story.tell()
            except Exception as error:  # noqa: BLE001  one story's end is not another's
                return f"{point}: {_plainly(error)}"
        return ""

    async with nursery() as bots:
        fates = await asyncio.gather(*(fate(bots, number, point) for number, point in enumerate(points)))
    return [fate for fate in fates if fate]


def _plainly(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_plainly(one) for one in error.exceptions)
    return f"{type(error).__name__}: {error}"


async def test_wherever_the_bot_is_killed_the_card_ends_true_and_the_file_arrives(tmp_path: Path) -> None:
    wrong = await _fates(POINTS, tmp_path)
    assert not wrong, "\n\n".join(wrong)


async def test_what_a_dead_bot_had_in_hand_is_not_begun_again_after_the_recording_has_ended(
    tmp_path: Path,
) -> None:
    points = ["before the start is closed", "before the pause is closed", "before the stop is closed"]
    wrong = await _fates(points, tmp_path, "the recording")
    assert not wrong, "\n\n".join(wrong)


async def test_a_pause_that_a_dead_bot_had_in_hand_is_not_repeated_after_somebody_pressed_resume(
    tmp_path: Path,
) -> None:
    wrong = await _fates(["before the pause is closed"], tmp_path, "the pause")
    assert not wrong, "\n\n".join(wrong)


async def test_a_point_that_nobody_knows_stops_the_bot_before_it_runs(tmp_path: Path) -> None:
    async with nursery() as bots:
        bot = bots.start(tmp_path / "recbot.toml", "after the coffee is drunk")
        assert await asyncio.wait_for(bot.end(), PATIENCE) == 2
    assert "There is no point 'after the coffee is drunk'" in bot.said()


async def test_a_point_that_the_story_never_comes_by_fails_it(tmp_path: Path) -> None:
    [elsewhere] = ELSEWHERE
    [wrong] = await _fates([elsewhere], tmp_path)
    assert "the point was never reached" in wrong


async def test_a_bot_that_ends_in_another_way_fails_the_story(tmp_path: Path) -> None:
    async with nursery() as bots, open_story(bots, tmp_path / "0", "before the stop is closed") as story:
        story.config.write_text("[slacks]\n", encoding="utf-8")
        ended = pytest.RaisesExc(AssertionError, match="it ended by 2 instead of dying there")
        with pytest.RaisesGroup(ended):
            await story.tell()
