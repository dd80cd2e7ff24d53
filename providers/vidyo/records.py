"""Recordings kept by the replay server: found, changed, deleted."""

import asyncio
import logging
from dataclasses import replace
from zoneinfo import ZoneInfo

from providers.errors import BadAnswer, NotFound, Protected, ProviderError, Unavailable
from providers.harmless import one_line, some_lines
from providers.interfaces import Only
from providers.model import Recording, RecordingChange, RecordingId, RecordingPage, RecordingQuery
from providers.vidyo.contract import Contract, Value
from providers.vidyo.replay import Habits, RecordRows, read_records, read_records_in_turns
from providers.vidyo.rooms import is_number
from providers.vidyo.search import Asked, search
from providers.vidyo.service import Service
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.soap import SoapFault
from providers.vidyo.spelling import scope_filter, update

log = logging.getLogger(__name__)


class Records:
    """The replay server's content service."""

    def __init__(self, service: Service, contract: Contract, settings: VidyoSettings) -> None:
        self._service = service
        self._contract = contract
        self._tenant = settings.tenant
        self._bound = settings.search_bound
        self._illegible = 0
        self._again = settings.retry_pause
        self._habits = Habits(ZoneInfo(settings.timezone), settings.longest_recording)

    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        """Recordings that match; see `search` for what is asked and what is walked."""
        return await search(query, self._ask, self._bound, only)

    async def newest(self, *, insist: bool = False) -> RecordRows:
        """The newest recording that our login sees, and how many there are, as the server says."""
        request = self._contract.envelope("RecordsSearch", **Asked(limit=1).values(self._tenant))
        return read_records(await self._service.read("RecordsSearch", request, insist=insist), self._habits)

    async def one(self, id: RecordingId) -> Recording:
        """One recording, or NotFound: gone, never there, or not for our login."""
        unknown = NotFound(f"There is no recording {id[:20]}, or our login may not see it.")
        if not is_number(id):
            raise unknown
        request = self._contract.envelope("RecordsById", id=[int(id)])
        rows = read_records(await self._service.read("RecordsById", request), self._habits)
        for recording in rows.recordings:
            if int(recording.id) == int(id):
                return recording
        if rows.received:
            raise BadAnswer(f"{self._service.title} has recording {id} but describes it without id or date.")
        raise unknown

    async def edit(self, id: RecordingId, change: RecordingChange) -> Recording:
        """Change one recording. After a lost answer the record itself says whether it was; if not, once more."""
        before = await self.one(id)
        if change == RecordingChange():
            return before
        request = await self._service.offer.request("UpdateRecord")
        values = update(change, request, self._service.title)
        for last in (False, True):
            try:
                await self._write("UpdateRecord", before, id=int(id), **values)
            except Unavailable as lost:
                if not lost.asked or (change.pin and before.has_pin):  # one PIN looks like another
                    raise
                after = await self._look(id, lost)
                if after is not None and _reads_as(after, change):
                    return after
                if last or after is None:
                    raise
                await self._pause()
            else:
                break
        return await self.one(id)

    async def delete(self, id: RecordingId) -> None:
        """Delete one recording for good, with the care of `edit`. A locked one the server's own pages never delete."""
        before = await self.one(id)
        if before.locked:
            raise Protected(f"Recording {id} is locked; unlock it before you delete it.")
        lost: Unavailable | None = None
        for last in (False, True):
            try:
                await self._write("DeleteRecord", before, id=int(id))
            except Unavailable as error:
                lost = error
                if lost.asked and await self._look(id, lost) is None:
                    return
                if last or not lost.asked:
                    raise
                await self._pause()
            except ProviderError:
                if lost is not None and await self._look(id, lost) is None:  # the first one was only late
                    return
                raise
            else:
                return

    async def _pause(self) -> None:
        """After a look that proved a lost request not to have been carried out, and before it is sent once more."""
        await asyncio.sleep(self._again.total_seconds())

    async def _write(self, operation: str, recording: Recording, **values: Value) -> None:
        try:
            await self._service.write(operation, self._contract.envelope(operation, **values))
        except SoapFault as fault:
            if fault.name == "AccessViolationFault":
                raise Protected(
                    f"{self._service.title} does not let our login change recording {recording.id}: it is locked, "
                    "or belongs to somebody else."
                ) from fault
            raise

    async def _look(self, id: RecordingId, lost: Unavailable) -> Recording | None:
        """The record after an answer was lost; None if it is gone. `lost` if nobody can say."""
        try:
            return await self.one(id)
        except NotFound:
            return None
        except ProviderError:
            raise lost from None

    async def _ask(self, asked: Asked) -> RecordRows:
        values = asked.values(self._tenant)
        if asked.scope is not None:
            taken = await self._service.offer.request("RecordsSearch")
            values["recordScope"] = scope_filter(asked.scope, taken, self._service.title)
        request = self._contract.envelope("RecordsSearch", **values)
        answer = await self._service.read("RecordsSearch", request)
        rows = await read_records_in_turns(answer, self._habits)
        self._tell(rows.received - len(rows.recordings))
        return rows

    def _tell(self, illegible: int) -> None:
        """Say that rows are left out, and again only where it is more of them."""
        if illegible > self._illegible:
            self._illegible = illegible
            log.warning(
                "%s: %d %s of an answer cannot be read and %s left out; the others are shown.",
                self._service.title,
                illegible,
                *(("row", "is") if illegible == 1 else ("rows", "are")),
            )


def _reads_as(recording: Recording, change: RecordingChange) -> bool:
    wanted = replace(
        recording,
        title=recording.title if change.title is None else one_line(change.title),
        tags=recording.tags if change.tags is None else one_line(change.tags),
        comments=recording.comments if change.comments is None else some_lines(change.comments),
        scope=change.scope or recording.scope,
        has_pin=recording.has_pin if change.pin is None else bool(change.pin),
        locked=recording.locked if change.locked is None else change.locked,
    )
    return wanted == recording
