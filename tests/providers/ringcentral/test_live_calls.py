"""Live calls of a RingCentral account: the contract on real sockets, and what only RingCentral does."""

import asyncio
import json
from datetime import timedelta
from typing import Any, cast

import pytest

from providers.errors import BadAnswer, NotFound, NotLicensed, Refused
from providers.interfaces import CallRecorder
from providers.model import CallId, CallState, Direction, LiveCall
from providers.ringcentral.live import read_active, read_session
from providers.testing import CallRecorderContract
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.refusal import no_permission
from sandbox.ringcentral.server import RingCentralSandbox
from tests.eventually import eventually

from .answering import Answering, said
from .conftest import Connect

SESSION = {
    "id": "s-1",
    "creationTime": "2026-05-04T09:00:00.000Z",
    "parties": [
        None,
        {"id": "p-2", "direction": "Outbound", "status": {"code": "Answered"}},
        {
            "id": "p-1",
            "direction": "Inbound",
            "from": {"phoneNumber": "+1855201XXXX"},
            "to": {"extensionNumber": 101},
            "status": {"code": "Answered"},
        },
    ],
}


class FarSide:
    """The sandbox's telephones as the contract sees them."""

    def __init__(self, ringcentral: RingCentralSandbox) -> None:
        self._world = ringcentral.world

    async def place_call(
        self, other: str, *, number: str = "+16505550177", extension: str = "101", answered: bool = True
    ) -> CallId:
        call = self._world.place_call(other=other, number=number, extension=extension, answered=answered)
        return CallId(f"{call.telephony_session_id}:{call.party_id}")

    async def answer(self, other: str) -> None:
        self._world.answer(self._call(other))

    async def begin(self, other: str) -> None:
        """It began when it was asked for."""

    async def begin_by_itself(self, other: str) -> None:
        self._world.record(self._call(other), kind="Automatic")

    async def forbid_pausing(self) -> None:
        self._world.settings.allow_mute = False

    async def hang_up(self, other: str) -> None:
        self._world.hang_up(self._call(other))

    async def hang_up_for_good(self, other: str, *, kept: bool) -> None:
        call = self._call(other)
        self._world.hang_up(call, lasted=timedelta(minutes=5 if kept else 0))
        self._world.make_ready(call)

    async def starts(self, other: str) -> int:
        recordings = self._call(other).recordings
        return len([recording for recording in recordings if recording.kind == "OnDemand"])

    def _call(self, other: str) -> Call:
        return next(call for call in self._world.calls.live() if call.other == other)


@pytest.fixture
async def provider(ringcentral: RingCentralSandbox, connected: Connect) -> CallRecorder:
    return await phone(ringcentral, connected)


@pytest.fixture
def backend(ringcentral: RingCentralSandbox) -> FarSide:
    return FarSide(ringcentral)


async def phone(far: Any, connected: Connect, **changes: Any) -> CallRecorder:
    provider = await connected(far, live_calls=True, **changes)
    assert isinstance(provider, CallRecorder)
    return cast(CallRecorder, provider)


class TestRingCentralCalls(CallRecorderContract):
    """Calls of an account."""


