"""One SOAP service at its configured address: requests out, one element back, everything else an error."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from lxml import etree

from providers.errors import BadAnswer, NotLicensed, ProviderError, Unavailable
from providers.vidyo.http import Http, basic_login, retry_after, unreachable
from providers.vidyo.offer import Offer
from providers.vidyo.retries import NOT_NOW, SOON, TryAgain, repeated
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.sign_in import SignIn
from providers.vidyo.soap import NotSoap, SoapFault, read_body

_LARGE = 2**17
_XML = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_LICENCE_FAULTS = frozenset({"NotLicensedFault", "SeatLicenseExpiredFault"})
_log = logging.getLogger(__name__)


class _Illegible(Exception):
    """An answer that is not the one we learned to read: `error` is what it comes to if we only read."""

    def __init__(self, error: ProviderError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP, before anything is believed of it."""

    status: int
    content_type: str
    body: bytes
    retry_after: timedelta | None


class Service:
    """The portal or the replay server, as something that answers operations.

    `read` may be sent several times, `write` is sent once. Both return the element in the answer's body. `offer` says
    what not every version of it takes.
    """

    def __init__(self, address: str, http: Http, sign_in: SignIn, settings: VidyoSettings) -> None:
        self.title = sign_in.service
        self.sign_in = sign_in
        self.offer = Offer(sign_in.service, address, http.reads, settings)
        self._address = address
        self._http = http
        self._settings = settings
        self._headers = {"Authorization": basic_login(settings), "Content-Type": "text/xml; charset=utf-8"}
        self._reachable = True

    async def read(self, operation: str, envelope: bytes, *, insist: bool = False) -> etree._Element:
        """Ask for something that changes nothing.

        Tried again when the service is overloaded or the connection breaks off, as long as the time for the
        whole call allows; never when time ran out or we were refused.
        """
        limit = self._settings.request_timeout.total_seconds()
        reads = self._http.reads
        try:
            return await repeated(lambda: self._once(reads, operation, envelope, insist), self._settings)
        except _Illegible as error:
            raise error.error from error.__cause__
        except Unavailable:
            self._now_reachable(False)
            raise
        except TimeoutError as error:
            self._now_reachable(False)
            raise Unavailable(f"{self.title} did not answer within {limit:g} seconds.") from error

    async def write(self, operation: str, envelope: bytes) -> etree._Element:
        """Ask for a change, once. Unavailable with `asked` True: nobody knows whether it was made."""
        limit = self._settings.request_timeout.total_seconds()
        try:
            async with asyncio.timeout(limit):
                return await self._once(self._http.writes, operation, envelope, insist=False)
        except TryAgain as again:
            self._now_reachable(False)
            raise again.error from again.__cause__
        except _Illegible as error:
            raise Unavailable(
                f"{self.title} gave no clear answer to {operation}; it may have been carried out or not."
            ) from error
        except Unavailable:
            self._now_reachable(False)
            raise
        except TimeoutError as error:
            self._now_reachable(False)
            raise Unavailable(
                f"{self.title} did not answer within {limit:g} seconds; it may have done what it was asked."
            ) from error

    async def _once(
        self, session: aiohttp.ClientSession, operation: str, envelope: bytes, insist: bool
    ) -> etree._Element:
        async with self.sign_in.turn(insist=insist):
            answer = await self._post(session, operation, envelope)
            await self.sign_in.judge(answer.status, answer.content_type, answer.body)
            if answer.status in NOT_NOW:
                raise self._not_now(answer)
            element = await self._read(answer, operation)
        self._now_reachable(True)
        return element

    async def _post(self, session: aiohttp.ClientSession, operation: str, envelope: bytes) -> Answer:
        headers = {**self._headers, "SOAPAction": f'"{operation}"'}
        try:
            async with session.post(
                self._address, data=envelope, headers=headers, allow_redirects=False
            ) as response:
                body = await self._body(response)
                return Answer(response.status, response.content_type, body, retry_after(response))
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unavailable(
                f"{self.title} shows a certificate that is not trusted here; nothing was sent.", asked=False
            ) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise unreachable(self.title, error) from error
        except aiohttp.SocketTimeoutError as error:
            raise Unavailable(f"{self.title} fell silent in the middle of {operation}.") from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise TryAgain(
                Unavailable(f"{self.title} broke the connection off during {operation}.")
            ) from error

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._settings.max_answer:
                response.close()
                most = self._settings.max_answer
                raise _Illegible(
                    BadAnswer(f"{self.title} sent more than {most} bytes, which is all we read.")
                )
            parts.append(part)
        return b"".join(parts)

    async def _read(self, answer: Answer, operation: str) -> etree._Element:
        if answer.content_type not in _XML:
            raise _Illegible(self._no_soap(answer, operation))
        try:
            if len(answer.body) < _LARGE:
                element = read_body(answer.body, self.title, operation)
            else:
                element = await asyncio.to_thread(read_body, answer.body, self.title, operation)
        except NotSoap as error:
            raise _Illegible(
                BadAnswer(f"{self.title} answered {operation} with something that is not SOAP ({error}).")
            ) from error
        except SoapFault as fault:
            self.sign_in.let_in()
            self._now_reachable(True)
            if fault.name in _LICENCE_FAULTS:
                raise NotLicensed(
                    f"{self.title} says that its licence does not cover {operation}; an operator can change that."
                ) from fault
            raise
        self.sign_in.let_in()
        return element

    def _no_soap(self, answer: Answer, operation: str) -> ProviderError:
        if answer.status >= 500:
            return Unavailable(
                f"{self.title} failed inside while it worked on {operation} (HTTP {answer.status})."
            )
        if answer.status == 404:
            return BadAnswer(f"{self.title} has no such service: an operator should check its address.")
        if 300 <= answer.status < 400:
            return BadAnswer(f"{self.title} sends us elsewhere: an operator should check its address.")
        if answer.content_type in {"text/html", "application/xhtml+xml"}:
            return BadAnswer(f"{self.title} answered {operation} with a web page instead of SOAP.")
        return BadAnswer(f"{self.title} answered {operation} with HTTP {answer.status} and no SOAP.")

    def _not_now(self, answer: Answer) -> Exception:
        error = Unavailable(
            f"{self.title} cannot answer now (HTTP {answer.status}).", retry_after=answer.retry_after
        )
        return TryAgain(error) if answer.status in SOON else error

    def _now_reachable(self, reachable: bool) -> None:
        if reachable != self._reachable:
            self._reachable = reachable
            if reachable:
                _log.info("%s answers again.", self.title)
            else:
                _log.warning("%s does not answer.", self.title)
