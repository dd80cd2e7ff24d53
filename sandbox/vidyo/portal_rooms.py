"""The portal's operations around rooms: looking them up, making them, taking them away."""

from __future__ import annotations

from sandbox.vidyo.generations import NEWEST_PORTAL
from sandbox.vidyo.rooms import Room
from sandbox.vidyo.soap import SoapFault, group, optional, tag
from sandbox.vidyo.soap_service import Call
from sandbox.vidyo.world import PORTAL_VERSION, TENANT, World

_HIDDEN_PIN = "****"
_SEARCH_DEFAULT = 10
_SEARCH_MOST = 100
_SEARCH_ECHO = ("query", "queryField", "roomType", "start", "limit", "sortBy", "sortDir")
_PINS_AT_WILL = 88
_LARGEST_INT = 2**31 - 1


def known_room(call: Call, field: str = "conferenceID") -> Room:
    """The room that a request names by number."""
    number = call.body.required(field).strip()
    if int(number) > _LARGEST_INT:
        raise SoapFault(None, f'For input string: "{number}"')
    if room := call.world.rooms.by_id(number):
        return room
    raise SoapFault("InvalidArgumentFault", "The conference ID is not known.")


def get_entity_by_room_key(call: Call) -> str:
    room = call.world.rooms.by_key(call.body.required("roomKey").strip())
    if room is None:
        raise SoapFault("InvalidArgumentFault", "The room key is not known.")
    return _entity(call, room)


def get_entity_by_entity_id(call: Call) -> str:
    found = [room for number in call.body.texts("entityID") if (room := call.world.rooms.by_id(number))]
    return tag("total", len(found)) + "".join(_entity(call, room) for room in found)


def my_account(call: Call) -> str:
    room = call.world.rooms.personal(call.account.login)
    if room is None:
        raise SoapFault("GeneralFault", "This login has no member record.")
    return _entity(call, room)


def get_portal_version(call: Call) -> str:
    return tag("portalVersion", PORTAL_VERSION)


def search_rooms(call: Call) -> str:
    """Personal and public rooms by a part of their name or extension; scheduled ones are not known here."""
    body = call.body
    words = body.required("query").strip().lower()
    if len(words) < 2:
        raise SoapFault("InvalidArgumentFault", "The query needs two characters at least.")
    start, limit = body.integer("start") or 0, body.integer("limit")
    limit = _SEARCH_DEFAULT if limit is None else limit
    if start < 0 or limit < 0:
        raise SoapFault("InvalidArgumentFault", "Start and limit are not negative.")
    only_field, kind = body.text("queryField"), (body.text("roomType") or "").lower()
    found = []
    for room in call.world.rooms:
        fields = {"name": room.name, "displayName": room.display_name, "extension": room.extension}
        texts = [fields[only_field]] if only_field in fields else fields.values()
        if room.kind != "scheduled" and (not kind or room.kind == kind):
            found += [room] if any(words in text.lower() for text in texts) else []
    by = "extension" if body.text("sortBy") == "extension" else "name"
    found.sort(key=lambda room: str(getattr(room, by)).lower(), reverse=body.text("sortDir") == "DESC")
    page = found[start : start + min(limit, _SEARCH_MOST)]
    echo = "".join(optional(name, body.text(name)) for name in _SEARCH_ECHO)
    return echo + tag("total", len(found)) + "".join(_room(call, room) for room in page)


