"""The replay server's operations: searching, reading, changing and deleting records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sandbox.vidyo.accounts import Account
from sandbox.vidyo.generations import NEWEST_REPLAY
from sandbox.vidyo.library import Recording, Scope
from sandbox.vidyo.settings import Settings
from sandbox.vidyo.soap import Body, SoapFault, group, nillable, tag
from sandbox.vidyo.soap_service import Call, Operations
from sandbox.vidyo.world import REPLAY_TENANT, World

_ROWS_MOST = 200
_RECORDER_ID = "421aa0067"
_UPDATED_SCOPE: dict[str, Scope] = {
    "private": "Private",
    "new": "New",
    "organization": "Organizational",
    "organizational": "Organizational",
    "public": "Public",
}
_SORT_KEYS = {
    "date": lambda r: (r.created, r.id),
    "title": lambda r: (r.title.lower(), r.id),
    "room": lambda r: (r.room_name.lower(), r.id),
}


def records_search(call: Call) -> str:
    """At most 200 rows a page; all counts but searchCount are of everything this login may see."""
    body, account = call.body, call.account
    visible = call.world.library.visible_to(account)
    wanted = _Wanted.read(body, account)
    found = [r for r in visible if wanted.fits(r, call.world)]
    by = body.text("sortBy") or "date"
    direction = body.text("dir") or ("DESC" if by == "date" else "ASC")
    found.sort(key=_SORT_KEYS[by], reverse=direction == "DESC")
    start, limit = body.integer("start") or 0, body.integer("limit")
    if start < 0 or (limit is not None and limit < 0):
        raise SoapFault("GeneralFault", "Start and limit are not negative.")
    page = found[start : start + (_ROWS_MOST if limit is None else min(limit, _ROWS_MOST))]
    scopes = [r.scope for r in visible]
    return (
        tag("allVideosCount", len(visible))
        + tag("searchCount", len(found))
        + tag("myVideosCount", sum(r.owner == account.login for r in visible))
        + tag("webcastCount", sum(r.webcast for r in visible))
        + tag("newCount", scopes.count("New"))
        + tag("privateCount", scopes.count("Private"))
        + tag("organizationalCount", scopes.count("Organizational"))
        + tag("publicCount", scopes.count("Public"))
        + "".join(_record(r, call.world) for r in page)
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The filters of one search; what was nil or empty lets everything pass."""

    tenant: str
    room: str
    owner: str
    words: str
    scope: str
    webcasts_only: bool
    caller: str

    @classmethod
    def read(cls, body: Body, account: Account) -> Self:
        names = ("tenantName", "roomFilter", "usernameFilter", "query")
        tenant, room, owner, words = ((body.text(name) or "").strip().lower() for name in names)
        scope, webcast = body.text("recordScope") or "all", bool(body.boolean("webcast"))
        return cls(tenant, room, owner, words, scope, webcast, account.login)

    def fits(self, recording: Recording, world: World) -> bool:
        return (
            self.tenant in REPLAY_TENANT.lower()
            and self.room in recording.room_name.lower()
            and self.owner in ("", recording.owner)
            and (self.scope != "allUser" or recording.owner == self.caller)
            and (self.scope in ("all", "allUser") or recording.scope.lower() == self.scope)
            and (not self.webcasts_only or recording.webcast)
            and (not self.words or any(self.words in text.lower() for text in _searched(recording, world)))
        )


def _searched(recording: Recording, world: World) -> tuple[str, ...]:
    full_name = world.accounts.full_name(recording.owner)
    return (
        recording.title,
        recording.tags,
        recording.comments,
        recording.room_name,
        recording.owner,
        full_name,
    )


def records_by_id(call: Call) -> str:
    wanted = {int(number) for number in call.body.texts("id")}
    visible = call.world.library.visible_to(call.account)
    return "".join(_record(r, call.world) for r in visible if r.id in wanted)


