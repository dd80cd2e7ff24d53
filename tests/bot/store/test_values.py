"""Every value that is kept comes back as it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest

from bot.domain.notice import (
    Body,
    Notice,
    NotTold,
    RecorderLost,
    RecordingReady,
    RecordingShared,
    Subscribed,
)
from bot.domain.requests import (
    ChangeWatch,
    CreateRoom,
    DeleteRecording,
    EditRecording,
    Request,
    SendFile,
    ShareRecording,
    StartRecording,
    Subscribe,
    Unsubscribe,
)
from bot.domain.watch import State, Watch
from bot.store import Store
from bot.store.showing import shows_the_same
from providers.model import Recorder, RecorderId, RecordingChange, RecordingId, RoomId, Scope
from tests.clock import Clock

from .samples import (
    HERE,
    LEASE,
    NOON,
    RECORDER,
    REPLY,
    VOVA,
    a_notice,
    a_recording,
    a_request,
    a_subscription,
    a_watch,
    card_of,
    recording_watch,
)

F1 = RecordingId("f1")
REQUESTS: Sequence[Request] = (
    StartRecording(REPLY, "abc", RoomId("r1"), "007", "vidyo", webcast=True, anyway=True, again="w1"),
    ChangeWatch(REPLY, "stop", watch="w1"),
    a_request(),
    CreateRoom(REPLY, "Planung für Müller"),
    ShareRecording(REPLY, "vidyo", F1),
    SendFile(REPLY, "vidyo", F1),
    EditRecording(
        REPLY, "vidyo", F1, RecordingChange(title="“New”", scope=Scope.PUBLIC, pin="1234", locked=False)
    ),
    DeleteRecording(REPLY, "vidyo", F1),
    Subscribe(REPLY, a_subscription().query, "vidyo", "board longer:10m"),
    Unsubscribe(REPLY, "s1", 2, "{}", everything=True),
)
NOTICES = (
    a_notice("n1"),
    card_of(a_watch()),
    Notice("n2", HERE, RecorderLost("w1")),
    Notice("n3", HERE, RecordingShared("vidyo", a_recording(), VOVA)),
    Notice("n4", HERE, RecordingReady("vidyo", a_recording())),
    Notice("n5", HERE, Subscribed(a_subscription())),
    Notice("n6", HERE, NotTold("n5")),
)
FULL = recording_watch(
    state=State.OVERDUE,
    stop_asker=VOVA,
    stop_asked_at=NOON,
    stop_sent_at=NOON,
    twin_sent_at=NOON,
    ended_at=NOON + timedelta(microseconds=1),
    unseen_since=NOON,
    unseen_why="No answer.",
    misses=3,
    listed=frozenset({F1, RecordingId("f2")}),
    bound=F1,
    candidates=(a_recording(), replace(a_recording("f2"), ended=None, duration=None, size=None)),
)


def test_every_kind_of_request_and_notice_is_tried_here() -> None:
    assert {type(r) for r in REQUESTS} == set(get_args(get_args(Request)[0]))
    assert {type(n.body) for n in NOTICES} == set(get_args(get_args(Body)[0]))


async def test_requests_come_back_as_they_were(store: Store) -> None:
    for n, request in enumerate(REQUESTS):
        await store.inbox.keep(f"k{n}", request)
    assert [c.value for c in await store.inbox.claim("me", LEASE, 99)] == list(REQUESTS)


async def test_notices_come_back_as_they_were(store: Store) -> None:
    for notice in NOTICES:
        await store.notices.owe(notice)
        assert await store.notices.get(notice.key) == notice


@pytest.mark.parametrize("watch", [a_watch(), FULL, replace(FULL, listed=frozenset())])
async def test_watches_come_back_as_they_were(store: Store, watch: Watch) -> None:
    await store.watches.reserve(watch, None)
    kept = await store.watches.get("w1")
    assert kept == watch
    assert kept.asked_at.utcoffset() == timedelta()


async def test_an_hour_of_another_zone_is_the_same_moment(store: Store, clock: Clock) -> None:
    clock.now = datetime(2024, 5, 17, 14, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    await store.sign_ins.refuse("print", "No.")
    refusal = await store.sign_ins.refusal("print")
    assert refusal is not None
    assert refusal.at == datetime(2024, 5, 17, 12, 0, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "unseen",
    [
        {"misses": 9},
        {"unseen_since": NOON, "unseen_why": "No answer."},
        {"vanished_at": NOON},
        {"stop_sent_at": NOON},
        {"twin_sent_at": NOON},
        {"listed": frozenset({F1})},
    ],
)
def test_a_card_does_not_show_how_the_looking_goes(unseen: dict[str, Any]) -> None:
    watch = recording_watch()
    assert shows_the_same(watch, replace(watch, **unseen))


@pytest.mark.parametrize(
    "seen",
    [
        {"people": 4},
        {"people": None},
        {"state": State.PAUSED},
        {"recorder": Recorder(RecorderId("78"), RECORDER.name)},
        {"reason": "It may not be stopped by us."},
        {"blind": True, "unseen_since": NOON},
        {"stop_asker": VOVA},
        {"candidates": (a_recording(),)},
        {"ended_at": NOON},
    ],
)
def test_a_card_shows_what_became_of_the_recording(seen: dict[str, Any]) -> None:
    watch = recording_watch()
    assert not shows_the_same(watch, replace(watch, **seen))


def test_a_card_says_since_when_the_room_cannot_be_seen() -> None:
    blind = recording_watch(blind=True, unseen_since=NOON)
    assert not shows_the_same(blind, replace(blind, unseen_since=NOON + timedelta(seconds=1)))
    assert shows_the_same(blind, replace(blind, unseen_why="Another reason.", misses=12))
