import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from bot.domain.conversation import Conversation
from bot.domain.watch import State, Step, Watch
from bot.store import AlreadyBound, AlreadyReserved, Claimed, LostClaim, Store
from providers.model import RecordingId, RoomView
from tests.clock import Clock

from .cutting import Cut
from .samples import LEASE, PACE, RECORDER, SOON, a_recording, a_watch, card_of, recording_watch


async def taken(store: Store, watch: Watch) -> Claimed[Watch]:
    """The watch begun, its card delivered, and claimed."""
    await store.watches.reserve(watch, card_of(watch))
    [card] = await store.notices.claim("poster", LEASE, 1)
    await store.notices.posted(card, "1700.1")
    claimed = await store.watches.claim_one(watch.id, "me", LEASE)
    assert claimed is not None
    return claimed


async def test_a_settled_watch_comes_back_when_its_next_look_is_due(store: Store, clock: Clock) -> None:
    claimed = await taken(store, a_watch(state=State.ASKED))
    step = claimed.value.saw(RoomView(RECORDER, 3), clock(), PACE)
    after = await store.watches.settle(claimed, step)
    assert after.value == await store.watches.get("w1") == step.watch

    clock.forward(PACE.recording_look - timedelta(microseconds=1))
    assert await store.watches.claim("vidyo", "me", LEASE, 9) == []
    clock.forward(timedelta(microseconds=1))
    [again] = await store.watches.claim("vidyo", "me", LEASE, 9)
    assert again.value.state is State.RECORDING


async def test_a_random_phase_is_added_only_where_one_is_wanted(store: Store, clock: Clock) -> None:
    for n in range(8):
        claimed = await taken(store, recording_watch(f"w{n}", f"r{n}"))
        await store.watches.settle(claimed, Step(claimed.value, look_in=SOON), jitter=SOON)
    clock.forward(SOON - timedelta(microseconds=1))
    assert await store.watches.claim("vidyo", "me", LEASE, 9) == []
    clock.forward(timedelta(microseconds=1))
    at_once = await store.watches.claim("vidyo", "me", LEASE, 9)
    clock.forward(SOON)
    later = await store.watches.claim("vidyo", "me", LEASE, 9)
    assert later, "eight at the very same microsecond are no accident"
    assert len(at_once) + len(later) == 8


async def test_where_no_delay_is_said_the_look_stays_as_it_was_due(store: Store, clock: Clock) -> None:
    claimed = await taken(store, recording_watch())
    claimed = await store.watches.settle(claimed, Step(claimed.value, look_in=SOON), hold=True)
    await store.watches.settle(claimed, claimed.value.belongs_to(a_recording()))
    clock.forward(SOON)
    assert len(await store.watches.claim("vidyo", "me", LEASE, 9)) == 1


async def test_who_comes_back_too_late_writes_nothing(store: Store, neighbour: Store, clock: Clock) -> None:
    mine = await taken(store, recording_watch())
    clock.forward(LEASE)
    yours = await neighbour.watches.claim_one("w1", "you", LEASE)
    assert yours is not None

    lost = replace(mine.value, state=State.PROCESSING, lost=True, ended_at=clock())
    with pytest.raises(LostClaim):
        await store.watches.settle(mine, Step(lost, library=True, alarm=True))

    assert await store.watches.get("w1") == recording_watch()
    assert await store.notices.owed() == 0
    assert await store.looks.claim("me", LEASE, 9) == []
    await neighbour.watches.settle(yours, Step(yours.value, look_in=SOON))


async def test_a_claim_is_good_for_one_settling_unless_it_is_held(store: Store, clock: Clock) -> None:
    claimed = await taken(store, a_watch())
    held = await store.watches.settle(claimed, claimed.value.asking(clock(), PACE), hold=True)
    assert held.fence > claimed.fence
    clock.forward(SOON)
    assert await store.watches.claim("vidyo", "you", LEASE, 9) == []
    with pytest.raises(LostClaim):
        await store.watches.settle(claimed, Step(claimed.value))
    assert (await store.watches.get("w1")) == held.value

    await store.watches.settle(held, held.value.accepted(PACE))
    with pytest.raises(LostClaim):
        await store.watches.settle(held, Step(held.value))


