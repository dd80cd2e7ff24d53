"""What links opened a moment ago: a player asks for one recording many times over."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.links import Link
from bot.web.delivery import content_type
from providers.errors import NotFound, Refused
from providers.interfaces import RecordingLibrary
from providers.model import Medium, Recording

FRESH = 30.0
"""Seconds for which a recording is not looked up again for the same link."""

_MOST = 1024

K = TypeVar("K")
V = TypeVar("V")


class StillRunning(Refused):
    """The recorder is still writing: there is no file yet."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file turned out to be. `size` is in bytes, None if nobody said."""

    audio: bool
    size: int | None


class Shelf:
    """Recordings by the link that asked for them, and kinds of files, each for a while and not too many.

    `library` gives the library with a configured name, and raises LookupError if there is none.
    """

    def __init__(
        self, library: Callable[[str], RecordingLibrary], clock: Callable[[], float] | None = None
    ) -> None:
        self._library = library
        self._clock = clock or time.monotonic
        self._recordings: OrderedDict[str, tuple[float, Recording]] = OrderedDict()
        self._kinds: OrderedDict[tuple[str, str], Kind] = OrderedDict()

    def library(self, link: Link) -> RecordingLibrary:
        """The library that keeps this link's recording, or NotFound."""
        try:
            return self._library(link.provider)
        except LookupError:
            raise NotFound(f"No provider {link.provider} is configured any more.") from None

    async def recording(self, link: Link) -> Recording:
        """The recording that this link names, as it was half a minute ago at most, or StillRunning.

        NotFound if it has become private since the link was given: those are shown to nobody.
        """
        kept = self._recordings.get(link.id)
        if kept is not None and self._clock() < kept[0]:
            return kept[1]
        recording = await self.library(link).recording(link.recording)
        if recording.private:
            raise NotFound(f"Recording {recording.id} is private by now.")
        if recording.running:
            raise StillRunning(f"{recording.title} is still being recorded.")
        _keep(self._recordings, link.id, (self._clock() + FRESH, recording))
        return recording

    async def kind(self, link: Link) -> Kind:
        """What its file is. Where only the file can tell, it is opened once to find out, and not read."""
        recording = await self.recording(link)
        if recording.medium is not None:
            return Kind(recording.medium is Medium.AUDIO, recording.size)
        key = (link.provider, str(link.recording))
        if key not in self._kinds:
            async with self.library(link).open(recording) as media:
                size = recording.size if media.length is None else media.length
                audio = content_type(media, inline=True).startswith("audio/")
                _keep(self._kinds, key, Kind(audio, size))
        return self._kinds[key]


def _keep(shelf: OrderedDict[K, V], key: K, value: V) -> None:
    shelf[key] = value
    shelf.move_to_end(key)
    while len(shelf) > _MOST:
        shelf.popitem(last=False)
