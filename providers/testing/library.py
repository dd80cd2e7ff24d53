"""What any provider must do that keeps recordings."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from providers.errors import NotFound, NotSupported, Refused
from providers.interfaces import FreshLibrary, RecordingDeleter, RecordingEditor, RecordingLibrary
from providers.model import (
    ByteRange,
    Direction,
    Recording,
    RecordingChange,
    RecordingId,
    RecordingQuery,
    Scope,
    SortBy,
)
from providers.testing.backend import NOBODY, NOON, Contract, ContractBackend, ids, read, told


class RecordingLibraryContract(Contract):
    """Keeps recordings, finds them and gives out their files."""

    scopes: ClassVar = True
    """Whether this library says who may see a recording."""

    calls: ClassVar = False
    """Whether its recordings are of phone calls. A call is listed when it is over."""

    async def test_a_recording_reads_as_it_was_kept(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        id = await backend.add_recording(title=mark, started=NOON, duration=timedelta(minutes=75))
        recording = await provider.recording(id)
        assert recording.id == id
        assert recording.title == mark
        assert recording.started == NOON
        assert recording.started.utcoffset() == timedelta()
        assert recording.duration == timedelta(minutes=75)
        assert recording.size in (len(await backend.content(id)), None)
        assert not recording.running
        assert (await provider.search(RecordingQuery(title=mark))).recordings == (recording,)

    async def test_what_a_search_is_told_to_leave_out_is_as_if_it_were_not_there(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        kept = [
            await backend.add_recording(title=f"{mark} {number}", started=NOON - timedelta(minutes=number))
            for number in range(7)
        ]
        seen, hidden = kept[::2], set(kept[1::2])
        for query in (RecordingQuery(title=mark), RecordingQuery(words=mark)):
            page = await provider.search(
                replace(query, limit=3), lambda recording: recording.id not in hidden
            )
            assert [recording.id for recording in page.recordings] == seen[:3]
            assert page.more
            page = await provider.search(
                replace(query, start=3, limit=3), lambda recording: recording.id not in hidden
            )
            assert [recording.id for recording in page.recordings] == seen[3:]
            assert not page.more
            assert page.total in (4, None)
        everything = RecordingQuery(hidden=True, running=True, limit=200)
        page = await provider.search(everything, lambda recording: recording.id not in hidden)
        assert not hidden & {recording.id for recording in page.recordings}
        everything = replace(everything, since=NOON - timedelta(hours=1))
        page = await provider.search(everything, lambda recording: recording.id not in hidden)
        assert not hidden & {recording.id for recording in page.recordings}

    async def test_an_unknown_recording_is_not_found(self, provider: RecordingLibrary) -> None:
        with told(NotFound):
            await provider.recording(RecordingId(NOBODY))

    async def test_a_word_is_found_in_title_owner_or_room(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        title = await backend.add_recording(title=f"Daily {mark} of spring")
        owner = await backend.add_recording(owner=f"{mark}-vova")
        room = await backend.add_recording(room=f"{mark}99")
        await backend.add_recording(title="something else")
        assert set(await ids(provider, RecordingQuery(words=mark))) == {title, owner, room}
        assert set(await ids(provider, RecordingQuery(words=mark.upper()))) == {title, owner, room}

    async def test_of_several_words_each_is_found_somewhere(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        both = await backend.add_recording(title=f"Planning {mark}", room="Weekly")
        await backend.add_recording(title=f"Planning {mark}", room="Monthly")
        assert await ids(provider, RecordingQuery(words=f"{mark} weekly")) == [both]

    async def test_title_owner_and_room_filters_look_there_only(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        title = await backend.add_recording(title=f"Daily {mark}")
        owner = await backend.add_recording(owner=f"{mark}-vova")
        room = await backend.add_recording(room=f"Room{mark}")
        assert await ids(provider, RecordingQuery(title=mark.upper())) == [title]
        assert await ids(provider, RecordingQuery(owner=mark.upper())) == [owner]
        assert await ids(provider, RecordingQuery(room=mark.upper())) == [room]

    async def test_filters_hold_together(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        wanted = await backend.add_recording(title=mark, room="Weekly", owner="vova")
        await backend.add_recording(title=mark, room="Weekly", owner="anna")
        await backend.add_recording(title=mark, room="Monthly", owner="vova")
        await backend.add_recording(title=mark, room="Weekly", owner="vova", started=NOON - timedelta(days=9))
        query = RecordingQuery(
            words=mark, room="weekly", owner="vova", since=NOON, longer=timedelta(minutes=5)
        )
        assert await ids(provider, query) == [wanted]
        assert await ids(provider, replace(query, shorter=timedelta(minutes=5))) == []

    async def test_since_is_included_and_until_is_not(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        day = timedelta(days=1)
        days = [await backend.add_recording(title=mark, started=NOON + n * day) for n in range(4)]
        asked = RecordingQuery(title=mark, descending=False)
        assert await ids(provider, replace(asked, since=NOON + day)) == days[1:]
        assert await ids(provider, replace(asked, until=NOON + day)) == days[:1]
        assert await ids(provider, replace(asked, since=NOON + day, until=NOON + 3 * day)) == days[1:3]

    async def test_longer_and_shorter_bound_the_length(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        short, middle, long = [
            await backend.add_recording(title=mark, duration=timedelta(minutes=minutes))
            for minutes in (5, 30, 90)
        ]
        asked = RecordingQuery(title=mark)
        ten, hour = timedelta(minutes=10), timedelta(hours=1)
        assert set(await ids(provider, replace(asked, longer=ten))) == {middle, long}
        assert set(await ids(provider, replace(asked, shorter=hour))) == {short, middle}
        assert await ids(provider, replace(asked, longer=ten, shorter=hour)) == [middle]

    async def test_a_scope_filter_gives_that_scope_only(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        if not self.scopes:
            with told(NotSupported):
                await provider.search(RecordingQuery(title=mark, scope=Scope.PUBLIC))
            return
        public = await backend.add_recording(title=mark, scope=Scope.PUBLIC)
        inside = await backend.add_recording(title=mark, scope=Scope.ORGANIZATION)
        assert await ids(provider, RecordingQuery(title=mark, scope=Scope.PUBLIC)) == [public]
        assert await ids(provider, RecordingQuery(title=mark, scope=Scope.ORGANIZATION)) == [inside]

    async def test_private_recordings_are_hidden_unless_asked_for(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        shown = await backend.add_recording(title=mark)
        if not self.scopes:
            assert await ids(provider, RecordingQuery(title=mark)) == [shown]
            assert (await provider.recording(shown)).scope is None
            return
        private = await backend.add_recording(title=mark, scope=Scope.PRIVATE)
        asked = RecordingQuery(title=mark)
        assert await ids(provider, asked) == [shown]
        assert set(await ids(provider, replace(asked, hidden=True))) == {private, shown}
        assert await ids(provider, replace(asked, hidden=True, scope=Scope.PRIVATE)) == [private]
        assert (await provider.recording(private)).scope is Scope.PRIVATE

    @pytest.mark.parametrize("sort", list(SortBy))
    async def test_a_search_is_sorted_as_asked_both_ways(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str, sort: SortBy
    ) -> None:
        ranks = {
            SortBy.DATE: (2, 0, 1),
            SortBy.TITLE: (1, 2, 0),
            SortBy.ROOM: (0, 2, 1),
            SortBy.DURATION: (1, 0, 2),
        }
        made = [
            await backend.add_recording(
                started=NOON + timedelta(hours=ranks[SortBy.DATE][n]),
                title=f"{mark} {'abc'[ranks[SortBy.TITLE][n]]}",
                room=f"Room {'abc'[ranks[SortBy.ROOM][n]]}",
                duration=timedelta(minutes=1 + ranks[SortBy.DURATION][n]),
            )
            for n in range(3)
        ]
        rising = [made[ranks[sort].index(rank)] for rank in range(3)]
        asked = RecordingQuery(title=mark, sort=sort, descending=False)
        assert await ids(provider, asked) == rising
        assert await ids(provider, replace(asked, descending=True)) == rising[::-1]

    async def test_the_newest_come_first_unless_asked_otherwise(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        old = await backend.add_recording(title=mark, started=NOON)
        new = await backend.add_recording(title=mark, started=NOON + timedelta(hours=1))
        assert await ids(provider, RecordingQuery(title=mark)) == [new, old]

    async def test_pages_visit_each_recording_once(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        # Three begin at the same moment: a page must not depend on how equals happen to be ordered.
        made = [
            await backend.add_recording(title=mark, started=NOON + timedelta(hours=n // 3)) for n in range(7)
        ]
        visited: list[RecordingId] = []
        for start, more in ((0, True), (3, True), (6, False)):
            page = await provider.search(RecordingQuery(title=mark, start=start, limit=3))
            visited += [recording.id for recording in page.recordings]
            assert page.more is more
            assert page.total in (7, None)
            assert page.complete
        assert len(visited) == 7
        assert set(visited) == set(made)

    async def test_a_page_that_ends_with_the_last_recording_has_none_behind_it(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        for _ in range(3):
            await backend.add_recording(title=mark)
        assert not (await provider.search(RecordingQuery(title=mark, limit=3))).more
        beyond = await provider.search(RecordingQuery(title=mark, start=3, limit=3))
        assert beyond.recordings == ()
        assert not beyond.more

    async def test_a_search_that_finds_nothing_says_so(self, provider: RecordingLibrary, mark: str) -> None:
        page = await provider.search(RecordingQuery(title=mark))
        assert page.recordings == ()
        assert page.total in (0, None)
        assert page.complete
        assert not page.more

    async def test_what_is_still_being_recorded_is_listed_only_when_asked_for(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        id = await backend.running_recording(mark)
        if self.calls:
            assert await ids(provider, RecordingQuery(room=mark, running=True)) == []
            return
        recording = await provider.recording(id)
        assert recording.running
        asked = RecordingQuery(room=recording.room, limit=100, since=recording.started)
        assert id not in await ids(provider, asked)
        assert id in await ids(provider, replace(asked, running=True))

    async def test_what_is_still_being_recorded_cannot_be_opened(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> None:
        id = await backend.running_recording(mark)
        if self.calls:
            with told(NotFound):
                await provider.recording(id)
            return
        recording = await provider.recording(id)
        with told(Refused):
            await read(provider, recording)

    @pytest.mark.parametrize(
        "query",
        [
            RecordingQuery(number="16505550100"),
            RecordingQuery(extension="101"),
            RecordingQuery(direction=Direction.INBOUND),
        ],
    )
    async def test_a_library_without_calls_refuses_their_filters(
        self, provider: RecordingLibrary, query: RecordingQuery
    ) -> None:
        if self.calls:
            assert (await provider.search(query)).complete
            return
        with told(NotSupported):
            await provider.search(query)

    @pytest.fixture
    async def kept(
        self, provider: RecordingLibrary, backend: ContractBackend, mark: str
    ) -> tuple[Recording, bytes]:
        """A recording, and its file."""
        id = await backend.add_recording(title=mark)
        return await provider.recording(id), await backend.content(id)

    async def test_a_whole_file_is_what_was_kept(
        self, provider: RecordingLibrary, kept: tuple[Recording, bytes]
    ) -> None:
        recording, content = kept
        async with provider.open(recording) as media:
            assert media.part is None
            assert media.length == len(content)
            assert "/" in media.content_type
            assert media.suffix.startswith(".")
            assert b"".join([chunk async for chunk in media.chunks]) == content

    @pytest.mark.parametrize(
        ("first", "last"),
        [(0, 0), (0, 99), (1000, 4999), (17, None), (0, None), (None, 1), (None, 1000), (4096, 4097)],
    )
    async def test_a_part_of_a_file_is_that_part(
        self,
        provider: RecordingLibrary,
        kept: tuple[Recording, bytes],
        first: int | None,
        last: int | None,
    ) -> None:
        recording, content = kept
        size = len(content)
        begin = size - (last or 0) if first is None else first
        end = size - 1 if first is None or last is None else last
        async with provider.open(recording, ByteRange(first, last)) as media:
            assert media.part == (begin, end, size)
            assert media.length == end - begin + 1
            assert b"".join([chunk async for chunk in media.chunks]) == content[begin : end + 1]

    async def test_a_part_that_reaches_beyond_the_end_ends_there(
        self, provider: RecordingLibrary, kept: tuple[Recording, bytes]
    ) -> None:
        recording, content = kept
        size = len(content)
        assert await read(provider, recording, ByteRange(size - 5, size + 100)) == content[-5:]
        assert await read(provider, recording, ByteRange(None, size + 100)) == content

    async def test_a_part_that_begins_behind_the_end_is_refused(
        self, provider: RecordingLibrary, kept: tuple[Recording, bytes]
    ) -> None:
        recording, content = kept
        with told(Refused):
            await read(provider, recording, ByteRange(len(content), None))

    async def test_a_file_may_be_left_before_its_end_and_opened_again(
        self, provider: RecordingLibrary, kept: tuple[Recording, bytes]
    ) -> None:
        recording, content = kept
        async with provider.open(recording) as media:
            first = await anext(media.chunks)
        assert content.startswith(first)
        assert await read(provider, recording) == content


class FreshLibraryContract(Contract):
    """Says how a recording stands now. The provider changes and deletes recordings too."""

    async def test_what_is_fresh_is_never_what_was_seen_earlier(
        self, provider: FreshLibrary, backend: ContractBackend, mark: str
    ) -> None:
        assert isinstance(provider, RecordingEditor)
        assert isinstance(provider, RecordingDeleter)
        id = await backend.add_recording(title=mark)
        [seen] = (await provider.search(RecordingQuery(title=mark))).recordings
        assert await provider.fresh(id) == seen
        await provider.edit(id, RecordingChange(scope=Scope.PRIVATE))
        assert (await provider.fresh(id)).private
        await provider.delete(id)
        with told(NotFound):
            await provider.fresh(id)
