"""What a workspace is made of: people, conversations, messages, views, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]
"""An object as it goes over the wire."""

TEAM_ID = "T0SANDBOX"
TEAM_DOMAIN = "sandbox"
GRID_ID = "E0SANDBOX"
APP_ID = "A0RECBOT"
BOT_ID = "B0RECBOT"
BOT_USER = "U0RECBOT"


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command as the app's manifest declares it; `should_escape` turns typed mentions into ids."""

    command: str
    description: str = ""
    usage_hint: str = ""
    examples: tuple[str, ...] = ()
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace, the app's bot user included. `tz_offset` is in seconds.

    On Grid they have a `grid_id` besides, and belong to `teams`; their `team` may then be another one of these, the
    organisation, or not be said (None).
    """

    id: str
    name: str
    real_name: str
    color: str
    tz: str
    tz_label: str
    tz_offset: int
    is_bot: bool = False
    is_guest: bool = False
    team: str | None = TEAM_ID
    deleted: bool = False
    grid_id: str = ""
    teams: tuple[str, ...] = ()

    @property
    def is_stranger(self) -> bool:
        return TEAM_ID not in (self.team, *self.teams)

    def as_page(self) -> Json:
        keys = ("id", "name", "real_name", "color", "is_bot", "is_guest")
        return {key: getattr(self, key) for key in keys}

    def as_slack(self) -> Json:
        display = "recbot" if self.is_bot else self.real_name.split()[0]
        profile: Json = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": display,
            "display_name_normalized": display,
            "team": self.team,
        }
        if self.is_bot:
            profile |= {"api_app_id": APP_ID, "bot_id": BOT_ID}
        said: Json = {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "color": self.color.lstrip("#"),
            "deleted": self.deleted,
            "is_stranger": self.is_stranger,
            "tz": self.tz,
            "tz_label": self.tz_label,
            "tz_offset": self.tz_offset,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1700000000,
        }
        if self.team is not None:
            said["team_id"] = self.team
        if self.grid_id:
            said["enterprise_user"] = {
                "id": self.grid_id,
                "enterprise_id": GRID_ID,
                "enterprise_name": "Sandbox Grid",
                "is_admin": False,
                "is_owner": False,
                "teams": list(self.teams),
            }
        return said


@dataclass(slots=True)
class UserGroup:
    """People who are called by one name, such as @leads."""

    id: str
    handle: str
    name: str
    members: list[str]


@dataclass(slots=True)
class UploadedFile:
    """A file whose bytes are here; `path` is a temporary file that goes with the sandbox."""

    id: str
    name: str
    title: str
    mimetype: str
    size: int
    sha256: str
    path: Path
    user: str
    created: datetime
    url: str
    url_private: str
    shares: dict[str, list[str]] = field(default_factory=dict)
    """The timestamps of the messages that share it, by conversation."""

    def as_slack(self) -> Json:
        suffix = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        return {
            "id": self.id,
            "created": int(self.created.timestamp()),
            "timestamp": int(self.created.timestamp()),
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": suffix,
            "user": self.user,
            "size": self.size,
            "mode": "hosted",
            "is_external": False,
            "is_public": bool(self.shares),
            "url_private": self.url_private,
            "url_private_download": self.url_private,
            "permalink": self.url,
        }

    def as_page(self) -> Json:
        keys = ("id", "name", "title", "mimetype", "size", "url", "sha256")
        return {key: getattr(self, key) for key in keys}


@dataclass(slots=True)
class Message:
    """What stands in a conversation. With `ephemeral_to` only that person sees it."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    username: str = ""
    by_app: bool = False
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    metadata: Json | None = None
    edited: bool = False
    ephemeral_to: str | None = None
    files: list[UploadedFile] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    reply_count: int = 0
    updates: int = 0
    """How often the app has changed it."""
    states: dict[str, Json] = field(default_factory=dict)
    """What each person has chosen in its menus: block_id to action_id to value."""

    @property
    def ephemeral(self) -> bool:
        return self.ephemeral_to is not None

    @property
    def ephemeral_key(self) -> str | None:
        """The page's name for an ephemeral message; None for an ordinary one."""
        return f"{self.ephemeral_to}:{self.channel}:{self.ts}" if self.ephemeral_to else None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_slack(self, *, with_metadata: bool = True) -> Json:
        """The message as the Web API and the interaction payloads show it."""
        shown: Json = {
            "type": "message",
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "team": TEAM_ID,
        }
        if self.by_app:
            shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
        for key in ("subtype", "blocks", "attachments", "thread_ts"):
            if value := getattr(self, key):
                shown[key] = value
        if self.thread_ts == self.ts:
            shown["reply_count"] = self.reply_count
        if self.edited:
            shown["edited"] = {"user": self.user, "ts": self.ts}
        if self.files:
            shown["files"] = [file.as_slack() for file in self.files]
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ]
        if self.metadata and with_metadata:
            shown["metadata"] = self.metadata
        return shown

    def as_page(self) -> Json:
        """The message as the page draws it."""
        shown: Json = {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "username": self.username,
            "text": self.text,
            "blocks": self.blocks,
            "edited": self.edited,
            "files": [file.as_page() for file in self.files],
        }
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.reply_count:
            shown["reply_count"] = self.reply_count
        if self.ephemeral:
            shown |= {"ephemeral": True, "ephemeral_key": self.ephemeral_key}
        return shown


