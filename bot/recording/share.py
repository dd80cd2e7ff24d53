"""Share and send: put a recording before everybody, or its file into one person's hands."""

from bot.domain.answers import Sentence
from bot.domain.conversation import ReplyTo
from bot.domain.notice import Notice, RecordingShared
from bot.domain.policy import Verb
from bot.domain.requests import SendFile, ShareRecording
from bot.recording.permission import of_recording
from bot.recording.search import find_recording
from bot.recording.services import Services
from providers.errors import Refused
from providers.model import Recording, RecordingId


async def share_recording(
    request: ShareRecording, key: str, services: Services, *, first: bool = True
) -> Sentence | None:
    """Post the recording where it was asked for, once for each message in which it was pressed, however often.

    `key` makes it one where there is no such message, however often this is run; `first` unless it is run again, after
    a death. What could not be posted there when it was pressed before is tried anew. None: the channel shows it.
    """
    reply = request.reply
    person = await services.require(reply, Verb.SHARE)
    provider, recording = await find_recording(request.provider, request.recording, reply, services)
    services.policy.require(person, Verb.SHARE, of_recording(provider, recording))
    body = RecordingShared(provider, recording, reply.asker)
    source = (
        f"{reply.conversation.place}:{request.message}:{provider}:{recording.id}" if request.message else key
    )
    notice = Notice(f"shared:{source}", reply.conversation, body)
    notices = services.store.notices
    if not await notices.owe(notice, services.lease) and not await notices.owe_again(
        notice.key, services.lease
    ):
        services.metrics.duplicate("notice")
        stands = await notices.get(notice.key)
        if first and stands is not None and stands.message is not None:
            return Sentence(f"“{recording.title}” was shared here already.")
    await services.messenger.show(notice.key)
    return None


async def find_file(
    provider: str, id: RecordingId, reply: ReplyTo, services: Services
) -> tuple[str, Recording]:
    """The recording whose file this person may have."""
    person = await services.require(reply, Verb.DOWNLOAD)
    name, recording = await find_recording(provider, id, reply, services)
    services.policy.require(person, Verb.DOWNLOAD, of_recording(name, recording))
    return name, recording


async def send_file(request: SendFile, services: Services) -> Sentence:
    """Stream the file into the asker's direct messages."""
    reply = request.reply
    provider, recording = await find_file(request.provider, request.recording, reply, services)
    if recording.running:
        raise Refused(f"{recording.title} is still being recorded; its file comes when it has ended.")
    await services.messenger.send_file(reply, services.providers.library(provider), recording)
    return Sentence(f"“{recording.title}” is in your direct messages with Recbot.")