async def test_without_live_calls_nothing_is_recorded_on_demand(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    assert not isinstance(await connected(ringcentral), CallRecorder)


async def live(provider: CallRecorder) -> LiveCall:
    [call] = await provider.live_calls()
    return call


async def test_a_call_that_connects_in_this_second_is_asked_a_second_time(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await phone(ringcentral, connected)
    ringcentral.world.settings.announcement = 600.0
    ringcentral.world.place_call(answered=True)
    call = await live(provider)
    asking = asyncio.create_task(provider.record(call))
    await eventually(lambda: any(entry.status == 409 for entry in ringcentral.world.journal))
    ringcentral.world.settings.announcement = 0.0
    await asking
    assert (await provider.call(call.id)).recording is not None
    posts = [
        entry for entry in ringcentral.world.journal if entry.method == "POST" and "parties" in entry.path
    ]
    assert [entry.status for entry in posts] == [409, 201]


async def test_an_announcement_that_goes_on_is_named_after_the_second_try(
    ringcentral: RingCentralSandbox, provider: CallRecorder
) -> None:
    ringcentral.world.settings.announcement = 600.0
    ringcentral.world.place_call(answered=True)
    with pytest.raises(Refused, match="announcement may still be playing"):
        await provider.record(await live(provider))


async def test_an_extension_that_may_not_record_is_said_to_be_so(
    ringcentral: RingCentralSandbox, provider: CallRecorder
) -> None:
    ringcentral.world.settings.on_demand = False
    ringcentral.world.place_call(answered=True)
    with pytest.raises(Refused, match="may be switched off for this extension"):
        await provider.record(await live(provider))


async def test_a_missing_permission_is_named(ringcentral: RingCentralSandbox, provider: CallRecorder) -> None:
    ringcentral.world.place_call(answered=True)
    ringcentral.world.scope.remove("CallControl")
    with pytest.raises(NotLicensed, match="CallControl"):
        await provider.live_calls()


async def test_a_call_that_was_handed_over_has_ended_for_us_and_goes_on_elsewhere(
    ringcentral: RingCentralSandbox, provider: CallRecorder
) -> None:
    world = ringcentral.world
    call = world.place_call(extension="101", answered=True)
    before = await live(provider)
    await provider.record(before)
    recorded = await provider.call(before.id)
    world.transfer(call, extension="102")
    gone, after = await provider.call(before.id), await live(provider)
    assert (gone.state, gone.recording and gone.recording.id) == (
        CallState.ENDED,
        recorded.recording and recorded.recording.id,
    )
    assert (after.extension, after.state) == ("102", CallState.CONNECTED)
    assert after.id != before.id


async def test_of_many_calls_the_older_ones_cost_no_request_each(
    ringcentral: RingCentralSandbox, provider: CallRecorder
) -> None:
    for number in range(25):
        ringcentral.world.place_call(other=f"Caller {number}", answered=True)
    assert len(await provider.live_calls()) == 25
    sessions = [entry for entry in ringcentral.world.journal if "/telephony/" in entry.path]
    assert len(sessions) == 20


async def test_a_call_that_has_ended_is_not_listed_though_ringcentral_still_does(
    ringcentral: RingCentralSandbox, provider: CallRecorder
) -> None:
    call = ringcentral.world.place_call(answered=True)
    ringcentral.world.hang_up(call)
    assert list(await provider.live_calls()) == []


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("Setup", CallState.RINGING),
        ("Proceeding", CallState.RINGING),
        ("answered", CallState.CONNECTED),
        ("Hold", CallState.HELD),
        ("Parked", CallState.HELD),
        ("VoiceMail", CallState.HELD),
        ("Gone", CallState.ENDED),
        ("Disconnected", CallState.ENDED),
        ("SomethingNew", CallState.HELD),
    ],
)
def test_each_state_is_read_and_a_new_one_is_none_to_record_in(code: str, state: CallState) -> None:
    assert read(party(status={"code": code})).state is state


def test_a_party_of_which_little_is_said_is_read() -> None:
    call = read(party())
    assert (call.name, call.number, call.extension, call.owner) == (None, "+1855201XXXX", "101", None)
    assert (call.direction, call.recording) == (Direction.INBOUND, None)


def test_of_several_recordings_the_one_that_is_written_now_counts() -> None:
    recordings = [
        {"id": 1, "active": False},
        {"id": 2, "active": True, "mode": "Automatic"},
        {"active": True},
    ]
    recording = read(party(recordings=recordings)).recording
    assert recording is not None
    assert (recording.id, recording.paused, recording.automatic) == ("2", False, True)


def test_a_recording_whose_id_could_lead_elsewhere_is_none() -> None:
    assert read(party(recordings=[{"id": "../1", "active": True}])).recording is None


def test_what_is_no_active_call_is_left_out() -> None:
    record = {"telephonySessionId": "s-1", "partyId": "p-1", "startTime": "2026-05-04T09:00:00Z"}
    assert read_active(record) is not None
    assert read_active(record | {"result": "Missed"}) is None
    assert read_active(record | {"partyId": "p/1"}) is None
    assert read_active({}) is None
    assert read_active("call") is None


async def test_a_session_that_cannot_be_read_is_said_to_be_so(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = said({"parties": 5})
    provider = await phone(answering, connected)
    with pytest.raises(BadAnswer):
        await provider.call(CallId("s-1:p-1"))


def party(**changes: Any) -> bytes:
    """A session with one party of ours that is changed."""
    *others, ours = cast(list[Any], SESSION["parties"])
    return json.dumps(SESSION | {"parties": [*others, ours | changes]}).encode()


def read(session: bytes) -> LiveCall:
    call = read_session(session, CallId("s-1:p-1"), "p-1")
    assert call is not None
    return call


async def test_a_party_that_is_not_in_its_session_is_not_found(
    ringcentral: RingCentralSandbox, provider: CallRecorder
) -> None:
    ringcentral.world.place_call(answered=True)
    session, _, _ = (await live(provider)).id.partition(":")
    with pytest.raises(NotFound):
        await provider.call(CallId(f"{session}:p-elsewhere"))


@pytest.mark.parametrize("verb", ["record", "pause_call"])
async def test_a_permission_that_was_taken_away_is_not_taken_for_a_rule_of_the_account(
    ringcentral: RingCentralSandbox, provider: CallRecorder, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    recording = "OnDemand" if verb == "pause_call" else None
    ringcentral.world.place_call(answered=True, recording=recording)
    call = await live(provider)
    # It may be that of the subscription's user, who may look and not record.
    monkeypatch.setattr(
        "sandbox.ringcentral.telephony._answered",
        lambda asked: (_ for _ in ()).throw(no_permission("CallControl")),
    )
    with pytest.raises(NotLicensed, match="the app lacks the permission CallControl"):
        await getattr(provider, verb)(call)