async def test_a_held_claim_lasts_no_longer_than_its_lease(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    claimed = await taken(store, a_watch())
    held = await store.watches.settle(claimed, claimed.value.asking(clock(), PACE), hold=True)
    clock.forward(LEASE)
    [yours] = await neighbour.watches.claim("vidyo", "you", LEASE, 9)
    assert yours.attempts == 2, "somebody died on the way"
    with pytest.raises(LostClaim):
        await store.watches.settle(held, held.value.accepted(PACE))


async def test_a_change_that_people_see_draws_the_card_again(store: Store, clock: Clock) -> None:
    claimed = await taken(store, recording_watch())
    step = claimed.value.saw(RoomView(RECORDER, 4), clock(), PACE)
    await store.watches.settle(claimed, step)
    [card] = await store.notices.claim("poster", LEASE, 9)
    assert (card.value.wanted, card.value.shown, card.value.message) == (2, 1, "1700.1")


async def test_a_look_that_saw_nothing_new_says_nothing(store: Store, clock: Clock) -> None:
    claimed = await taken(store, recording_watch())
    clock.forward(SOON)
    claimed = await store.watches.settle(claimed, claimed.value.missed("no answer", clock(), PACE), hold=True)
    claimed = await store.watches.settle(
        claimed, claimed.value.saw(RoomView(RECORDER, 3), clock(), PACE), hold=True
    )
    await store.watches.settle(claimed, claimed.value.saw(RoomView(None, 3), clock(), PACE))
    assert await store.notices.owed() == 0


async def test_a_lost_recorder_is_said_aloud_before_everything_else(store: Store, clock: Clock) -> None:
    claimed = await taken(store, recording_watch(vanished_at=None))
    claimed = await store.watches.settle(
        claimed, claimed.value.saw(RoomView(None, 3), clock(), PACE), hold=True
    )
    clock.forward(PACE.vanished_look)
    await store.watches.settle(claimed, claimed.value.saw(RoomView(None, 3), clock(), PACE))

    alarm, card = await store.notices.claim("poster", LEASE, 9)
    assert (alarm.id, card.id) == ("lost:w1:1", "card:w1")
    assert alarm.value.conversation == claimed.value.conversation
    [look] = await store.looks.claim("me", LEASE, 9)
    assert look.value == "vidyo"


async def test_each_loss_is_an_alarm_of_its_own(store: Store) -> None:
    claimed = await taken(store, recording_watch())
    for _ in range(2):
        claimed = await store.watches.settle(claimed, Step(claimed.value, alarm=True), hold=True)
    assert {c.id for c in await store.notices.claim("poster", LEASE, 9)} == {"lost:w1:1", "lost:w1:2"}


async def test_on_the_command_line_no_alarm_waits_for_a_conversation_that_is_not_there(store: Store) -> None:
    await store.watches.reserve(recording_watch(conversation=Conversation("cli", "4711")), None)
    [claimed] = await store.watches.claim("vidyo", "me", LEASE, 9)
    await store.watches.settle(claimed, Step(claimed.value, alarm=True))
    assert await store.notices.owed() == 0


async def test_a_file_belongs_to_one_watch_and_a_second_claim_to_it_writes_nothing(store: Store) -> None:
    file = a_recording()
    first = await taken(store, recording_watch("w1", "r1"))
    await store.watches.settle(first, first.value.file_found((file,)))
    second = await taken(store, recording_watch("w2", "r2", state=State.PROCESSING))
    with pytest.raises(AlreadyBound) as refused:
        await store.watches.settle(
            second, replace(second.value.file_found((file,)), library=True, alarm=True)
        )

    assert refused.value.existing.id == "w1"
    assert await store.watches.get("w2") == second.value
    assert await store.looks.claim("me", LEASE, 9) == []
    assert not await store.notices.get("lost:w2:1")
    await store.watches.settle(second, second.value.file_found((file, a_recording("f2"))))
    assert await store.watches.bound("vidyo") == {file.id}


async def test_a_running_file_that_another_watch_has_is_refused_while_the_room_is_held(store: Store) -> None:
    file = a_recording()
    await store.watches.reserve(recording_watch("w1", "r1"), None)
    await store.watches.reserve(recording_watch("w2", "r2"), None)
    await store.watches.change("w1", lambda w, at: w.belongs_to(file))
    with pytest.raises(AlreadyBound) as refused:
        await store.watches.change("w2", lambda w, at: w.belongs_to(file))
    assert refused.value.existing.id == "w1"
    assert await store.watches.get("w2") == recording_watch("w2", "r2")


async def test_two_watches_cannot_begin_with_one_file(store: Store) -> None:
    bound = {"bound": RecordingId("f1")}
    await store.watches.reserve(recording_watch("w1", "r1", **bound), None)
    with pytest.raises(AlreadyBound):
        await store.watches.reserve(recording_watch("w2", "r2", **bound), None)


async def test_a_change_takes_the_watch_from_a_look_under_way(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    looking = await taken(store, recording_watch())
    watch = await neighbour.watches.change("w1", lambda w, at: w.stopping(w.asker, at))
    assert watch.state is State.STOPPING
    assert watch.stop_asked_at == clock()

    with pytest.raises(LostClaim):
        await store.watches.settle(looking, looking.value.saw(RoomView(RECORDER, 9), clock(), PACE))
    [due] = await store.watches.claim("vidyo", "me", LEASE, 9)
    assert due.value == watch
    assert await store.notices.owed() == 1


async def test_a_change_that_comes_to_nothing_disturbs_nobody(store: Store) -> None:
    looking = await taken(store, recording_watch())
    assert await store.watches.change("w1", lambda w, at: Step(w)) == looking.value
    await store.watches.settle(looking, Step(looking.value))


async def test_a_change_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    looking = await taken(store, recording_watch())

    def fail(watch: Watch, at: object) -> Step:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await store.watches.change("w1", fail)
    with pytest.raises(KeyError):
        await store.watches.change("w0", lambda w, at: Step(w))
    await store.watches.settle(looking, Step(looking.value))


async def test_changes_at_once_are_made_one_after_the_other(store: Store, neighbour: Store) -> None:
    await store.watches.reserve(recording_watch(people=0), None)
    sides = [store, neighbour] * 10

    def one_more(watch: Watch, at: object) -> Step:
        return Step(replace(watch, people=(watch.people or 0) + 1))

    await asyncio.gather(*(side.watches.change("w1", one_more) for side in sides))
    watch = await store.watches.get("w1")
    assert watch is not None
    assert watch.people == 20


async def test_start_again_is_refused_while_another_watch_has_the_room(store: Store, clock: Clock) -> None:
    failed = a_watch("w1", state=State.NOT_STARTED, open=False)
    await store.watches.reserve(failed, card_of(failed))
    other = a_watch("w2")
    await store.watches.reserve(other, None)
    with pytest.raises(AlreadyReserved) as refused:
        await store.watches.change("w1", lambda w, at: w.again(w.asker, at))
    assert refused.value.existing == other
    assert await store.watches.get("w1") == failed

    await store.watches.drop("w2")
    await store.watches.change("w1", lambda w, at: w.again(w.asker, at))
    [claimed] = await store.watches.claim("vidyo", "me", LEASE, 9)
    assert (claimed.id, claimed.value.state) == ("w1", State.PREPARED)


@pytest.mark.parametrize("late", [False, True])
async def test_a_settling_that_is_cut_off_anywhere_is_whole_or_not_there(store: Store, late: bool) -> None:
    claimed = await taken(store, recording_watch())
    settled = 0
    for steps in count(1):
        step = Step(
            replace(claimed.value, people=100 + steps, state=State.RECORDING), library=True, look_in=SOON
        )
        cut = Cut(store.watches.settle(claimed, step, hold=True), steps, late=late)
        await cut.ended()
        kept, card = await store.watches.get("w1"), await store.notices.get("card:w1")
        assert kept is not None
        assert card is not None
        if kept.people == 100 + steps:
            settled += 1
            fence = claimed.fence + 1
            claimed = replace(claimed, value=kept, fence=fence)
        assert card.wanted == 1 + settled, "the watch and its card go together"
        if not cut.reached:
            break
    assert settled
    assert steps > 5
    await store.watches.settle(claimed, Step(claimed.value))
