from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.links import Expired, Links
from bot.store import Store
from bot.store.tables import link_openings
from providers.model import RecordingId
from tests.clock import Clock

from .samples import NOON

HOUR = timedelta(hours=1)


async def issue(store: Store, id: str, recording: str = "f1", reader: str = "U1") -> None:
    await store.links.issue(id, "vidyo", recording, "play", reader, await store.now() + HOUR)


async def test_a_link_is_remembered_as_it_was_given_out(store: Store) -> None:
    await issue(store, "l1")
    link = await store.links.get("l1")
    assert link is not None
    assert (link.provider, link.recording, link.purpose, link.reader) == ("vidyo", "f1", "play", "U1")
    assert (link.issued_at, link.expires, link.revoked_at, link.opened) == (NOON, NOON + HOUR, None, 0)
    assert await store.links.get("l2") is None


async def test_each_opening_is_written_down(store: Store, clock: Clock) -> None:
    await issue(store, "l1")
    await store.links.opened("l1")
    clock.forward(HOUR)
    await store.links.opened("l1")
    await store.links.opened("unknown")
    [link] = await store.links.list(9)
    assert link.opened == 2
    openings = await store.links._database.read(select(link_openings.c.at))
    assert [row.at for row in openings] == [NOON, NOON + HOUR]


async def test_revoking_takes_what_all_words_say_and_counts_what_was_good(store: Store, clock: Clock) -> None:
    await issue(store, "l1", "f1", "U1")
    await issue(store, "l2", "f1", "U2")
    await issue(store, "l3", "f2", "U2")
    assert await store.links.revoke(recording="f1", reader="U2") == 1
    assert await store.links.revoke(id="l2") == 0, "it was revoked before"
    assert await store.links.revoke(reader="U1") == 1
    revoked = {link.id: link.revoked_at for link in await store.links.list(9)}
    assert revoked == {"l3": None, "l2": NOON, "l1": NOON}
    clock.forward(HOUR)
    assert await store.links.revoke(everything=True) == 0, "the last one has expired"


async def test_what_plays_in_a_page_can_be_taken_back_after_its_link_has_expired(
    store: Store, clock: Clock
) -> None:
    await issue(store, "l1")
    await issue(store, "l2")
    await store.links.opened("l1")
    clock.forward(HOUR)
    assert await store.links.revoke(recording="f1") == 1
    link = await store.links.get("l1")
    assert link is not None
    assert link.revoked_at == NOON + HOUR
    assert await store.links.revoke(everything=True) == 0


async def test_a_download_that_was_begun_in_time_can_be_taken_back_while_it_lasts(
    store: Store, clock: Clock
) -> None:
    for id in ("l1", "l2"):
        await store.links.issue(id, "vidyo", "f1", "download", "U1", await store.now() + HOUR)
    await store.links.opened("l1")
    clock.forward(5 * HOUR)
    assert await store.links.revoke(everything=True) == 1
    assert [link.id for link in await store.links.list(9) if link.revoked_at] == ["l1"]


async def test_a_link_is_good_for_as_long_wherever_it_is_opened(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    here, there = (
        Links(["k" * 16], "https://r.example", one.links, HOUR, one.clock) for one in (store, neighbour)
    )
    token = (await here.issue("vidyo", RecordingId("f1"), "play", "U1")).rpartition("/")[2]
    clock.forward(HOUR)
    assert (await there.open(token)).reader == "U1"
    clock.forward(seconds=1)
    with pytest.raises(Expired):
        await there.open(token)


async def test_revoking_nothing_in_particular_is_a_mistake(store: Store) -> None:
    await issue(store, "l1")
    with pytest.raises(ValueError, match="Say which"):
        await store.links.revoke()
    assert await store.links.revoke(everything=True) == 1


async def test_the_newest_links_are_listed_first(store: Store) -> None:
    for n in range(5):
        await issue(store, f"l{n}")
    assert [link.id for link in await store.links.list(3)] == ["l4", "l3", "l2"]
