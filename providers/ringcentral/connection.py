"""Connects to one account: clients open, nothing sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from providers.memories import Memories
from providers.ringcentral.budget import Budget
from providers.ringcentral.credentials import fingerprint
from providers.ringcentral.extensions import Extensions
from providers.ringcentral.http import Hosts, open_http
from providers.ringcentral.inspection import Inspection
from providers.ringcentral.library import Library
from providers.ringcentral.log import CallLog
from providers.ringcentral.media import MediaDoor
from providers.ringcentral.phone import RingCentralPhone
from providers.ringcentral.provider import RingCentralProvider
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sign_in import SignIn
from providers.ringcentral.telephony import Telephony
from providers.ringcentral.webhooks import Webhooks


@asynccontextmanager
async def connect(
    name: str, settings: RingCentralSettings, memories: Memories
) -> AsyncIterator[RingCentralProvider]:
    """A provider as long as the context lasts. Nothing is asked yet: a server that is down stops no start."""
    credential = await asyncio.to_thread(fingerprint, name, settings)
    hosts = Hosts(settings)
    title = f"RingCentral at {hosts.server_name}"
    async with open_http(settings) as http:
        budget = Budget(title, settings, memories.slates)
        sign_in = SignIn(title, hosts, http, budget, settings, credential, memories)
        service = Service(hosts, http, sign_in, budget, settings)
        extensions = Extensions(service, settings)
        log = CallLog(service, extensions, settings)
        library, media = Library(service, log, settings), MediaDoor(service)
        inspection = Inspection(service, log, extensions, settings, http)
        if settings.live_calls:
            telephony, webhooks = Telephony(service, extensions, settings), Webhooks(name, service, settings)
            yield RingCentralPhone(name, library, media, inspection, budget, telephony, webhooks)
        else:
            yield RingCentralProvider(name, library, media, inspection, budget)
