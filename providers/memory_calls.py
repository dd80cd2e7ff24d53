"""How requests reach a memory provider: counted, and failing where a test wants them to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from providers.errors import ProviderError
from providers.interfaces import (
    CallRecorder,
    FreshLibrary,
    RecordingControl,
    RecordingDeleter,
    RecordingEditor,
    RoomMaker,
)

_PARTS = (RecordingControl, RoomMaker, FreshLibrary, RecordingDeleter, RecordingEditor, CallRecorder)
_CALLS = frozenset[str]().union(*(part.__abstractmethods__ for part in _PARTS)) - {"key_in"}


@dataclass(slots=True)
class _Failure:
    method: str
    error: ProviderError
    after_the_work: bool
    times: int


class MemoryCalls:
    """The provider's calls: `calls` are its methods in the order they were called."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._failures: list[_Failure] = []

    def fail_next(
        self, method: str, error: ProviderError, *, after_the_work: bool = False, times: int = 1
    ) -> None:
        """The next calls of this method raise, before or after they did their work.

        A file that is opened fails after the work by breaking off half way.
        """
        if method not in _CALLS:
            raise ValueError(f"a provider has no call {method}")
        self._failures.append(_Failure(method, error, after_the_work, times))

    async def begin(self, method: str) -> ProviderError | None:
        """A call arrives: raise what it must fail with now, or return what it must fail with later.

        Other tasks get their turn first, as they would on a network.
        """
        self.calls.append(method)
        await asyncio.sleep(0)
        for failure in self._failures:
            if failure.method == method:
                failure.times -= 1
                if not failure.times:
                    self._failures.remove(failure)
                if failure.after_the_work:
                    return failure.error
                raise failure.error
        return None

    @asynccontextmanager
    async def call(self, method: str) -> AsyncIterator[None]:
        """A call from its arrival to its answer."""
        lost = await self.begin(method)
        yield
        if lost is not None:
            raise lost
