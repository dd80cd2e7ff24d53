"""What the operator is told about the portal and the replay server: each is asked, even after a refusal."""

from collections.abc import Awaitable, Callable, Sequence

from providers.errors import NotLicensed, ProviderError, SignInFailed, Unavailable
from providers.interfaces import Check
from providers.vidyo.contract import Contract
from providers.vidyo.portal import PortalReader
from providers.vidyo.records import Records
from providers.vidyo.service import Service
from providers.vidyo.settings import VidyoSettings


class Inspection:
    """Asks each service a few cheap questions. Being let in makes a remembered refusal count no longer."""

    def __init__(
        self,
        control: tuple[Service, Contract],
        lookups: tuple[Service, Contract],
        replay: Service,
        records: Records,
        settings: VidyoSettings,
    ) -> None:
        self._control, self._control_contract = control
        self._lookup, self._lookup_contract = lookups
        self._replay = replay
        self._records = records
        self._settings = settings

    async def run(self) -> Sequence[Check]:
        """One finding a question. After the first refusal by the portal it is asked nothing more."""
        checks = [await self._finding(self._control, self._version)]
        if checks[0].ok:
            await self._control.sign_in.forget()
            checks.append(await self._finding(self._lookup, self._account))
            checks.append(await self._finding(self._control, self._profile))
        kept = await self._finding(self._replay, self._count)
        if kept.ok:
            await self._replay.sign_in.forget()
        return [*checks, kept]

    async def _finding(self, service: Service, ask: Callable[[], Awaitable[Check]]) -> Check:
        try:
            return await ask()
        except ProviderError as error:
            return Check(f"{service.title}: {error}", ok=False, advice=_advice(error))

    async def _version(self) -> Check:
        request = self._control_contract.envelope("getPortalVersion")
        answer = await self._control.read("getPortalVersion", request, insist=True)
        version = PortalReader(self._control_contract.namespace, self._settings.portal_url).version(answer)
        return Check(f"{self._control.title} answers, version {version}", ok=True)

    async def _account(self) -> Check:
        request = self._lookup_contract.envelope("myAccount")
        answer = await self._lookup.read("myAccount", request)
        name = PortalReader(self._lookup_contract.namespace, self._settings.portal_url).account_name(answer)
        login = self._settings.username
        known = f"{login} ({name})" if name and name != login else login
        rule = "any room of the tenant" if self._settings.service == "admin" else "rooms it owns"
        return Check(f"signed in as {known}, who records {rule}", ok=True)

    async def _profile(self) -> Check:
        request = self._control_contract.envelope("getRecordingProfiles")
        answer = await self._control.read("getRecordingProfiles", request)
        idle = PortalReader(self._control_contract.namespace, self._settings.portal_url).profiles(answer)
        wanted = self._settings.profile
        if any(profile.name == wanted for profile in idle):
            return Check(f"a recorder with the profile {wanted} is idle", ok=True)
        names = ", ".join(profile.name for profile in idle) or "none"
        return Check(
            f"no recorder with the profile {wanted} is idle now (idle: {names})",
            ok=True,
            advice="If it is not merely busy, set profile to one of those that are listed.",
        )

    async def _count(self) -> Check:
        count = await self._records.count(insist=True)
        seen = "recordings" if count is None else f"{count} recordings"
        return Check(f"{self._replay.title} answers and shows us {seen}", ok=True)


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
