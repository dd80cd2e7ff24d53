"""conversations.*, reactions.* and bookmarks.add: the places, and what hangs on them."""

from __future__ import annotations

from sandbox.slack.arguments import flag, listed
from sandbox.slack.methods.call import Call, Method
from sandbox.slack.model import BOT_USER, Conversation, Json
from sandbox.slack.refusal import Refused

_PREFIX = {"channel": "channels", "private": "groups", "im": "im"}
_TYPES = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


async def open_(call: Call) -> Json:
    if call.get("channel"):
        conversation = call.channel()
        return {"channel": {"id": conversation.id}, "no_op": True, "already_open": True}
    users = listed(call.need("users"))
    if any(user not in call.workspace.people or user == BOT_USER for user in users):
        raise Refused("user_not_found")
    if len(users) != 1:
        raise Refused("method_not_supported_for_channel_type")
    known = len(call.workspace.conversations)
    conversation = call.workspace.direct_message(BOT_USER, users[0])
    already = known == len(call.workspace.conversations)
    return {"channel": {"id": conversation.id}, "no_op": already, "already_open": already}


async def info(call: Call) -> Json:
    conversation = call.channel()
    call.need_scope(f"{_PREFIX[conversation.type]}:read")
    return {"channel": conversation.as_slack()}


async def list_(call: Call) -> Json:
    wanted = {_TYPES.get(name) for name in listed(call.get("types") or "public_channel")}
    if None in wanted:
        raise Refused("invalid_types")
    without_archived = flag(call.get("exclude_archived"))
    found = [
        conversation.as_slack()
        for conversation in call.workspace.conversations.values()
        if conversation.type in wanted
        and (conversation.type == "channel" or BOT_USER in conversation.members)
        and not (without_archived and conversation.is_archived)
    ]
    channels, more = call.page(found)
    return {"channels": channels} | more


async def members(call: Call) -> Json:
    conversation = call.channel()
    call.need_scope(f"{_PREFIX[conversation.type]}:read")
    people, more = call.page(conversation.members)
    return {"members": people} | more


async def join(call: Call) -> Json:
    conversation = call.channel()
    if conversation.type != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if conversation.is_archived:
        raise Refused("is_archived")
    already = BOT_USER in conversation.members
    call.workspace.join(conversation, BOT_USER)
    return {"channel": conversation.as_slack()} | ({"warning": "already_in_channel"} if already else {})


async def history(call: Call) -> Json:
    """What stands in the conversation itself, newest first; no ephemeral messages, no replies."""
    conversation = _readable(call)
    shown = [
        message.as_slack(with_metadata=flag(call.get("include_all_metadata")))
        for message in reversed(conversation.messages)
        if not message.ephemeral and (message.broadcast or not message.is_reply)
    ]
    messages, more = call.page(_between(call, shown))
    return {"messages": messages, "has_more": bool(more["response_metadata"]["next_cursor"])} | more


async def replies(call: Call) -> Json:
    """A thread with its parent first, oldest first."""
    conversation = _readable(call)
    parent = conversation.find(call.need("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    thread = [m for m in conversation.messages if m.thread_ts == parent.ts and m is not parent]
    with_metadata = flag(call.get("include_all_metadata"))
    shown = [m.as_slack(with_metadata=with_metadata) for m in [parent, *thread] if not m.ephemeral]
    messages, more = call.page(_between(call, shown))
    return {"messages": messages, "has_more": bool(more["response_metadata"]["next_cursor"])} | more


async def add_reaction(call: Call) -> Json:
    message = call.message(call.joined(), "timestamp")
    users = message.reactions.setdefault(str(call.need("name")), [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    call.workspace.touch(message)
    return {}


async def remove_reaction(call: Call) -> Json:
    message = call.message(call.joined(), "timestamp")
    name = str(call.need("name"))
    if BOT_USER not in message.reactions.get(name, []):
        raise Refused("no_reaction")
    message.reactions[name].remove(BOT_USER)
    if not message.reactions[name]:
        del message.reactions[name]
    call.workspace.touch(message)
    return {}


async def add_bookmark(call: Call) -> Json:
    conversation = call.joined("channel_id")
    if call.need("type") == "link" and not call.get("link"):
        raise Refused("invalid_link")
    bookmark = {
        "id": call.workspace.new_id("Bk"),
        "channel_id": conversation.id,
        "title": str(call.need("title")),
        "type": str(call.need("type")),
        "link": str(call.get("link") or ""),
    }
    conversation.bookmarks.append(bookmark)
    call.workspace.news.stir()
    return {"bookmark": bookmark}


def _readable(call: Call) -> Conversation:
    conversation = call.joined(even_archived=True)
    call.need_scope(f"{_PREFIX[conversation.type]}:history")
    return conversation


def _between(call: Call, messages: list[Json]) -> list[Json]:
    oldest, latest = str(call.get("oldest") or ""), str(call.get("latest") or "")
    inclusive = flag(call.get("inclusive"))
    return [
        message
        for message in messages
        if (not oldest or message["ts"] > oldest or (inclusive and message["ts"] == oldest))
        and (not latest or message["ts"] < latest or (inclusive and message["ts"] == latest))
    ]


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = {
    "conversations.open": Method(open_, 3, ("im:write", "mpim:write")),
    "conversations.info": Method(info, 3, _READ),
    "conversations.list": Method(list_, 2, _READ),
    "conversations.members": Method(members, 4, _READ),
    "conversations.join": Method(join, 3, ("channels:join",)),
    "conversations.history": Method(history, 3, _HISTORY),
    "conversations.replies": Method(replies, 3, _HISTORY),
    "reactions.add": Method(add_reaction, 3, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, 2, ("reactions:write",)),
    "bookmarks.add": Method(add_bookmark, 2, ("bookmarks:write",)),
}
