"""A rule on an extension holds for every call that it is on, though RingCentral's records name it by an id alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.policy import Rule, Verb
from bot.recording.calls import live_calls
from bot.recording.search import search_recordings, show_recording
from providers.memories import Memories
from providers.model import RecordingId, RecordingQuery
from providers.registry import Providers
from providers.ringcentral import connect
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.server import RingCentralSandbox
from tests.bot.recording.stage import ANNA, Stage, by, open_stage
from tests.providers.ringcentral.conftest import settings_for

NOBODY = Rule("101 is nobody's", frozenset({Verb.VIEW, Verb.START}), False, rooms=frozenset({"101"}))


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox() as sandbox:
        sandbox.world.clear_log()
        yield sandbox


@pytest.fixture
async def stage(tmp_path: Path, ringcentral: RingCentralSandbox) -> AsyncIterator[Stage]:
    settings = settings_for(ringcentral.api_url, ringcentral.media_url, live_calls=True)
    async with open_stage(tmp_path) as stage, connect("calls", settings, Memories()) as provider:
        stage.clock.now = datetime.now(UTC)
        policy = replace(stage.services.policy, rules=(NOBODY,))
        stage.services = replace(stage.services, providers=Providers([provider]), policy=policy)
        yield stage


def add(ringcentral: RingCentralSandbox, extension: str, inner: str | None = None) -> Call:
    return ringcentral.world.add_call(
        other=f"To {inner or 'Ada'}", extension=extension, inner=inner, owner=f"Owner of {extension}"
    )


async def found(stage: Stage) -> set[str]:
    page = await search_recordings(RecordingQuery(), None, by(ANNA), stage.services)
    return {row.recording.id for row in page.rows}


async def test_a_call_within_the_house_is_denied_from_either_side(
    stage: Stage, ringcentral: RingCentralSandbox
) -> None:
    denied = [add(ringcentral, "101"), add(ringcentral, "102", "101"), add(ringcentral, "101", "103")]
    allowed = add(ringcentral, "102", "103")
    assert await found(stage) == {allowed.recording_id}
    for call in denied:
        with pytest.raises(NotAllowed, match="101 is nobody"):
            await show_recording(None, RecordingId(call.recording_id), by(ANNA), stage.services)


async def test_a_call_that_was_passed_on_is_denied_in_the_part_that_the_rule_is_about(
    stage: Stage, ringcentral: RingCentralSandbox
) -> None:
    call = add(ringcentral, "102")
    ringcentral.world.add_transfer(call, extension="101", owner="Vova", duration=timedelta(minutes=1))
    [ours, _] = call.recordings
    assert await found(stage) == {ours.id}


async def test_a_call_of_which_nobody_can_tell_the_extension_is_denied(
    stage: Stage, ringcentral: RingCentralSandbox
) -> None:
    ringcentral.world.scope.remove("ReadAccounts")
    call = add(ringcentral, "102")
    assert await found(stage) == set()
    with pytest.raises(NotAllowed):
        await show_recording(None, RecordingId(call.recording_id), by(ANNA), stage.services)


@pytest.mark.parametrize(("extension", "inner"), [("101", None), ("102", "101"), ("101", "102")])
async def test_a_live_call_is_not_recorded_from_either_side(
    stage: Stage, ringcentral: RingCentralSandbox, extension: str, inner: str | None
) -> None:
    ringcentral.world.place_call(extension=extension, inner=inner, answered=True)
    with pytest.raises(NotAllowed):
        await stage.start(extension, ANNA)
    assert not any((await live_calls(None, by(ANNA), stage.services)).calls.values())


async def test_a_live_call_of_which_nobody_can_tell_the_extension_is_not_recorded(
    stage: Stage, ringcentral: RingCentralSandbox
) -> None:
    ringcentral.world.scope.remove("ReadAccounts")
    ringcentral.world.place_call(number="+16505550177", extension="102", answered=True)
    with pytest.raises(NotAllowed):
        await stage.start("+16505550177", ANNA)


async def test_a_live_call_that_the_rule_is_not_about_is_started_by_its_extension(
    stage: Stage, ringcentral: RingCentralSandbox
) -> None:
    call = ringcentral.world.place_call(extension="102", inner="103", answered=True)
    watch = await stage.started("102")
    assert (watch.room.extension, watch.room.extensions) == ("102", ("102", "103"))
    assert call.recording_id
