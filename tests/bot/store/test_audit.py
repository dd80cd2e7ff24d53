import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chain import Broken, hash_of
from bot.domain.pace import Pace
from bot.domain.requests import EditRecording, StartRecording
from bot.domain.watch import State
from bot.logs import id_of
from bot.recording.seal import seal_audit
from bot.store import MOST_SEALED, LostClaim, Noted, Store, StoreError
from bot.store.tables import audit, inbox, sealer
from providers.model import RecordingChange, RecordingId
from tests.clock import Clock

from .samples import LEASE, NOON, REPLY, a_notice, a_request, a_subscription, a_watch, card_of

MONTH = timedelta(days=30)


async def trail(store: Store) -> list[Noted]:
    """All that stands there, sealed first."""
    return [one async for one in store.audit.sealed()] + [*await store.audit.unsealed()]


async def said(store: Store) -> list[tuple[str, str]]:
    return [(one.entry.what, one.entry.outcome) for one in await trail(store)]


async def seal(store: Store) -> str:
    """The head of the trail once all is sealed."""
    await seal_audit(store, "sealer", LEASE)
    return (await store.audit.verify()).hash


async def issue(store: Store, id: str) -> None:
    await store.links.issue(id, "vidyo", "f1", "play", "U1", await store.now() + MONTH)


async def some(store: Store, count: int = 5) -> str:
    for number in range(count):
        await issue(store, f"l{number}")
    return await seal(store)


