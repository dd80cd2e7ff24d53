"""Checks made side by side, each with a patience, and told in the order in which they were asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from providers.interfaces import Check

Ask = Callable[[], Awaitable[Check | Sequence[Check]]]
Asked = asyncio.Task[Sequence[Check]]


class Rounds:
    """Asks all at once, but for what needs another check to be well: where that is not, nobody is asked."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []

    def ask(self, what: str, ask: Ask, *needs: Asked, patience: float = 10.0) -> Asked:
        """Begin a check. One that takes longer than `patience` seconds has failed, and is called `what`."""
        task = asyncio.create_task(_answer(what, ask, needs, patience))
        self._asked.append(task)
        return task

    async def told(self) -> AsyncIterator[Check]:
        """Every check, in order, as soon as it and those before it are made."""
        for task in self._asked:
            for check in await task:
                yield check

    async def end(self) -> None:
        """Give up what is still being asked."""
        for task in self._asked:
            task.cancel()
        await asyncio.gather(*self._asked, return_exceptions=True)


async def _answer(what: str, ask: Ask, needs: Sequence[Asked], patience: float) -> Sequence[Check]:
    for need in needs:
        for check in await need:
            if not check.ok:
                return [check.hides(what)]
    try:
        async with asyncio.timeout(patience):
            answer = await ask()
    except TimeoutError:
        found = f"No answer came within {patience:g} seconds."
        advice = "Look at its address and at the network; then try again."
        return [Check(what, ok=False, found=found, advice=advice)]
    return [answer] if isinstance(answer, Check) else answer
