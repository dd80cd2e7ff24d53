"""Share and send: put a recording before everybody, or its file into one person's hands."""

from bot.domain.answers import Sentence
from bot.domain.notice import Notice, RecordingShared
from bot.domain.policy import Verb
from bot.domain.requests import SendFile, ShareRecording
from bot.recording.search import find_recording
from bot.recording.services import Services
from providers.errors import Refused


async def share_recording(request: ShareRecording, key: str, services: Services) -> None:
    """Post the recording where it was asked for. `key` makes the message one, however often this is run."""
    reply = request.reply
    await services.require(reply.asker, Verb.SHARE)
    provider, recording = await find_recording(request.provider, request.recording, reply.asker, services)
    body = RecordingShared(provider, recording, reply.asker)
    notice = Notice(f"shared:{key}", reply.conversation, body)
    await services.store.notices.owe(notice)
    await services.messenger.show(notice.key)


async def send_file(request: SendFile, services: Services) -> Sentence:
    """Stream the file into the asker's direct messages."""
    reply = request.reply
    await services.require(reply.asker, Verb.DOWNLOAD)
    provider, recording = await find_recording(request.provider, request.recording, reply.asker, services)
    if recording.running:
        raise Refused(f"{recording.title} is still being recorded; its file comes when it has ended.")
    await services.messenger.send_file(reply, services.providers.library(provider), recording)
    return Sentence(f"“{recording.title}” is in your direct messages with Recbot.")
