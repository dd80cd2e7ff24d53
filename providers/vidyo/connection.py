"""Connects to one tenant: sessions open, nothing sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from providers.memories import Memories
from providers.model import RecordingProfile
from providers.vidyo.contract import contract
from providers.vidyo.http import host_of, open_http
from providers.vidyo.inspection import Inspection
from providers.vidyo.media import MediaDoor
from providers.vidyo.provider import VidyoProvider
from providers.vidyo.recording import RecordingDesk
from providers.vidyo.records import Records
from providers.vidyo.rooms import Rooms
from providers.vidyo.service import Service
from providers.vidyo.settings import VidyoSettings
from providers.vidyo.sign_in import SignIn, fingerprints


@asynccontextmanager
async def connect(name: str, settings: VidyoSettings, memories: Memories) -> AsyncIterator[VidyoProvider]:
    """A provider as long as the context lasts. Nothing is asked yet: a portal that is down stops no start."""
    user, control, content = await asyncio.to_thread(
        lambda: (contract("user"), contract(settings.service), contract("replay"))
    )
    at_portal, at_replay = await asyncio.to_thread(fingerprints, name, settings)
    portal = f"The portal at {host_of(settings.portal_url)}"
    replay = f"The replay server at {host_of(settings.replay_url)}"
    async with open_http(settings) as http:
        portal_login = SignIn(portal, settings, at_portal, memories.sign_ins)
        replay_login = SignIn(replay, settings, at_replay, memories.sign_ins, form=True)
        portal_login.shares_account_with(replay_login)
        lookups = Service(settings.portal_url + user.path, http, portal_login, settings), user
        recorders = Service(settings.portal_url + control.path, http, portal_login, settings), control
        library = Service(settings.replay_url + content.path, http, replay_login, settings)
        rooms = Rooms(lookups, recorders, settings)
        records = Records(library, content, settings)
        yield VidyoProvider(
            name,
            RecordingProfile(settings.profile),
            rooms,
            RecordingDesk(*recorders, rooms, settings),
            records,
            MediaDoor(http, replay_login, records.newest, settings),
            Inspection(http, recorders, lookups, (library, content), records, settings),
        )
