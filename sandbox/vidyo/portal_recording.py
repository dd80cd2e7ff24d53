"""The portal's operations around recording: profiles, start and stop, pause, and who is in a room."""

from __future__ import annotations

import functools
from collections.abc import Callable

from sandbox.vidyo.portal_rooms import (
    create_scheduled_room,
    delete_scheduled_room,
    get_entity_by_entity_id,
    get_entity_by_room_key,
    get_portal_version,
    known_room,
    my_account,
    search_rooms,
)
from sandbox.vidyo.recorders import NoRecorderFree, NoSuchRecorder, NotInThisRoom, Recorder
from sandbox.vidyo.rooms import Person, Room
from sandbox.vidyo.soap import SoapFault, group, optional, tag
from sandbox.vidyo.soap_service import Call, Operations
from sandbox.vidyo.world import TENANT

_PROFILES_MOST = 25
_ROWS_BY_DEFAULT = 40
_ROWS_FOR_ZERO = 25
_ROWS_MOST = 200


def get_recording_profiles(call: Call) -> str:
    profiles = call.world.recorders.profiles()[:_PROFILES_MOST]
    return tag("total", len(profiles)) + "".join(
        group("recorder", tag("recorderPrefix", slot.prefix) + tag("description", slot.description))
        for slot in profiles
    )


def start_recording(call: Call) -> str:
    """Invite a recorder. There is no look at who is recording already, or at whether anybody is there."""
    room = known_room(call)
    _must_control(call, room)
    _must_permit_recording(call, room)
    try:
        call.world.recorders.invite(
            room, call.body.required("recorderPrefix"), webcast=bool(call.body.boolean("webcast"))
        )
    except NoRecorderFree:
        raise SoapFault("ResourceNotAvailableFault", "All recorders are busy.") from None
    return tag("OK", "OK")


def stop_recording(call: Call) -> str:
    room, number = _recorder_asked_for(call)
    try:
        call.world.recorders.stop(room, number)
    except NotInThisRoom:
        raise SoapFault("GeneralFault", "The recorder could not be removed from the conference.") from None
    except NoSuchRecorder:
        raise SoapFault("InvalidArgumentFault", "The recorder ID is not known.") from None
    return tag("OK", "OK")


def pause_recording(call: Call, *, paused: bool = True) -> str:
    room, number = _recorder_asked_for(call)
    try:
        call.world.recorders.set_paused(room, number, paused=paused)
    except (NotInThisRoom, NoSuchRecorder):
        raise SoapFault("InvalidArgumentFault", "The recorder ID is not in this conference.") from None
    return tag("OK", "OK")


def resume_recording(call: Call) -> str:
    return pause_recording(call, paused=False)


def _recorder_asked_for(call: Call) -> tuple[Room, int]:
    room = known_room(call)
    _must_control(call, room)
    _must_permit_recording(call, room)
    return room, call.body.integer("recorderID") or 0


def _must_control(call: Call, room: Room) -> None:
    """In the user service one records what one owns; staff, or the moderator's PIN, only from inside."""
    if call.admin or room.owner == call.account.login:
        return
    inside = room.holds(call.account.login)
    pin = call.body.text("moderatorPIN")
    moderates = room.moderator_pin is not None and pin == room.moderator_pin
    if not inside or not (moderates or call.account.sees_the_tenant):
        raise SoapFault("ControlMeetingFault", "You have no right to control this meeting.")


def _must_permit_recording(call: Call, room: Room) -> None:
    if not room.can_record:
        name = "InvalidArgumentFault" if call.admin else "ControlMeetingFault"
        raise SoapFault(name, "The room's group does not permit recording.")


def get_participants(call: Call) -> str:
    """One page of the table. The recorder is one of its rows, and reported only from the page it is on."""
    room = known_room(call)
    _must_control(call, room)
    rows, start, limit = _table(call, room)
    page = rows[start : start + limit]
    recorders = [row for row in page if isinstance(row, Recorder)]
    people = "".join(_entity(row) for row in page if isinstance(row, Person))
    shown = recorders[-1] if recorders else None
    return tag("total", len(rows) - len(recorders)) + (_recorder(shown) if shown else "") + people


