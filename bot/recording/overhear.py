"""Overhear what is asked of the providers: how long each answer took, and which class of error came instead."""

import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import wraps
from typing import Any

from bot.logs import tell
from bot.metrics import Metrics
from providers.errors import ProviderError
from providers.interfaces import Provider
from providers.registry import Providers
from providers.waiting import in_background

log = logging.getLogger(__name__)


def overhear(providers: Providers, metrics: Metrics) -> None:
    """From now on, each question to one of them is timed, and each failure counted and told."""
    for provider in providers.all:
        ear = _Ear(provider, metrics)
        for name, method in inspect.getmembers(provider, inspect.ismethod):
            if name.startswith("_"):
                continue
            if inspect.iscoroutinefunction(method):
                setattr(provider, name, ear.asking(name, method))
            elif name == "open":
                setattr(provider, name, ear.opening(name, method))


class _Ear:
    """What is heard of one provider. What nobody waits for is told when it begins to fail, and not each time."""

    def __init__(self, provider: Provider, metrics: Metrics) -> None:
        self._provider = provider.name
        self._metrics = metrics
        self._failing: dict[str, str] = {}

    def asking(self, verb: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @wraps(method)
        async def asked(*args: Any, **kwargs: Any) -> Any:
            with self._heard(verb):
                return await method(*args, **kwargs)

        return asked

    def opening(
        self, verb: str, method: Callable[..., AbstractAsyncContextManager[Any]]
    ) -> Callable[..., AbstractAsyncContextManager[Any]]:
        """A file may also break off while it is read."""

        @asynccontextmanager
        async def opened(*args: Any, **kwargs: Any) -> Any:
            with self._heard(verb):
                async with method(*args, **kwargs) as media:
                    yield media

        return opened

    @contextmanager
    def _heard(self, verb: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        except ProviderError as error:
            self._failed(verb, error, time.monotonic() - begun)
            raise
        self._failing.pop(verb, None)
        self._tell(logging.DEBUG, "provider answered", verb, time.monotonic() - begun)

    def _failed(self, verb: str, error: ProviderError, seconds: float) -> None:
        self._metrics.failed(self._provider, error)
        what = type(error).__name__
        level = logging.DEBUG if in_background() and self._failing.get(verb) == what else logging.INFO
        self._failing[verb] = what
        self._tell(level, "provider error", verb, seconds, error=what)

    def _tell(self, level: int, what: str, verb: str, seconds: float, **more: object) -> None:
        fields = {"provider": self._provider, "verb": verb, "seconds": round(seconds, 3)}
        tell(log, what, level=level, **fields, **more)