def update_record(call: Call) -> str:
    """What is left out stays; an empty PIN takes the PIN away."""
    recording, body = _own_record(call), call.body
    title, comments, tags, pin = (body.text(name) for name in ("title", "comments", "tags", "pin"))
    scope, locked = body.text("recordScope"), body.text("locked")
    recording.title = recording.title if title is None else title
    recording.comments = recording.comments if comments is None else comments
    recording.tags = recording.tags if tags is None else tags
    recording.pin = recording.pin if pin is None else pin
    recording.scope = recording.scope if scope is None else _UPDATED_SCOPE[scope]
    recording.locked = recording.locked if locked is None else locked == "true"
    return tag("OK", "OK")


def delete_record(call: Call) -> str:
    recording = _own_record(call)
    if recording.locked:
        raise SoapFault("AccessViolationFault", "The record is locked.")
    if recording.ended is None:
        raise SoapFault("GeneralFault", "The record is still being written.")
    call.world.library.remove(recording)
    return tag("OK", "OK")


def _own_record(call: Call) -> Recording:
    recording = call.world.library.by_id(call.body.integer("id") or 0)
    if recording is None:
        raise SoapFault("GeneralFault", "There is no such record.")
    if recording.owner != call.account.login and not call.account.sees_the_tenant:
        raise SoapFault("AccessViolationFault", "The record belongs to somebody else.")
    return recording


def file_link(recording: Recording, world: World) -> str:
    """Where the file is. Old servers gave a path; one record points to a host that is not ours."""
    path = "/replay/downloadRecording.do?" + urlencode({"file": recording.guid})
    base = {"absolute": world.replay_url, "relative": "", "foreign": world.foreign_url}[recording.link]
    return base + path


def duration_text(duration: timedelta) -> str:
    """MM:SS, and HH:MM:SS from an hour on."""
    seconds = max(0, round(duration.total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def _moment(moment: datetime, settings: Settings) -> str:
    local = moment.astimezone(ZoneInfo(settings.time_zone))
    return (local if settings.says_offset else local.replace(tzinfo=None)).isoformat(timespec="milliseconds")


def _record(recording: Recording, world: World) -> str:
    settings = world.settings
    ended = recording.ended if settings.says_end else None
    created = recording.created.astimezone(ZoneInfo(settings.time_zone))
    size = str(recording.size) if recording.ended and recording.size_known else None
    duration = duration_text(recording.duration if settings.says_end else timedelta())
    return group(
        "records",
        tag("id", recording.id)
        + tag("guid", recording.guid)
        + tag("tenantName", REPLAY_TENANT)
        + tag("userName", recording.owner)
        + tag("userFullName", world.accounts.full_name(recording.owner))
        + tag("dateCreated", _moment(created, settings))
        + tag("dateCreatedString", f"{created:%a %B} {created.day} {created:%Y %H:%M:%S}")
        + nillable("endTime", _moment(ended, settings) if ended else None)
        + tag("duration", duration)
        + tag("resolution", "HD")
        + tag("framerate", 30)
        + tag("pin", recording.pin)
        + tag("recordScope", recording.scope)
        + tag("title", recording.title)
        + tag("roomName", recording.room_name)
        + tag("fileLink", file_link(recording, world))
        + tag("recorderId", _RECORDER_ID)
        + tag("webcast", recording.webcast)
        + tag("tags", recording.tags)
        + tag("comments", recording.comments)
        + tag("locked", recording.locked)
        + (
            tag("externalPlaybackLink", playback_link(recording, world))
            if settings.replay_generation > 1
            else ""
        )
        + (nillable("fileSize", size) if settings.replay_generation >= NEWEST_REPLAY else ""),
    )


def playback_link(recording: Recording, world: World) -> str:
    """The page that plays a recording without a login, where its scope and PIN permit that."""
    return f"{world.replay_url}/replay/showRecordingExternal.html?key={recording.playback_key}"


REPLAY_OPERATIONS: Operations = {
    "RecordsSearch": records_search,
    "RecordsById": records_by_id,
    "UpdateRecord": update_record,
    "DeleteRecord": delete_record,
}
