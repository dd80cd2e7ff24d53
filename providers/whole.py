"""Whether a file is all there: servers cut files off without a word, and say sizes that are not so."""

from collections.abc import AsyncIterable, AsyncIterator

from providers.errors import BadAnswer, Unavailable
from providers.interfaces import Media
from providers.model import Recording


def whole_size(media: Media, recording: Recording) -> int | None:
    """The bytes that the whole file has, None if neither the file's server nor the record says.

    BadAnswer if it has none, and if the two say different numbers: one of them is of another file, or of a part.
    """
    recorded = recording.size or None
    said = media.length if media.part is None else media.part[2]
    if said == 0:
        raise empty(recording)
    if said is not None and recorded is not None and said != recorded:
        raise other_size(recording, said, recorded)
    return recorded if said is None else said


async def exactly(chunks: AsyncIterable[bytes], size: int, recording: Recording) -> AsyncIterator[bytes]:
    """These bytes, if there are so many. Unavailable if not, and then the last ones were never given out."""
    had, held = 0, b""
    async for chunk in chunks:
        had += len(chunk)
        if had > size:
            raise Unavailable(f"The file of recording {recording.id} goes on after its {size} bytes.")
        if held:
            yield held
        held = chunk
    if had < size:
        raise Unavailable(f"The file of recording {recording.id} broke off after {had} of {size} bytes.")
    if held:
        yield held


def empty(recording: Recording) -> BadAnswer:
    """There is a file, and nothing in it."""
    return BadAnswer(f"The file of recording {recording.id} came empty.")


def other_size(recording: Recording, came: int, said: int) -> BadAnswer:
    """The file is not as large as it should be."""
    return BadAnswer(f"The file of recording {recording.id} came with {came} bytes instead of {said}.")
