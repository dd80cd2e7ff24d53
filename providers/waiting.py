"""Whose request goes first where a provider allows only so many, and who is told that it has to wait."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

Say = Callable[[str], Awaitable[None]]
Far = Callable[[float], None]

_WORTH_SAYING = 2.0


@dataclass(slots=True)
class _Ear:
    say: Say
    far: Far | None
    told: bool = False


_background: ContextVar[bool] = ContextVar("background", default=False)
_ear: ContextVar[_Ear | None] = ContextVar("ear", default=None)


@contextmanager
def background() -> Iterator[None]:
    """Within this, requests go behind those that a person waits for."""
    token = _background.set(True)
    try:
        yield
    finally:
        _background.reset(token)


def in_background() -> bool:
    """True if nobody waits for what this task asks."""
    return _background.get()


@contextmanager
def told_of_waits(say: Say, far: Far | None = None) -> Iterator[None]:
    """Within this, `say` hears one sentence, once, if a request has to wait for longer than a person likes to.

    `far` hears before that about how many seconds it will take.
    """
    token = _ear.set(_Ear(say, far))
    try:
        yield
    finally:
        _ear.reset(token)


def is_worth_saying(seconds: float) -> bool:
    """True if somebody wants to hear of a wait of so many seconds, and has heard of none yet."""
    ear = _ear.get()
    return ear is not None and not ear.told and seconds > _WORTH_SAYING


async def say_wait(sentence: str, seconds: float = 0.0) -> None:
    """Tell whoever wants to hear it that it takes about so many seconds. Nobody is told twice."""
    ear = _ear.get()
    if ear is not None and not ear.told:
        ear.told = True
        if ear.far is not None:
            ear.far(seconds)
        await ear.say(sentence)
