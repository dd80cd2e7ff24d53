"""The call log, page by page, newest calls first."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from providers.errors import BadAnswer, UnsafeLink
from providers.model import Direction, Recording, RecordingId
from providers.ringcentral.budget import Kind
from providers.ringcentral.calls import read_call
from providers.ringcentral.extensions import Extensions
from providers.ringcentral.reading import read_json
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sides import Numbers

LEVELS = {
    "account": "/restapi/v1.0/account/~/call-log",
    "extension": "/restapi/v1.0/account/~/extension/~/call-log",
}
_PATH = re.compile(r"/restapi/v1\.0/account/[\w~-]+(/extension/[\w~-]+)?/call-log", re.ASCII)
KEPT = timedelta(days=90)
"""How long RingCentral keeps recordings; it keeps calls for longer."""
_A_PAGE = "250"
_A_TURN = 8
_KNOWN = 10_000
_MOST_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the service itself is to filter by. Without any time it would give one day only."""

    since: datetime
    until: datetime
    direction: Direction | None = None
    number: str | None = None
    extension: str | None = None

    def params(self) -> dict[str, str]:
        """The same in the service's words. A number goes alone: together with an extension it is an error."""
        params = {
            "view": "Detailed",
            "recordingType": "All",
            "perPage": _A_PAGE,
            "dateFrom": written(self.since),
            "dateTo": written(self.until),
        }
        if self.direction is not None:
            params["direction"] = self.direction.value.capitalize()
        if self.number is not None:
            params["phoneNumber"] = self.number
        elif self.extension is not None:
            params["extensionNumber"] = self.extension
        return params


@dataclass(frozen=True, slots=True)
class LogPage:
    """The recordings of some calls, and whether there are no older calls."""

    recordings: list[Recording]
    last: bool


class CallLog:
    """The log of one account or extension. What was seen in it is remembered for a while."""

    def __init__(self, service: Service, extensions: Extensions, settings: RingCentralSettings) -> None:
        self._service = service
        self._extensions = extensions
        self._address = service.hosts.at_server(LEVELS[settings.level])
        self._known: OrderedDict[RecordingId, tuple[str, Recording]] = OrderedDict()

    def now(self) -> datetime:
        """Up to when the log may have calls."""
        return self._service.now()

    async def pages(self, asked: Asked) -> AsyncGenerator[LogPage, None]:
        """Page after page. They shift while calls come in, so that some recordings come twice."""
        link: httpx.URL | None = self._address
        params: dict[str, str] | None = asked.params()
        been: set[httpx.URL] = set()
        while link is not None:
            if link in been or len(been) == _MOST_PAGES:
                raise BadAnswer(f"{self._service.title} continues its call log without an end.")
            been.add(link)
            body = await self._service.read(Kind.CALL_LOG, link, params)
            records, following = self._page(body)
            yield LogPage(await self.read(records), last=following is None)
            link, params = self._next(following, link), None

    async def of_session(self, session: str, since: datetime) -> list[Any]:
        """The records of one call, as far as they are there; also where nothing of it was kept."""
        params = {"telephonySessionId": session, "view": "Detailed", "dateFrom": written(since)}
        records, _ = self._page(await self._service.read(Kind.CALL_LOG, self._address, params))
        return records

    async def read(self, records: list[Any]) -> list[Recording]:
        """The recordings of these records. They are seen now; what their calls had before and have not now is not."""
        numbers = await self._extensions.numbers()
        found = await _found(records, numbers)
        nameless = {id for _, ones in found for one in ones for id in one.unresolved}
        if (told := await self._extensions.numbers(nameless)) is not numbers:
            found = await _found(records, told)
        calls = {call for call, _ in found}
        seen = {one.id: (call, one) for call, ones in found for one in ones}
        for id in [id for id, (call, _) in self._known.items() if call in calls]:
            self.forget(id)
        self._remember(seen)
        return [one for _, ones in found for one in ones]

    def seen(self, id: RecordingId) -> Recording | None:
        """A recording as the log last showed it."""
        known = self._known.get(id)
        return None if known is None else known[1]

    def remember(self, recording: Recording) -> None:
        """A recording whose call was not seen, until it is."""
        self._remember({recording.id: ("", recording)})

    def forget(self, id: RecordingId) -> None:
        """This recording is gone."""
        self._known.pop(id, None)

    def _page(self, body: bytes) -> tuple[list[Any], str | None]:
        try:
            page = read_json(body)
            records = page["records"]
            following = (page.get("navigation") or {}).get("nextPage") or {}
            link = following.get("uri")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._illegible() from error
        if not isinstance(records, list) or not isinstance(link, str | None):
            raise self._illegible()
        return records, link

    def _illegible(self) -> BadAnswer:
        return BadAnswer(f"{self._service.title} gave a call log that cannot be read.")

    def _next(self, link: str | None, base: httpx.URL) -> httpx.URL | None:
        if link is None:
            return None
        url = self._service.hosts.server_link(link, base)
        if not _PATH.fullmatch(url.path):
            raise UnsafeLink(
                f"{self._service.title} continues its call log at an address that is none of a call log."
            )
        return url

    def _remember(self, seen: dict[RecordingId, tuple[str, Recording]]) -> None:
        for id, known in seen.items():
            self._known[id] = known
            self._known.move_to_end(id)
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)


async def _found(records: list[Any], numbers: Numbers) -> list[tuple[str, list[Recording]]]:
    """The id of each call, and its recordings."""
    found: list[tuple[str, list[Recording]]] = []
    for number, record in enumerate(records, 1):
        call = str(record.get("id")) if isinstance(record, dict) else ""
        found.append((call, read_call(record, numbers)))
        if number % _A_TURN == 0:
            await asyncio.sleep(0)  # nobody else on the loop waits for long
    return found


def written(moment: datetime) -> str:
    """A moment as the service reads it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
