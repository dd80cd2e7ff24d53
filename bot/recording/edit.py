"""Edit and delete: change what a library keeps."""

from bot.domain.answers import Changed, Sentence
from bot.domain.policy import Verb
from bot.domain.requests import DeleteRecording, EditRecording
from bot.recording.services import Services
from providers.errors import NotFound


async def edit_recording(request: EditRecording, services: Services) -> Changed:
    """Change some fields; the answer shows the recording as it then reads."""
    await services.require(request.reply.asker, Verb.EDIT)
    editor = services.providers.editor(request.provider)
    return Changed(request.provider, await editor.edit(request.recording, request.change))


async def delete_recording(request: DeleteRecording, services: Services) -> Sentence:
    """Delete for good. One that is gone already counts as deleted, since it may have been us."""
    await services.require(request.reply.asker, Verb.DELETE)
    try:
        await services.providers.deleter(request.provider).delete(request.recording)
    except NotFound:
        return Sentence(f"Recording {request.recording} is gone.")
    return Sentence(f"Recording {request.recording} was deleted.")
