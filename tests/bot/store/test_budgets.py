"""What all who share the store may send together."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.budget import Budget, Rate
from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, RecorderLost
from bot.domain.watch import Step
from bot.store import NoTurn, Store
from bot.store.notices import Notices
from bot.store.tables import budgets
from tests.clock import Clock

from .samples import HERE, LEASE, a_notice, card_of, recording_watch

SECOND = timedelta(seconds=1)
TIGHT = Budget(posts=Rate(SECOND / 4, 8), posts_there=Rate(SECOND, 2), updates=Rate(2 * SECOND, 3))
THERE = Conversation("slack", "C2", "T1")


@pytest.fixture
def ours(store: Store) -> Notices:
    return Notices(store._database, TIGHT)


@pytest.fixture
def theirs(neighbour: Store) -> Notices:
    return Notices(neighbour._database, TIGHT)


async def owe(notices: Notices, *keys: str, where: Conversation = HERE) -> None:
    for key in keys:
        await notices.owe(replace(a_notice(key), conversation=where))


async def stand(store: Store, *ids: str) -> None:
    """Cards that stand, each in a channel of its own."""
    for id in ids:
        watch = recording_watch(id, f"room of {id}", conversation=Conversation("slack", f"C{id}", "T1"))
        await store.watches.reserve(watch, card_of(watch))
        card = await store.notices.claim_one(f"card:{id}", "poster", LEASE)
        assert card is not None
        await store.notices.posted(card, "1700.1")


async def change(store: Store, *ids: str, people: int = 9) -> None:
    for id in ids:
        await store.watches.change(id, lambda w, at: Step(replace(w, people=people)))


async def claimed(notices: Notices) -> list[str]:
    return [one.id for one in await notices.claim("me", LEASE, 20)]


async def test_a_channel_gets_a_few_at_once_and_then_one_a_second_while_others_go_on(
    ours: Notices, theirs: Notices, clock: Clock
) -> None:
    await owe(ours, "a", "b", "c", "d")
    await owe(ours, "elsewhere", where=THERE)
    assert await claimed(ours) == ["a", "b", "elsewhere"]
    assert await claimed(theirs) == []
    clock.forward(SECOND)
    assert await claimed(theirs) == ["c"]
    assert await claimed(ours) == []
    clock.forward(SECOND)
    assert await claimed(ours) == ["d"]


async def test_an_alarm_goes_before_all_that_waits_for_its_turn(ours: Notices, clock: Clock) -> None:
    await owe(ours, "a", "b", "c", "d")
    assert await claimed(ours) == ["a", "b"]
    await ours.owe(Notice("lost:w1:1", HERE, RecorderLost("w1")))
    assert await claimed(ours) == []
    clock.forward(SECOND)
    assert await claimed(ours) == ["lost:w1:1"]
    clock.forward(SECOND)
    assert await claimed(ours) == ["c"]


async def test_to_wait_for_a_turn_counts_as_no_failure(ours: Notices, clock: Clock) -> None:
    await owe(ours, "a", "b", "c")
    await claimed(ours)
    clock.forward(SECOND)
    [one] = await ours.claim("me", LEASE, 20)
    assert (one.id, one.attempts) == ("c", 1)


async def test_all_channels_together_have_a_limit_too(ours: Notices, theirs: Notices, clock: Clock) -> None:
    for number in range(12):
        await owe(ours, f"n{number}", where=replace(HERE, channel=f"C{number}"))
    assert len(await claimed(ours)) == 8
    assert await claimed(theirs) == []
    clock.forward(SECOND)
    assert len(await claimed(theirs)) == 4


async def test_cards_that_stand_are_changed_in_turns_by_whoever_is_there(
    store: Store, ours: Notices, theirs: Notices, clock: Clock
) -> None:
    cards = [f"w{n}" for n in range(6)]
    await stand(store, *cards)
    await change(store, *cards)
    assert len(await claimed(ours)) == 3
    assert await claimed(theirs) == []
    clock.forward(4 * SECOND)
    assert len(await claimed(theirs)) == 2
    assert await claimed(ours) == []
    await owe(ours, "a message that is new")
    assert await claimed(ours) == ["a message that is new"], "posts are counted by themselves"


async def test_what_has_waited_longest_is_changed_first_however_often_others_change(
    store: Store, ours: Notices, clock: Clock
) -> None:
    cards = ["w1", "w2", "w3", "w4"]
    await stand(store, *cards)
    await change(store, *cards)
    for one in await ours.claim("me", LEASE, 20):
        await ours.updated(one)
    clock.forward(SECOND)
    await change(store, "w1", "w2", "w3", people=10)
    clock.forward(SECOND)
    assert await claimed(ours) == ["card:w4"]


async def test_many_who_claim_at_once_take_no_turn_twice(
    store: Store, ours: Notices, theirs: Notices
) -> None:
    cards = [f"w{n}" for n in range(9)]
    await stand(store, *cards)
    await change(store, *cards)
    await owe(ours, "a", "b", "c", "d")
    found = await asyncio.gather(*(claimed(one) for one in (ours, theirs) * 4))
    keys = [key for some in found for key in some]
    assert len([key for key in keys if key.startswith("card:")]) == 3
    assert sorted(key for key in keys if not key.startswith("card:")) == ["a", "b"]


async def test_whoever_must_wait_is_told_how_long_and_nothing_is_written(
    ours: Notices, theirs: Notices, clock: Clock
) -> None:
    await owe(ours, "a", "b", "c")
    for key in ("a", "b"):
        assert await ours.claim_one(key, "me", LEASE)
    with pytest.raises(NoTurn) as refused:
        await theirs.claim_one("c", "you", LEASE)
    assert refused.value.wait == SECOND
    clock.forward(SECOND)
    taken = await theirs.claim_one("c", "you", LEASE)
    assert taken is not None
    assert taken.attempts == 1


async def test_one_who_was_told_to_wait_makes_all_wait(
    store: Store, ours: Notices, theirs: Notices, clock: Clock
) -> None:
    await stand(store, "w1")
    await change(store, "w1")
    await owe(ours, "a", "b")
    a = await ours.claim_one("a", "me", LEASE)
    assert a is not None
    await ours.too_many(a.value, 20 * SECOND)
    await ours.too_many(a.value, SECOND)
    await ours.put_off(a, SECOND)
    assert await claimed(theirs) == ["card:w1"], "it is no new message"
    with pytest.raises(NoTurn) as refused:
        await theirs.claim_one("b", "you", LEASE)
    assert refused.value.wait == 20 * SECOND
    clock.forward(19.9 * SECOND)
    assert await claimed(theirs) == []
    clock.forward(0.1 * SECOND)
    assert await claimed(theirs) == ["a", "b"]


async def test_budgets_that_nobody_used_for_long_are_forgotten(
    store: Store, ours: Notices, clock: Clock
) -> None:
    await owe(ours, "a", "b")
    await claimed(ours)
    clock.forward(LEASE)
    await store.purge(LEASE)
    assert await store._database.read(select(budgets)), "it was not full all that time"
    clock.forward(3 * SECOND)
    await store.purge(LEASE)
    assert await store._database.read(select(budgets)) == []
