from datetime import timedelta

import pytest

from bot.store import LostClaim, Store
from tests.clock import Clock

from .samples import LEASE, SOON

NOW = timedelta()


async def test_nothing_is_looked_for_until_somebody_wants_it(store: Store) -> None:
    assert await store.looks.claim("me", LEASE, 9) == []
    await store.looks.want("vidyo", NOW)
    assert [c.value for c in await store.looks.claim("me", LEASE, 9)] == ["vidyo"]


async def test_the_soonest_wish_counts(store: Store, clock: Clock) -> None:
    await store.looks.want("vidyo", 2 * SOON)
    await store.looks.want("vidyo", SOON)
    await store.looks.want("vidyo", 3 * SOON)
    clock.forward(SOON - timedelta(microseconds=1))
    assert await store.looks.claim("me", LEASE, 9) == []
    clock.forward(timedelta(microseconds=1))
    assert len(await store.looks.claim("me", LEASE, 9)) == 1


async def test_gaps_can_grow_until_somebody_wants_a_look_anew(store: Store, clock: Clock) -> None:
    await store.looks.want("vidyo", NOW)
    rounds = []
    for turn in range(5):
        [claimed] = await store.looks.claim("me", LEASE, 9)
        rounds.append(claimed.round)
        await store.looks.finish(claimed, SOON)
        if turn == 2:
            await store.looks.want("vidyo", NOW)
        clock.forward(SOON)
    assert rounds == [0, 1, 2, 0, 1]


async def test_a_library_that_nobody_waits_for_is_left_alone(store: Store, clock: Clock) -> None:
    await store.looks.want("vidyo", NOW)
    [claimed] = await store.looks.claim("me", LEASE, 9)
    await store.looks.finish(claimed, None)
    clock.forward(timedelta(days=9))
    assert await store.looks.claim("me", LEASE, 9) == []


async def test_a_wish_during_a_look_is_not_lost(store: Store, neighbour: Store, clock: Clock) -> None:
    await store.looks.want("vidyo", NOW)
    [claimed] = await store.looks.claim("me", LEASE, 9)
    await neighbour.looks.want("vidyo", SOON)
    await store.looks.finish(claimed, None)
    clock.forward(SOON)
    [again] = await store.looks.claim("me", LEASE, 9)
    assert again.round == 0

    await neighbour.looks.want("vidyo", SOON)
    await store.looks.finish(again, 9 * SOON)
    clock.forward(SOON)
    assert len(await store.looks.claim("me", LEASE, 9)) == 1


async def test_one_process_looks_into_a_library_at_a_time(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await store.looks.want("vidyo", NOW)
    [mine] = await store.looks.claim("me", LEASE, 9)
    await neighbour.looks.want("vidyo", NOW)
    assert await neighbour.looks.claim("you", LEASE, 9) == []

    clock.forward(LEASE)
    [yours] = await neighbour.looks.claim("you", LEASE, 9)
    with pytest.raises(LostClaim):
        await store.looks.finish(mine, None)
    await neighbour.looks.finish(yours, None)


async def test_a_look_whose_process_died_is_made_by_another(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await store.looks.want("vidyo", NOW)
    await store.looks.claim("me", LEASE, 9)
    clock.forward(LEASE)
    assert [c.round for c in await neighbour.looks.claim("you", LEASE, 9)] == [1]
