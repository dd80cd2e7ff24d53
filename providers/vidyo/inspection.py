"""What the operator is told about the portal and the replay server: each is asked, even after a refusal.

First whether it is reached, then whether it still is what our requests were made for, then whether it lets us in. What
an earlier answer rules out is not asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp

from providers.errors import BadAnswer, NotLicensed, ProviderError, SignInFailed, Unavailable
from providers.interfaces import Check
from providers.reach import obstacle
from providers.vidyo.contract import Contract, ServiceName
from providers.vidyo.drift import Description, Drift, Illegible, drifts, lacking, ours, read
from providers.vidyo.http import Http
from providers.vidyo.offer import fetch
from providers.vidyo.portal import PortalReader
from providers.vidyo.records import Records
from providers.vidyo.service import Service
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.soap import SoapFault

_PATIENCE = 10.0
_NOT_NOW = frozenset({502, 503, 504})
_SHOWN = 3
_LOOKUPS = frozenset({"getEntityByRoomKey", "getEntityByEntityID", "searchRooms", "myAccount"})
_TIMES = "times of recordings"
_CLOCKS_APART = timedelta(minutes=5)

Ask = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Place:
    """The portal or the replay server: what it is called, which key names it, and what is described there.

    `used` are the operations that are asked of a service, where they are not all that we know of it.
    """

    title: str
    setting: str
    host: str
    contracts: Mapping[ServiceName, str]
    used: Mapping[ServiceName, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a place shows to anybody. `hidden`: why its description could not be compared."""

    host: Check
    wsdl: Check
    changed: frozenset[str] = frozenset()
    hidden: str = ""


