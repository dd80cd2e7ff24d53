"""Watches of providers that nobody has configured any more."""

from datetime import timedelta

from bot.store import Store
from tests.clock import Clock

from .samples import LEASE, a_watch

MISSING = timedelta(minutes=10)


async def left(store: Store, *known: str) -> list[str]:
    return [one.id for one in await store.watches.claim_left(known, MISSING, "me", LEASE, 9)]


async def test_only_what_nobody_looked_at_for_so_long_is_taken(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await store.watches.reserve(a_watch("w1", "r1"), None)
    await store.watches.reserve(a_watch("w2", "r2"), None, look_in=timedelta(minutes=5))
    await store.watches.reserve(a_watch("w3", "r3", provider="other"), None)
    clock.forward(minutes=9)
    assert await left(neighbour, "other") == []
    clock.forward(minutes=2)
    assert await left(neighbour, "other", "third") == ["w1"]
    assert await left(store, "other") == []
    clock.forward(minutes=9)
    assert set(await left(store)) == {"w1", "w2", "w3"}
