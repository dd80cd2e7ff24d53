from datetime import timedelta

from bot.store import Store
from bot.store.agenda import Agenda
from tests.clock import Clock

from .samples import LEASE, SOON, a_notice, a_request, a_watch

ALL = Agenda(requests=True, libraries=True, notices=True, providers=frozenset({"quick", "slow"}))


async def _fill(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    await store.looks.want("quick", timedelta())
    await store.notices.owe(a_notice("n1"))
    await store.watches.reserve(a_watch("w1", "r1", provider="quick"), None)
    await store.watches.reserve(a_watch("w2", "r2", provider="slow"), None)
    await store.watches.reserve(a_watch("w3", "r3", provider="slow"), None)


async def test_an_empty_store_has_nothing_due(store: Store) -> None:
    assert await store.agenda() == Agenda()


async def test_each_kind_of_work_is_named_where_a_claim_would_find_it(store: Store) -> None:
    await _fill(store)
    assert await store.agenda() == ALL
    assert len(await store.watches.claim("quick", "me", LEASE, 9)) == 1
    assert (await store.agenda()).providers == {"slow"}


async def test_what_somebody_has_in_hand_is_due_again_when_their_lease_ends(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await _fill(store)
    await store.inbox.claim("me", LEASE, 9)
    await store.looks.claim("me", LEASE, 9)
    await store.notices.claim("me", LEASE, 9)
    for provider in ("quick", "slow"):
        await store.watches.claim(provider, "me", LEASE, 9)
    assert await neighbour.agenda() == Agenda()
    clock.forward(LEASE)
    assert await neighbour.agenda() == ALL


async def test_what_comes_later_is_not_due_yet(store: Store, clock: Clock) -> None:
    await store.watches.reserve(a_watch(provider="slow"), None, look_in=SOON)
    assert await store.agenda() == Agenda()
    clock.forward(SOON)
    assert await store.agenda() == Agenda(providers=frozenset({"slow"}))