@dataclass(slots=True)
class Conversation:
    """A public channel, a private channel, or a direct message, with all that was said in it."""

    id: str
    name: str
    type: Literal["channel", "private", "im"]
    members: list[str]
    topic: str = ""
    is_archived: bool = False
    created: int = 1700000000
    messages: list[Message] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)

    def visible_to(self, person: str) -> bool:
        return self.type == "channel" or person in self.members

    def find(self, ts: object) -> Message | None:
        """The message with this timestamp; an ephemeral one cannot be found again."""
        return next((m for m in self.messages if m.ts == ts and not m.ephemeral), None)

    def as_page(self) -> Json:
        keys = ("id", "type", "name", "topic", "members")
        return {key: getattr(self, key) for key in keys}

    def as_slack(self) -> Json:
        shown: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_channel": self.type == "channel",
            "is_group": self.type == "private",
            "is_im": self.type == "im",
            "is_mpim": False,
            "is_private": self.type != "channel",
            "is_member": BOT_USER in self.members,
        }
        if self.type == "im":
            shown["user"] = next((m for m in self.members if m != BOT_USER), BOT_USER)
        else:
            shown |= {
                "name": self.name,
                "name_normalized": self.name,
                "is_general": self.id == "C0GENERAL",
                "num_members": len(self.members),
                "topic": {"value": self.topic, "creator": "", "last_set": 0},
                "purpose": {"value": "", "creator": "", "last_set": 0},
            }
        return shown


@dataclass(slots=True)
class View:
    """A modal or a home tab as one person has it open."""

    id: str
    user: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    state: Json = field(default_factory=dict)
    """What the person has entered so far: block_id to action_id to value."""

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id", ""))

    def as_slack(self) -> Json:
        shown: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM_ID,
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            "title": None,
            "state": {"values": self.state},
        }
        return shown | self.content


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person saw because the app did not answer as it should."""

    at: datetime
    user: str
    channel: str | None
    kind: str
    what: str
    error: str
    text: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing that went over a wire. `kind` is api, deliver, response_url, socket or upload."""

    at: datetime
    kind: str
    name: str
    outcome: str
    detail: Mapping[str, Any]

    def as_json(self) -> Json:
        return {
            "at": self.at.isoformat(),
            "kind": self.kind,
            "name": self.name,
            "outcome": self.outcome,
            "detail": dict(self.detail),
        }