def create_scheduled_room(call: Call) -> str:
    body, world = call.body, call.world
    if not world.settings.scheduled_rooms:
        raise SoapFault("ScheduledRoomCreationFault", "Scheduled rooms are switched off for this tenant.")
    owner = body.required("ownerName").lower() if call.admin else call.account.login
    if world.accounts.get(owner) is None:
        raise SoapFault("InvalidArgumentFault", "The owner is not known.")
    if world.rooms.personal(owner) is None:
        raise SoapFault("GeneralFault", "This login has no member record.")
    room = world.add_room(owner=owner, kind="scheduled")
    generation = NEWEST_PORTAL if call.admin else world.settings.portal_generation
    if generation < _PINS_AT_WILL or body.boolean("setPIN"):
        room.pin = f"{int(room.entity_id) * 7919 % 10_000:04}"
    newest = generation == NEWEST_PORTAL
    url = room_url(world, room)
    invitation = f"{world.accounts.full_name(owner)} invites you to a meeting: {url}"
    return (
        tag("extension", room.extension)
        + optional("pin", room.pin)
        + tag("inviteContent", invitation)
        + tag("roomURL", url)
        + optional("inviteSubject", "Invitation to a meeting" if generation >= _PINS_AT_WILL else None)
        + optional(
            "htmlContent", f"<p>{invitation}</p>" if newest and body.boolean("returnHtmlContent") else None
        )
        + (_room(call, room) if newest and body.boolean("returnRoomDetails") else "")
    )


def delete_scheduled_room(call: Call) -> str:
    extension, pin = call.body.required("extension").strip(), call.body.text("pin")
    for room in call.world.rooms:
        if room.kind == "scheduled" and room.extension == extension and (not room.pin or room.pin == pin):
            call.world.people_leave(room.key)
            call.world.rooms.remove(room)
            return tag("OK", "OK")
    raise SoapFault("RoomNotFoundFault", "There is no scheduled room with this extension and PIN.")


def room_url(world: World, room: Room) -> str:
    """The link people join by, in the shape that the installation is set to."""
    if world.settings.room_url == "flex":
        return f"{world.portal_url}/flex.html?roomdirect.html&key={room.key}"
    return f"{world.portal_url}/join/{room.key}"


def _entity(call: Call, room: Room) -> str:
    """A room as the portal describes it to this caller: its link only to its owner, its PIN to nobody else."""
    world = call.world
    owner = world.accounts.get(room.owner)
    owns = room.owner == call.account.login
    personal = room.kind == "personal"
    busy = "Occupied" if room.people else "Empty"
    return group(
        "Entity",
        tag("entityID", room.entity_id)
        + tag("EntityType", "Member" if personal else "Room")
        + tag("ownerID", owner.member_id if owner else "0")
        + tag("displayName", world.accounts.full_name(room.owner) if personal else room.display_name)
        + tag("extension", room.extension)
        + tag("emailAddress", f"{room.owner}@{TENANT}.example.org")
        + tag("tenant", TENANT)
        + tag("description", "")
        + tag("Language", "en")
        + tag("MemberStatus", "Online" if personal else "Offline")
        + tag("MemberMode", "Available")
        + tag("canCallDirect", personal)
        + tag("canJoinMeeting", value=True)
        + tag("canRecordMeeting", room.can_record)
        + tag("isInMyContacts", value=False)
        + tag("RoomStatus", busy)
        + group(
            "RoomMode",
            optional("roomURL", room_url(world, room) if owns else None)
            + tag("isLocked", room.locked)
            + tag("hasPIN", room.pin is not None)
            + optional("roomPIN", room.pin and (room.pin if owns else _HIDDEN_PIN))
            + tag("hasModeratorPIN", room.moderator_pin is not None)
            + optional("moderatorPIN", room.moderator_pin and (room.moderator_pin if owns else _HIDDEN_PIN)),
        )
        + tag("canControl", owns),
    )


def _room(call: Call, room: Room) -> str:
    owner = call.world.accounts.get(room.owner)
    return group(
        "Room",
        tag("entityID", room.entity_id)
        + tag("name", room.name)
        + tag("displayName", room.display_name)
        + tag("extension", room.extension)
        + tag("description", "")
        + tag("ownerEntityID", owner.member_id if owner else "0")
        + tag("ownerName", room.owner)
        + tag("type", room.kind.capitalize())
        + tag("pinned", room.pin is not None)
        + tag("locked", room.locked)
        + tag("enabled", value=True)
        + tag("isInMyContacts", value=False),
    )
