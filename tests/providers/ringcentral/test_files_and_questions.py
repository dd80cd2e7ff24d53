"""One who plays a file takes from nobody what they need to ask a question."""

import asyncio

from providers.model import ByteRange, RecordingQuery
from sandbox.ringcentral.server import RingCentralSandbox
from tests.clock import lasting
from tests.eventually import eventually

from .conftest import Connect

ANYTHING = RecordingQuery(hidden=True)


async def test_a_question_goes_before_sixty_parts_of_a_file(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral)
    [recording] = (await provider.search(RecordingQuery(limit=1, hidden=True))).recordings

    async def part(number: int) -> None:
        async with provider.open(recording, ByteRange(number, None)):
            pass

    parts = [asyncio.create_task(part(number)) for number in range(60)]
    await eventually(lambda: ringcentral.world.journal.count("/content") == 7)
    with lasting(0):
        for _ in range(2):
            await provider.search(ANYTHING)
    for _ in range(3):  # and whoever does wait goes first once there is a turn
        await provider.search(ANYTHING)
    assert ringcentral.world.journal.count("/content") <= 16
    for task in parts:
        task.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)
