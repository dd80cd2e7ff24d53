"""chat.*: posting, changing and deleting the app's messages."""

from __future__ import annotations

from sandbox.slack.arguments import flag
from sandbox.slack.content import Content, read_content, read_metadata
from sandbox.slack.methods.call import Call, Method
from sandbox.slack.model import BOT_USER, Conversation, Json, Message
from sandbox.slack.refusal import Refused


async def post_message(call: Call) -> Json:
    content = read_content(call.arguments)
    metadata = read_metadata(call.get("metadata"))
    conversation = _place(call)
    thread_ts = _thread(call, conversation)
    call.services.limits.admit_post(conversation.id)
    message = _new(call, conversation, content, thread_ts)
    message.metadata = metadata
    message.broadcast = flag(call.get("reply_broadcast"))
    call.workspace.add(message)
    return {"channel": conversation.id, "ts": message.ts, "message": message.as_slack()} | _warnings(content)


async def post_ephemeral(call: Call) -> Json:
    content = read_content(call.arguments)
    conversation = call.joined()
    user = str(call.need("user"))
    if user not in conversation.members:
        raise Refused("user_not_in_channel")
    message = _new(call, conversation, content, _thread(call, conversation))
    message.ephemeral_to = user
    call.workspace.add(message)
    return {"message_ts": message.ts} | _warnings(content)


async def update(call: Call) -> Json:
    """Blocks left out while text is given are removed; metadata left out is kept."""
    conversation = call.joined()
    message = call.message(conversation)
    if not message.by_app:
        raise Refused("cant_update_message")
    metadata = read_metadata(call.get("metadata"))
    if "metadata" in call.arguments and not {"text", "blocks", "attachments"} & set(call.arguments):
        message.metadata = metadata
    else:
        content = read_content(call.arguments, updating=True)
        if "metadata" in call.arguments:
            message.metadata = metadata
        message.attachments = content.attachments
        text_only = not content.blocks
        call.workspace.change(message, text=content.text, blocks=content.blocks, edited=text_only)
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_slack(),
    }


async def delete(call: Call) -> Json:
    conversation = call.joined()
    message = call.message(conversation)
    if not message.by_app:
        raise Refused("cant_delete_message")
    call.workspace.remove(message)
    return {"channel": conversation.id, "ts": message.ts}


async def get_permalink(call: Call) -> Json:
    conversation = call.channel()
    message = call.message(conversation, "message_ts")
    link = f"{call.workspace.url}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    return {"channel": conversation.id, "permalink": link}


def _place(call: Call) -> Conversation:
    """Where to post: a conversation's id, a public channel's name, or a person, whose DM is opened."""
    wanted = str(call.need("channel"))
    workspace = call.workspace
    person = workspace.people.get(wanted)
    if person is not None:
        if person.is_bot:
            raise Refused("channel_not_found")
        return workspace.direct_message(BOT_USER, person.id)
    for conversation in workspace.conversations.values():
        if conversation.type == "channel" and conversation.name == wanted.lstrip("#"):
            wanted = conversation.id
    conversation = workspace.known_to_app(wanted)
    if BOT_USER not in conversation.members and "chat:write.public" not in call.scopes:
        raise Refused("not_in_channel")
    if conversation.is_archived:
        raise Refused("is_archived")
    return conversation


def _thread(call: Call, conversation: Conversation) -> str | None:
    thread_ts = call.get("thread_ts")
    if not thread_ts:
        return None
    parent = conversation.find(thread_ts)
    if parent is None:
        raise Refused("thread_not_found")
    if parent.is_reply:
        raise Refused("cannot_reply_to_message")
    return parent.ts


def _new(call: Call, conversation: Conversation, content: Content, thread_ts: str | None) -> Message:
    return Message(
        ts=call.workspace.new_ts(),
        channel=conversation.id,
        user=BOT_USER,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        by_app=True,
        thread_ts=thread_ts,
    )


def _warnings(content: Content) -> Json:
    if not content.warnings:
        return {}
    return {
        "warning": ",".join(content.warnings),
        "response_metadata": {"warnings": content.warnings},
    }


WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post_message, None, WRITE),
    "chat.postEphemeral": Method(post_ephemeral, 4, WRITE),
    "chat.update": Method(update, 3, WRITE),
    "chat.delete": Method(delete, 3, WRITE),
    "chat.getPermalink": Method(get_permalink, None),
}
