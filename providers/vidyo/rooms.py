"""Rooms and who is in them, as the portal answers about them: nothing here changes anything but rooms."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from providers.errors import BadAnswer, NotFound, ProviderError, Refused, Unavailable
from providers.model import Recorder, Room, RoomId, RoomKey, RoomView
from providers.spelling import folded, pieces
from providers.vidyo.contract import Contract
from providers.vidyo.keys import read_key
from providers.vidyo.portal import Entity, ParticipantPage, PortalReader
from providers.vidyo.service import Service
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.soap import SoapFault

_ROWS = 200
_MOST_PAGES = 100
_MOST_LOOKS = 400
_ROOMS_SHOWN = 20
_ROOMS_ASKED = 100
_SHORTEST_QUERY = 2
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
_LARGEST = 2**31 - 1


class Rooms:
    """Looks rooms up, makes scheduled ones, and looks into them.

    The admin service knows no look-up by key: those go to the user service with the same login.
    """

    def __init__(
        self,
        lookups: tuple[Service, Contract],
        control: tuple[Service, Contract],
        settings: VidyoSettings,
    ) -> None:
        self._lookup, self._lookup_contract = lookups
        self._control, self._control_contract = control
        self._settings = settings
        self._found = PortalReader(self._lookup_contract.namespace, settings.portal_url)
        self._seen = PortalReader(self._control_contract.namespace, settings.portal_url)
        self._page_request = lru_cache(maxsize=4096)(self._make_page_request)
        self._owner_id: str | None = None

    async def by_key(self, key: RoomKey) -> Room:
        """The room with this key, or NotFound. Any room of the tenant, not only ours."""
        unknown = NotFound(f"No room has the key {key[:64]}.")
        if read_key(key) != key:
            raise unknown
        request = self._lookup_contract.envelope("getEntityByRoomKey", roomKey=key)
        try:
            answer = await self._lookup.read("getEntityByRoomKey", request)
        except SoapFault as fault:
            if fault.name == "InvalidArgumentFault":
                raise unknown from fault
            raise
        entities = self._found.entities(answer)
        if not entities:
            raise BadAnswer(f"{self._lookup.title} knows the key {key} but did not say which room it opens.")
        return await self._room(entities[0], key)

    async def by_id(self, id: RoomId) -> Room:
        """The room with this number as it is now, or NotFound. Its key only where its link is shown to us."""
        unknown = NotFound(f"No room has the number {id[:20]}.")
        if not is_number(id):
            raise unknown
        request = self._lookup_contract.envelope("getEntityByEntityID", entityID=[str(id)])
        try:
            answer = await self._lookup.read("getEntityByEntityID", request)
        except SoapFault as fault:
            if fault.name == "InvalidArgumentFault":
                raise unknown from fault
            raise
        for entity in self._found.entities(answer):
            if entity.id == id:
                return await self._room(entity, None)
        raise unknown

    async def by_name(self, name: str) -> Sequence[Room]:
        """Public and personal rooms with this in their name or extension, where the portal can search for them.

        Scheduled ones are not searched. What the portal's parser refuses is no room's name.
        """
        wanted = " ".join(name.split())
        if len(wanted) < _SHORTEST_QUERY:
            return []
        if await self._lookup.offer.lacks("searchRooms"):  # the user services of 60 and 88 operations
            return []
        asked, shown = wanted, _ROOMS_SHOWN
        if not wanted.isascii() or not wanted.replace(" ", "").isalnum():
            # The portal compares letters: one in each spelling may be meant, so it is asked for what they share.
            shared = next(iter(pieces(wanted)), "")
            asked, shown = (shared, _ROOMS_ASKED) if len(shared) >= _SHORTEST_QUERY else (wanted, shown)
        request = self._lookup_contract.envelope("searchRooms", query=asked, start=0, limit=shown)
        try:
            answer = await self._lookup.read("searchRooms", request)
        except SoapFault as fault:
            if fault.name not in {"", "InvalidArgumentFault"}:
                raise
            if not fault.name:
                self._lookup.offer.refused("searchRooms")
            return []
        rooms = self._found.rooms(answer)
        if asked != wanted:
            rooms = [room for room in rooms if folded(wanted) in folded(room.name)]
        return rooms[:_ROOMS_SHOWN]

    async def make(self, name: str | None) -> Room:
        """A scheduled room of ours. The portal calls it by its extension; `name` is only our label."""
        await self._control.offer.require("createScheduledRoom", "makes no scheduled rooms")
        owner = {"ownerName": self._settings.username} if self._settings.service == "admin" else {}
        request = self._control_contract.envelope("createScheduledRoom", **owner)
        try:
            answer = await self._control.write("createScheduledRoom", request)
        except SoapFault as fault:
            if fault.name == "ScheduledRoomCreationFault":
                raise Refused(
                    f"{self._control.title} makes no scheduled room: they are switched off, or no number is free."
                ) from fault
            raise
        made = self._seen.new_room(answer)
        try:
            room = await self.by_key(made.key)
        except ProviderError as error:
            raise Unavailable(
                f"The room {made.url} was made, but then nothing more was learned of it. {error}"
            ) from error
        return replace(room, name=name or room.name, join_url=made.url)

    async def remove(self, room: Room) -> None:
        """Delete a scheduled room, or NotFound."""
        await self._control.offer.require("deleteScheduledRoom", "takes no scheduled room away again")
        extension = room.extension or (await self.by_id(room.id)).extension
        if extension is None:
            raise NotFound(f"{room.name} has no extension, so it is no scheduled room that could be deleted.")
        request = self._control_contract.envelope("deleteScheduledRoom", extension=extension)
        try:
            await self._control.write("deleteScheduledRoom", request)
        except SoapFault as fault:
            if fault.name == "RoomNotFoundFault":
                raise NotFound(
                    f"There is no scheduled room {room.name}, or it is closed with a PIN."
                ) from fault
            raise

    async def view(self, room: Room) -> RoomView:
        """Everybody in the room, page by page. SoapFault if the portal will not show it to us.

        The recorder is a row among the others, in the order of names, and is only reported with the page it
        is on. Rows that move between two pages can hide it, so a look that saw the room change is repeated.
        """
        look, steady = await self._look(room.id)
        if look.recorder is None and not steady:
            look, _ = await self._look(room.id)
        return look

    async def recorders(self, room: Room) -> Sequence[Recorder]:
        """Every recorder in the room. SoapFault if the portal will not show it to us.

        The portal reports one recorder a page, whatever the page holds. How many rows a page holds beyond
        its people says how many recorders there are; a page with several is halved until each has its own.
        """
        first = await self._page(room.id, 0, 1)
        table = min(first.total + (first.recorder is not None), _ROWS * _MOST_PAGES)
        found: dict[str, Recorder] = {}
        pages = [(start, _ROWS) for start in range(0, table, _ROWS)]
        looks = 0
        while pages:
            if looks == _MOST_LOOKS:
                raise BadAnswer(
                    f"{self._control.title} counts other participants in {room.name} than it lists."
                )
            looks += 1
            start, limit = pages.pop()
            page = await self._page(room.id, start, limit)
            if page.recorder is not None:
                found[page.recorder.id] = page.recorder
            if min(limit, table - start) - page.rows > 1:
                half = limit // 2
                pages += [
                    (begin, size)
                    for begin, size in ((start, half), (start + half, limit - half))
                    if begin < table
                ]
        return list(found.values())

    async def _look(self, id: RoomId) -> tuple[RoomView, bool]:
        people: set[str] = set()
        recorder: Recorder | None = None
        totals: set[int] = set()
        rows = 0
        for number in range(_MOST_PAGES):
            page = await self._page(id, number * _ROWS, _ROWS)
            rows += page.rows
            people |= page.people
            recorder = recorder or page.recorder
            totals.add(page.total + (page.recorder is not None))
            # `total` leaves out the recorders of this page only: once it is reached, no row is left.
            if rows >= page.total or not (page.rows or page.recorder):
                break
        return RoomView(recorder, len(people)), len(totals) == 1

    async def _page(self, id: RoomId, start: int, limit: int) -> ParticipantPage:
        answer = await self._control.read("getParticipants", self._page_request(id, start, limit))
        return self._seen.participants(answer)

    def _make_page_request(self, id: RoomId, start: int, limit: int) -> bytes:
        page = {"start": start, "limit": limit}
        return self._control_contract.envelope("getParticipants", conferenceID=id, Filter=page)

    async def _room(self, entity: Entity, key: RoomKey | None) -> Room:
        if self._settings.service == "user":
            # canControl is true for the owner alone, so no more need be asked.
            return entity.room(key, self._settings.username if entity.ours else None)
        ours = entity.owner_id is not None and entity.owner_id == await self._own_number()
        return replace(entity.room(key, self._settings.username if ours else None), ours=None)

    async def _own_number(self) -> str | None:
        """The number under which our login owns rooms; None if it owns none or the portal does not say."""
        if self._owner_id is None:
            try:
                request = self._lookup_contract.envelope("myAccount")
                self._owner_id = self._found.owner_id(await self._lookup.read("myAccount", request))
            except ProviderError:
                return None
        return self._owner_id


def is_number(text: str) -> bool:
    """True for what Vidyo takes as the number of a room, a recorder or a recording."""
    return _NUMBER.fullmatch(text) is not None and int(text) <= _LARGEST
