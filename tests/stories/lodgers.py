"""Bots that lodge in the test's own process, on virtual time, and are struck at a point as processes are.

Nothing that such a bot has begun takes a further step then, and nobody else is held up.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import signal
import time
from collections.abc import AsyncIterator, Coroutine, Generator, Sequence
from contextlib import ExitStack, asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from bot.bootstrap import BOTH, Half, running_bot
from bot.settings import Settings, load
from tests.stories.mutants import MUTANTS
from tests.stories.points import POINTS, armed
from tests.stories.unhurried import STANDSTILL

log = logging.getLogger(__name__)

_WHO: ContextVar[Lodger | None] = ContextVar("who does what is done now", default=None)


class Lodger:
    """One bot, and how it ended, as `Mortal` says it."""

    def __init__(self) -> None:
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.stands = asyncio.Event()
        self._goes = asyncio.Event()
        self._goes.set()
        self._told_to_stop = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    def begin(self, settings: Settings, halves: frozenset[Half]) -> None:
        context = contextvars.copy_context()
        context.run(_WHO.set, self)
        self._life = asyncio.get_running_loop().create_task(self._live(settings, halves), context=context)

    def struck(self, blow: signal.Signals) -> None:
        """From now on it does nothing: it died, or stands still."""
        self._goes.clear()
        if blow is signal.SIGSTOP:
            time.sleep(STANDSTILL)  # which costs nothing on virtual time
            self.stands.set()
        else:
            self.code.set_result(-blow)

    def said(self) -> str:
        return "it says it in the test's own log"

    async def end(self) -> int:
        return await asyncio.shield(self.code)

    def go_on(self) -> None:
        self.stands.clear()
        self._goes.set()

    async def go_on_and_stop(self) -> int:
        self._told_to_stop.set()
        self.go_on()
        return await self.end()

    async def stop(self) -> int:
        self._told_to_stop.set()
        return await self.end()

    async def kill(self) -> None:
        """It is gone when this returns. What it has open can be closed by nobody else: it is let do that."""
        self._told_to_stop.set()
        self.go_on()
        assert self._life is not None
        await self._life

    async def _live(self, settings: Settings, halves: frozenset[Half]) -> None:
        code = 1
        try:
            async with running_bot(settings, halves):
                await self._told_to_stop.wait()
            code = 0
        except Exception:
            log.exception("a lodger failed")
        if not self.code.done():
            self.code.set_result(code)

    async def step_by_step(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The same work, of which no step is taken while it stands still."""
        return await _Steps(work, self._goes)


class _Steps:
    def __init__(self, work: Coroutine[Any, Any, Any], goes: asyncio.Event) -> None:
        self._work = work
        self._goes = goes

    def __await__(self) -> Generator[Any, Any, Any]:
        step, given = self._work.send, None
        while True:
            while not self._goes.is_set():
                try:
                    yield from self._goes.wait().__await__()
                except BaseException as error:  # noqa: BLE001  it hears of it when it goes on
                    step, given = self._work.throw, error
            try:
                awaited = step(given)
            except StopIteration as ended:
                return ended.value
            try:
                step, given = self._work.send, (yield awaited)
            except BaseException as error:  # noqa: BLE001
                step, given = self._work.throw, error


def _task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any],
    context: contextvars.Context | None = None,
) -> asyncio.Task[Any]:
    """What a lodger begins is its own."""
    who = _WHO.get() if context is None else context.get(_WHO)
    if who is None:
        return asyncio.Task(work, loop=loop, context=context)
    task = asyncio.Task(who.step_by_step(work), loop=loop, context=context)
    # One that was cancelled before its first step has never begun.
    task.add_done_callback(lambda _: work.close())
    return task


class Lodgers:
    """Starts them, as `Nursery` does."""

    def __init__(self, so: ExitStack) -> None:
        self._so = so
        self._mutant: str | None = None

    def start(
        self,
        config: Path,
        point: str | None = None,
        command: Sequence[str] = ("run",),
        name: str = "recbot",
        *,
        blow: signal.Signals = signal.SIGKILL,
        mutant: str | None = None,
    ) -> Lodger:
        born = Lodger()
        if point is not None:
            self._so.enter_context(
                armed(
                    POINTS[point],
                    lambda: born.struck(blow),
                    between_writes=True,
                    its=lambda: _WHO.get() is born,
                )
            )
        if mutant != self._mutant:
            assert mutant is not None
            assert self._mutant is None
            self._so.enter_context(MUTANTS[mutant]())
            self._mutant = mutant
        settings = load(config, {})
        web = settings.web.model_copy(update={"port": 0})  # that of one that died is still open
        halves = BOTH if command[0] == "run" else frozenset({Half(command[0])})
        born.begin(settings.model_copy(update={"web": web}), halves)
        return born


@asynccontextmanager
async def lodgers() -> AsyncIterator[Lodgers]:
    """Room for lodgers, until the context is left, when all of them must have gone."""
    loop = asyncio.get_running_loop()
    with ExitStack() as so:
        loop.set_task_factory(_task)
        so.callback(loop.set_task_factory, None)
        yield Lodgers(so)
