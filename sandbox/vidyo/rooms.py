"""Rooms of the tenant, and the people in them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sandbox.vidyo.accounts import Account
from sandbox.vidyo.settings import Delay

RoomKind = Literal["personal", "public", "scheduled"]

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a room. A guest has no account: entity 0, and "Guest" for an extension."""

    name: str
    participant_id: str | None
    login: str | None = None
    entity_id: str = "0"
    extension: str = "Guest"


@dataclass(slots=True)
class Room:
    """Where people meet. `key` is the tail of its link, `entity_id` what the portal calls conferenceID."""

    entity_id: str
    key: str
    name: str
    display_name: str
    extension: str
    owner: str
    kind: RoomKind = "public"
    can_record: bool = True
    locked: bool = False
    pin: str | None = None
    moderator_pin: str | None = None
    join_delay: Delay | None = None
    people: list[Person] = field(default_factory=list)

    def holds(self, login: str) -> bool:
        """Whether this login itself is in the room now."""
        return any(person.login == login for person in self.people)


class Rooms:
    """All rooms, by key and by number."""

    def __init__(self) -> None:
        self._by_key: dict[str, Room] = {}
        self._by_id: dict[str, Room] = {}
        self._entity_ids = itertools.count(4_093_000)
        self._participant_ids = itertools.count(6_611_572)
        self._extensions = itertools.count(230_301_303)

    def __iter__(self) -> Iterator[Room]:
        return iter(self._by_key.values())

    def add(self, room: Room) -> Room:
        self._by_key[room.key] = room
        self._by_id[room.entity_id] = room
        return room

    def remove(self, room: Room) -> None:
        del self._by_key[room.key]
        del self._by_id[room.entity_id]

    def by_key(self, key: str) -> Room | None:
        return self._by_key.get(key)

    def by_id(self, entity_id: str) -> Room | None:
        return self._by_id.get(entity_id)

    def personal(self, login: str) -> Room | None:
        """The room that belongs to a login for good; administrators have none."""
        return next((r for r in self if r.kind == "personal" and r.owner == login), None)

    def new_entity_id(self) -> str:
        return str(next(self._entity_ids))

    def new_extension(self) -> str:
        return str(next(self._extensions))

    def new_key(self, entity_id: str) -> str:
        """A key of ten characters, the same for the same room in every run."""
        digest = hashlib.sha256(f"room {entity_id}".encode()).digest()
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:10])

    def guest(self, name: str) -> Person:
        return Person(name, str(next(self._participant_ids)))

    def nameless_leg(self, name: str) -> Person:
        """A row without participantID, such as the portal lists for some legacy endpoints."""
        return Person(name, None)

    def member(self, account: Account) -> Person:
        own = self.personal(account.login)
        return Person(
            account.full_name,
            str(next(self._participant_ids)),
            account.login,
            own.entity_id if own else "0",
            own.extension if own else account.login,
        )
