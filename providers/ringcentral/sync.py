"""What has changed in the call log since we asked last: one request where a walk through it needs many.

RingCentral gives a token for where we are in its log. It keeps one for some time, and for some changes only: then
the log is read anew.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from providers.errors import BadAnswer
from providers.interfaces import Changes
from providers.model import Recording, RecordingId
from providers.ringcentral.budget import Kind
from providers.ringcentral.log import LEVELS, Asked, CallLog, written
from providers.ringcentral.problems import NotTaken, Problem
from providers.ringcentral.reading import read_json
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings

_VIEW = "Detailed"
_MOST = 250
_REACH = timedelta(days=29)  # a day less than RingCentral goes back, so that our clocks may differ
_LONGEST = 2000
_PLACE = "syncToken"
_REFUSED = frozenset({"CLG-101", "CLG-102", "CLG-103", "CLG-104", "CLG-105"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The records of one synchronisation, and the token for the next."""

    records: list[Any]
    token: str


class LogSync:
    """Follows the call log of one account or extension. Where it is, the caller's mark says."""

    def __init__(self, service: Service, log: CallLog, settings: RingCentralSettings) -> None:
        self._service = service
        self._log = log
        self._address = service.hosts.at_server(f"{LEVELS[settings.level]}-sync")
        self._prefix = f"{settings.level}:{_VIEW}:"  # a token is good for one level and one view

    async def changes(self, mark: str | None, since: datetime) -> Changes:
        """The recordings of what has changed, newest first."""
        beginning = max(since, datetime.now(UTC) - _REACH)
        answer = await self._changed(mark)
        whole = answer is None
        if answer is None:
            answer = await self._ask(
                {"syncType": "FSync", "dateFrom": written(beginning), "recordCount": str(_MOST)}
            )
        found = {one.id: one for one in await self._log.read(answer.records)}
        # An answer as long as one can be may lack something. What the list is too late for comes with the next mark.
        cut = len(answer.records) >= _MOST
        if cut:
            found |= await self._listed(since, self._service.now())
        elif whole and since < beginning:
            found |= await self._listed(since, beginning)
        newest_first = sorted(found.values(), key=lambda one: one.started, reverse=True)
        return Changes(tuple(newest_first), self._prefix + answer.token, whole=whole or cut)

    async def _changed(self, mark: str | None) -> _Answer | None:
        """What has changed since this mark. None: it is none of ours, or not known any more."""
        if mark is None or not mark.startswith(self._prefix):
            return None
        token = mark.removeprefix(self._prefix)
        if not _can_be_token(token):
            return None
        try:
            return await self._ask({"syncType": "ISync", _PLACE: token, "showDeleted": "true"})
        except NotTaken as error:
            if not _is_of_token(error.problem):
                raise
            _log.info(
                "%s does not know any more where we were in its call log (%s); it is read anew.",
                self._service.title,
                error.problem.named,
            )
            return None

    async def _ask(self, params: dict[str, str]) -> _Answer:
        params |= {"view": _VIEW, "recordingType": "All"}
        body = await self._service.read(Kind.CALL_LOG, self._address, params)
        try:
            answer = read_json(body)
            records, token = answer["records"], answer["syncInfo"][_PLACE]
        except (ValueError, LookupError, TypeError) as error:
            raise self._illegible() from error
        if not isinstance(records, list) or not isinstance(token, str) or not _can_be_token(token):
            raise self._illegible()
        return _Answer(records, token)

    async def _listed(self, since: datetime, until: datetime) -> dict[RecordingId, Recording]:
        """The same from the log itself, to its last page."""
        found: dict[RecordingId, Recording] = {}
        async for page in self._log.pages(Asked(since, until)):
            found |= {one.id: one for one in page.recordings}
        return found

    def _illegible(self) -> BadAnswer:
        return BadAnswer(f"{self._service.title} gave changes of its call log that cannot be read.")


def _can_be_token(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isascii() and text.isprintable()


def _is_of_token(problem: Problem) -> bool:
    """True if another token may help. A problem that names nothing is taken for one: else no mark would ever get by."""
    named = problem.parameter in {"", _PLACE} or not _REFUSED.isdisjoint(problem.codes)
    return problem.status == 400 and named
