"""A channel hears of a recording once, whoever tells it first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.conversation import Conversation
from bot.domain.notice import RecordingReady
from bot.domain.subscription import News
from bot.domain.watch import State
from bot.store import Claimed, LostClaim, ReadTo, Store
from providers.model import RecordingId
from tests.clock import Clock

from .samples import HERE, LEASE, NOON, SOON, a_recording, a_watch

THERE = Conversation("slack", "C2", "T1")
F1, F2 = a_recording("f1"), replace(a_recording("f2"), started=NOON + SOON)
NOW = timedelta()


async def look(store: Store) -> Claimed[str]:
    await store.looks.want("vidyo", NOW)
    [claimed] = await store.looks.claim("me", LEASE, 9)
    return claimed


async def tell(store: Store, claimed: Claimed[str], news: News, watermark: datetime | None = NOON) -> None:
    await store.announced.tell(claimed, news, ReadTo(watermark), SOON, gap=SOON, jitter=NOW)


async def test_news_are_owed_with_the_watermark_and_the_next_look(store: Store, clock: Clock) -> None:
    await tell(store, await look(store), News(((F1, HERE), (F1, THERE))))
    assert await store.looks.watermark("vidyo") == NOON
    assert await store.announced.told("vidyo", NOON) == {("f1", HERE.place), ("f1", THERE.place)}
    notices = await store.notices.claim("me", LEASE, 9)
    assert [(n.value.conversation, n.value.body) for n in notices] == [
        (HERE, RecordingReady("vidyo", F1)),
        (THERE, RecordingReady("vidyo", F1)),
    ]
    assert await store.looks.claim("me", LEASE, 9) == []
    clock.forward(SOON)
    assert len(await store.looks.claim("me", LEASE, 9)) == 1


async def test_what_was_told_is_not_owed_again_though_its_notice_is_forgotten(
    store: Store, clock: Clock
) -> None:
    for _ in range(2):
        await tell(store, await look(store), News(((F1, HERE),)))
        for notice in await store.notices.claim("me", LEASE, 9):
            await store.notices.posted(notice, "17.1")
        clock.forward(timedelta(days=40))
        await store.purge(timedelta(days=30))
        assert await store.notices.get(f"ready:vidyo:f1:{HERE.place}") is None
    assert await store.notices.owed() == 0


async def test_what_no_look_reads_again_is_forgotten_in_time(store: Store, clock: Clock) -> None:
    await tell(store, await look(store), News(((F1, HERE), (F2, HERE))))
    clock.forward(timedelta(days=40))
    await tell(store, await look(store), News(), watermark=NOON + SOON)
    await store.purge(timedelta(days=30))
    assert {id for id, _ in await store.announced.told("vidyo", NOON)} == {"f2"}
    await tell(store, await look(store), News(), watermark=None)
    await store.purge(timedelta(days=30))
    assert await store.announced.told("vidyo", NOON) == set()


async def test_a_look_that_was_taken_over_owes_nothing(store: Store, neighbour: Store, clock: Clock) -> None:
    mine = await look(store)
    clock.forward(LEASE)
    [yours] = await neighbour.looks.claim("you", LEASE, 9)
    with pytest.raises(LostClaim):
        await tell(store, mine, News(((F1, HERE),)))
    assert await store.notices.owed() == 0
    assert await store.announced.told("vidyo", NOON) == set()
    assert await store.looks.watermark("vidyo") is None
    await tell(neighbour, yours, News(((F1, HERE),)))
    assert await store.notices.owed() == 1


async def test_a_look_that_takes_long_is_kept_by_whoever_renews_it(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    mine = await look(store)
    clock.forward(LEASE - timedelta(seconds=1))
    await store.looks.renew(mine, LEASE)
    clock.forward(LEASE - timedelta(seconds=1))
    assert await neighbour.looks.claim("you", LEASE, 9) == []
    await tell(store, mine, News(((F1, HERE),)))
    assert await store.notices.owed() == 1


async def test_the_card_of_a_watch_counts(store: Store) -> None:
    watch = a_watch(
        state=State.PROCESSING, confirmed_at=NOON, bound=RecordingId("f1"), recorder=None, open=True
    )
    await store.watches.reserve(watch, None)
    claimed = await look(store)
    await store.watches.change("w1", lambda current, at: current.file_found((F1,)))
    await tell(store, claimed, News(((F1, HERE), (F1, THERE))))
    assert {n.value.conversation for n in await store.notices.claim("me", LEASE, 9)} == {THERE}


async def test_one_channel_is_told_in_order_and_not_all_at_once(store: Store, clock: Clock) -> None:
    await tell(store, await look(store), News(((F1, HERE), (F1, THERE), (F2, HERE))))
    first = await store.notices.claim("me", LEASE, 9)
    assert [(n.value.body.recording.id, n.value.conversation) for n in first] == [  # type: ignore[union-attr]
        ("f1", HERE),
        ("f1", THERE),
    ]
    clock.forward(SOON)
    assert not (await store.agenda()).notices
    assert await store.notices.claim("me", LEASE, 9) == [], "the first is still on its way"
    for notice in first:
        await store.notices.posted(notice, "17.1")
    [second] = await store.notices.claim("me", LEASE, 9)
    assert F2.id in second.id


async def test_one_that_can_never_be_told_keeps_nobody_waiting(store: Store, clock: Clock) -> None:
    await tell(store, await look(store), News(((F1, HERE), (F2, HERE))))
    [first] = await store.notices.claim("me", LEASE, 9)
    await store.notices.set_aside(first, "The channel is archived.")
    clock.forward(SOON)
    assert len(await store.notices.claim("me", LEASE, 9)) == 1


async def test_what_comes_later_keeps_its_distance_from_what_is_still_owed(
    store: Store, clock: Clock
) -> None:
    await tell(store, await look(store), News(((F1, HERE),)))
    await tell(store, await look(store), News(((F2, HERE),)))
    for notice in await store.notices.claim("me", LEASE, 9):
        await store.notices.posted(notice, "17.1")
    assert await store.notices.claim("me", LEASE, 9) == []
    clock.forward(SOON)
    assert len(await store.notices.claim("me", LEASE, 9)) == 1
