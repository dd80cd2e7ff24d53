"""files.*: the first and the third step of an upload, and what is known of a file."""

from __future__ import annotations

from typing import Any

from sandbox.slack.arguments import listed, number
from sandbox.slack.methods.call import Call, Method
from sandbox.slack.model import BOT_USER, Conversation, Json
from sandbox.slack.refusal import Refused

MOST_CHANNELS = 100


async def get_upload_url(call: Call) -> Json:
    filename = str(call.get("filename") or "")
    length = number(call.get("length"), 0)
    if not filename or length <= 0:
        raise Refused("missing_argument")
    file_id, url = call.services.uploads.begin(filename, length)
    return {"file_id": file_id, "upload_url": url}


async def complete_upload(call: Call) -> Json:
    """Make the files known. The message that shares them follows a moment later, from elsewhere."""
    asked = call.need("files")
    if not isinstance(asked, list) or not asked or not all(isinstance(item, dict) for item in asked):
        raise Refused("invalid_arguments")
    channels = [_channel(call, name) for name in _named(call)]
    if len(channels) > MOST_CHANNELS:
        raise Refused("too_many_channels")
    thread_ts = call.get("thread_ts")
    if thread_ts and not all(channel.find(thread_ts) for channel in channels):
        raise Refused("thread_not_found")
    titles = {str(item.get("id")): item.get("title") for item in asked}
    files = call.services.uploads.complete(titles)
    comment = str(call.get("initial_comment") or "")
    call.services.uploads.share_soon(files, channels, comment, str(thread_ts) if thread_ts else None)
    return {"files": [file.as_slack() for file in files]}


async def info(call: Call) -> Json:
    file = call.workspace.files.get(str(call.need("file")))
    if file is None:
        raise Refused("file_not_found")
    shares: dict[str, Any] = {}
    for channel_id, timestamps in file.shares.items():
        conversation = call.workspace.conversations[channel_id]
        kind = "public" if conversation.type == "channel" else "private"
        shares.setdefault(kind, {})[channel_id] = [{"ts": ts} for ts in timestamps]
    return {"file": file.as_slack() | {"shares": shares}, "comments": []}


def _named(call: Call) -> list[str]:
    return list(dict.fromkeys(listed(call.get("channel_id")) + listed(call.get("channels"))))


def _channel(call: Call, name: str) -> Conversation:
    """A channel's or a DM's id: a person's is not taken here."""
    conversation = call.workspace.known_to_app(name)
    if BOT_USER not in conversation.members:
        raise Refused("not_in_channel")
    if conversation.is_archived:
        raise Refused("is_archived")
    return conversation


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, 4, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, 4, ("files:write",)),
    "files.info": Method(info, 4, ("files:read",)),
}
