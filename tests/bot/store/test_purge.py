from datetime import timedelta

from sqlalchemy import insert, select

from bot.domain.watch import State, Watch
from bot.store import Store
from bot.store.tables import inbox, link_openings
from tests.clock import Clock

from .samples import LEASE, NOON, a_notice, a_request, a_watch, card_of, recording_watch

MONTH = timedelta(days=30)
LATER = MONTH + timedelta(seconds=1)


async def begun(store: Store, watch: Watch) -> None:
    await store.watches.reserve(watch, card_of(watch))
    card = await store.notices.claim_one(f"card:{watch.id}", "poster", LEASE)
    assert card is not None
    await store.notices.posted(card, "1700.1")


async def closed(store: Store, id: str) -> None:
    await store.watches.change(id, lambda w, at: w.gave_up("It was not to be."))


async def test_what_ended_long_ago_is_forgotten_and_counted(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    [request] = await store.inbox.claim("me", LEASE, 1)
    await store.inbox.finish(request, "done")
    await store.links.issue("l1", "vidyo", "f1", "play", "U1", clock())
    await store.links.opened("l1")
    await store.notices.owe(a_notice("n1"))
    [notice] = await store.notices.claim("me", LEASE, 1)
    await store.notices.posted(notice, "1700.1")
    await store.watches.reserve(a_watch(open=False, state=State.GONE), None)

    clock.forward(MONTH)
    assert await store.purge(MONTH) == 0
    clock.forward(timedelta(seconds=1))
    assert await store.purge(MONTH) == 4
    assert await store.inbox.keep("k1", a_request()), "its key is free again"
    assert await store.links.get("l1") is None
    assert await store.notices.get("n1") is None
    assert await store.watches.get("w1") is None
    assert await store.links._database.read(select(link_openings)) == []


async def test_what_is_open_or_owed_is_kept_however_old(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    await store.notices.owe(a_notice("n1"))
    await begun(store, recording_watch("w1"))
    clock.forward(LATER)
    assert await store.purge(MONTH) == 0
    assert await store.notices.get("card:w1"), "the card of a long recording is still to be changed"


async def test_a_closed_watch_stays_until_its_card_has_said_so(store: Store, clock: Clock) -> None:
    await begun(store, recording_watch("w1"))
    await closed(store, "w1")
    clock.forward(LATER)
    assert await store.purge(MONTH) == 0

    [card] = await store.notices.claim("me", LEASE, 1)
    await store.notices.updated(card)
    assert await store.purge(MONTH) == 1
    assert await store.notices.get("card:w1")
    clock.forward(LATER)
    assert await store.purge(MONTH) == 1
    assert await store.notices.get("card:w1") is None


async def test_a_card_that_was_set_aside_keeps_no_watch_alive(store: Store, clock: Clock) -> None:
    await store.watches.reserve(a_watch(), card_of(a_watch()))
    [card] = await store.notices.claim("me", LEASE, 1)
    await store.notices.set_aside(card, "The channel is gone.")
    await closed(store, "w1")
    clock.forward(LATER)
    assert await store.purge(MONTH) == 2


async def test_more_than_one_batch_goes(store: Store, clock: Clock) -> None:
    async with store.inbox._database.transaction() as connection:
        ended = {"request": "", "kept_at": NOON, "ended_at": NOON, "fence": 0, "attempts": 0}
        await connection.execute(insert(inbox), [{"key": f"k{n}"} | ended for n in range(1101)])
    clock.forward(LATER)
    assert await store.purge(MONTH) == 1101
