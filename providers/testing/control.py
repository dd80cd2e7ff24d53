"""What any provider must do that records rooms or makes them."""

from dataclasses import replace

from providers.errors import NotFound, NotOurRoom, ProviderError, RecordingForbidden
from providers.interfaces import RecordingControl, RoomMaker
from providers.model import (
    Recorder,
    Room,
    RoomId,
    RoomKey,
    RoomView,
)
from providers.testing.backend import NOBODY, Contract, ContractBackend, seen, told


class RecordingControlContract(Contract):
    """Puts recorders into rooms and takes them out again."""

    async def recording_room(
        self, provider: RecordingControl, backend: ContractBackend, key: str
    ) -> tuple[Room, Recorder]:
        """A room in which a recorder is."""
        await backend.add_room(key)
        room = await provider.find_room(RoomKey(key))
        await provider.start(room, provider.default_profile)
        await backend.recorder_joins(key)
        view = await provider.view(room)
        assert view.recorder is not None
        return room, view.recorder

    async def test_the_provider_says_what_it_is(self, provider: RecordingControl) -> None:
        assert isinstance(provider, RecordingControl)
        assert provider.kind
        assert provider.name
        assert all(check.ok for check in await provider.check())

    async def test_a_room_is_found_by_its_key_and_by_its_id(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark)
        room = await provider.find_room(RoomKey(mark))
        again = await provider.room(room.id)
        assert room.key == mark
        assert (again.id, again.name) == (room.id, room.name)
        assert room.name

    async def test_a_key_is_read_where_one_can_be(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark)
        room = await provider.find_room(RoomKey(mark))
        assert provider.key_in(mark) == mark
        assert provider.key_in(f" {mark} ") == mark
        if room.join_url is not None:
            assert provider.key_in(room.join_url) == mark
        for text in ("", "the weekly meeting", "https://elsewhere.example/", "<!channel>"):
            assert provider.key_in(text) is None

    async def test_an_unknown_room_is_not_found(self, provider: RecordingControl, mark: str) -> None:
        with told(NotFound):
            await provider.find_room(RoomKey(mark))
        with told(NotFound):
            await provider.room(RoomId(NOBODY))

    async def test_a_name_that_no_room_has_finds_none(self, provider: RecordingControl, mark: str) -> None:
        assert list(await provider.find_rooms(mark)) == []

    async def test_the_default_profile_is_among_the_idle_ones(self, provider: RecordingControl) -> None:
        assert provider.default_profile.name in [profile.name for profile in await provider.profiles()]

    async def test_to_ask_is_not_to_record(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark, people=2)
        room = await provider.find_room(RoomKey(mark))
        await provider.start(room, provider.default_profile)
        assert await provider.view(room) == RoomView(recorder=None, people=2)
        assert await backend.starts(mark) == 1

    async def test_a_recorder_that_came_is_seen_and_is_not_counted_as_one_of_the_people(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark, people=3)
        room = await provider.find_room(RoomKey(mark))
        await provider.start(room, provider.default_profile)
        await backend.recorder_joins(mark)
        view = await provider.view(room)
        assert view.people == 3
        assert view.recorder is not None
        assert view.recorder.name
        assert not view.recorder.paused
        assert not view.recorder.webcast

    async def test_stop_takes_the_recorder_out_and_may_be_said_twice(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, recorder = await self.recording_room(provider, backend, mark)
        await provider.stop(room, recorder)
        await seen(provider, room, recorder=False)
        await provider.stop(room, recorder)
        assert (await provider.view(room)).recorder is None

    async def test_a_pause_and_its_end_are_reported(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, recorder = await self.recording_room(provider, backend, mark)
        await provider.pause(room, recorder)
        paused = (await provider.view(room)).recorder
        await provider.resume(room, recorder)
        resumed = (await provider.view(room)).recorder
        assert paused == replace(recorder, paused=True)
        assert resumed == recorder

    async def test_a_recorder_that_left_cannot_be_paused(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, recorder = await self.recording_room(provider, backend, mark)
        await backend.recorder_leaves(mark)
        with told(ProviderError):
            await provider.pause(room, recorder)

    async def test_a_recorder_that_drops_out_is_gone_while_people_stay(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, _ = await self.recording_room(provider, backend, mark)
        await backend.recorder_leaves(mark)
        view = await seen(provider, room, recorder=False)
        assert view.people == 2

    async def test_a_second_start_asks_for_a_second_recorder(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, _ = await self.recording_room(provider, backend, mark)
        await provider.start(room, provider.default_profile)
        assert await backend.starts(mark) == 2

    async def test_every_recorder_in_the_room_is_listed(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, first = await self.recording_room(provider, backend, mark)
        assert list(await provider.recorders(room)) == [first]
        await provider.start(room, provider.default_profile)
        await backend.recorder_joins(mark)
        both = await provider.recorders(room)
        assert len({recorder.id for recorder in both}) == 2
        assert first in both
        assert (await provider.view(room)).recorder in both

    async def test_a_room_without_a_recorder_lists_none(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark)
        assert list(await provider.recorders(await provider.find_room(RoomKey(mark)))) == []

    async def test_a_recorder_that_comes_back_is_another_one(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        room, first = await self.recording_room(provider, backend, mark)
        await backend.recorder_leaves(mark)
        await seen(provider, room, recorder=False)
        await provider.start(room, provider.default_profile)
        await backend.recorder_joins(mark)
        second = (await provider.view(room)).recorder
        assert second is not None
        await provider.stop(room, second)
        await seen(provider, room, recorder=False)
        await provider.stop(room, first)

    async def test_a_room_of_somebody_else_may_not_be_recorded(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark, ours=False)
        room = await provider.find_room(RoomKey(mark))
        assert room.ours is not True
        with told(NotOurRoom):
            await provider.start(room, provider.default_profile)

    async def test_a_room_whose_group_forbids_it_may_not_be_recorded(
        self, provider: RecordingControl, backend: ContractBackend, mark: str
    ) -> None:
        await backend.add_room(mark, may_record=False)
        room = await provider.find_room(RoomKey(mark))
        assert room.may_record is not True
        with told(RecordingForbidden):
            await provider.start(room, provider.default_profile)


class RoomMakerContract(Contract):
    """Creates rooms that a link opens. The provider is a `RecordingControl` too."""

    async def test_a_new_room_has_a_link_and_is_found_by_its_key(self, provider: RoomMaker) -> None:
        room = await provider.create_room()
        assert room.key
        assert room.join_url
        assert room.key in room.join_url
        assert isinstance(provider, RecordingControl)
        assert provider.key_in(room.join_url) == room.key
        assert (await provider.find_room(room.key)).id == room.id

    async def test_a_new_room_bears_the_name_it_was_given(self, provider: RoomMaker, mark: str) -> None:
        assert (await provider.create_room(mark)).name == mark

    async def test_two_new_rooms_are_two(self, provider: RoomMaker) -> None:
        first, second = await provider.create_room(), await provider.create_room()
        assert first.id != second.id
        assert first.key != second.key

    async def test_a_deleted_room_is_gone(self, provider: RoomMaker) -> None:
        room = await provider.create_room()
        await provider.delete_room(room)
        assert isinstance(provider, RecordingControl)
        assert room.key
        with told(NotFound):
            await provider.find_room(room.key)
        with told(NotFound):
            await provider.delete_room(room)