async def test_a_request_stands_there_from_when_it_was_kept_to_its_end(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", StartRecording(REPLY, "abc", profile="000"))
    [kept] = await trail(store)
    assert (kept.entry.what, kept.entry.outcome) == ("request", "kept")
    assert (kept.entry.at, kept.entry.who, kept.entry.where) == (NOON, "slack/T1/U1", "slack/T1/C1")
    assert kept.entry.detail == {"verb": "start", "target": "abc", "profile": "000"}
    assert kept.entry.request == id_of("k1")

    clock.forward(seconds=3)
    [request] = await store.inbox.claim("me", LEASE, 1)
    await store.inbox.finish(request, "NotAllowed", "No, says the rule “only leads”.")
    before, ended = await trail(store)
    assert before == kept
    assert (ended.entry.outcome, ended.entry.at) == ("NotAllowed", NOON + timedelta(seconds=3))
    assert ended.entry.detail == {"why": "No, says the rule “only leads”."}


async def test_a_request_that_ends_before_anybody_noted_it_stands_there_whole(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    [request] = await store.inbox.claim("me", LEASE, 1)
    await store.inbox.finish(request, "done")
    assert await said(store) == [("request", "kept"), ("request", "done")]


async def test_a_claim_that_was_lost_notes_nothing(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    [late] = await store.inbox.claim("me", LEASE, 1)
    clock.forward(LEASE)
    await store.inbox.claim("you", LEASE, 1)
    with pytest.raises(LostClaim):
        await store.inbox.finish(late, "done")
    assert await said(store) == [("request", "kept")]


async def test_each_state_of_a_recording_stands_there_once(store: Store) -> None:
    watch = a_watch(begun_by="r77")
    await store.watches.reserve(watch, card_of(watch))
    for state in (State.ASKED, State.RECORDING, State.RECORDING, State.PROCESSING):
        claimed = await store.watches.claim_one("w1", "me", LEASE)
        assert claimed is not None
        step = replace(claimed.value.asking(NOON, Pace()), watch=replace(claimed.value, state=state))
        await store.watches.settle(claimed, step)
    await store.watches.change("w1", lambda watch, at: watch.gave_up("It was not to be."))
    outcomes = [one.entry for one in await trail(store)]
    assert [one.outcome for one in outcomes] == [
        "prepared",
        "asked",
        "recording",
        "processing",
        "not started",
    ]
    assert {(one.target, one.request, one.detail["watch"]) for one in outcomes} == {("vidyo/r1", "r77", "w1")}
    assert outcomes[-1].detail["why"] == "It was not to be."


async def test_a_watch_that_was_never_asked_for_is_dropped_before_all(store: Store) -> None:
    await store.watches.reserve(a_watch(), None)
    await store.watches.drop("w1")
    assert await said(store) == [("recording", "prepared"), ("recording", "dropped")]


async def test_messages_links_subscriptions_and_refused_sign_ins_stand_there(store: Store) -> None:
    await store.notices.owe(a_notice("n1"))
    await store.notices.owe(a_notice("n2"))
    first, second = await store.notices.claim("me", LEASE, 2)
    await store.notices.posted(first, "1700.1")
    await store.notices.set_aside(second, "The channel is gone.")
    await issue(store, "l1")
    await store.links.opened("l1")
    await store.links.opened("unknown")
    assert await store.links.revoke(id="l1", by="cli") == 1
    await store.subscriptions.add(a_subscription(), "n3")
    await store.subscriptions.remove(["s1"], "k1", "It ended.")
    await store.sign_ins.refuse("fingerprint-of-a-password", "Vidyo refused the login.")
    assert await said(store) == [
        ("notice", "posted"),
        ("notice", "set aside"),
        ("link", "issued"),
        ("link", "opened"),
        ("link", "revoked"),
        ("subscription", "made"),
        ("subscription", "ended"),
        ("sign-in", "refused"),
    ]
    found = await trail(store)
    assert [found[n].entry.who for n in (2, 3, 4)] == ["U1", "U1", "cli"]
    assert found[6].entry.request == id_of("k1")
    assert "fingerprint" not in repr(found)


async def test_no_secret_is_written_down(store: Store) -> None:
    change = RecordingChange(title="Weekly", pin="4321-secret")
    await store.inbox.keep("trigger-secret", EditRecording(REPLY, "vidyo", RecordingId("f1"), change))
    await store.inbox.keep("k2", StartRecording(REPLY, "https://example.org/join/secret?pin=secret now"))
    for claimed in await store.inbox.claim("me", LEASE, 2):
        await store.inbox.finish(claimed, "done")
    kept = [one.entry.detail for one in await trail(store) if one.entry.outcome == "kept"]
    assert kept[0] == {"verb": "edit", "provider": "vidyo", "recording": "f1", "changes": ["title", "pin"]}
    assert kept[1] == {"verb": "start", "target": "(a link) now"}
    rows = await store.inbox._database.read(audit.select())
    assert "secret" not in repr([tuple(row) for row in rows])


async def test_what_is_sealed_is_a_chain_that_later_rows_lengthen(store: Store, clock: Clock) -> None:
    assert await seal(store) == "0" * 64, "there is nothing yet"
    first = await some(store)
    assert await seal(store) == first, "nothing is new"
    clock.forward(seconds=1)
    await issue(store, "l9")
    second = await seal(store)
    assert second != first
    assert [one.number for one in await trail(store)] == [1, 2, 3, 4, 5, 6]
    assert (await store.audit.verify(first)).rows == 6


async def test_a_request_that_waits_is_sealed_too_and_sealed_once(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    await seal(store)
    assert [one.number for one in await trail(store)] == [1]
    [request] = await store.inbox.claim("me", LEASE, 1)
    await store.inbox.finish(request, "done")
    await seal(store)
    assert [(one.number, one.entry.outcome) for one in await trail(store)] == [(1, "kept"), (2, "done")]


async def test_one_seals_at_a_time_and_whoever_comes_back_too_late_seals_nothing(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    await issue(store, "l1")
    late = await store.audit.claim("me", LEASE)
    assert late is not None
    assert await neighbour.audit.claim("you", LEASE) is None
    clock.forward(LEASE)
    await issue(neighbour, "l2")
    head = await seal(neighbour)
    await issue(store, "l3")
    with pytest.raises(LostClaim):
        await store.audit.seal(late)
    assert (await store.audit.verify()).hash == head
    assert [one.number for one in await trail(store)] == [1, 2, None]


async def test_several_who_seal_at_once_make_one_chain(store: Store, neighbour: Store) -> None:
    async def busy(side: Store, name: str) -> None:
        for number in range(6):
            await issue(side, f"{name}{number}")
            await seal_audit(side, name, LEASE)

    await asyncio.gather(busy(store, "a"), busy(neighbour, "b"))
    await seal(store)
    assert (await store.audit.verify()).rows == 12


async def test_what_is_found_later_comes_later_whatever_its_hour(store: Store, clock: Clock) -> None:
    clock.forward(minutes=1)
    await issue(store, "l1")
    await seal(store)
    clock.forward(minutes=-1)
    await issue(store, "l0")
    await seal(store)
    assert [one.entry.detail["link"] for one in await trail(store)] == ["l1", "l0"]


async def test_more_than_is_sealed_at_once_is_sealed_in_turns(store: Store) -> None:
    row: dict[str, Any] = {
        "at": NOON,
        "what": "link",
        "outcome": "opened",
        "who": "U1",
        "place": "",
        "target": "vidyo/f1",
        "request": "",
        "detail": "{}",
    }
    async with store.inbox._database.transaction() as connection:
        await connection.execute(insert(audit), [row] * (MOST_SEALED + 1))
    await seal(store)
    assert (await store.audit.verify()).rows == MOST_SEALED + 1


def change_a_row(number: int = 3) -> Executable:
    return update(audit).where(audit.c.number == number).values(who="U2")


def unseal(number: int = 3) -> Executable:
    return update(audit).where(audit.c.number == number).values(number=None, sealed=None)


@pytest.mark.parametrize(
    ("meddle", "sentence"),
    [
        (change_a_row(), "Row 3 is not what was sealed"),
        (update(audit).where(audit.c.number == 3).values(detail="no JSON"), "Row 3 is not what"),
        (update(audit).where(audit.c.number == 3).values(sealed=None), "Row 3 is not what"),
        (delete(audit).where(audit.c.number == 3), "Row 3 is missing: row 2 is followed by row 4"),
        (unseal(), "Row 3 is missing"),
        (delete(audit).where(audit.c.number > 3), "Rows 4 to 5 are missing: the tail was cut"),
        (delete(audit), "Rows 1 to 5 are missing: the tail was cut after the beginning"),
        (update(audit).where(audit.c.number == 5).values(number=6), "Row 5 is missing"),
        (update(audit).where(audit.c.number == 1).values(number=-1), "Row -1 stands after"),
    ],
)
async def test_whoever_changes_the_trail_is_found_out(
    store: Store, meddle: Executable, sentence: str
) -> None:
    await some(store)
    await store.inbox._database.write(meddle)
    with pytest.raises(Broken, match=sentence):
        await store.audit.verify()


async def test_a_row_that_nobody_sealed_is_found_out(store: Store) -> None:
    await some(store)
    [last] = [one async for one in store.audit.sealed(4)]
    forged = replace(last, number=6).said()
    await issue(store, "l9")
    await store.inbox._database.write(
        update(audit)
        .where(audit.c.number.is_(None))
        .values(number=6, sealed=hash_of(last.hash or "", forged))
    )
    with pytest.raises(Broken, match="Row 6"):
        await store.audit.verify()


async def test_a_cut_tail_shows_by_its_head_even_where_the_sealers_word_was_changed_too(store: Store) -> None:
    head = await some(store)
    [third] = [one for one in await trail(store) if one.number == 3]
    await store.inbox._database.write(delete(audit).where(audit.c.number > 3))
    await store.inbox._database.write(update(sealer).values(number=3, head=third.hash))
    assert (await store.audit.verify(third.hash)).rows == 3
    with pytest.raises(Broken, match=f"The head {head} is not in the trail, which ends with row 3"):
        await store.audit.verify(head)


async def test_the_old_end_may_be_cut_off_and_the_rest_still_holds(store: Store, clock: Clock) -> None:
    old = await some(store)
    clock.forward(MONTH)
    await issue(store, "l9")
    new = await seal(store)
    assert await store.audit.forget(MONTH + timedelta(seconds=1)) is None
    clock.forward(timedelta(seconds=1))
    await issue(store, "unsealed")
    anchor = await store.audit.forget(MONTH)
    assert anchor is not None
    assert (anchor.number, anchor.hash) == (5, old)
    assert await store.audit.forget(MONTH) is None, "nothing more is that old"
    assert [one.number for one in await trail(store)] == [6, None]
    assert (await store.audit.verify(new)).rows == 1
    assert (await store.audit.verify(old)).rows == 1, "what the rest began after is known"
    await store.inbox._database.write(change_a_row(6))
    with pytest.raises(Broken, match="Row 6"):
        await store.audit.verify()


async def test_whoever_stood_still_while_another_cut_off_more_puts_nothing_back(
    store: Store, neighbour: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(store)
    clock.forward(MONTH * 2)
    await issue(store, "l9")
    await seal(store)
    begin = store.audit._database.transaction

    @asynccontextmanager
    async def stand_still(*alone: str) -> AsyncIterator[AsyncConnection]:
        clock.forward(MONTH * 2)
        await neighbour.audit.forget(MONTH)
        async with begin(*alone) as connection:
            yield connection

    monkeypatch.setattr(store.audit._database, "transaction", stand_still)
    await store.audit.forget(MONTH)
    assert (await store.audit.verify()).rows == 0
    assert await neighbour.audit.before(None) == await neighbour.audit.before(clock())


async def test_a_row_that_somebody_else_numbered_stops_the_sealing_with_a_sentence(
    store: Store, neighbour: Store
) -> None:
    await some(store)
    await issue(store, "l8")
    forge = update(audit).where(audit.c.number.is_(None)).values(number=6, sealed="0" * 64)
    await store.inbox._database.write(forge)
    await issue(store, "l9")
    for side in (store, neighbour):  # it holds up nobody, and says so again
        with pytest.raises(StoreError, match="holds a row that Recbot did not number"):
            await seal_audit(side, "sealer", LEASE)
    with pytest.raises(Broken, match="Row 6"):
        await store.audit.verify()


async def test_what_is_not_sealed_is_never_forgotten(store: Store, clock: Clock) -> None:
    await issue(store, "l1")
    clock.forward(MONTH * 2)
    assert await store.audit.forget(MONTH) is None
    await seal(store)
    assert (await store.audit.forget(MONTH)) is not None
    assert await trail(store) == []
    assert (await store.audit.verify()).rows == 0


async def test_what_was_purged_elsewhere_still_stands_in_the_trail(store: Store, clock: Clock) -> None:
    await store.inbox.keep("k1", a_request())
    [request] = await store.inbox.claim("me", LEASE, 1)
    await store.inbox.finish(request, "done")
    clock.forward(MONTH * 2)
    assert await store.purge(MONTH) == 1
    await store.inbox.keep("k1", a_request())
    assert await said(store) == [("request", "kept"), ("request", "done"), ("request", "kept")]


async def test_a_request_that_this_version_cannot_read_is_noted_all_the_same(store: Store) -> None:
    await store.inbox.keep("k1", a_request())
    await store.inbox._database.write(update(inbox).values(request='{"verb": "dance"}'))
    [one] = await trail(store)
    assert one.entry.detail == {"why": "It cannot be read by this version."}
