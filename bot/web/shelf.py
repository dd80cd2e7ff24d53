"""What links opened a moment ago: a player asks for one recording many times over."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.links import Link
from bot.web.delivery import content_type
from bot.web.turnstile import FREE, RATIONED, Pace
from providers.errors import NotFound, ProviderError, Refused
from providers.interfaces import Media, Rationed, RecordingLibrary
from providers.model import Medium, Recording
from providers.whole import whole_size

log = logging.getLogger(__name__)

FRESH = 30.0
"""Seconds for which a recording is not looked up again for the same link."""

_SAME = 300.0
"""Seconds for which a file is taken to be of the kind and size that it was."""

_MOST = 1024

K = TypeVar("K")
V = TypeVar("V")


class StillRunning(Refused):
    """The recorder is still writing: there is no file yet."""


@dataclass(frozen=True, slots=True)
class File:
    """What was said of a file when it was opened. `whole` is its size in bytes, None if nobody said."""

    content_type: str
    whole: int | None
    suffix: str

    def headers(self) -> Media:
        """As if it were open, and nobody read it."""
        return Media(_nothing(), self.content_type, self.whole, None, self.suffix)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file turned out to be. `size` is in bytes, None if nobody said."""

    audio: bool
    size: int | None


class Shelf:
    """Recordings by the link that asked for them, and what their files are, each for a while and not too many.

    `library` gives the library with a configured name, and raises LookupError if there is none.
    """

    def __init__(self, library: Callable[[str], RecordingLibrary]) -> None:
        self._library = library
        self._recordings: OrderedDict[str, tuple[float, Recording]] = OrderedDict()
        self._looking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._files: OrderedDict[tuple[str, str], tuple[float, File]] = OrderedDict()

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
        async with self._alone(link):
            kept = self._recordings.get(link.id)
            if kept is not None and time.monotonic() < kept[0]:
                return kept[1]
            return await self._look_up(link)

    async def is_hidden(self, link: Link) -> bool:
        """Whether nobody is shown the recording any more, as far as its library says; half a minute may pass before.

        Where looks are counted none is made for that.
        """
        if self.pace(link) is RATIONED:
            return False
        try:
            await self.recording(link)
        except NotFound:
            return True
        except ProviderError as error:
            log.debug("whether a recording that streams is still shown cannot be seen: %s", error)
        return False

    async def _look_up(self, link: Link) -> Recording:
        recording = await self.library(link).recording(link.recording)
        if recording.private:
            raise NotFound(f"Recording {recording.id} is private by now.")
        if recording.running:
            raise StillRunning(f"{recording.title} is still being recorded.")
        _keep(self._recordings, link.id, (time.monotonic() + FRESH, recording))
        return recording

    async def kind(self, link: Link) -> Kind:
        """What its file is. Where only the file can tell, it is opened once to find out, and not read."""
        recording = await self.recording(link)
        if recording.medium is not None:
            return Kind(recording.medium is Medium.AUDIO, recording.size)
        async with self._alone(link):
            file = self.file(link)
            if file is None:
                async with self.library(link).open(recording) as media:
                    whole_size(
                        media, recording
                    )  # or this is another file, of which nothing is to be remembered
                    file = self.remember(link, media)
        audio = content_type(file.headers(), inline=True).startswith("audio/")
        return Kind(audio, recording.size if file.whole is None else file.whole)

    def file(self, link: Link) -> File | None:
        """What its file was a moment ago, if somebody opened it."""
        kept = self._files.get(_key(link))
        return kept[1] if kept is not None and time.monotonic() < kept[0] else None

    def remember(self, link: Link, media: Media) -> File:
        """What an open file is."""
        whole = media.length if media.part is None else media.part[2]
        file = File(media.content_type, whole, media.suffix)
        _keep(self._files, _key(link), (time.monotonic() + _SAME, file))
        return file

    def _alone(self, link: Link) -> asyncio.Lock:
        """Of many who come with one link at once, the first looks for all."""
        return self._looking.setdefault(link.id, asyncio.Lock())

    def pace(self, link: Link) -> Pace:
        """How often its file may be opened."""
        return RATIONED if isinstance(self.library(link), Rationed) else FREE


def _key(link: Link) -> tuple[str, str]:
    return link.provider, str(link.recording)


async def _nothing() -> AsyncGenerator[bytes, None]:
    return
    yield


def _keep(shelf: OrderedDict[K, V], key: K, value: V) -> None:
    shelf[key] = value
    shelf.move_to_end(key)
    while len(shelf) > _MOST:
        shelf.popitem(last=False)
