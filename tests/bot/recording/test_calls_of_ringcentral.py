"""What it costs, of ten heavy requests a minute, to wait for the file of a call."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.calls import room_of
from bot.domain.conversation import Asker, Conversation
from bot.domain.watch import State, Watch
from bot.recording.library import look_into_library
from providers.memories import Memories
from providers.model import CallId, CallState, LiveCall, RecordingId
from providers.registry import Providers
from providers.ringcentral import connect
from sandbox.ringcentral.server import RingCentralSandbox
from tests.bot.recording.stage import Stage, open_stage
from tests.providers.ringcentral.conftest import settings_for

HOUR = timedelta(hours=1)


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    """An account with a month of calls, of which the log gives two a page."""
    async with RingCentralSandbox(limits={"heavy": 99_999}) as sandbox:
        world = sandbox.world
        world.clear_log()
        world.settings.most_detailed = 2
        for day in range(30):
            world.add_call(started=world.clock.now() - timedelta(days=day + 1))
        yield sandbox


@pytest.fixture
async def stage(tmp_path: Path, ringcentral: RingCentralSandbox) -> AsyncIterator[Stage]:
    settings = settings_for(ringcentral.api_url, ringcentral.media_url)
    async with open_stage(tmp_path) as stage, connect("calls", settings, Memories()) as provider:
        stage.clock.now = datetime.now(UTC)
        object.__setattr__(stage.services, "providers", Providers([provider]))
        yield stage


async def test_a_file_that_is_not_listed_yet_costs_one_heavy_request_a_look(
    stage: Stage, ringcentral: RingCentralSandbox
) -> None:
    world, now = ringcentral.world, stage.clock.now
    call = world.add_call(started=now - 3 * HOUR, duration=3 * HOUR)
    revision, call.revision = call.revision, 0
    live = LiveCall(CallId("s-1:p-1"), CallState.CONNECTED, call.started, extension="101")
    watch = Watch(
        id="w",
        provider="calls",
        room=room_of(live),
        conversation=Conversation("slack", "C0GENERAL", "T0"),
        asker=Asker("slack", "U0VOVA", "T0"),
        asked_at=now - HOUR,
        state=State.PROCESSING,
        confirmed_at=now - HOUR,
        ended_at=now,
        bound=RecordingId(call.recording_id),
        call=True,
    )
    await stage.services.store.watches.reserve(watch, None)

    async def heavy_requests_of_a_look() -> int:
        world.journal.clear()
        await stage.services.store.looks.want("calls", timedelta())
        [due] = await stage.services.store.looks.claim("me", HOUR, 1)
        await look_into_library(due, stage.services)
        return sum(entry.group == "heavy" for entry in world.journal)

    assert await heavy_requests_of_a_look() == 1
    assert (await stage.now(watch)).state is State.PROCESSING
    call.revision = revision
    assert await heavy_requests_of_a_look() == 1
    assert (await stage.now(watch)).state is State.READY
