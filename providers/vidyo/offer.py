"""What a service of this very portal offers, by its own WSDL: older generations lack operations, or spell otherwise.

It is read without a login, once in a while and only when something is to be sent that not every generation takes. Names
are taken from it and nothing else: never an address, and never a word that we do not know.
"""

import asyncio
import time

import aiohttp

from providers.errors import BadAnswer, NotSupported
from providers.vidyo.drift import Description, Illegible, Message, read
from providers.vidyo.settings import VidyoSettings

_PATIENCE = 3.0
_GOOD_FOR = 3600.0
_LOOK_AGAIN = 60.0


class Offer:
    """The description at one address, remembered for a while. Where it cannot be read, all is taken for offered."""

    def __init__(
        self, title: str, address: str, session: aiohttp.ClientSession, settings: VidyoSettings
    ) -> None:
        self._title = title
        self._address = f"{address}?wsdl"
        self._session = session
        self._most = settings.max_answer
        self._patience = min(_PATIENCE, settings.request_timeout.total_seconds() / 2)
        self._reading = asyncio.Lock()
        self._shown: Description | None = None
        self._until = float("-inf")
        self._refused: set[str] = set()

    async def lacks(self, operation: str) -> bool:
        """True if the service has no such operation, as it says or as it has shown."""
        shown = await self._description()
        return operation in self._refused if shown is None else operation not in shown.operations

    async def require(self, operation: str, what: str) -> None:
        """NotSupported, with `what` then cannot be done, if the service has no such operation."""
        if await self.lacks(operation):
            raise NotSupported(f"{self._title} is of a version that {what}.")

    async def request(self, operation: str) -> Message | None:
        """What this operation takes and in which words; None where the service does not say."""
        shown = await self._description()
        if shown is None or not shown.whole or operation not in shown.operations:
            return None
        return shown.operations[operation][0]

    def refused(self, operation: str) -> None:
        """Its parser refused an operation. Where it does not describe itself, that operation is not sent again."""
        self._refused.add(operation)

    async def _description(self) -> Description | None:
        async with self._reading:
            if time.monotonic() >= self._until:
                self._shown = await self._read()
                self._refused.clear()
                self._until = time.monotonic() + (_LOOK_AGAIN if self._shown is None else _GOOD_FOR)
            return self._shown

    async def _read(self) -> Description | None:
        try:
            async with asyncio.timeout(self._patience):
                status, wsdl = await fetch(self._session, self._address, self._most)
            shown = await asyncio.to_thread(read, wsdl) if status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError, BadAnswer, Illegible):
            return None
        return shown if shown is not None and shown.operations else None


async def fetch(session: aiohttp.ClientSession, address: str, most: int) -> tuple[int, bytes]:
    """A description with its status, asked for without a login. BadAnswer if it is larger than what we read."""
    body = bytearray()
    async with session.get(address, allow_redirects=False) as answer:
        async for part in answer.content.iter_any():
            body += part
            if len(body) > most:
                answer.close()
                raise BadAnswer("Its WSDL is larger than anything that we read.")
        return answer.status, bytes(body)
