"""Patience: where several providers are asked at once, a silent one keeps nobody from what the others say."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from datetime import timedelta
from typing import Generic, TypeVar

from providers.errors import ProviderError, Unavailable
from providers.waiting import say_wait, told_of_waits

_A_MOMENT = 0.5

T = TypeVar("T")
Read = Callable[[], Awaitable[T]]


async def ask_all(
    reads: Sequence[tuple[str, Read[T]]], patience: timedelta, *, one_will_do: timedelta | None = None
) -> list[T | ProviderError]:
    """What these providers answered, all asked at once, or why they did not: in the order of the questions.

    Who is silent for longer than `patience` counts as Unavailable, and its question is given up: so nothing may be
    asked like this but reads. So does at once, where others have answered, whoever has to wait for its turn for longer
    than that; and where `one_will_do`, all others so soon after the first answer. Only where nobody else can answer any
    more is the last one waited for, as if it had been asked alone. What is raised is a fault of ours.
    """
    news = asyncio.Event()
    questions = [_Question(provider, read, news) for provider, read in reads]
    tasks = [question.task for question in questions]
    try:
        await _listen(questions, news, patience.total_seconds(), one_will_do)
        if tasks and _is_left_alone(questions):
            await asyncio.wait(tasks)
        return [question.outcome(patience) for question in questions]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(
    questions: "Sequence[_Question[T]]", news: asyncio.Event, patience: float, one_will_do: timedelta | None
) -> None:
    """Until all have answered, or it is of no use to wait for those who have not."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while waiting := [question for question in questions if not question.task.done()]:
        if any(question.answered for question in questions):
            if one_will_do is not None:
                end, one_will_do = min(end, loop.time() + one_will_do.total_seconds()), None
            if all(question.expected > end for question in waiting):
                break
        news.clear()
        try:
            async with asyncio.timeout_at(end):
                await news.wait()
        except TimeoutError:
            break


class _Question(Generic[T]):
    """A read under way."""

    def __init__(self, provider: str, read: Read[T], news: asyncio.Event) -> None:
        self.provider = provider
        self.expected = 0.0
        """The moment before which there will be no answer, as far as is known."""
        self._begun = asyncio.get_running_loop().time()
        self._wait = ""
        self._news = news
        self._asker = copy_context()
        self.task = asyncio.create_task(self._ask(read))
        self.task.add_done_callback(lambda _: news.set())

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
        with told_of_waits(self._waits, self._far):
            return await read()

    def _far(self, seconds: float) -> None:
        self.expected = asyncio.get_running_loop().time() + seconds
        self._news.set()

    async def _waits(self, sentence: str) -> None:
        """The provider has to wait for its turn: whoever asked is told, and it is said again should we give up."""
        self._wait = sentence
        await asyncio.sleep(_A_MOMENT)  # perhaps nobody will wait for it
        await asyncio.create_task(say_wait(sentence), context=self._asker)

    def _silence(self, patience: timedelta) -> Unavailable:
        longer = f"with on:{self.provider} Recbot waits for longer"
        if self._wait:
            return Unavailable(f"{self.provider} has to wait for its turn; {longer}: {self._wait}")
        if asyncio.get_running_loop().time() - self._begun < patience.total_seconds():
            return Unavailable(f"{self.provider} has not answered yet; {longer}.")
        return Unavailable(
            f"{self.provider} has not answered within {patience.total_seconds():g} s; {longer}."
        )


def _is_left_alone(questions: Sequence[_Question[T]]) -> bool:
    """True if one provider has not answered yet, and no other one has."""
    silent = {question.provider for question in questions if not question.task.done()}
    return len(silent) == 1 and not any(q.answered for q in questions if q.provider not in silent)
