"""What several processes agree upon: nobody's change is lost, and all go by one clock."""

import asyncio
from datetime import datetime

import pytest

from bot.store import Store
from providers.memories import SlateMemory
from tests.clock import Clock


def one_more(kept: str | None, at: datetime) -> str:
    return str(int(kept or 0) + 1)


async def read(store: Store, key: str) -> str | None:
    found: list[str | None] = []

    def look(kept: str | None, at: datetime) -> str:
        found.append(kept)
        return kept or ""

    await store.slates.change(key, look)
    return found[0]


async def test_of_many_changes_at_once_none_is_lost(store: Store, neighbour: Store) -> None:
    memory: SlateMemory = store.slates
    at_once = [which.change("a", one_more) for which in (memory, neighbour.slates) for _ in range(10)]
    await asyncio.gather(*at_once)
    assert await read(neighbour, "a") == "20"
    assert await read(store, "b") is None


async def test_both_are_told_the_same_hour(store: Store, neighbour: Store, clock: Clock) -> None:
    hours: list[datetime] = []

    def look(kept: str | None, at: datetime) -> str:
        hours.append(at)
        return ""

    await store.slates.change("a", look)
    clock.forward(seconds=7)
    await neighbour.slates.change("a", look)
    assert (hours[1] - hours[0]).total_seconds() == 7
    assert hours[1] == clock()


async def test_a_change_that_fails_leaves_all_as_it_was(store: Store, neighbour: Store) -> None:
    def fail(kept: str | None, at: datetime) -> str:
        raise ValueError

    await store.slates.change("a", one_more)
    with pytest.raises(ValueError):  # noqa: PT011
        await store.slates.change("a", fail)
    await neighbour.slates.change("a", one_more)
    assert await read(store, "a") == "2"
