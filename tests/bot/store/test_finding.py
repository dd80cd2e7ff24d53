from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import Conversation
from bot.domain.watch import State, Step
from bot.store import Store
from providers.model import RecordingId
from tests.clock import Clock

from .samples import HERE, NOON, a_recording, a_watch, recording_watch


async def test_a_channel_hears_of_its_own_watches_newest_first_whatever_the_thread(store: Store) -> None:
    await store.watches.reserve(a_watch("w1", "r1"), None)
    await store.watches.reserve(a_watch("w2", "r2", conversation=replace(HERE, thread="1700.1")), None)
    await store.watches.reserve(a_watch("w3", "r3", conversation=replace(HERE, channel="C2")), None)
    await store.watches.reserve(a_watch("w4", "r4", state=State.PROCESSING), None)

    assert [w.id for w in await store.watches.in_conversation(HERE)] == ["w2", "w1"]
    assert [w.id for w in await store.watches.in_conversation(HERE, only_holding=False)] == ["w4", "w2", "w1"]
    assert await store.watches.in_conversation(Conversation("cli", "C1", "T1")) == []


async def test_the_watch_of_a_room_is_found_while_it_holds_it(store: Store) -> None:
    watch = recording_watch()
    await store.watches.reserve(watch, None)
    assert await store.watches.holding("vidyo", watch.room.id) == watch
    assert await store.watches.holding("other", watch.room.id) is None
    await store.watches.change("w1", lambda w, at: Step(replace(w, state=State.PROCESSING)))
    assert await store.watches.holding("vidyo", watch.room.id) is None


async def test_only_watches_that_a_file_may_still_come_for_await_one(store: Store) -> None:
    await store.watches.reserve(a_watch("asked", "r1", state=State.ASKED), None)
    await store.watches.reserve(recording_watch("recording", "r2"), None)
    await store.watches.reserve(recording_watch("elsewhere", "r3", provider="other"), None)
    ready = recording_watch("ready", "r4").file_found((a_recording(),)).watch
    await store.watches.reserve(ready, None)
    assert [w.id for w in await store.watches.awaiting_files("vidyo")] == ["recording"]


async def test_a_file_stays_taken_for_days_after_its_watch_was_closed(store: Store, clock: Clock) -> None:
    await store.watches.reserve(recording_watch("w1", "r1", bound=RecordingId("running")), None)
    await store.watches.reserve(recording_watch("w2", "r2"), None)
    await store.watches.change("w2", lambda w, at: w.file_found((a_recording("f2"),)))
    assert await store.watches.bound("vidyo") == {"running", "f2"}
    assert await store.watches.bound("other") == set()

    clock.forward(timedelta(days=6, hours=23))
    assert await store.watches.bound("vidyo") == {"running", "f2"}
    clock.forward(timedelta(hours=2))
    assert await store.watches.bound("vidyo") == {"running"}


async def test_a_single_candidate_is_the_file_and_of_several_none_is(store: Store) -> None:
    one = recording_watch("w1", "r1", state=State.READY, candidates=(a_recording("f1"),), open=False)
    two = replace(one, id="w2", candidates=(a_recording("f2"), a_recording("f3")))
    await store.watches.reserve(one, None)
    await store.watches.reserve(two, None)
    assert await store.watches.bound("vidyo") == {"f1"}
    assert await store.watches.of_recording("vidyo", RecordingId("f1")) == one
    assert await store.watches.of_recording("vidyo", RecordingId("f2")) is None


async def test_the_hour_is_the_stores(store: Store) -> None:
    assert await store.now() == NOON
