"""Look recordings up: nothing here changes anything."""

from dataclasses import replace

from bot.domain.conversation import Asker
from bot.domain.errors import CannotDo
from bot.domain.policy import Verb
from bot.recording.services import Services
from providers.errors import NotFound
from providers.model import Recording, RecordingId, RecordingPage, RecordingQuery


async def search_recordings(
    query: RecordingQuery, on: str | None, asker: Asker, services: Services
) -> tuple[str, RecordingPage]:
    """One page of what matches, and the provider that it came from. Private recordings are never listed."""
    await services.require(asker, Verb.VIEW)
    name = library_name(on, services)
    return name, await services.providers.library(name).search(replace(query, hidden=False))


async def find_recording(
    on: str | None, id: RecordingId, asker: Asker, services: Services
) -> tuple[str, Recording]:
    """One recording by its id. A private one, or one whose scope nobody can read, is not found, whoever asks."""
    await services.require(asker, Verb.VIEW)
    name = library_name(on, services)
    recording = await services.providers.library(name).recording(id)
    if recording.private and asker.front != "cli":
        raise NotFound(f"There is no recording {id} that may be shown here.")
    return name, recording


def library_name(on: str | None, services: Services) -> str:
    """The library that was named, or the only one there is."""
    libraries = services.providers.libraries(on)
    if len(libraries) > 1:
        names = ", ".join(library.name for library in libraries)
        raise CannotDo(f"Several libraries are configured: say which with on:NAME ({names}).")
    return libraries[0].name
