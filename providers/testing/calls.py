"""What any provider must do that records phone calls while they go on."""

from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from providers.errors import NotFound, NotKept, Refused
from providers.interfaces import CallRecorder
from providers.model import CallId, CallState, Direction, LiveCall, RecordingId
from providers.testing.backend import NOBODY, Contract, told


class CallBackend(Protocol):
    """The telephones as these tests see them. To return is to have done it: the provider sees it at once."""

    async def place_call(
        self, other: str, *, number: str = "+16505550177", extension: str = "101", answered: bool = True
    ) -> CallId:
        """Somebody of this name calls an extension, and is answered or not. A call that rings need not be listed."""

    async def answer(self, other: str) -> None:
        """The call that rings is answered."""

    async def begin(self, other: str) -> None:
        """The recording that was asked for begins, where that takes its time."""

    async def begin_by_itself(self, other: str) -> None:
        """The system records the call without having been asked."""

    async def forbid_pausing(self) -> None:
        """From now on an automatic recording does not let itself be paused."""

    async def hang_up(self, other: str) -> None:
        """The call ends."""

    async def hang_up_for_good(self, other: str, *, kept: bool) -> None:
        """The call ends, and the library knows at once what became of its recording: `kept`, or too short for that."""

    async def starts(self, other: str) -> int:
        """How many recordings of this call were begun on demand."""


class CallRecorderContract(Contract):
    """Records phone calls that go on now."""

    async def live(self, provider: CallRecorder, other: str) -> LiveCall:
        """The one live call with this other side."""
        [call] = [call for call in await provider.live_calls() if call.name == other]
        return call

    async def placed(self, provider: CallRecorder, backend: CallBackend, other: str) -> LiveCall:
        """A call that was answered."""
        await backend.place_call(other)
        return await self.live(provider, other)

    async def recorded(self, provider: CallRecorder, backend: CallBackend, other: str) -> LiveCall:
        """A call whose recording has begun."""
        call = await self.placed(provider, backend, other)
        await provider.record(call)
        await backend.begin(other)
        return await provider.call(call.id)

    async def test_a_live_call_says_who_talks_to_whom(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        await backend.place_call(mark, number="+16505550188", extension="102")
        call = await self.live(provider, mark)
        assert (call.name, call.number, call.extension) == (mark, "+16505550188", "102")
        assert (call.direction, call.state) == (Direction.INBOUND, CallState.CONNECTED)
        assert call.recording is None
        assert call.started.utcoffset() == timedelta()
        assert await provider.call(call.id) == call

    async def test_to_ask_is_seen_once_the_recording_runs(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        assert call.recording is not None
        assert call.recording.id
        assert not call.recording.paused
        assert not call.recording.automatic

    async def test_its_recording_is_listed_with_the_live_calls(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        assert call.recording is not None
        assert (await provider.call((await self.live(provider, mark)).id)).recording == call.recording

    async def test_a_call_that_is_recorded_is_left_as_it_is(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        await provider.record(call)
        assert (await provider.call(call.id)).recording == call.recording
        assert await backend.starts(mark) == 1

    async def test_a_call_that_rings_cannot_be_recorded_until_it_is_answered(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await provider.call(await backend.place_call(mark, answered=False))
        assert call.state is CallState.RINGING
        with told(Refused):
            await provider.record(call)
        assert await backend.starts(mark) == 0
        await backend.answer(mark)
        assert (await provider.call(call.id)).state is CallState.CONNECTED
        await provider.record(call)
        await backend.begin(mark)
        assert (await provider.call(call.id)).recording is not None

    async def test_pause_and_resume_are_reported(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        await provider.pause_call(call)
        paused = (await provider.call(call.id)).recording
        assert paused is not None
        assert paused.paused
        await provider.resume_call(call)
        assert (await provider.call(call.id)).recording == call.recording

    async def test_a_call_that_is_not_recorded_has_nothing_to_pause(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.placed(provider, backend, mark)
        with told(Refused):
            await provider.pause_call(call)

    async def test_a_recording_that_began_by_itself_is_seen_too(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.placed(provider, backend, mark)
        await backend.begin_by_itself(mark)
        assert (await provider.call(call.id)).recording is not None
        await provider.record(call)
        assert await backend.starts(mark) == 0

    async def test_where_the_account_forbids_it_an_automatic_recording_is_not_paused(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.placed(provider, backend, mark)
        await backend.begin_by_itself(mark)
        await backend.forbid_pausing()
        with told(Refused):
            await provider.pause_call(await provider.call(call.id))
        recording = (await provider.call(call.id)).recording
        assert recording is not None
        assert not recording.paused

    async def test_a_call_that_was_hung_up_has_ended(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        await backend.hang_up(mark)
        with suppress(NotFound):  # a provider may forget it at once
            assert (await provider.call(call.id)).state is CallState.ENDED
        assert mark not in [call.name for call in await provider.live_calls()]
        with told(Refused):
            await provider.record(call)

    async def test_the_recording_of_a_call_is_there_once_it_is_kept(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        assert call.recording is not None
        with told(NotFound) as early:
            await provider.recording_of(call.id, call.recording.id)
        assert not isinstance(early.value, NotKept)
        await backend.hang_up_for_good(mark, kept=True)
        recording = await provider.recording_of(call.id, call.recording.id)
        assert (recording.id, recording.title) == (call.recording.id, mark)

    async def test_a_recording_that_was_too_short_is_said_not_to_be_kept(
        self, provider: CallRecorder, backend: CallBackend, mark: str
    ) -> None:
        call = await self.recorded(provider, backend, mark)
        assert call.recording is not None
        await backend.hang_up_for_good(mark, kept=False)
        with told(NotKept):
            await provider.recording_of(call.id, call.recording.id)

    async def test_an_unknown_call_is_not_found(self, provider: CallRecorder) -> None:
        with told(NotFound):
            await provider.call(CallId(f"s-{NOBODY}"))
        with told(NotFound):
            await provider.call(CallId(f"s-{NOBODY}:p-{NOBODY}"))
        with told(NotFound):
            await provider.call(CallId("../../recording/1:2"))
        with told(NotFound):
            await provider.recording_of(CallId(f"s-{NOBODY}:p-{NOBODY}"), RecordingId(NOBODY))
        with told(NotFound):
            await provider.recording_of(CallId("../../recording/1:2"), RecordingId(NOBODY))
