"""RingCentral as a library: its call log says what was recorded, its media hosts keep the audio."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from providers.interfaces import Changes, Check, Media, Only, Rationed, RecordingDeleter, RecordingFeed
from providers.model import ByteRange, Recording, RecordingId, RecordingPage, RecordingQuery
from providers.ringcentral.budget import Budget
from providers.ringcentral.inspection import Inspection
from providers.ringcentral.library import Library
from providers.ringcentral.media import MediaDoor


class RingCentralProvider(RecordingFeed, RecordingDeleter, Rationed):
    """One account, seen by one user through one app. `connect` in this package makes one."""

    kind = "ringcentral"

    def __init__(
        self, name: str, library: Library, media: MediaDoor, inspection: Inspection, budget: Budget
    ) -> None:
        self.name = name
        self._budget = budget
        self._library = library
        self._media = media
        self._inspection = inspection

    async def check(self) -> Sequence[Check]:
        """Whether we are let in, and with which permissions; what the account records; whether our clocks agree."""
        return await self._inspection.run()

    def left(self) -> Mapping[str, int]:
        """What RingCentral allows in a minute, less what was sent."""
        return self._budget.left()

    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        """Recorded calls. NotSupported for a scope: an account says nothing of who may hear what."""
        return await self._library.search(query, only)

    async def changes(self, mark: str | None, since: datetime) -> Changes:
        """What has changed in the call log. It is read anew where RingCentral does not know the mark any more."""
        return await self._library.changes(mark, since)

    async def recording(self, id: RecordingId) -> Recording:
        """One recording with its call: as last seen in the log, or looked for there."""
        return await self._library.one(id)

    def open(self, recording: Recording, part: ByteRange | None = None) -> AbstractAsyncContextManager[Media]:
        """The audio. NotFound right after a call, when it is being made, and long after it."""
        return self._media.open(recording, part)

    async def delete(self, id: RecordingId) -> None:
        """Delete the audio for good; the call stays in the log."""
        await self._library.delete(id)
