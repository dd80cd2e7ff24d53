import asyncio

import pytest
from sqlalchemy import select

from bot.store import Store
from bot.store.tables import inbox

from .samples import a_notice, a_request, a_watch


async def test_a_transaction_that_is_cut_off_leaves_the_writer_free(store: Store) -> None:
    async def never_done() -> None:
        async with store.inbox._database.transaction() as connection:
            await connection.exec_driver_sql("DELETE FROM notices")
            await asyncio.Event().wait()

    await store.notices.owe(a_notice("n1"))
    task = asyncio.create_task(never_done())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.notices.get("n1")
    assert await store.notices.owe(a_notice("n2"))


async def test_a_write_may_be_cut_off_anywhere_and_the_next_one_goes_on(store: Store) -> None:
    for turn in range(60):
        task = asyncio.create_task(
            store.watches.reserve(a_watch(f"w{turn}", f"r{turn}"), a_notice(f"n{turn}"))
        )
        for _ in range(turn % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await store.inbox.keep(f"k{turn}", a_request())
        assert (await store.watches.get(f"w{turn}") is None) == (await store.notices.get(f"n{turn}") is None)


async def test_who_is_cancelled_while_somebody_else_writes_is_just_that(
    store: Store, neighbour: Store
) -> None:
    async def waits() -> None:
        async with store.inbox._database.transaction() as connection:
            await connection.exec_driver_sql("DELETE FROM notices")

    await store.notices.owe(a_notice("n1"))
    async with neighbour.inbox._database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM notices")
        task = asyncio.create_task(waits())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0)
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