def _table(call: Call, room: Room) -> tuple[list[Person | Recorder], int, int]:
    rows: list[Person | Recorder] = [*room.people, *call.world.recorders.in_room(room)]
    start, limit, name_of, descending = 0, _ROWS_BY_DEFAULT, _name, False
    if asked := call.body.part("Filter"):
        start = asked.integer("start") or 0
        wanted = asked.integer("limit")
        limit = _ROWS_BY_DEFAULT if wanted is None else wanted or _ROWS_FOR_ZERO
        if start < 0 or not 0 < limit <= _ROWS_MOST:
            raise SoapFault("InvalidArgumentFault", f"The limit is {_ROWS_MOST} at most.")
        kind, query = asked.text("EntityType"), (asked.text("query") or "").lower()
        if kind:
            rows = [row for row in rows if isinstance(row, Person) and row.login and kind == "Member"]
        if query:
            rows = [r for r in rows if _name(r).startswith(query) or _extension(r).startswith(query)]
        name_of = _extension if asked.text("sortBy") == "extension" else _name
        descending = asked.text("dir") == "DESC"
    rows.sort(key=name_of, reverse=descending)
    return rows, start, limit


def _name(row: Person | Recorder) -> str:
    return (row.name if isinstance(row, Person) else row.slot.description).lower()


def _extension(row: Person | Recorder) -> str:
    return (row.extension if isinstance(row, Person) else "Recorder").lower()


def _recorder(recorder: Recorder) -> str:
    return (
        tag("recorderID", recorder.id)
        + tag("recorderName", recorder.slot.description)
        + tag("paused", recorder.paused)
        + tag("webcast", recorder.webcast)
    )


@functools.lru_cache(maxsize=4096)
def _entity(person: Person) -> str:
    """A participant. RoomMode, status and rights are those of the person's own room, not of the meeting."""
    guest = person.login is None
    return group(
        "Entity",
        tag("entityID", person.entity_id)
        + optional("participantID", person.participant_id)
        + tag("EntityType", "Member")
        + tag("displayName", person.name)
        + tag("extension", person.extension)
        + optional("emailAddress", None if guest else f"{person.login}@{TENANT}.example.org")
        + optional("tenant", None if guest else TENANT)
        + tag("description", "")
        + tag("Language", "en")
        + tag("MemberStatus", "Online" if guest else "Busy")
        + tag("MemberMode", "Available")
        + tag("canCallDirect", value=False)
        + tag("canJoinMeeting", value=False)
        + tag("canRecordMeeting", value=False)
        + tag("isInMyContacts", value=False)
        + tag("RoomStatus", "Empty")
        + group("RoomMode", tag("isLocked", value=False) + tag("hasPIN", value=False))
        + tag("canControl", value=False)
        + tag("audio", value=True)
        + tag("video", value=True)
        + tag("appshare", value=False),
    )


_SHARED: dict[str, Callable[[Call], str]] = {
    "createScheduledRoom": create_scheduled_room,
    "deleteScheduledRoom": delete_scheduled_room,
    "getPortalVersion": get_portal_version,
    "getRecordingProfiles": get_recording_profiles,
    "startRecording": start_recording,
    "getParticipants": get_participants,
    "stopRecording": stop_recording,
    "pauseRecording": pause_recording,
    "resumeRecording": resume_recording,
}

ADMIN_OPERATIONS: Operations = _SHARED

USER_OPERATIONS: Operations = {
    **_SHARED,
    "getEntityByRoomKey": get_entity_by_room_key,
    "getEntityByEntityID": get_entity_by_entity_id,
    "searchRooms": search_rooms,
    "myAccount": my_account,
}
