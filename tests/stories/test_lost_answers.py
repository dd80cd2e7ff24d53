"""Three calls in ten are lost, before the portal did its work or after: one recorder, and an end that is true."""

from pathlib import Path

import pytest

from tests.stories.losses import lose_answers


@pytest.mark.parametrize("seed", range(40))  # `make chaos` has 200
async def test_however_answers_are_lost_one_recorder_comes_and_everybody_hears_the_truth(
    seed: int, tmp_path: Path
) -> None:
    await lose_answers(seed, tmp_path)
