"""Patience: where several providers are asked at once, a silent one keeps nobody from what the others say."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from datetime import timedelta
from typing import Generic, TypeVar

from providers.errors import ProviderError, Unavailable
from providers.waiting import say_wait, told_of_waits

T = TypeVar("T")
Read = Callable[[], Awaitable[T]]


async def ask_all(reads: Sequence[tuple[str, Read[T]]], patience: timedelta) -> list[T | ProviderError]:
    """What these providers answered, all asked at once, or why they did not: in the order of the questions.

    Who is silent for longer than `patience` counts as Unavailable, and its question is given up: so nothing may be
    asked like this but reads. Only where nobody else can answer any more is the last one waited for, as if it had
    been asked alone. What is raised is a fault of ours.
    """
    questions = [_Question(provider, read) for provider, read in reads]
    tasks = [question.task for question in questions]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=patience.total_seconds())
            if _is_left_alone(questions):
                await asyncio.wait(tasks)
        return [question.outcome(patience) for question in questions]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Question(Generic[T]):
    """A read under way."""

    def __init__(self, provider: str, read: Read[T]) -> None:
        self.provider = provider
        self._wait = ""
        self._asker = copy_context()
        self.task = asyncio.create_task(self._ask(read))

    @property
    def answered(self) -> bool:
        return self.task.done() and self.task.exception() is None

    def outcome(self, patience: timedelta) -> T | ProviderError:
        """The answer, or why there is none."""
        if not self.task.done():
            return self._silence(patience)
        error = self.task.exception()
        if error is None:
            return self.task.result()
        if isinstance(error, ProviderError):
            return error
        raise error

    async def _ask(self, read: Read[T]) -> T:
        with told_of_waits(self._waits):
            return await read()

    async def _waits(self, sentence: str) -> None:
        """The provider has to wait for its turn: whoever asked is told, and it is said again should we give up."""
        self._wait = sentence
        await asyncio.create_task(say_wait(sentence), context=self._asker)

    def _silence(self, patience: timedelta) -> Unavailable:
        said = f"{self.provider} has not answered within {patience.total_seconds():g} s"
        longer = f"with on:{self.provider} Recbot waits for longer"
        return Unavailable(f"{said}; {longer}: {self._wait}" if self._wait else f"{said}; {longer}.")


def _is_left_alone(questions: Sequence[_Question[T]]) -> bool:
    """True if one provider has not answered yet, and no other one has."""
    silent = {question.provider for question in questions if not question.task.done()}
    return len(silent) == 1 and not any(q.answered for q in questions if q.provider not in silent)
