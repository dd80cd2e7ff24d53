"""What the portal's answers say, in our words. Elements too many and elements missing are both borne."""

from dataclasses import dataclass

from lxml import etree
from yarl import URL

from providers.errors import BadAnswer
from providers.harmless import link, one_line
from providers.model import Occupancy, Recorder, RecorderId, RecordingProfile, Room, RoomId, RoomKey
from providers.vidyo.http import behind_tls
from providers.vidyo.keys import read_key

_OCCUPANCY = {"empty": Occupancy.EMPTY, "occupied": Occupancy.OCCUPIED, "full": Occupancy.FULL}


@dataclass(frozen=True, slots=True)
class Entity:
    """A room as the portal describes it to our login. `owner_id` is a number that says nothing of a name."""

    id: RoomId
    owner_id: str | None
    name: str
    extension: str | None
    url: str | None
    occupancy: Occupancy
    ours: bool | None
    may_record: bool | None

    def room(self, key: RoomKey | None, owner: str | None) -> Room:
        """The same in everybody's words."""
        return Room(
            id=self.id,
            key=key or (read_key(self.url) if self.url else None),
            name=self.name,
            extension=self.extension,
            owner=owner,
            join_url=self.url,
            occupancy=self.occupancy,
            ours=self.ours,
            may_record=self.may_record,
        )


@dataclass(frozen=True, slots=True)
class ParticipantPage:
    """Some rows of a room's participants.

    `rows` counts the people's entries, of which those without a participant number are not in `people`.
    `total` counts everybody but the recorders of this very page.
    """

    total: int
    rows: int
    people: frozenset[str]
    recorder: Recorder | None


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A scheduled room just made: its link, and thereby its key. The portal does not say its id."""

    url: str
    key: RoomKey


class PortalReader:
    """Reads the answers of one of the portal's services, whose names lie in a namespace of its own."""

    def __init__(self, namespace: str, portal_url: str) -> None:
        self._in = f"{{{namespace}}}"
        self._portal = URL(portal_url)
        self._entity = self._in + "Entity"
        self._participant = self._in + "participantID"

    def entities(self, answer: etree._Element) -> list[Entity]:
        """The rooms in an answer, without those that lack their number."""
        read = (self._read_entity(element) for element in answer.iterchildren(self._entity))
        return [entity for entity in read if entity is not None]

    def owner_id(self, answer: etree._Element) -> str | None:
        """The number under which our own account owns things."""
        entity = next(answer.iterchildren(self._entity), None)
        return None if entity is None else self._text(entity, "ownerID")

    def account_name(self, answer: etree._Element) -> str | None:
        """What our own account is called."""
        entity = next(answer.iterchildren(self._entity), None)
        return None if entity is None else self._text(entity, "displayName")

    def participants(self, answer: etree._Element) -> ParticipantPage:
        """One page. A recorder number that is missing, nil or 0 means: no recorder on this page."""
        rows = sum(1 for _ in answer.iterchildren(self._entity))
        people = frozenset(number.text for number in answer.iterdescendants(self._participant) if number.text)
        recorder = None
        id = self._text(answer, "recorderID")
        if id is not None and id.strip("0"):
            recorder = Recorder(
                id=RecorderId(id),
                name=self._text(answer, "recorderName") or "",
                paused=bool(self._flag(answer, "paused")),
                webcast=bool(self._flag(answer, "webcast")),
            )
        return ParticipantPage(self._number(answer, "total"), rows, people, recorder)

    def profiles(self, answer: etree._Element) -> list[RecordingProfile]:
        """The profiles offered. A prefix is text: its leading zeros count."""
        found = []
        for element in answer.iterchildren(self._in + "recorder"):
            if prefix := self._text(element, "recorderPrefix"):
                found.append(RecordingProfile(prefix, self._text(element, "description") or ""))
        return found

    def rooms(self, answer: etree._Element) -> list[Room]:
        """What a search for rooms found."""
        found = []
        for element in answer.iterchildren(self._in + "Room"):
            id = self._text(element, "entityID")
            name = self._text(element, "displayName") or self._text(element, "name")
            if id and name:
                room = Room(
                    RoomId(id), None, name, self._text(element, "extension"), self._text(element, "ownerName")
                )
                found.append(room)
        return found

    def new_room(self, answer: etree._Element) -> NewRoom:
        """The link of a scheduled room, or BadAnswer where there is no key in it."""
        url = self._link(self._text(answer, "roomURL"))
        key = read_key(url) if url else None
        if url is None or key is None:
            raise BadAnswer("The portal made a room but gave no link with a room key in it.")
        return NewRoom(url, key)

    def version(self, answer: etree._Element) -> str:
        """The portal's version, as it writes it."""
        return self._text(answer, "portalVersion") or "of unknown version"

    def _read_entity(self, element: etree._Element) -> Entity | None:
        id = self._text(element, "entityID")
        if id is None:
            return None
        extension = self._text(element, "extension")
        return Entity(
            id=RoomId(id),
            owner_id=self._text(element, "ownerID"),
            name=self._text(element, "displayName") or extension or id,
            extension=extension,
            url=self._link(element.findtext(f"{self._in}RoomMode/{self._in}roomURL")),
            occupancy=_OCCUPANCY.get((self._text(element, "RoomStatus") or "").lower(), Occupancy.UNKNOWN),
            ours=self._flag(element, "canControl"),
            may_record=self._flag(element, "canRecordMeeting"),
        )

    def _link(self, text: str | None) -> str | None:
        """A join link for people."""
        written = link((text or "").strip().removesuffix("&noguest"))
        try:
            url = URL(written or "")
        except ValueError:
            return None
        if written is None or url.scheme not in {"http", "https"} or not url.host:
            return None
        reached = behind_tls(url, self._portal)
        return written if reached is url else str(reached)

    def _text(self, element: etree._Element, name: str) -> str | None:
        return one_line(element.findtext(self._in + name) or "") or None

    def _flag(self, element: etree._Element, name: str) -> bool | None:
        return {"true": True, "1": True, "false": False, "0": False}.get(self._text(element, name) or "")

    def _number(self, element: etree._Element, name: str) -> int:
        text = self._text(element, name) or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
