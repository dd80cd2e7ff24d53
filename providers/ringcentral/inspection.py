"""What the operator is told about an account: whether we get in, what we may do there, and what it records."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import httpx
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from providers.errors import BadAnswer, NotLicensed, ProviderError, SignInFailed, Unavailable, UnsafeLink
from providers.interfaces import Check
from providers.reach import obstacle
from providers.ringcentral.budget import Kind
from providers.ringcentral.extensions import Extensions
from providers.ringcentral.http import Http
from providers.ringcentral.log import Asked, CallLog
from providers.ringcentral.problems import AppLacks, UserLacks
from providers.ringcentral.reading import read_json
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings

SERVER, SIGN_IN, PERMISSIONS, LOG, EXTENSIONS, KEPT, CLOCK = (
    "server",
    "sign-in",
    "permissions",
    "call log",
    "extensions",
    "recording settings",
    "clock",
)
_NEEDED = ("ReadCallLog", "ReadCallRecording", "ReadAccounts")
_OPEN = "/restapi/v1.0"  # the one address that wants no token, and is not counted
_NOT_NOW = frozenset({502, 503, 504})
_PATIENCE = 20.0
_SKEW = timedelta(seconds=60)
_DAY = timedelta(days=1)


class _Automatic(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)

    enabled: bool = False
    retention_period: int | None = None


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)

    on_demand: _Automatic = _Automatic()
    automatic: _Automatic = _Automatic()


class Inspection:
    """Signs in even after a refusal, and asks a few cheap questions."""

    def __init__(
        self,
        service: Service,
        log: CallLog,
        extensions: Extensions,
        settings: RingCentralSettings,
        http: Http,
    ) -> None:
        self._service = service
        self._log = log
        self._extensions = extensions
        self._settings = settings
        self._http = http

    async def run(self) -> Sequence[Check]:
        """A finding for each question. What an earlier answer rules out is not asked."""
        media = asyncio.gather(*(self._media(host) for host in self._settings.media_hosts))
        return [*await self._account(), *await media]

    async def _account(self) -> list[Check]:
        """What the server says, until it says no."""
        server = await self._reached(
            SERVER, "server_url", self._service.hosts.at_server(_OPEN), self._http.questions
        )
        if not server.ok:
            return [
                server,
                *(server.hides(what) for what in (SIGN_IN, PERMISSIONS, LOG, EXTENSIONS, KEPT, CLOCK)),
            ]
        scopes: frozenset[str] = frozenset()
        try:
            async with asyncio.timeout(_PATIENCE + 2 * self._settings.sign_in_pause.total_seconds()):
                token = await self._service.sign_in.token(insist=True)
                if self._missing(token.scopes):  # an operator may have added them since
                    token = await self._service.sign_in.renewed(token)
            scopes, let_in = token.scopes, Check(SIGN_IN, ok=True, found="let in")
        except ProviderError as error:
            let_in = _failed(SIGN_IN, error)
        except TimeoutError:
            let_in = _silent(SIGN_IN)
        if not let_in.ok:
            more = [let_in.hides(what) for what in (PERMISSIONS, LOG, EXTENSIONS, KEPT)]
        else:
            more = await self._inside(scopes)
        return [server, let_in, *more, self._clock()]

    async def _inside(self, scopes: frozenset[str]) -> list[Check]:
        permissions = self._permissions(scopes)
        log_is_open = "ReadCallLog" not in self._missing(scopes)
        log = await self._finding(LOG, self._read_log) if log_is_open else permissions.hides(LOG)
        if "ReadAccounts" not in scopes:
            return [permissions, log, permissions.hides(EXTENSIONS), permissions.hides(KEPT)]
        extensions = await self._finding(EXTENSIONS, self._list_extensions)
        return [permissions, log, extensions, await self._finding(KEPT, self._recording_settings)]

    async def _finding(self, what: str, ask: Callable[[], Awaitable[str]]) -> Check:
        try:
            async with asyncio.timeout(_PATIENCE):
                return Check(what, ok=True, found=await ask())
        except ProviderError as error:
            return _failed(what, error)
        except TimeoutError:
            return _silent(what)

    async def _media(self, host: str) -> Check:
        """Whether the host answers at all: what it is asked for without a token, it does not give."""
        plain = self._service.hosts.at_server("/").scheme == "http"
        url = httpx.URL(f"{'http' if plain else 'https'}://{host}/")
        return await self._reached(f"media host {host}", "media_hosts", url, self._http.media)

    async def _reached(self, what: str, setting: str, url: httpx.URL, client: httpx.AsyncClient) -> Check:
        place = f"{url.scheme}://{url.netloc.decode()}"
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await client.send(
                    client.build_request("GET", url), stream=True, follow_redirects=False
                )
                await answer.aclose()
        except (httpx.HTTPError, UnsafeLink, OSError) as error:
            why = obstacle(error, setting)
            return Check(what, ok=False, found=f"{place}: {why.found}.", advice=why.advice)
        if answer.status_code in _NOT_NOW:
            found = f"{place} answers HTTP {answer.status_code}."
            return Check(what, ok=False, found=found, advice="Wait until it runs again, and try again.")
        return Check(what, ok=True, found=f"{place} answers")

    def _missing(self, scopes: frozenset[str]) -> list[str]:
        needed = (*_NEEDED, "CallControl") if self._settings.live_calls else _NEEDED
        held = (
            scopes | {"ReadCallLog"} if "ReadCallRecording" in scopes else scopes
        )  # the one brings the other
        return [permission for permission in needed if permission not in held]

    def _permissions(self, scopes: frozenset[str]) -> Check:
        if missing := self._missing(scopes):
            advice = "Add what is missing to the app in RingCentral's developer console; then run this check again."
            if "ReadAccounts" in missing:
                advice += " Without ReadAccounts nobody can tell by a number which extension a call was on."
            if "CallControl" in missing:
                advice += " CallControl is given on request; without it set live_calls = false."
            return Check(PERMISSIONS, ok=False, found=f"The app lacks {', '.join(missing)}.", advice=advice)
        if "EditCallLog" not in scopes:
            return Check(
                PERMISSIONS, ok=True, found="recordings cannot be deleted: that would need EditCallLog too"
            )
        return Check(PERMISSIONS, ok=True, found="all that is needed")

    async def _read_log(self) -> str:
        now = datetime.now(UTC)
        pages = self._log.pages(Asked(now - _DAY, now))
        try:
            page = await anext(pages)
        finally:
            await pages.aclose()
        whose = "the account" if self._settings.level == "account" else "our own extension"
        count = f"{len(page.recordings)}{'' if page.last else ' or more'}"
        return f"that of {whose} shows {count} recordings of the last day"

    async def _list_extensions(self) -> str:
        return f"{len(await self._extensions.listed())} are known by their numbers"

    async def _recording_settings(self) -> str:
        address = self._service.hosts.at_server("/restapi/v1.0/account/~/call-recording")
        body = await self._service.read(Kind.SETTINGS, address)
        try:
            kept = _Kept.model_validate(read_json(body))
        except ValueError:
            raise BadAnswer(f"{self._service.title} gave recording settings that cannot be read.") from None
        on_demand = "may" if kept.on_demand.enabled else "may not"
        automatic = "are" if kept.automatic.enabled else "are not"
        days = kept.automatic.retention_period or kept.on_demand.retention_period
        how_long = f", kept for {days} days" if days else ""
        return f"calls {automatic} recorded automatically, people {on_demand} record them{how_long}"

    def _clock(self) -> Check:
        behind = self._service.behind
        if behind is None:
            return Check(CLOCK, ok=True, found="RingCentral did not say what time it is there")
        if abs(behind) <= _SKEW:
            return Check(CLOCK, ok=True, found="agrees with RingCentral's")
        return Check(
            CLOCK,
            ok=False,
            found=f"Ours and RingCentral's are {abs(behind).total_seconds():.0f} s apart.",
            advice="Set the clock of this machine: a search for the newest calls goes by it.",
        )


def _failed(what: str, error: ProviderError) -> Check:
    return Check(what, ok=False, found=str(error), advice=_advice(what, error))


def _silent(what: str) -> Check:
    found = f"RingCentral did not answer within {_PATIENCE:g} seconds, or lets us send nothing for so long."
    return Check(what, ok=False, found=found, advice="Try again in some minutes.")


def _advice(what: str, error: ProviderError) -> str:
    if isinstance(error, SignInFailed):
        return "Correct client_id, client_secret and jwt, or unlock the account; then run this check again."
    if isinstance(error, AppLacks):
        return "Add what is missing to the app in RingCentral's developer console; then run this check again."
    if isinstance(error, UserLacks):
        own = ', or set level = "extension" to read only its own calls' if what == LOG else ""
        return f"Give the user that right{own}."
    if isinstance(error, NotLicensed):
        return "Ask an administrator of the account for it; then run this check again."
    if isinstance(error, Unavailable):
        return "Check the address, the network and the certificate; then try again."
    return (
        "Check server_url; if it is right, this version of RingCentral answers in a way that we do not know."
    )
