"""What the operator is told about an account: whether we get in, what we may do there, and what it records."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from providers.errors import BadAnswer, NotLicensed, ProviderError, SignInFailed, Unavailable
from providers.interfaces import Check
from providers.ringcentral.budget import Kind
from providers.ringcentral.log import Asked, CallLog
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings

_NEEDED = ("ReadCallLog", "ReadCallRecording")
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

    def __init__(self, service: Service, log: CallLog, settings: RingCentralSettings) -> None:
        self._service = service
        self._log = log
        self._settings = settings

    async def run(self) -> Sequence[Check]:
        """One finding a question. Who is not let in asks nothing more."""
        try:
            token = await self._service.sign_in.token(insist=True)
            if self._missing(token.scopes):  # an operator may have added them since
                token = await self._service.sign_in.renewed(token)
        except ProviderError as error:
            return [self._failed(error)]
        checks = [self._permissions(token.scopes), await self._finding(self._read_log)]
        if "ReadAccounts" in token.scopes:
            checks.append(await self._finding(self._recording_settings))
        return [*checks, self._clock()]

    async def _finding(self, ask: Callable[[], Awaitable[Check]]) -> Check:
        try:
            return await ask()
        except ProviderError as error:
            return self._failed(error)

    def _failed(self, error: ProviderError) -> Check:
        return Check(f"{self._service.title}: {error}", ok=False, advice=_advice(error))

    def _missing(self, scopes: frozenset[str]) -> list[str]:
        needed = (*_NEEDED, "CallControl") if self._settings.live_calls else _NEEDED
        held = (
            scopes | {"ReadCallLog"} if "ReadCallRecording" in scopes else scopes
        )  # the one brings the other
        return [permission for permission in needed if permission not in held]

    def _permissions(self, scopes: frozenset[str]) -> Check:
        if missing := self._missing(scopes):
            advice = "Add them to the app in RingCentral's developer console; then run this check again."
            if "CallControl" in missing:
                advice += " CallControl is given on request; without it set live_calls = false."
            return Check(
                f"{self._service.title}: the app lacks {', '.join(missing)}", ok=False, advice=advice
            )
        if "EditCallLog" not in scopes:
            return Check(
                f"{self._service.title} lets us in; recordings cannot be deleted",
                ok=True,
                advice="If they should be, add EditCallLog to the app.",
            )
        return Check(f"{self._service.title} lets us in, with all permissions", ok=True)

    async def _read_log(self) -> Check:
        now = datetime.now(UTC)
        pages = self._log.pages(Asked(now - _DAY, now))
        try:
            page = await anext(pages)
        finally:
            await pages.aclose()
        whose = "the account" if self._settings.level == "account" else "our own extension"
        count = f"{len(page.recordings)}{'' if page.last else ' or more'}"
        return Check(f"the call log of {whose} shows {count} recordings of the last day", ok=True)

    async def _recording_settings(self) -> Check:
        address = self._service.hosts.at_server("/restapi/v1.0/account/~/call-recording")
        body = await self._service.read(Kind.SETTINGS, address)
        try:
            kept = _Kept.model_validate_json(body)
        except ValidationError:
            raise BadAnswer(f"{self._service.title} gave recording settings that cannot be read.") from None
        on_demand = "may" if kept.on_demand.enabled else "may not"
        automatic = "are" if kept.automatic.enabled else "are not"
        days = kept.automatic.retention_period or kept.on_demand.retention_period
        how_long = f", kept for {days} days" if days else ""
        return Check(
            f"calls {automatic} recorded automatically, people {on_demand} record them{how_long}", ok=True
        )

    def _clock(self) -> Check:
        behind = self._service.behind or timedelta()
        if abs(behind) <= _SKEW:
            return Check("our clock agrees with RingCentral's", ok=True)
        return Check(
            f"our clock and RingCentral's are {abs(behind).total_seconds():.0f} s apart",
            ok=False,
            advice="Set the clock of this machine: a search for the newest calls goes by it.",
        )


def _advice(error: ProviderError) -> str:
    if isinstance(error, SignInFailed):
        return "Correct client_id, client_secret and jwt, or unlock the account; then run this check again."
    if isinstance(error, NotLicensed):
        return 'Give the user that right, or set level = "extension" to read only its own calls.'
    if isinstance(error, Unavailable):
        return "Check the address, the network and the certificate; then try again."
    return (
        "Check server_url; if it is right, this version of RingCentral answers in a way that we do not know."
    )
