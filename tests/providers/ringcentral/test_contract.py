"""RingCentral keeps what every library promises, on a platform and a media host over real sockets."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest

from providers.model import RecordingId, Scope
from providers.ringcentral import RingCentralProvider
from providers.testing import NOON, RecordingLibraryContract
from sandbox.ringcentral.server import RingCentralSandbox

from .conftest import Connect


class FarSide:
    """The sandbox as the contract sees a far side."""

    def __init__(self, ringcentral: RingCentralSandbox) -> None:
        self._world = ringcentral.world

    async def add_recording(
        self,
        *,
        title: str = "Recording",
        owner: str | None = None,
        room: str = "Room",
        started: datetime = NOON,
        duration: timedelta = timedelta(minutes=10),
        scope: Scope = Scope.ORGANIZATION,
    ) -> RecordingId:
        call = self._world.add_call(
            other=title, owner=owner or "Vova Tareiev", extension=room, started=started, duration=duration
        )
        return RecordingId(call.recording_id)

    async def running_recording(self, key: str) -> RecordingId:
        call = self._world.place_call(extension=key, owner="Vova Tareiev", answered=True)
        return RecordingId(self._world.record(call).id)

    async def content(self, id: RecordingId) -> bytes:
        return self._world.content(id)


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox(limits={"heavy": 99_999}) as sandbox:
        yield sandbox


@pytest.fixture
def backend(ringcentral: RingCentralSandbox) -> FarSide:
    return FarSide(ringcentral)


@pytest.fixture
async def provider(ringcentral: RingCentralSandbox, connected: Connect) -> RingCentralProvider:
    return await connected(ringcentral, look_back="3650d")


class TestRingCentralLibrary(RecordingLibraryContract):
    """Recorded calls of an account."""

    scopes: ClassVar = False
    calls: ClassVar = True
