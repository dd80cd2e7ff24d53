"""A time in a large library is found by halving what is left, however far back it lies."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from providers.model import Recording, RecordingQuery, SortBy
from providers.vidyo.replay import RecordRows
from providers.vidyo.search import Asked, search
from sandbox.vidyo.server import VidyoSandbox

from .conftest import Connect
from .test_search import NOON, Server, made, numbers

BOUND = 2000
HOUR = timedelta(hours=1)


@cache
def recordings(size: int) -> list[Recording]:
    return [made(n) for n in range(size)]


def library(size: int = 5000) -> Server:
    return Server(*recordings(size))


def between(first: int, last: int, **more: object) -> RecordingQuery:
    """The recordings from this number to that one, both included."""
    query = RecordingQuery(since=NOON + first * HOUR, until=NOON + (last + 1) * HOUR, limit=50)
    return replace(query, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [0, 1, 40, 200, 999, 1500, 2750, 4000, 4700, 4799, 4980])
@pytest.mark.parametrize("descending", [True, False])
async def test_ten_recordings_of_a_large_library_are_found_in_a_few_requests(
    first: int, descending: bool
) -> None:
    server = library()
    page = await search(between(first, first + 9, descending=descending), server, BOUND)
    expected = list(range(first, first + 10))
    assert numbers(page) == (expected[::-1] if descending else expected)
    assert (page.total, page.more, page.complete) == (10, False, True)
    assert len(server.asked) <= 8
    assert sum(asked.limit for asked in server.asked) < 700


@pytest.mark.parametrize(
    "more",
    [
        {"sort": SortBy.TITLE},
        {"sort": SortBy.DURATION},
        {"hidden": True, "running": True},
        {"title": "Meeting"},
    ],
)
async def test_whatever_else_is_asked_for(more: dict[str, object]) -> None:
    server = library()
    page = await search(between(120, 129, **more), server, BOUND)
    assert sorted(numbers(page)) == list(range(120, 130))
    assert page.complete
    assert len(server.asked) <= 8


@pytest.mark.parametrize("more", [{"words": "vova"}, {"owner": "vova"}, {"room": "Room"}])
async def test_in_each_place_where_a_word_may_stand(more: dict[str, object]) -> None:
    server = library()
    page = await search(between(120, 129, **more), server, BOUND)
    assert sorted(numbers(page)) == list(range(120, 130))
    assert page.complete


async def test_the_last_ones_before_a_time_and_the_first_ones_since_one() -> None:
    server = library()
    before = await search(RecordingQuery(until=NOON + 300 * HOUR, limit=5), server, BOUND)
    assert numbers(before) == [299, 298, 297, 296, 295]
    assert (before.complete, before.more) == (True, True)
    after = await search(RecordingQuery(since=NOON + 4000 * HOUR, descending=False, limit=5), server, BOUND)
    assert numbers(after) == [4000, 4001, 4002, 4003, 4004]
    assert (after.complete, after.more) == (True, True)
    assert sum(asked.limit for asked in server.asked) < 1000


async def test_the_bound_counts_what_is_looked_through_and_not_what_is_passed_over() -> None:
    server = library()
    page = await search(between(100, 3000, title="nothing"), server, 600)
    assert (page.recordings, page.complete) == ((), False)
    assert (
        page.note
        == "Only the newest 600 recordings of that time were looked through; older ones may be missing."
    )
    assert (await search(between(100, 400, title="nothing"), server, 600)).complete


async def test_pages_fit_together_far_back() -> None:
    server, visited, more = library(), [], True
    while more:
        page = await search(between(500, 899, start=len(visited)), server, BOUND)
        visited += numbers(page)
        more = page.more
    assert visited == list(range(899, 499, -1))


async def test_rows_that_come_and_go_meanwhile_hide_none() -> None:
    server = library()
    probes = 0

    async def restless(asked: Asked) -> RecordRows:
        nonlocal probes
        probes += 1
        if probes % 2:
            server.recordings.append(made(9000 + probes))
        else:
            server.recordings = [one for one in server.recordings if one is not server.recordings[-1]][:-4]
        return await server(asked)

    page = await search(between(1000, 1009), restless, BOUND)
    assert numbers(page) == list(range(1009, 999, -1))


async def test_a_server_that_does_not_count_is_walked_through() -> None:
    server = library(1000)

    async def countless(asked: Asked) -> RecordRows:
        return replace(await server(asked), count=None)

    assert numbers(await search(between(120, 122), countless, BOUND)) == [122, 121, 120]


async def test_a_server_that_begins_at_the_newest_wherever_it_is_asked_is_not_believed() -> None:
    server = library()

    async def deaf(asked: Asked) -> RecordRows:
        return await server(replace(asked, start=0))

    page = await search(between(120, 122), deaf, BOUND)
    assert (page.recordings, page.complete) == ((), False)


async def test_a_row_that_nobody_can_read_ends_the_halving_and_not_the_search() -> None:
    server = library(1000)

    async def damaged(asked: Asked) -> RecordRows:
        rows = await server(asked)
        legible = tuple(one for one in rows.recordings if int(one.id) % 2 == 0)
        return replace(rows, recordings=legible)

    for first in (120, 121, 122):
        page = await search(between(first, first + 3), damaged, BOUND)
        assert numbers(page) == [n for n in range(first + 3, first - 1, -1) if n % 2 == 0]


async def test_the_older_part_of_a_library_of_five_thousand_is_found_at_the_server(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    now = vidyo.world.clock.now()
    vidyo.world.library.clear()
    for n in range(5000):
        vidyo.world.add_recording(f"Meeting {n}", ended=now - n * HOUR, size=80_000)
    provider = await connected(vidyo)
    day = RecordingQuery(since=now - 4524.5 * HOUR, until=now - 4500.5 * HOUR, limit=50)
    page = await provider.search(day)
    assert [one.title for one in page.recordings] == [f"Meeting {n}" for n in range(4501, 4525)][
        : len(page.recordings)
    ]
    assert (len(page.recordings), page.complete) == (24, True)
    assert vidyo.world.journal.count("RecordsSearch") <= 8
