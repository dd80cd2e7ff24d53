"""The people, rooms and recorders that the sandbox starts with."""

from __future__ import annotations

from datetime import timedelta

from sandbox.vidyo.accounts import Account, Accounts, Role
from sandbox.vidyo.recorders import Recorders, Slot
from sandbox.vidyo.rooms import Room, RoomKind, Rooms

_PEOPLE: tuple[tuple[str, str, str, Role], ...] = (
    ("vova", "Vova Tareiev", "156402", "normal"),
    ("recbot", "Recording Bot", "156418", "operator"),
    ("anna", "Anna Lindqvist", "156431", "normal"),
    ("boris", "Boris Petrov", "156440", "normal"),
    ("chen", "Chen Wei", "156447", "normal"),
    ("dalia", "Dalia Haddad", "156455", "normal"),
    ("admin", "Tenant Administrator", "156400", "admin"),
)

# Sixty names that come before "APPLICATION-AND-CONFERENCE" in the participant table.
_GIVEN = ("Aaron", "Abby", "Ada", "Adele", "Agnes", "Aidan", "Alan", "Alba", "Alice", "Amara")
_FAMILIES = ("Berg", "Costa", "Lund", "Novak", "Rossi", "Silva")


def fill(accounts: Accounts, rooms: Rooms, recorders: Recorders) -> None:
    """Passwords are the login followed by `-secret`. `recbot` is an operator, so that it finds recordings
    of the whole tenant; in the user service that lets it record no more than the rooms it owns."""
    members: dict[str, Account] = {}
    for login, name, member_id, role in _PEOPLE:
        account = members[login] = Account(login, name, f"{login}-secret", member_id, role)
        accounts.add(account)
        if role != "admin":
            _room(rooms, f"{login}Room01", login, str(int(member_id) + 400_000), login, "personal")

    nf5 = _room(rooms, "Nf5kaN9tWo", "230301302", "4092486", "recbot", "scheduled", extension="230301302")
    nf5.people = [rooms.guest("Guest Ada"), rooms.guest("Ola Nordmann"), rooms.member(members["vova"])]

    weekly = _room(rooms, "Weekly4711", "Weekly", "4092490", "recbot")
    weekly.people = [rooms.member(members["anna"]), rooms.guest("Guest Ben"), rooms.guest("Carla Rossi")]

    _room(rooms, "EmptyRoom01", "EmptyRoom01", "4092491", "recbot")

    big = _room(rooms, "BigRoom", "BigRoom", "4092492", "recbot")
    names = [f"{given} {family}" for given in _GIVEN for family in _FAMILIES]
    big.people = [rooms.guest(name) for name in names]

    foreign = _room(rooms, "ForeignRm1", "ForeignRm1", "4092493", "anna")
    foreign.people = [rooms.member(members["anna"])]

    barred = _room(rooms, "NoRecGroup", "NoRecGroup", "4092494", "recbot")
    barred.can_record = False
    barred.people = [rooms.guest("Guest Dora")]

    all_hands = _room(rooms, "AllHands99", "All Hands", "4092495", "recbot")
    all_hands.people = [rooms.guest("Guest Emil"), rooms.member(members["dalia"])]

    held = Slot("02", "VIDEO-ONLY")
    recorders.slots += [
        Slot("000", "APPLICATION-AND-CONFERENCE"),
        Slot("000", "APPLICATION-AND-CONFERENCE"),
        Slot("01", "AUDIO-ONLY"),
        held,
    ]
    running = recorders.join(held, all_hands).recording
    if running is not None:
        running.created -= timedelta(minutes=23)


def _room(
    rooms: Rooms,
    key: str,
    name: str,
    entity_id: str,
    owner: str,
    kind: RoomKind = "public",
    extension: str | None = None,
) -> Room:
    return rooms.add(
        Room(
            entity_id=entity_id,
            key=key,
            name=name,
            display_name=name,
            extension=extension or f"23{entity_id[-5:]}",
            owner=owner,
            kind=kind,
        )
    )
