from dataclasses import replace
from datetime import timedelta

from bot.domain.watch import State, Step
from bot.store import Store
from tests.clock import Clock

from .samples import LEASE, NOON, SOON, a_notice, a_request, a_watch, card_of, recording_watch

MINUTE = timedelta(minutes=1)


async def test_where_nothing_is_kept_nothing_stands(store: Store) -> None:
    now = await store.standing()
    assert set(now.watches) == set(State)
    assert set(now.watches.values()) == {0}
    assert (now.notices, now.requests) == (0, 0)
    assert (now.notices_since, now.requests_since, now.libraries_since) == (None, None, None)


async def test_open_watches_are_counted_by_their_state(store: Store) -> None:
    await store.watches.reserve(recording_watch("w1", "r1"), None)
    await store.watches.reserve(recording_watch("w2", "r2"), None)
    await store.watches.reserve(a_watch("w3", "r3"), None)
    await store.watches.change("w2", lambda watch, at: watch.gave_up("The room is gone."))
    counted = (await store.standing()).watches
    assert {state: number for state, number in counted.items() if number} == {
        State.RECORDING: 1,
        State.PREPARED: 1,
    }


async def test_a_message_waits_since_it_was_owed_however_often_it_is_put_off(
    store: Store, clock: Clock
) -> None:
    await store.notices.owe(a_notice("n1"))
    clock.forward(MINUTE)
    await store.notices.owe(a_notice("n2"))
    [first, _] = await store.notices.claim("me", LEASE, 9)
    await store.notices.put_off(first, SOON)
    now = await store.standing()
    assert (now.notices, now.notices_since) == (2, NOON)
    clock.forward(SOON)
    [first] = await store.notices.claim("me", LEASE, 9)
    await store.notices.posted(first, "1700.1")
    now = await store.standing()
    assert (now.notices, now.notices_since) == (1, NOON + MINUTE)


async def test_a_card_that_changes_after_a_long_time_waits_since_then(store: Store, clock: Clock) -> None:
    watch = a_watch()
    await store.watches.reserve(watch, card_of(watch))
    [card] = await store.notices.claim("me", LEASE, 1)
    await store.notices.posted(card, "1700.1")
    clock.forward(60 * MINUTE)
    changed = clock()
    for people in (1, 2):
        await store.watches.change(
            "w1", lambda w, at, people=people: Step(replace(w, state=State.RECORDING, people=people))
        )
        clock.forward(SOON)
    now = await store.standing()
    assert now.notices_since is not None
    assert abs(now.notices_since - changed) < timedelta(milliseconds=100)
    [card] = await store.notices.claim("me", LEASE, 1)
    assert card.due is not None
    assert abs(card.at - card.due - 2 * SOON) < timedelta(milliseconds=100)


async def test_requests_wait_since_they_were_kept_until_they_have_ended(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    clock.forward(MINUTE)
    [claimed] = await store.inbox.claim("me", LEASE, 9)
    now = await store.standing()
    assert (now.requests, now.requests_since) == (1, claimed.kept_at)
    assert claimed.due == claimed.kept_at
    await store.inbox.finish(claimed, "done")
    assert (await store.standing()).requests == 0


async def test_a_look_into_a_library_is_missed_from_the_time_when_it_was_due(
    store: Store, clock: Clock
) -> None:
    await store.looks.want("vidyo", SOON)
    assert (await store.standing()).libraries_since is None
    clock.forward(SOON + MINUTE)
    now = await store.standing()
    assert now.libraries_since is not None
    assert abs(now.at - now.libraries_since - MINUTE) < timedelta(milliseconds=100)
    await store.looks.claim("me", LEASE, 1)
    assert (await store.standing()).libraries_since is None
