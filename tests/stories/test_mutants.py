"""Processes are killed or stand still at named points: the bot keeps its promises, and a mutant breaks one."""

import asyncio
from pathlib import Path

import pytest

from tests.stories.mortals import Nursery, nursery
from tests.stories.promises import AS_IT_IS, BROKEN, Promise
from tests.stories.trials import seen

pytestmark = [pytest.mark.real_time, pytest.mark.story]

_AT_ONCE = 6


async def test_each_promise_is_kept_wherever_the_bot_is_struck_and_broken_without_what_keeps_it(
    tmp_path: Path,
) -> None:
    runs = [(promise, promise.mutant) for promise in BROKEN] + [(promise, None) for promise in AS_IT_IS]
    room = asyncio.Semaphore(_AT_ONCE)

    async def tell(bots: Nursery, number: int, promise: Promise, mutant: str | None) -> str:
        async with room:
            came = await seen(promise, mutant, bots, tmp_path / str(number))
        if came == (promise.seen if mutant else ""):
            return ""
        return (
            f"{promise.words}: {mutant or 'as it is'}, struck {promise.point}: {came or 'nothing was seen'}"
        )

    async with nursery() as bots:
        told = await asyncio.gather(*(tell(bots, number, *run) for number, run in enumerate(runs)))
    wrong = [one for one in told if one]
    assert not wrong, "\n\n".join(wrong)
