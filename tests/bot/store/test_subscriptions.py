from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.conversation import Conversation
from bot.domain.notice import Subscribed
from bot.domain.subscription import MOST
from bot.store import Store, TooMany
from tests.clock import Clock

from .samples import HERE, LEASE, NOON, a_request, a_subscription

THERE = Conversation("slack", "C2", "T1")


async def test_a_subscription_begins_when_it_is_kept_and_its_channel_is_owed_a_word(
    store: Store, clock: Clock
) -> None:
    clock.forward(timedelta(seconds=9))
    kept = await store.subscriptions.add(a_subscription(), "n1")
    assert kept == replace(a_subscription(), number=1, since=NOON + timedelta(seconds=9))
    assert await store.subscriptions.get("s1") == kept
    notice = await store.notices.get("n1")
    assert notice is not None
    assert notice.body == Subscribed(kept)
    assert notice.conversation == HERE


async def test_two_that_mean_the_same_are_one_in_a_channel(store: Store, neighbour: Store) -> None:
    kept = await store.subscriptions.add(a_subscription("s1", "Board big"), "n1")
    assert await neighbour.subscriptions.add(a_subscription("s2", "BIG board"), "n2") == kept
    assert await store.notices.get("n2") is None
    other = await store.subscriptions.add(a_subscription("s3", "Board big", conversation=THERE), "n3")
    assert (other.id, other.number) == ("s3", 1)
    assert await store.subscriptions.there(HERE) == [kept]


async def test_a_number_stays_with_its_subscription(store: Store) -> None:
    for number in range(1, 4):
        await store.subscriptions.add(a_subscription(f"s{number}", f"w{number}"), f"n{number}")
    await store.subscriptions.remove(["s2"])
    assert await store.subscriptions.get("s2") is None
    await store.subscriptions.add(a_subscription("s4", "w4"), "n4")
    assert [one.number for one in await store.subscriptions.there(HERE)] == [1, 3, 4]


async def test_a_number_is_given_once_in_a_channel_whatever_has_ended_since(store: Store) -> None:
    for number in range(1, 4):
        await store.subscriptions.add(a_subscription(f"s{number}", f"w{number}"), f"n{number}")
    await store.subscriptions.remove(["s2", "s3"])
    assert [one.number for one in await store.subscriptions.there(HERE)] == [1]
    assert (await store.subscriptions.add(a_subscription("s4", "w3"), "n4")).number == 4
    await store.subscriptions.remove(["s1", "s4"])
    assert await store.subscriptions.there(HERE) == []
    assert await store.subscriptions.concerning("vidyo") == []
    assert await store.subscriptions.get("s4") is None
    assert (await store.subscriptions.add(a_subscription("s5", "w3"), "n5")).number == 5
    assert (await store.subscriptions.add(a_subscription("s6", conversation=THERE), "n6")).number == 1


async def test_what_a_request_ended_is_known_until_it_is_closed(store: Store, neighbour: Store) -> None:
    for key in ("k1", "k2"):
        await store.inbox.keep(key, a_request())
    [first, _] = await store.inbox.claim("me", LEASE, 9)
    await store.subscriptions.add(a_subscription(), "n1")
    assert await store.subscriptions.said("k1") is None
    await store.subscriptions.remove(["s1"], "k1", "It has ended.")
    assert await neighbour.subscriptions.said("k1") == "It has ended."
    assert await store.subscriptions.said("k2") is None
    await store.inbox.finish(first, "done")
    assert await store.subscriptions.said("k1") is None


async def test_one_channel_has_so_many_and_no_more(store: Store) -> None:
    for number in range(MOST):
        await store.subscriptions.add(a_subscription(f"s{number}", f"w{number}"), f"n{number}")
    with pytest.raises(TooMany):
        await store.subscriptions.add(a_subscription("more", "more"), "n")
    assert await store.notices.get("n") is None
    assert (await store.subscriptions.add(a_subscription("again", "w3"), "n")).id == "s3"


async def test_those_that_name_another_library_are_not_concerned(store: Store) -> None:
    await store.subscriptions.add(a_subscription("s1"), "n1")
    await store.subscriptions.add(a_subscription("s2", on="vidyo"), "n2")
    await store.subscriptions.add(a_subscription("s3", conversation=THERE, on="calls"), "n3")
    assert [one.id for one in await store.subscriptions.concerning("vidyo")] == ["s1", "s2"]
