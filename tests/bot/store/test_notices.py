from dataclasses import replace

import pytest

from bot.domain.notice import Notice, RecorderLost, RecordingReady
from bot.domain.watch import State, Step
from bot.store import MOST_CLAIMS, LostClaim, Store, notice_rows
from tests.clock import Clock

from .samples import HERE, LEASE, SOON, a_notice, a_recording, a_watch, card_of, recording_watch


class Illegible:
    """How a version that is yet to come writes notices."""

    @staticmethod
    def dump_json(notice: Notice) -> bytes:
        return b'{"key": "of another version"}'


def a_ready(key: str) -> Notice:
    return Notice(key, HERE, RecordingReady("vidyo", a_recording()))


async def test_a_notice_is_owed_once_even_after_it_was_delivered(store: Store) -> None:
    assert await store.notices.owe(a_notice("n1"))
    assert not await store.notices.owe(a_notice("n1"))
    [claimed] = await store.notices.claim("me", LEASE, 9)
    await store.notices.posted(claimed, "1700.1")
    assert not await store.notices.owe(a_notice("n1"))
    assert await store.notices.owed() == 0
    assert await store.notices.get("n1") == replace(a_notice("n1"), shown=1, message="1700.1")


async def test_alarms_go_first_and_then_the_oldest(store: Store) -> None:
    await store.notices.owe(a_notice("b"))
    await store.notices.owe(a_notice("a"))
    await store.notices.owe(Notice("lost:w1:1", HERE, RecorderLost("w1")))
    assert [c.id for c in await store.notices.claim("me", LEASE, 2)] == ["lost:w1:1", "b"]
    assert [c.id for c in await store.notices.claim("me", LEASE, 2)] == ["a"]


async def test_what_was_put_off_keeps_its_place_in_the_line(store: Store, clock: Clock) -> None:
    await store.notices.owe(a_notice("b"))
    [claimed] = await store.notices.claim("me", LEASE, 9)
    await store.notices.owe(a_notice("a"))
    await store.notices.put_off(claimed, SOON)
    clock.forward(SOON)
    assert [c.id for c in await store.notices.claim("me", LEASE, 1)] == ["b"]


async def test_whoever_takes_over_sees_that_a_post_may_have_arrived(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await store.notices.owe(a_notice("n1"))
    [claimed] = await store.notices.claim("me", LEASE, 9)
    assert not claimed.value.tried
    trying = await store.notices.trying(claimed)
    assert trying.value.tried
    clock.forward(LEASE)

    [yours] = await neighbour.notices.claim("you", LEASE, 9)
    assert yours.value.tried
    for late in (store.notices.posted(trying, "1700.1"), store.notices.posted(claimed, "1700.1")):
        with pytest.raises(LostClaim):
            await late
    with pytest.raises(LostClaim):
        await store.notices.trying(trying)
    await neighbour.notices.posted(yours, "1700.1")
    assert await store.notices.owed() == 0


async def test_what_changed_while_it_was_posted_is_still_owed(store: Store) -> None:
    watch = a_watch()
    await store.watches.reserve(watch, card_of(watch))
    posting = await store.notices.claim_one("card:w1", "me", LEASE)
    assert posting is not None
    await store.watches.change("w1", lambda w, at: Step(replace(w, state=State.ASKED)))
    await store.notices.posted(posting, "1700.1")

    [update] = await store.notices.claim("me", LEASE, 9)
    assert (update.value.wanted, update.value.shown, update.value.message) == (2, 1, "1700.1")
    await store.notices.updated(update)
    assert await store.notices.claim("me", LEASE, 9) == []


async def test_a_card_that_changes_quickly_is_drawn_once_after_its_rest(store: Store, clock: Clock) -> None:
    watch = recording_watch()
    await store.watches.reserve(watch, card_of(watch))
    [posting] = await store.notices.claim("me", LEASE, 9)
    await store.notices.posted(posting, "1700.1", SOON)
    for people in (4, 5, 6):
        await store.watches.change("w1", lambda w, at, people=people: Step(replace(w, people=people)))
        assert await store.notices.claim("me", LEASE, 9) == []
    assert await store.notices.owed() == 1

    clock.forward(SOON)
    [update] = await store.notices.claim("me", LEASE, 9)
    assert (update.value.wanted, update.value.shown) == (4, 1)
    await store.notices.updated(update, SOON)
    assert await store.notices.owed() == 0

    await store.watches.change("w1", lambda w, at: Step(replace(w, people=7)))
    assert await store.notices.claim("me", LEASE, 9) == []
    clock.forward(SOON)
    assert [c.value.wanted for c in await store.notices.claim("me", LEASE, 9)] == [5]


async def test_one_notice_can_be_taken_before_it_is_due_but_from_nobody(store: Store, clock: Clock) -> None:
    await store.notices.owe(a_notice("n1"))
    [claimed] = await store.notices.claim("me", LEASE, 9)
    assert await store.notices.claim_one("n1", "me", LEASE) is None
    await store.notices.put_off(claimed, SOON)
    assert await store.notices.claim("me", LEASE, 9) == []

    taken = await store.notices.claim_one("n1", "me", LEASE)
    assert taken is not None
    assert taken.attempts == 1
    await store.notices.posted(taken, "1700.1")
    assert await store.notices.claim_one("n1", "me", LEASE) is None
    assert await store.notices.claim_one("n2", "me", LEASE) is None


async def test_a_notice_that_was_put_off_comes_back_after_its_delay(store: Store, clock: Clock) -> None:
    await store.notices.owe(a_notice("n1"))
    [claimed] = await store.notices.claim("me", LEASE, 9)
    await store.notices.put_off(claimed, SOON)
    clock.forward(SOON)
    assert [c.attempts for c in await store.notices.claim("me", LEASE, 9)] == [1], "nobody failed at it"


async def test_what_cannot_be_read_is_set_aside_where_others_stand_in_line_behind_it(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as another_version:
        another_version.setattr(notice_rows, "_NOTICE", Illegible)
        await store.notices.owe(a_ready("first"))
        await store.notices.owe(a_notice("alone"))
    await store.notices.owe(a_ready("second"))
    for _ in range(MOST_CLAIMS):
        assert await store.notices.claim("me", LEASE, 9) == []
        clock.forward(LEASE)
    assert await store.notices.aside_reason("first") is None
    assert await store.notices.claim("me", LEASE, 9) == []
    assert await store.notices.aside_reason("first") == "It cannot be read by this version."
    assert "Notice first cannot be read" in caplog.text
    assert [c.id for c in await store.notices.claim("me", LEASE, 9)] == ["second"]
    clock.forward(10 * LEASE)
    await store.notices.claim("me", LEASE, 9)
    assert await store.notices.aside_reason("alone") is None, "it keeps nobody waiting"


async def test_what_can_never_be_delivered_holds_up_nobody(store: Store, clock: Clock) -> None:
    watch = recording_watch()
    await store.watches.reserve(watch, card_of(watch))
    [claimed] = await store.notices.claim("me", LEASE, 9)
    await store.notices.set_aside(claimed, "The channel is gone.")
    await store.watches.change("w1", lambda w, at: Step(replace(w, people=9)))
    clock.forward(LEASE)

    assert await store.notices.claim("me", LEASE, 9) == []
    assert await store.notices.claim_one("card:w1", "me", LEASE) is None
    assert await store.notices.owed() == 0
    assert await store.notices.aside_reason("card:w1") == "The channel is gone."
    assert await store.notices.aside_reason("card:w2") is None


async def test_the_key_of_a_notice_that_nobody_owes_is_unknown(store: Store) -> None:
    assert await store.notices.get("n1") is None
