"""A process that is told to stop hands back what it has in hand, and keeps nobody waiting."""

from datetime import timedelta

import pytest

from bot.store import LostClaim, Store
from tests.clock import Clock

from .samples import LEASE, SOON, a_notice, a_request, recording_watch


async def test_what_is_handed_back_is_claimed_by_the_next_one_at_once(store: Store, neighbour: Store) -> None:
    await _keep_one_of_each(store)
    [request] = await store.inbox.claim("me", LEASE, 9)
    [watch] = await store.watches.claim("vidyo", "me", LEASE, 9)
    [library] = await store.looks.claim("me", LEASE, 9)
    [notice] = await store.notices.claim("me", LEASE, 9)
    assert await neighbour.inbox.claim("you", LEASE, 9) == []

    assert await store.audit.claim("me", LEASE)

    assert await store.hand_back("me") == 4

    [taken] = await neighbour.inbox.claim("you", LEASE, 9)
    assert (taken.id, taken.attempts) == (request.id, 2)
    assert [c.id for c in await neighbour.watches.claim("vidyo", "you", LEASE, 9)] == [watch.id]
    assert [c.id for c in await neighbour.looks.claim("you", LEASE, 9)] == [library.id]
    assert [c.id for c in await neighbour.notices.claim("you", LEASE, 9)] == [notice.id]
    assert await neighbour.audit.claim("you", LEASE)
    with pytest.raises(LostClaim):
        await store.inbox.finish(request, "done, too late")


async def test_what_others_have_in_hand_stays_theirs(store: Store, neighbour: Store, clock: Clock) -> None:
    await _keep_one_of_each(store)
    [theirs] = await neighbour.inbox.claim("you", LEASE, 9)
    assert await store.hand_back("me") == 0
    assert await store.inbox.claim("me", LEASE, 9) == []
    clock.forward(SOON)
    await neighbour.inbox.finish(theirs, "done")


async def test_what_has_ended_and_what_is_not_due_are_left_alone(store: Store, clock: Clock) -> None:
    await _keep_one_of_each(store)
    [request] = await store.inbox.claim("me", LEASE, 9)
    await store.inbox.finish(request, "done")
    [notice] = await store.notices.claim("me", LEASE, 9)
    await store.notices.put_off(notice, timedelta(minutes=1))
    assert await store.hand_back("me") == 0
    assert await store.inbox.claim("you", LEASE, 9) == []
    assert await store.notices.claim("you", LEASE, 9) == []


async def _keep_one_of_each(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    await store.watches.reserve(recording_watch(), None)
    await store.looks.want("vidyo", timedelta())
    await store.notices.owe(a_notice("n1"))
