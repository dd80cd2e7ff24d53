"""Edit and delete: change what a library keeps."""

from bot.domain.answers import Changed, Sentence
from bot.domain.policy import Verb
from bot.domain.requests import DeleteRecording, EditRecording
from bot.recording.holding import Ours, claimed_by_nobody
from bot.recording.permission import of_kept
from bot.recording.search import find_recording
from bot.recording.services import Services
from providers.errors import NotFound


async def edit_recording(
    request: EditRecording, services: Services, ours: Ours = claimed_by_nobody
) -> Changed:
    """Change some fields; the answer shows the recording as it then reads."""
    person = await services.require(request.reply, Verb.EDIT)
    editor = services.providers.editor(request.provider)
    _, recording = await find_recording(request.provider, request.recording, request.reply, services)
    services.policy.require(person, Verb.EDIT, await of_kept(request.provider, recording, services))
    ours()
    return Changed(request.provider, await editor.edit(request.recording, request.change))


async def delete_recording(
    request: DeleteRecording, services: Services, ours: Ours = claimed_by_nobody
) -> Sentence:
    """Delete for good. One that is gone already counts as deleted, since it may have been us.

    One that is private by now is still there, and nobody is told which of the two it is.
    """
    person = await services.require(request.reply, Verb.DELETE)
    deleter = services.providers.deleter(request.provider)
    try:
        _, recording = await find_recording(request.provider, request.recording, request.reply, services)
        services.policy.require(person, Verb.DELETE, await of_kept(request.provider, recording, services))
        ours()
        await deleter.delete(request.recording)
    except NotFound:
        return Sentence(f"Recording {request.recording} is no longer there to be shown.")
    return Sentence(f"Recording {request.recording} was deleted.")
