import asyncio
from datetime import timedelta

import pytest

from bot.domain.watch import State, Watch
from bot.store import AlreadyReserved, Store
from providers.model import RoomId
from tests.clock import Clock

from .samples import LEASE, PACE, SOON, a_watch, card_of, recording_watch


async def test_of_twenty_who_press_at_once_one_gets_the_room(store: Store, neighbour: Store) -> None:
    watches = [a_watch(f"w{n}") for n in range(20)]
    tries = [
        side.watches.reserve(watch, card_of(watch))
        for watch, side in zip(watches, [store, neighbour] * 10, strict=True)
    ]
    results = await asyncio.gather(*tries, return_exceptions=True)

    [winner] = [watch for watch, result in zip(watches, results, strict=True) if result is None]
    refused = [result for result in results if result is not None]
    assert all(isinstance(r, AlreadyReserved) and r.existing == winner for r in refused)
    assert await store.watches.in_conversation(winner.conversation) == [winner]
    assert await store.notices.owed() == 1, "a loser's card is owed by nobody"


async def test_two_rooms_and_two_providers_do_not_stand_in_each_others_way(store: Store) -> None:
    watches = [a_watch("w1", "r1"), a_watch("w2", "r2"), a_watch("w3", "r1", provider="other")]
    for watch in watches:
        await store.watches.reserve(watch, None)
    assert [await store.watches.holding(w.provider, w.room.id) for w in watches] == watches


async def test_a_room_is_free_again_once_its_recorder_has_left(store: Store) -> None:
    await store.watches.reserve(a_watch("w1", state=State.PROCESSING), None)
    await store.watches.reserve(a_watch("w2", state=State.NOT_STARTED, open=False), None)
    await store.watches.reserve(a_watch("w3"), None)
    assert await store.watches.holding("vidyo", a_watch().room.id) == a_watch("w3")


async def test_a_watch_that_did_not_start_holds_its_room_while_a_late_recorder_counts(store: Store) -> None:
    await store.watches.reserve(a_watch("w1", state=State.NOT_STARTED), None)
    with pytest.raises(AlreadyReserved):
        await store.watches.reserve(a_watch("w2"), None)


async def test_a_new_watch_is_due_at_once_and_owes_its_card(store: Store) -> None:
    watch = a_watch()
    await store.watches.reserve(watch, card_of(watch))
    [claimed] = await store.watches.claim("vidyo", "me", LEASE, 10)
    assert claimed.value == watch
    assert await store.notices.get("card:w1") == card_of(watch)


async def test_an_id_is_used_once(store: Store) -> None:
    await store.watches.reserve(a_watch("w1", open=False, state=State.GONE), None)
    with pytest.raises(AlreadyReserved):
        await store.watches.reserve(a_watch("w1", "r2"), None)


async def test_a_prepared_watch_is_dropped_with_its_card(store: Store) -> None:
    watch = a_watch()
    await store.watches.reserve(watch, card_of(watch))
    await store.watches.drop("w1")
    assert await store.watches.get("w1") is None
    assert await store.notices.get("card:w1") is None
    await store.watches.reserve(a_watch("w2"), None)


async def test_a_watch_whose_recorder_may_have_been_asked_for_is_not_dropped(store: Store) -> None:
    watch = a_watch(state=State.ASKED)
    await store.watches.reserve(watch, card_of(watch))
    await store.watches.drop("w1")
    assert await store.watches.get("w1") == watch
    assert await store.notices.get("card:w1")


async def test_due_watches_come_longest_due_first_and_only_so_many(store: Store, clock: Clock) -> None:
    for n in range(5):
        await store.watches.reserve(a_watch(f"w{n}", f"r{n}"), None)
        clock.forward(SOON)
    first = await store.watches.claim("vidyo", "me", LEASE, 3)
    assert [c.id for c in first] == ["w0", "w1", "w2"]
    assert [c.id for c in await store.watches.claim("vidyo", "me", LEASE, 3)] == ["w3", "w4"]


async def test_a_claim_takes_only_this_provider_s(store: Store) -> None:
    await store.watches.reserve(a_watch("w1", provider="slow"), None)
    await store.watches.reserve(a_watch("w2", provider="quick"), None)
    assert [c.id for c in await store.watches.claim("quick", "me", LEASE, 9)] == ["w2"]
    assert await store.watches.claim("third", "me", LEASE, 9) == []


async def test_one_watch_can_be_taken_before_it_is_due_but_from_nobody(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await store.watches.reserve(recording_watch(), None)
    [claimed] = await store.watches.claim("vidyo", "me", LEASE, 1)
    assert await neighbour.watches.claim_one("w1", "you", LEASE) is None
    await store.watches.settle(claimed, claimed.value.missed("", clock(), PACE))

    taken = await neighbour.watches.claim_one("w1", "you", LEASE)
    assert taken is not None
    assert await store.watches.claim_one("w1", "me", LEASE) is None
    clock.forward(LEASE)
    assert await store.watches.claim_one("w1", "me", LEASE)


async def test_a_closed_watch_and_an_unknown_one_are_claimed_by_nobody(store: Store, clock: Clock) -> None:
    await store.watches.reserve(a_watch(open=False, state=State.GONE), None)
    clock.forward(timedelta(days=1))
    assert await store.watches.claim("vidyo", "me", LEASE, 9) == []
    assert await store.watches.claim_one("w1", "me", LEASE) is None
    assert await store.watches.claim_one("w2", "me", LEASE) is None


async def test_a_room_that_is_let_go_while_we_look_who_has_it_is_ours(
    store: Store, neighbour: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = a_watch("w1", state=State.NOT_STARTED, open=False)
    await store.watches.reserve(failed, None)
    find = store.watches.holding

    async def too_late(provider: str, room: RoomId) -> Watch | None:
        await neighbour.watches.drop("w2")
        return await find(provider, room)

    monkeypatch.setattr(store.watches, "holding", too_late)
    await store.watches.reserve(a_watch("w2"), None)
    begun = await store.watches.change("w1", lambda w, at: w.again(w.asker, at))
    assert (begun.id, begun.state) == ("w1", State.PREPARED)

    await neighbour.watches.drop("w1")
    await store.watches.reserve(a_watch("w2"), None)
    await store.watches.reserve(a_watch("w3"), None)
    assert await find("vidyo", begun.room.id) == a_watch("w3")