class Inspection:
    """Asks each service a few cheap questions. Being let in makes a remembered refusal count no longer."""

    def __init__(
        self,
        http: Http,
        control: tuple[Service, Contract],
        lookups: tuple[Service, Contract],
        replay: tuple[Service, Contract],
        records: Records,
        settings: VidyoSettings,
    ) -> None:
        self._http = http
        self._control, self._control_contract = control
        self._lookup, self._lookup_contract = lookups
        self._replay, content = replay
        self._records = records
        self._settings = settings
        self._portal_place = _Place(
            "portal",
            "portal_url",
            settings.portal_url,
            {"user": self._lookup_contract.path, settings.service: self._control_contract.path},
            {"user": _LOOKUPS} if settings.service == "admin" else {},
        )
        self._replay_place = _Place(
            "replay server", "replay_url", settings.replay_url, {"replay": content.path}
        )

    async def run(self) -> Sequence[Check]:
        """A finding for each question. The login is not shown to the replay server once the portal has refused it."""
        portal, replay = await asyncio.gather(self._look(self._portal_place), self._look(self._replay_place))
        at_portal, let_in = await self._at_portal(portal)
        return [*at_portal, *await self._at_replay(replay, let_in)]

    async def _at_portal(self, seen: _Seen) -> tuple[list[Check], Check]:
        what = "sign-in at the portal"
        wsdl, let_in = await self._let_in(seen, what, "getPortalVersion", self._control, self._version)
        more: list[Check] = []
        for what, operation, service, ask in (
            ("account", "myAccount", self._lookup, self._account),
            ("recorders", "getRecordingProfiles", self._control, self._profile),
        ):
            if not let_in.ok:
                more.append(let_in.hides(what))
            elif operation in seen.changed:
                more.append(wsdl.hides(what))
            else:
                more.append(await self._finding(what, service, ask))
        return [seen.host, wsdl, let_in, *more], let_in

    async def _at_replay(self, seen: _Seen, at_portal: Check) -> list[Check]:
        what = "sign-in at the replay server"
        if at_portal.failed and seen.host.ok:  # the account is the same: one more wrong login may lock it
            wsdl = at_portal.hides(seen.wsdl.what) if seen.hidden else seen.wsdl
            return [seen.host, wsdl, at_portal.hides(what), at_portal.hides(_TIMES)]
        wsdl, let_in = await self._let_in(seen, what, "RecordsSearch", self._replay, self._count)
        if not let_in.ok:
            return [seen.host, wsdl, let_in, let_in.hides(_TIMES)]
        return [seen.host, wsdl, let_in, await self._times()]

    async def _let_in(
        self, seen: _Seen, what: str, operation: str, service: Service, ask: Ask
    ) -> tuple[Check, Check]:
        """How its description and our login are. Where it shows no description, the login says which is wrong."""
        if not seen.host.ok:
            return seen.host.hides(seen.wsdl.what), seen.host.hides(what)
        if operation in seen.changed:
            return seen.wsdl, seen.wsdl.hides(what)
        try:
            found = await ask()
        except (SignInFailed, NotLicensed) as error:
            let_in = _failed(what, service, error)
            return (let_in.hides(seen.wsdl.what) if seen.hidden else seen.wsdl), let_in
        except ProviderError as error:
            if seen.hidden:
                wsdl = Check(seen.wsdl.what, ok=False, found=seen.hidden, advice=_advice(error))
                return wsdl, wsdl.hides(what)
            return seen.wsdl, _failed(what, service, error)
        await service.sign_in.forget()
        return seen.wsdl, Check(what, ok=True, found=found)

    async def _finding(self, what: str, service: Service, ask: Ask) -> Check:
        try:
            return Check(what, ok=True, found=await ask())
        except ProviderError as error:
            return _failed(what, service, error)

    async def _look(self, place: _Place) -> _Seen:
        """Read the descriptions of a place without a login: they are shown to anybody."""
        shown: list[tuple[ServiceName, Description]] = []
        wsdl = f"WSDL of the {place.title}"
        hidden = ""
        try:
            async with asyncio.timeout(_PATIENCE):
                for service, path in place.contracts.items():
                    status, body = await fetch(
                        self._http.reads, f"{place.host}{path}?wsdl", self._settings.max_answer
                    )
                    if status in _NOT_NOW:
                        advice = "Wait until it runs again, and try again."
                        host = Check(place.title, ok=False, found=f"It answers HTTP {status}.", advice=advice)
                        return _Seen(host, host.hides(wsdl))
                    if status != 200:
                        hidden = f"It shows no WSDL (HTTP {status})."
                        break
                    shown.append((service, await asyncio.to_thread(read, body)))
        except Illegible:
            hidden = "It shows something else in place of a WSDL."
        except BadAnswer as error:
            hidden = str(error)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            why = obstacle(error, place.setting)
            host = Check(place.title, ok=False, found=f"{place.host}: {why.found}.", advice=why.advice)
            return _Seen(host, host.hides(wsdl))
        host = Check(place.title, ok=True, found=f"{place.host} answers")
        if hidden:
            found = f"nothing to compare: {hidden}"
            return _Seen(host, Check(wsdl, ok=True, found=found), hidden=hidden)
        changes, without = [], []
        for service, theirs in shown:
            changes += drifts(ours(service), theirs, place.used.get(service))
            without += lacking(ours(service), theirs)
        return _Seen(host, _compared(wsdl, changes, without), frozenset(one.operation for one in changes))

    async def _version(self) -> str:
        request = self._control_contract.envelope("getPortalVersion")
        answer = await self._control.read("getPortalVersion", request, insist=True)
        version = PortalReader(self._control_contract.namespace, self._settings.portal_url).version(answer)
        return f"version {version}"

    async def _account(self) -> str:
        request = self._lookup_contract.envelope("myAccount")
        login = self._settings.username
        try:
            answer = await self._lookup.read("myAccount", request)
        except SoapFault as fault:
            if self._settings.service != "admin" or fault.name != "GeneralFault":
                raise
            return f"signed in as {login}, who has no room and records any of the tenant"
        name = PortalReader(self._lookup_contract.namespace, self._settings.portal_url).account_name(answer)
        known = f"{login} ({name})" if name and name != login else login
        rule = "any room of the tenant" if self._settings.service == "admin" else "rooms it owns"
        return f"signed in as {known}, who records {rule}"

    async def _profile(self) -> str:
        request = self._control_contract.envelope("getRecordingProfiles")
        answer = await self._control.read("getRecordingProfiles", request)
        idle = PortalReader(self._control_contract.namespace, self._settings.portal_url).profiles(answer)
        wanted = self._settings.profile
        if any(profile.name == wanted for profile in idle):
            return f"one with the profile {wanted} is idle"
        names = ", ".join(profile.name for profile in idle) or "none"
        return (
            f"none with the profile {wanted} is idle now (idle: {names}); if it is not merely busy, set profile to one "
            "of those that are listed"
        )

    async def _count(self) -> str:
        count = (await self._records.newest(insist=True)).count
        return f"it shows us {'recordings' if count is None else f'{count} recordings'}"

    async def _times(self) -> Check:
        """Whether the newest recording began at a time that there has been. Times without an offset need a setting."""
        try:
            rows = await self._records.newest()
        except ProviderError as error:
            return _failed(_TIMES, self._replay, error)
        if not rows.recordings:
            return Check(_TIMES, ok=True, found="no recording to compare yet")
        newest, zone = rows.recordings[0].started, self._settings.timezone
        ahead = newest - datetime.now(UTC)
        read = (
            f"they say no offset from UTC and are read as those of {zone}"
            if rows.zoneless
            else "they say their offset"
        )
        if ahead <= _CLOCKS_APART:
            unsure = "; if that is not so, set timezone to the server's own" if rows.zoneless else ""
            return Check(
                _TIMES, ok=True, found=f"{read}: the newest one began {newest:%Y-%m-%d %H:%M} UTC{unsure}"
            )
        advice = "Synchronise the clocks of the replay server and of this machine."
        if rows.zoneless:
            advice = "Set timezone to the time zone of the replay server, such as Europe/Berlin."
        minutes = round(ahead / timedelta(minutes=1))
        return Check(
            _TIMES, ok=False, found=f"The newest one is to begin in {minutes} minutes: {read}.", advice=advice
        )


def _compared(what: str, changes: Sequence[Drift], without: Sequence[str]) -> Check:
    if not changes:
        older = f"an older one that we know: {'; '.join(without)}" if without else "as we know it"
        return Check(what, ok=True, found=older)
    said = "; ".join(change.sentence for change in changes[:_SHOWN])
    more = len(changes) - _SHOWN
    return Check(
        what,
        ok=False,
        found=f"Not as we know it: {said}{f'; and {more} more' if more > 0 else ''}.",
        advice=(
            "This version of Vidyo has changed: look for a newer Recbot, and until then try by hand what is named "
            "here."
        ),
    )


def _failed(what: str, service: Service, error: ProviderError) -> Check:
    return Check(what, ok=False, found=str(error), advice=_advice(error))


def _advice(error: ProviderError) -> str:
    if isinstance(error, SignInFailed):
        return (
            "Correct username and password, or unlock the account in the portal; then run this check again."
        )
    if isinstance(error, NotLicensed):
        return "Ask for a licence that covers the web service API and this login."
    if isinstance(error, Unavailable):
        return "Check the address, the network and the certificate; then try again."
    return "Check the address; if it is right, this version of Vidyo answers in a way that we do not know."
