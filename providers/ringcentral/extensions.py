"""Who has which short number: calls name our extensions by ids, and seldom by the numbers that people know."""

import asyncio
import logging
import time
from collections.abc import Collection

from pydantic import TypeAdapter

from providers.errors import BadAnswer, ProviderError, SignInFailed, Unavailable
from providers.ringcentral.budget import Kind
from providers.ringcentral.reading import read_json
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sides import Maybe, Name, Numbers, Shape

_PATH = "/restapi/v1.0/account/~/extension"
_A_PAGE = "1000"
_MOST_PAGES = 50
_log = logging.getLogger(__name__)


class _Extension(Shape):
    id: str
    extension_number: Maybe[Name] = None


_EXTENSIONS: TypeAdapter[list[_Extension | None]] = TypeAdapter(list[Maybe[_Extension]])


class Extensions:
    """The extensions of one account, remembered for some time.

    A call may name one that is new, which is worth a new list, or one that was deleted, which no list will ever have.
    Those that a list did not have are remembered too.
    """

    def __init__(self, service: Service, settings: RingCentralSettings) -> None:
        self._service = service
        self._address = service.hosts.at_server(_PATH)
        self._believed = settings.extensions_for.total_seconds()
        self._numbers: Numbers = {}
        self._strangers: set[str] = set()
        self._listed_at: float | None = None
        self._refused = False
        self._one_at_a_time = asyncio.Lock()

    async def numbers(self, unresolved: Collection[str] = ()) -> Numbers:
        """Short numbers by the ids of extensions; an empty one is that of an extension without any.

        They are listed anew if these ids should be there and are not. Where RingCentral does not let us list them, or
        not in a way that we can read, there are none, so that calls can still be read. What comes is the same object
        until they are listed anew.
        """
        async with self._one_at_a_time:
            if self._is_old:
                self._strangers.clear()
            if self._is_old or (not self._refused and not self._explained(unresolved)):
                try:
                    self._numbers = await self.listed()
                    self._now_refused(None)
                except (Unavailable, SignInFailed):
                    raise
                except ProviderError as error:
                    self._now_refused(error)
                self._listed_at = time.monotonic()
                self._strangers |= {id for id in unresolved if id not in self._numbers}
            return self._numbers

    async def listed(self) -> dict[str, str]:
        """The same as RingCentral lists them now."""
        numbers: dict[str, str] = {}
        for page in range(1, _MOST_PAGES + 1):
            params = {"page": str(page), "perPage": _A_PAGE}
            body = await self._service.read(Kind.EXTENSIONS, self._address, params)
            try:
                answer = read_json(body)
                ones = _EXTENSIONS.validate_python(answer["records"])
                more = bool((answer.get("navigation") or {}).get("nextPage"))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise BadAnswer(
                    f"{self._service.title} gave a list of extensions that cannot be read."
                ) from error
            told = {one.id: one.extension_number or "" for one in ones if one is not None}
            if not more or told.keys() <= numbers.keys():  # a list may begin anew instead of going on
                return numbers | told
            numbers |= told
        return numbers

    @property
    def _is_old(self) -> bool:
        return self._listed_at is not None and time.monotonic() - self._listed_at > self._believed

    def _explained(self, unresolved: Collection[str]) -> bool:
        """Whether the list has these, or is known not to have them."""
        return all(id in self._numbers or id in self._strangers for id in unresolved)

    def _now_refused(self, error: ProviderError | None) -> None:
        if error is not None and not self._refused:
            _log.warning("%s Calls are not known by their extensions.", error)
        self._refused = error is not None
