"""The whole state of the sandbox's Vidyo, with the handles that a test or a demonstration pulls."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.vidyo import cast, catalogue
from sandbox.vidyo.accounts import Accounts
from sandbox.vidyo.journal import Journal
from sandbox.vidyo.library import Library, LinkStyle, Recording, Scope, guid_of, playback_key_of
from sandbox.vidyo.misbehaviour import Misbehaviour
from sandbox.vidyo.recorders import Recorders
from sandbox.vidyo.rooms import Person, Room, RoomKind, Rooms
from sandbox.vidyo.settings import Delay, Settings

TENANT = "test"
REPLAY_TENANT = "VidyoTest"
PORTAL_VERSION = "22.4.0 (4218)"


class World:
    """One tenant: its logins, rooms, recorders and recordings. Rooms are addressed by their key."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.clock = clock
        self.settings = settings
        self.journal = Journal()
        self.faults = Misbehaviour()
        self.accounts = Accounts(clock, settings)
        self.rooms = Rooms()
        self.library = Library(clock, settings)
        self.recorders = Recorders(clock, settings, self.library, self.spawn)
        self.portal_url = ""
        self.replay_url = ""
        self.foreign_url = ""
        self.streams_open: Counter[str] = Counter()
        self.bytes_sent: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def populate(self) -> None:
        """The demonstration's people, rooms, recorders and recordings; the same in every run."""
        cast.fill(self.accounts, self.rooms, self.recorders)
        catalogue.fill(self.library, self.clock.now())

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Something of this world that takes its time; `close` ends it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()

    async def wait(self, seconds: float) -> None:
        """Hold a request back for so many seconds of this world, or until the world ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self.clock.scaled(seconds))

    def open(self) -> None:
        """Time passes, from the start or again."""
        self._closing.clear()

    async def close(self) -> None:
        """Time stops: what was under way (rings, farewells, processing) never ends."""
        self._closing.set()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def room(self, key: str) -> Room:
        """The room with this key, or `KeyError` with a sentence."""
        if room := self.rooms.by_key(key):
            return room
        raise KeyError(f"The sandbox has no room with the key {key!r}.")

    def add_room(
        self,
        key: str | None = None,
        *,
        name: str | None = None,
        owner: str = "recbot",
        kind: RoomKind = "public",
        people: Sequence[str] = (),
        can_record: bool = True,
        join_delay: Delay | None = None,
        pin: str | None = None,
        moderator_pin: str | None = None,
    ) -> Room:
        """A new room. Without a key or a name it gets one; a scheduled room is named by its extension."""
        entity_id, extension = self.rooms.new_entity_id(), self.rooms.new_extension()
        key = key or self.rooms.new_key(entity_id)
        if self.rooms.by_key(key):
            raise ValueError(f"There is a room with the key {key!r} already.")
        name = name or (extension if kind == "scheduled" else key)
        room = Room(
            entity_id=entity_id,
            key=key,
            name=name,
            display_name=name,
            extension=extension,
            owner=owner,
            kind=kind,
            can_record=can_record,
            join_delay=join_delay,
            pin=pin,
            moderator_pin=moderator_pin,
        )
        self.rooms.add(room)
        self.people_join(key, people)
        return room

    def people_join(
        self, key: str, names: Sequence[str] = (), *, count: int = 0, nameless: int = 0
    ) -> list[Person]:
        """Let people in: by name (a login or a full name joins as that member), or `count` guests.

        `nameless` adds rows that lack a participantID.
        """
        room = self.room(key)
        members = {n.lower(): a for a in self.accounts for n in (a.login, a.full_name)}
        come: list[Person] = []
        for name in names:
            account = members.get(name.lower())
            come.append(self.rooms.member(account) if account else self.rooms.guest(name))
        here = len(room.people)
        come += [self.rooms.guest(f"Guest {here + number + 1}") for number in range(count)]
        come += [self.rooms.nameless_leg(f"Legacy {number + 1}") for number in range(nameless)]
        room.people += come
        return come

    def people_leave(self, key: str, names: Sequence[str] = (), *, count: int | None = None) -> int:
        """Let people go: those named, or `count` of them, or all. The last one takes the recorders along."""
        room = self.room(key)
        wanted = {name.lower() for name in names}
        if wanted:
            going = [p for p in room.people if {p.name.lower(), (p.login or "").lower()} & wanted]
        else:
            going = room.people[: len(room.people) if count is None else count]
        room.people = [person for person in room.people if person not in going]
        if not room.people:
            self.recorders.drop_out(room)
        return len(going)

    def recorder_joins(self, key: str) -> None:
        """Let a ringing recorder in now; if none rings, one comes that somebody else asked for."""
        room = self.room(key)
        if self.recorders.come(room):
            return
        idle = next((slot for slot in self.recorders.slots if not slot.busy), None)
        if idle is None:
            raise ValueError("All recorders of the sandbox are busy.")
        self.recorders.join(idle, room)

    def recorder_drops_out(self, key: str) -> int:
        """End every recording in the room while people stay; how many recorders were there."""
        return self.recorders.drop_out(self.room(key))

    def add_recording(
        self,
        title: str,
        *,
        owner: str = "recbot",
        room_name: str = "Weekly",
        ended: datetime | None = None,
        duration: timedelta = timedelta(minutes=10),
        size: int = 300_000,
        scope: Scope = "New",
        pin: str = "",
        tags: str = "",
        comments: str = "",
        locked: bool = False,
        webcast: bool = False,
        size_known: bool = True,
        link: LinkStyle = "absolute",
    ) -> Recording:
        """A finished recording that was not there before; it ended just now unless told otherwise.

        Any size will do, from some 70,000 bytes up: content is made while it is sent.
        """
        number = self.library.next_id()
        ended = (ended or self.clock.now()).replace(microsecond=0)
        recording = Recording(
            id=number,
            guid=guid_of(number),
            owner=owner,
            room_name=room_name,
            title=title,
            created=ended - duration,
            ended=ended,
            duration=duration,
            size=size,
            playback_key=playback_key_of(number),
            scope=scope,
            pin=pin,
            tags=tags,
            comments=comments,
            locked=locked,
            webcast=webcast,
            size_known=size_known,
            link=link,
        )
        recording.media()
        return self.library.add(recording)

    def file_bytes(self, guid: str) -> bytes:
        """The whole file of a recording. For small ones: it is built in memory."""
        return b"".join(self._recording(guid).media().chunks())

    def sha256(self, guid: str) -> str:
        """The hex digest of a recording's file, of any size."""
        return self._recording(guid).media().sha256()

    def _recording(self, guid: str) -> Recording:
        if recording := self.library.by_guid(guid):
            return recording
        raise KeyError(f"The sandbox has no recording with the guid {guid!r}.")
