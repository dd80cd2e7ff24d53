"""Who asked for a recording is remembered beside it, for longer than the watch."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.conversation import Asker
from bot.domain.watch import State, Step, Watch
from bot.store import Store
from providers.model import Recording, RecordingId
from tests.clock import Clock

from .samples import NOON, VOVA, a_recording, card_of, recording_watch

ANNA = Asker("slack", "U2", "T1")
OPERATOR = Asker("cli", "root")


async def ready(store: Store, *files: Recording, **more: object) -> Watch:
    """A recording that was asked for has come to its files."""
    watch = recording_watch(**more)
    await store.watches.reserve(watch, card_of(watch))
    done = replace(watch, state=State.READY, open=False, candidates=files)
    return await store.watches.change(watch.id, lambda current, at: Step(done))


async def test_who_asked_is_known_long_after_the_watch_is_forgotten(store: Store, clock: Clock) -> None:
    file = a_recording()
    assert await store.owners.of("vidyo", file) is None
    watch = await ready(store, file)
    [claimed] = await store.notices.claim("me", timedelta(seconds=30), 9)
    await store.notices.posted(claimed, "1.0")
    assert await store.owners.of("vidyo", file) == VOVA
    clock.forward(timedelta(days=400))
    await store.purge(timedelta(days=30))
    assert await store.watches.get(watch.id) is None
    assert await store.owners.of("vidyo", file) == VOVA
    assert await store.owners.of("other", file) is None
    assert await store.owners.of("vidyo", a_recording("f2")) is None


async def test_a_look_that_finds_the_file_says_so_too(store: Store) -> None:
    watch = recording_watch(state=State.PROCESSING)
    await store.watches.reserve(watch, card_of(watch))
    [claimed] = await store.watches.claim("vidyo", "me", timedelta(seconds=30), 9)
    await store.watches.settle(claimed, watch.file_found((a_recording(),)))
    assert await store.owners.of("vidyo", a_recording()) == VOVA


async def test_a_number_that_a_library_gives_out_anew_is_another_recording(store: Store) -> None:
    file = a_recording()
    await ready(store, file)
    later = replace(file, started=NOON + timedelta(days=300))
    assert await store.owners.of("vidyo", later) is None
    assert await store.owners.of("vidyo", replace(file, started=NOON + timedelta(minutes=9))) == VOVA


@pytest.mark.parametrize(
    ("files", "more"),
    [
        (("f1", "f2"), {}),  # of several none is guessed
        (("f1",), {"ran_already": True, "call": True}),  # it was not begun for whoever asked then
        (("f1",), {"asker": OPERATOR}),
    ],
)
async def test_nobody_is_taken_for_an_owner_of_what_they_did_not_bring_about(
    store: Store, files: tuple[str, ...], more: dict[str, object]
) -> None:
    recordings = [a_recording(id) for id in files]
    await ready(store, *recordings, **more)
    assert [await store.owners.of("vidyo", one) for one in recordings] == [None] * len(files)


async def test_the_newest_request_counts(store: Store, clock: Clock) -> None:
    file = a_recording()
    await ready(store, file)
    [claimed] = await store.notices.claim("me", timedelta(seconds=30), 9)
    await store.notices.posted(claimed, "1.0")
    clock.forward(timedelta(days=400))
    await store.purge(timedelta(days=30))
    newer = replace(file, started=NOON + timedelta(days=400), id=RecordingId("f1"))
    await ready(store, newer, id="w2", asker=ANNA)
    assert await store.owners.of("vidyo", newer) == ANNA
    assert await store.owners.of("vidyo", file) is None
