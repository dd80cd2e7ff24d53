import asyncio
from itertools import count

import pytest
from sqlalchemy import select

from bot.store import Store
from bot.store.tables import inbox

from .conftest import Home
from .cutting import Cut
from .samples import a_notice, a_request, a_watch


async def test_a_transaction_that_is_cut_off_leaves_the_writer_free(store: Store) -> None:
    half_done = asyncio.Event()

    async def never_done() -> None:
        async with store.inbox._database.transaction() as connection:
            await connection.exec_driver_sql("DELETE FROM notices")
            half_done.set()
            await asyncio.Event().wait()

    await store.notices.owe(a_notice("n1"))
    task = asyncio.create_task(never_done())
    await half_done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.notices.get("n1")
    assert await store.notices.owe(a_notice("n2"))


@pytest.mark.parametrize("late", [False, True])
async def test_a_write_may_be_cut_off_anywhere_and_the_next_one_goes_on(store: Store, late: bool) -> None:
    for turn in count(1):
        write = store.watches.reserve(a_watch(f"w{turn}", f"r{turn}"), a_notice(f"n{turn}"))
        cut = Cut(write, turn, late=late)
        await cut.ended()
        assert await store.inbox.keep(f"k{turn}", a_request())
        kept = await store.watches.get(f"w{turn}")
        assert (kept is None) == (await store.notices.get(f"n{turn}") is None)
        if not cut.reached:
            break
    assert kept
    assert turn > 5


async def test_who_is_cancelled_while_somebody_else_writes_is_just_that(
    store: Store, neighbour: Store, home: Home
) -> None:
    async def waits() -> None:
        async with store.inbox._database.transaction() as connection:
            await connection.exec_driver_sql("DELETE FROM notices")

    await store.notices.owe(a_notice("n1"))
    async with neighbour.inbox._database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM notices")
        task = asyncio.create_task(waits())
        await home.somebody_waits()
        task.cancel()
        await asyncio.sleep(0)  # it hears of that
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.notices.owe(a_notice("n1"))


async def test_readers_go_on_while_somebody_writes(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    async with store.inbox._database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM inbox")
        assert await store.inbox.pending() == 1
    assert await store.inbox.pending() == 0


async def test_many_writers_take_turns(store: Store, neighbour: Store) -> None:
    sides = [store, neighbour] * 20
    kept = await asyncio.gather(*(side.inbox.keep(f"k{n % 20}", a_request()) for n, side in enumerate(sides)))
    assert sum(kept) == 20
    assert len(await store.inbox._database.read(select(inbox.c.key))) == 20
