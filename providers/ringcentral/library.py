"""The recordings of an account: one by one, found, followed, and deleted."""

import re
from datetime import UTC, datetime

from providers.errors import NotFound, NotKept, Unavailable
from providers.interfaces import Changes, Only
from providers.model import CallId, Recording, RecordingId, RecordingPage, RecordingQuery
from providers.ringcentral.budget import Kind
from providers.ringcentral.calls import read_metadata, was_too_short
from providers.ringcentral.live import parts_of
from providers.ringcentral.log import CallLog
from providers.ringcentral.lookup import look_for
from providers.ringcentral.search import search
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sync import LogSync

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_ATTEMPTS = 2


class Library:
    """What the call log knows of recordings, and what the service says of a single one."""

    def __init__(self, service: Service, log: CallLog, settings: RingCentralSettings) -> None:
        self._service = service
        self._log = log
        self._sync = LogSync(service, log, settings)
        self._settings = settings

    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        """A walk through the log, within its bound."""
        return await search(query, self._log, self._settings, only)

    async def changes(self, mark: str | None, since: datetime) -> Changes:
        """What has changed in the log."""
        return await self._sync.changes(mark, since)

    async def one(self, id: RecordingId) -> Recording:
        """A recording that was seen before, without asking; else its call, looked for in the log.

        Where that is not found, what is known of the recording without it: its file can be had all the same.
        """
        if seen := self._log.seen(id):
            return seen
        metadata = await self._look(id)
        looked = await look_for(id, self._log, self._settings)
        if looked.found is not None:
            return looked.found
        # Whoever deleted a call from the log does not want its recording to be found.
        alone = None if looked.nowhere else read_metadata(metadata, id, looked.before)
        if alone is None:
            raise NotFound(
                f"Recording {id} exists, but its call is not in the part of the call log that we look through."
            )
        self._log.remember(alone)
        return alone

    async def of_call(self, call: CallId, id: RecordingId) -> Recording:
        """A recording, looked for by its call. NotKept where the log says that it was too short."""
        parts = parts_of(call)
        if parts is None:
            raise NotFound("There is no such call.")
        records = await self._log.of_session(parts[0], datetime.now(UTC) - self._settings.look_back)
        for recording in await self._log.read(records):
            if recording.id == id:
                return recording
        if any(was_too_short(record, *parts) for record in records):
            raise NotKept(f"{self._service.title} kept no recording of this call, since it was too short.")
        raise NotFound(f"Recording {id} is not there yet.")

    async def delete(self, id: RecordingId) -> None:
        """Delete the audio; the call stays in the log. Where no answer comes we look before we ask again."""
        await self._look(id)
        for attempt in range(_ATTEMPTS):
            try:
                await self._ask_to_delete(id)
                break
            except NotFound:
                if not attempt:  # else the one before has taken effect meanwhile
                    raise
                break
            except Unavailable as error:
                if await self._is_gone(id, error):
                    break
                if attempt == _ATTEMPTS - 1:
                    raise Unavailable(
                        f"{self._service.title} did not delete recording {id}; it is still there."
                    ) from error
        self._log.forget(id)

    async def _ask_to_delete(self, id: RecordingId) -> None:
        address = self._service.hosts.at_server("/restapi/v1.0/account/~/call-recordings")
        try:
            await self._service.write(Kind.DELETION, "DELETE", address, {"records": [id]})
        except NotFound:
            raise NotFound(f"There is no recording {id}.") from None

    async def _is_gone(self, id: RecordingId, lost: Unavailable) -> bool:
        try:
            await self._look(id)
        except NotFound:
            return True
        except Unavailable as error:  # what became of the deletion is what matters
            raise lost from error
        return False

    async def _look(self, id: RecordingId) -> bytes:
        """What the service says of this recording; NotFound unless it has it."""
        if _ID.fullmatch(id):
            address = self._service.hosts.at_server(f"/restapi/v1.0/account/~/recording/{id}")
            try:
                return await self._service.read(Kind.RECORDING, address)
            except NotFound:
                self._log.forget(id)
        raise NotFound(f"There is no recording {id}.")
