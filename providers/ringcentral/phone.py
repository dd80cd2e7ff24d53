"""RingCentral as a library that also records live calls: where the account gave the app that permission."""

from collections.abc import Mapping, Sequence

from providers.interfaces import CallRecorder, PushAnswer, PushSource
from providers.model import CallId, LiveCall, Recording, RecordingId
from providers.ringcentral.budget import Budget
from providers.ringcentral.inspection import Inspection
from providers.ringcentral.library import Library
from providers.ringcentral.media import MediaDoor
from providers.ringcentral.provider import RingCentralProvider
from providers.ringcentral.telephony import Telephony
from providers.ringcentral.webhooks import Webhooks


class RingCentralPhone(RingCentralProvider, CallRecorder, PushSource):
    """One account whose live calls can be recorded. `connect` makes it where `live_calls` is set."""

    def __init__(
        self,
        name: str,
        library: Library,
        media: MediaDoor,
        inspection: Inspection,
        budget: Budget,
        telephony: Telephony,
        webhooks: Webhooks,
    ) -> None:
        super().__init__(name, library, media, inspection, budget)
        self._telephony = telephony
        self._webhooks = webhooks

    async def live_calls(self) -> Sequence[LiveCall]:
        """The newest ones as they stand; of many, the others as the list has them, which may be seconds old."""
        return await self._telephony.live_calls()

    async def call(self, id: CallId) -> LiveCall:
        """The call as it stands. RingCentral forgets one soon after its end."""
        return await self._telephony.call(id)

    async def recording_of(self, call: CallId, id: RecordingId) -> Recording:
        """What the log says of this very call, which a search for recorded calls leaves out while it has none."""
        return await self._library.of_call(call, id)

    async def record(self, call: LiveCall) -> None:
        """Ask for a recording; the people on the call hear an announcement."""
        await self._telephony.record(call)

    async def pause_call(self, call: LiveCall) -> None:
        """Ask its recording to pause. An automatic one lets itself be paused only where the account's rules say so."""
        await self._telephony.switch(call, active=False)

    async def resume_call(self, call: LiveCall) -> None:
        """Ask its recording to go on."""
        await self._telephony.switch(call, active=True)

    async def keep_push(self, address: str) -> None:
        """A webhook for every call that changes: its events need the same permission as live calls."""
        await self._webhooks.keep(address)

    def heard(self, headers: Mapping[str, str], body: bytes) -> PushAnswer:
        """News is that a call has ended; its recording is listed a minute or so later."""
        return self._webhooks.heard(headers, body)
