from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.store import LostClaim, Store
from bot.store.tables import inbox
from tests.clock import Clock

from .samples import LEASE, SOON, a_request


async def test_a_request_is_kept_once_by_its_key(store: Store) -> None:
    assert await store.inbox.keep("k1", a_request("first"))
    assert not await store.inbox.keep("k1", a_request("second"))

    [claimed] = await store.inbox.claim("me", LEASE, 10)
    assert (claimed.id, claimed.value) == ("k1", a_request("first"))
    assert await store.inbox.pending() == 1


async def test_a_request_that_ended_is_still_known_and_never_claimed_again(
    store: Store, clock: Clock
) -> None:
    await store.inbox.keep("k1", a_request())
    [claimed] = await store.inbox.claim("me", LEASE, 10)
    await store.inbox.finish(claimed, "done")
    clock.forward(timedelta(days=1))

    assert await store.inbox.pending() == 0
    assert await store.inbox.claim("me", LEASE, 10) == []
    assert not await store.inbox.keep("k1", a_request())


async def test_requests_are_carried_out_in_the_order_they_came(store: Store) -> None:
    keys = [f"k{9 - n}" for n in range(9)]
    for key in keys:
        await store.inbox.keep(key, a_request())

    first = await store.inbox.claim("me", LEASE, 4)
    rest = await store.inbox.claim("me", LEASE, 99)
    assert [c.id for c in first + rest] == keys


async def test_what_one_process_has_no_other_gets_until_the_lease_ends(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await store.inbox.keep("k1", a_request())
    [mine] = await store.inbox.claim("me", LEASE, 10)
    assert await neighbour.inbox.claim("you", LEASE, 10) == []

    clock.forward(LEASE - timedelta(microseconds=1))
    assert await neighbour.inbox.claim("you", LEASE, 10) == []
    clock.forward(timedelta(microseconds=1))
    [yours] = await neighbour.inbox.claim("you", LEASE, 10)
    assert (mine.attempts, yours.attempts) == (1, 2)

    with pytest.raises(LostClaim):
        await store.inbox.finish(mine, "done, too late")
    assert await store.inbox.pending() == 1
    await neighbour.inbox.finish(yours, "done")
    assert await store.inbox.pending() == 0


async def test_a_request_that_was_put_off_comes_back_after_its_delay(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    [claimed] = await store.inbox.claim("me", LEASE, 10)
    await store.inbox.put_off(claimed, SOON)
    assert await store.inbox.claim("me", LEASE, 10) == []

    clock.forward(SOON)
    [again] = await store.inbox.claim("me", LEASE, 10)
    assert again.attempts == 1, "whoever put it off did not fail at it"
    with pytest.raises(LostClaim):
        await store.inbox.put_off(claimed, SOON)


async def test_what_was_asked_is_forgotten_once_it_ended(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    [claimed] = await store.inbox.claim("me", LEASE, 10)
    assert claimed.value.reply.response_url
    await store.inbox.finish(claimed, "done")

    [row] = await store.inbox._database.read(select(inbox))
    assert "hooks.example.org" not in str(row)
    assert row.outcome == "done"


async def test_a_request_that_this_version_cannot_read_holds_up_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.inbox.keep("k1", a_request())
    await store.inbox._database.write(update(inbox).values(request='{"verb": "secret"}'))
    await store.inbox.keep("k2", a_request())

    [claimed] = await store.inbox.claim("me", LEASE, 10)
    assert claimed.id == "k2"
    assert "cannot be read" in caplog.text
    assert "secret" not in caplog.text


async def test_a_claim_that_is_renewed_is_not_taken_over(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    [mine] = await store.inbox.claim("me", LEASE, 1)
    clock.forward(0.8 * LEASE)
    await store.inbox.renew(mine, LEASE)
    clock.forward(0.8 * LEASE)
    assert await store.inbox.claim("you", LEASE, 1) == []
    await store.inbox.finish(mine, "done")
    with pytest.raises(LostClaim):
        await store.inbox.renew(mine, LEASE)
