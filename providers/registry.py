"""Which providers are on, and who can be asked for what."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeGuard, TypeVar

from providers import kinds
from providers.errors import NotFound, NotSupported
from providers.interfaces import (
    CallRecorder,
    FreshLibrary,
    Provider,
    PushSource,
    Rationed,
    RecordingControl,
    RecordingDeleter,
    RecordingEditor,
    RecordingFeed,
    RecordingLibrary,
    RoomMaker,
)
from providers.kinds import ProviderSettings
from providers.memories import Memories

P = TypeVar("P", bound=Provider)


class Providers:
    """The configured providers by name."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._kept: dict[tuple[str, type], bool] = {}

    @property
    def all(self) -> tuple[Provider, ...]:
        return tuple(self._providers.values())

    def controls(self, name: str | None = None) -> list[RecordingControl]:
        """Those that can record: the named one, or all."""
        return self._able(name, RecordingControl, "cannot start or stop recordings")  # type: ignore[type-abstract]

    def libraries(self, name: str | None = None) -> list[RecordingLibrary]:
        """Those that keep recordings: the named one, or all."""
        return self._able(name, RecordingLibrary, "keeps no recordings")  # type: ignore[type-abstract]

    def makers(self, name: str | None = None) -> list[RoomMaker]:
        """Those that can create rooms: the named one, or all."""
        return self._able(name, RoomMaker, "cannot create rooms")  # type: ignore[type-abstract]

    def control(self, name: str) -> RecordingControl:
        """The named provider, if it can record."""
        return self.controls(name)[0]

    def library(self, name: str) -> RecordingLibrary:
        """The named provider, if it keeps recordings."""
        return self.libraries(name)[0]

    def editor(self, name: str) -> RecordingEditor:
        """The named provider, if its recordings can be changed."""
        able = self._able(name, RecordingEditor, "does not let its recordings be changed")  # type: ignore[type-abstract]
        return able[0]

    def deleter(self, name: str) -> RecordingDeleter:
        """The named provider, if its recordings can be deleted."""
        return self._able(name, RecordingDeleter, "does not let its recordings be deleted")[0]  # type: ignore[type-abstract]

    def phones(self, name: str | None = None) -> list[CallRecorder]:
        """Those that record live calls: the named one, or all."""
        return self._able(name, CallRecorder, "does not record live calls")  # type: ignore[type-abstract]

    def phone(self, name: str) -> CallRecorder | None:
        """The named provider, if it is there and records live calls."""
        return self._if_able(name, CallRecorder)  # type: ignore[type-abstract]

    def pushes(self) -> list[PushSource]:
        """Those that tell by themselves when something happens; there may be none."""
        return [p for p in self._providers.values() if self._keeps(p, PushSource)]  # type: ignore[type-abstract]

    def left(self) -> dict[str, Mapping[str, int]]:
        """How many requests those that count them would take now, by group."""
        return {p.name: p.left() for p in self._providers.values() if self._keeps(p, Rationed)}  # type: ignore[type-abstract]

    def feed(self, name: str) -> RecordingFeed | None:
        """The named library, if it can say what has changed."""
        library = self.library(name)
        return library if self._keeps(library, RecordingFeed) else None  # type: ignore[type-abstract]

    def fresh(self, name: str) -> FreshLibrary | None:
        """The named provider, if it is one that says cheaply how a recording stands now."""
        return self._if_able(name, FreshLibrary)  # type: ignore[type-abstract]

    def _if_able(self, name: str, promise: type[P]) -> P | None:
        provider = self._providers.get(name)
        return provider if provider is not None and self._keeps(provider, promise) else None

    def _able(self, name: str | None, promise: type[P], cannot: str) -> list[P]:
        if name is None:
            able = [p for p in self._providers.values() if self._keeps(p, promise)]
            if not able:
                raise NotSupported(f"No configured provider can do that: each {cannot}.")
            return able
        provider = self._providers.get(name)
        if provider is None:
            known = ", ".join(sorted(self._providers)) or "none"
            raise NotFound(f"No provider is called {name}. Configured: {known}.")
        if not self._keeps(provider, promise):
            raise NotSupported(f"{name} {cannot}.")
        return [provider]

    def _keeps(self, provider: Provider, promise: type[P]) -> TypeGuard[P]:
        # Python compares all members of a protocol at each question, which costs more than a look at a room's watch.
        kept = self._kept.get((provider.name, promise))
        if kept is None:
            kept = self._kept[provider.name, promise] = isinstance(provider, promise)
        return kept


@asynccontextmanager
async def connect_all(
    settings: Mapping[str, ProviderSettings], memories: Memories
) -> AsyncIterator[Providers]:
    """Connect to each configured provider. Nothing is sent yet: a provider that is down stops no start."""
    async with AsyncExitStack() as stack:
        connected: list[Provider] = []
        for name, one in settings.items():
            connect = kinds.load(one.kind).connect
            connected.append(await stack.enter_async_context(connect(name, one, memories)))
        yield Providers(connected)
