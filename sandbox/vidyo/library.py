"""What the replay server keeps: the recordings, who may see them, and how one comes to be."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sandbox.clock import Clock
from sandbox.vidyo.accounts import Account
from sandbox.vidyo.media_file import MediaFile
from sandbox.vidyo.rooms import Room
from sandbox.vidyo.settings import Settings

Scope = Literal["New", "Private", "Organizational", "Public"]
LinkStyle = Literal["absolute", "relative", "foreign"]


@dataclass(slots=True)
class Recording:
    """One row of the library. While `ended` is None it is running or being processed: no file yet."""

    id: int
    guid: str
    owner: str
    room_name: str
    title: str
    created: datetime
    ended: datetime | None
    duration: timedelta
    size: int
    playback_key: str
    scope: Scope = "New"
    pin: str = ""
    tags: str = ""
    comments: str = ""
    locked: bool = False
    webcast: bool = False
    size_known: bool = True
    link: LinkStyle = "absolute"
    stopped: datetime | None = None

    @property
    def shared(self) -> bool:
        return self.scope in ("Organizational", "Public")

    def media(self) -> MediaFile:
        return MediaFile(self.guid, self.size)


class Library:
    """All recordings of the tenant, by number and by guid."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._by_id: dict[int, Recording] = {}
        self._by_guid: dict[str, Recording] = {}
        self._ids = itertools.count(20_001)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, recording: Recording) -> Recording:
        self._by_id[recording.id] = recording
        self._by_guid[recording.guid] = recording
        return recording

    def remove(self, recording: Recording) -> None:
        del self._by_id[recording.id]
        del self._by_guid[recording.guid]

    def clear(self) -> None:
        """Nothing was ever recorded."""
        self._by_id.clear()
        self._by_guid.clear()

    def by_id(self, number: int) -> Recording | None:
        return self._by_id.get(number)

    def by_guid(self, guid: str) -> Recording | None:
        return self._by_guid.get(guid)

    def by_playback_key(self, key: str) -> Recording | None:
        return next((r for r in self if r.playback_key == key), None)

    def visible_to(self, account: Account) -> list[Recording]:
        """An administrator sees the tenant; others their own, and what is shared."""
        if account.sees_the_tenant:
            return list(self)
        return [r for r in self if r.shared or r.owner == account.login]

    def begin(self, room: Room, *, webcast: bool) -> Recording:
        """A recorder is in the room: the row is there at once, under the room owner's name."""
        number = next(self._ids)
        guid = guid_of(number)
        return self.add(
            Recording(
                id=number,
                guid=guid,
                owner=room.owner,
                room_name=room.name,
                title=f"{room.name} conference recording.",
                created=_to_millisecond(self._clock.now()),
                ended=None,
                duration=timedelta(0),
                size=200_000 + int(guid[:6], 16) % 400_000,
                playback_key=playback_key_of(number),
                webcast=webcast,
            )
        )

    async def process(self, recording: Recording) -> None:
        """The recorder has left: after a while the file is there. Never, where the settings say so."""
        recording.stopped = _to_millisecond(self._clock.now())
        if self._settings.processing_delay != "never":
            await self._clock.sleep(self._settings.processing_delay)
            self.finish(recording)

    def finish(self, recording: Recording) -> None:
        """The file is there now: end, duration, size and content appear together."""
        recording.ended = recording.stopped or _to_millisecond(self._clock.now())
        recording.duration = recording.ended - recording.created

    def next_id(self) -> int:
        return next(self._ids)


def guid_of(number: int) -> str:
    """The guid of a recording of ours: version 5, as in the vendor's own examples, and stable."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://replay.example.invalid/recordings/{number}"))


def playback_key_of(number: int) -> str:
    return hashlib.sha256(f"playback {number}".encode()).hexdigest()[:15]


def _to_millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
