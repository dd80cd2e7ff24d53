"""A room whose portal loses three calls in ten, before it did its work or after; what people do, and how it ends."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.domain.answers import Answer
from bot.domain.watch import State, Watch
from providers.errors import ProviderError
from sandbox.vidyo.library import Recording
from sandbox.vidyo.rooms import Room
from sandbox.vidyo.settings import Delay
from tests.eventually import eventually
from tests.stories.two_bots import TwoBots, two_bots

LOST = 0.3
PATIENCE = 20.0
JOINS: Sequence[Delay] = (0, 3, 3, 12, 28, 40, 70, "never")


async def lose_answers(seed: int, directory: Path) -> None:
    """From the first request to an end that nothing changes any more. Raises AssertionError where that is not true."""
    async with two_bots(directory) as bots:
        await _Run(bots, seed).play()


class _Run:
    def __init__(self, bots: TwoBots, seed: int) -> None:
        self.bots = bots
        self.world = bots.vidyo.world
        self.dice = random.Random(seed)
        self.seed = seed
        self.room: Room = self.world.add_room(
            "Room", people=["Guest Ada"], join_delay=self.dice.choice(JOINS)
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
        assert len(self.files()) <= await self.most(), f"{len(self.files())} recorders came"
        assert self.bots.recorders(self.room) <= 1, "one too many was not sent away"

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
        """The file is there, and it is the room's. Of two recorders that came for one request both files are shown."""
        files = self.files()
        if not all(file.ended for file in files):
            return False
        watches, ids = await self.bots.watches(self.room), {str(file.id) for file in files}
        for watch in watches:
            shown = {str(candidate.id) for candidate in watch.candidates}
            both = len(ids) > 1 and watch.sent_again_at is not None and shown == ids
            if watch.state is State.READY and (watch.bound in ids or both):
                return True
        return False

    def recording(self) -> bool:
        return bool(self.world.recorders.in_room(self.room))

    def files(self) -> list[Recording]:
        return [row for row in self.world.library if row.room_name == self.room.name]

    async def until(self, seen: Callable[[], Awaitable[bool]]) -> None:
        try:
            await eventually(seen, PATIENCE)
        except TimeoutError:
            watches, there = await self.bots.watches(self.room), self.bots.recorders(self.room)
            raise AssertionError(f"{seen.__name__} never came; recorders {there}, {watches}") from None
        assert self.bots.most[self.room.key] <= await self.most(), "too many recorders at once"

    async def most(self) -> int:
        """How many may come: of a request that was sent once more, the first may have been carried out after all."""
        watches = await self.bots.watches(self.room)
        return 2 if any(watch.sent_again_at is not None for watch in watches) else 1
