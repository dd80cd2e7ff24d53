"""Looks that found nothing new are written together, and each as if it were alone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from bot.domain.watch import Step
from bot.store import Claimed, LostClaim, Store
from tests.clock import Clock
from tests.eventually import PATIENCE

from .samples import LEASE, SOON, recording_watch


async def claimed_watches(store: Store, count: int) -> list[Claimed]:
    for number in range(count):
        await store.watches.reserve(recording_watch(f"w{number}", f"r{number}"), None)
    return await store.watches.claim("vidyo", "me", LEASE, count)


def still(claimed: Claimed) -> Step:
    return Step(claimed.value, look_in=SOON)


async def test_looks_that_end_together_are_all_due_again(store: Store, clock: Clock) -> None:
    claimed = await claimed_watches(store, 7)
    after = await asyncio.gather(*(store.watches.settle(one, still(one)) for one in claimed))
    assert [one.fence for one in after] == [one.fence + 1 for one in claimed]
    assert await store.watches.claim("vidyo", "me", LEASE, 9) == []
    clock.forward(SOON)
    again = await store.watches.claim("vidyo", "you", LEASE, 9)
    assert sorted(one.id for one in again) == sorted(one.id for one in claimed)
    assert [one.value for one in again] == [one.value for one in claimed]


@contextmanager
def told_of_writing(tell: Callable[[], object]) -> Iterator[None]:
    """Within this, `tell` hears of each transaction that begins, and of each statement that writes."""

    def listen(*said: str) -> None:
        if said[2].startswith(("BEGIN", "UPDATE")):
            tell()

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


async def test_looks_that_end_together_cost_one_transaction(store: Store) -> None:
    claimed = await claimed_watches(store, 7)
    begun: list[None] = []
    with told_of_writing(lambda: begun.append(None)):
        await asyncio.gather(*(store.watches.settle(one, still(one)) for one in claimed))
    assert len(begun) == 2


async def test_a_claim_lost_among_them_is_told_to_its_holder_alone(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    claimed = await claimed_watches(store, 4)
    clock.forward(LEASE)
    yours = await neighbour.watches.claim_one(claimed[2].id, "you", LEASE)
    assert yours is not None
    outcomes = await asyncio.gather(
        *(store.watches.settle(one, still(one)) for one in claimed), return_exceptions=True
    )
    assert [isinstance(outcome, LostClaim) for outcome in outcomes] == [False, False, True, False]
    await neighbour.watches.settle(yours, still(yours))


async def test_one_claim_settled_twice_at_once_is_good_for_one(store: Store) -> None:
    [one] = await claimed_watches(store, 1)
    outcomes = await asyncio.gather(
        *(store.watches.settle(one, still(one)) for _ in range(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Claimed, LostClaim]


async def test_who_is_cancelled_while_others_write_takes_nobody_along(store: Store, clock: Clock) -> None:
    claimed = await claimed_watches(store, 5)
    writing = asyncio.Event()
    with told_of_writing(writing.set):
        looks = [asyncio.create_task(store.watches.settle(one, still(one))) for one in claimed]
        async with asyncio.timeout(PATIENCE):
            await writing.wait()
        looks[0].cancel()
        looks[3].cancel()
        outcomes = await asyncio.gather(*looks, return_exceptions=True)
    kept = [one.id for one, outcome in zip(claimed, outcomes, strict=True) if isinstance(outcome, Claimed)]
    assert len(kept) == 3
    clock.forward(SOON)
    due = [one.id for one in await store.watches.claim("vidyo", "you", LEASE, 9)]
    assert set(kept) <= set(due)


async def test_a_store_that_fails_is_told_to_everybody_who_wrote(store: Store) -> None:
    claimed = await claimed_watches(store, 3)
    async with store._database.transaction() as connection:
        await connection.exec_driver_sql("ALTER TABLE watches RENAME TO elsewhere")
    outcomes = await asyncio.gather(
        *(store.watches.settle(one, still(one)) for one in claimed), return_exceptions=True
    )
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    async with store._database.transaction() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO watches")
    await asyncio.gather(*(store.watches.settle(one, still(one)) for one in claimed))
