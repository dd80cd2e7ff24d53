"""Three calls in ten are lost, before the portal did its work or after: one recorder, and an end that is true."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.domain.answers import Answer
from bot.domain.watch import State, Watch
from providers.errors import ProviderError
from sandbox.vidyo.library import Recording
from sandbox.vidyo.rooms import Room
from sandbox.vidyo.settings import Delay
from tests.stories.two_bots import TwoBots, two_bots

RUNS = 200
GROUPS = 4
LANES = 5
LOST = 0.3
PATIENCE = 20.0
JOINS: Sequence[Delay] = (0, 3, 3, 12, 28, 40, 70, "never")


@pytest.mark.parametrize("group", range(GROUPS))
async def test_however_answers_are_lost_one_recorder_comes_and_everybody_hears_the_truth(
    group: int, tmp_path: Path
) -> None:
    seeds = range(group, RUNS, GROUPS)
    async with AsyncExitStack() as stack:
        lanes = []
        for lane in range(LANES):
            directory = tmp_path / f"lane{lane}"
            directory.mkdir()
            bots = await stack.enter_async_context(two_bots(directory))
            lanes.append((bots, seeds[lane::LANES]))
        async with asyncio.TaskGroup() as at_once:
            for bots, share in lanes:
                at_once.create_task(_lane(bots, share))


async def _lane(bots: TwoBots, seeds: Sequence[int]) -> None:
    for seed in seeds:
        try:
            await _Run(bots, seed).play()
        except BaseException as error:
            error.add_note(f"This was the run with the seed {seed}.")
            raise


class _Run:
    """One room, from the first request to an end that nothing changes any more."""

    def __init__(self, bots: TwoBots, seed: int) -> None:
        self.bots = bots
        self.world = bots.vidyo.world
        self.dice = random.Random(seed)
        self.seed = seed
        self.room: Room = self.world.add_room(
            f"Room{seed}", people=["Guest Ada"], join_delay=self.dice.choice(JOINS)
        )

    async def play(self) -> None:
        self.world.faults.add("reset_before", probability=LOST / 2, seed=self.seed)
        self.world.faults.add("reset_after", probability=LOST / 2 / (1 - LOST / 2), seed=self.seed + 1)
        await self.ask()
        if self.dice.random() < 0.25:  # somebody changes their mind at once
            await self.persist(self.stop, self.nothing_records)
        await self.until(self.settled)
        if self.recording():
            await self.persist(self.stop, self.nothing_records)
            await self.until(self.filed)
        self.world.faults.clear()
        await self.until(self.settled)
        assert len(self.files()) <= 1, f"{len(self.files())} recorders came"
        self.world.people_leave(self.room.key)

    async def ask(self) -> None:
        """One to four people ask at once, of either bot; and ask again where nothing was begun."""
        while not await self.bots.watches(self.room):
            people = self.dice.choice((1, 1, 2, 4))
            asking = (self.bots.start(self.room, self.dice.randrange(2)) for _ in range(people))
            answers = await asyncio.gather(*asking, return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException) and not isinstance(answer, ProviderError):
                    raise answer

    async def stop(self) -> Watch | Answer:
        return await self.bots.change(self.room, "stop", self.dice.randrange(2))

    async def persist(
        self, act: Callable[[], Awaitable[object]], enough: Callable[[], Awaitable[bool]]
    ) -> None:
        """Do it until it was taken up, as a person does whose request was refused with a sentence."""
        for _ in range(20):
            try:
                await act()
            except Exception as error:
                if await enough():
                    return
                if not isinstance(error, ProviderError):
                    raise
            else:
                return
        raise AssertionError("Nobody could stop it.")

    async def settled(self) -> bool:
        """Each promise says what the room shows, and nobody is on the way."""
        if self.world.recorders.ringing(self.room):
            return False
        states = {watch.state for watch in await self.bots.watches(self.room) if watch.holds_room}
        true = {State.RECORDING} if self.recording() else {State.NOT_STARTED}
        return states <= true and (bool(states) or not self.recording())

    async def nothing_records(self) -> bool:
        return not any(watch.holds_room for watch in await self.bots.watches(self.room))

    async def filed(self) -> bool:
        """The file is there, and it is the room's."""
        [file] = self.files()
        if not file.ended:
            return False
        watches = await self.bots.watches(self.room)
        return any(watch.state is State.READY and watch.bound == str(file.id) for watch in watches)

    def recording(self) -> bool:
        return bool(self.world.recorders.in_room(self.room))

    def files(self) -> list[Recording]:
        return [row for row in self.world.library if row.room_name == self.room.name]

    async def until(self, seen: Callable[[], Awaitable[bool]]) -> None:
        """Wait for it, and look at every moment that there is no second recorder."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await seen():
                    assert self.bots.recorders(self.room) <= 1, "two recorders"
                    await asyncio.sleep(0.06)
        except TimeoutError:
            watches = await self.bots.watches(self.room)
            raise AssertionError(
                f"{seen.__name__} never came; recorders {self.bots.recorders(self.room)}, {watches}"
            ) from None
