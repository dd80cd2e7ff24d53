"""Values that the store's tests keep."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.notice import CardOf, Notice, RoomCreated, card_key
from bot.domain.pace import Pace
from bot.domain.requests import RefreshWatch
from bot.domain.subscription import Subscription
from bot.domain.watch import State, Watch
from providers.model import (
    Occupancy,
    Recorder,
    RecorderId,
    Recording,
    RecordingId,
    RecordingQuery,
    Room,
    RoomId,
    RoomKey,
    Scope,
)

NOON = datetime(2024, 5, 17, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SOON = timedelta(seconds=5)
PACE = Pace()
HERE = Conversation("slack", "C1", "T1")
VOVA = Asker("slack", "U1", "T1", "Europe/Madrid")
REPLY = ReplyTo(HERE, VOVA, "https://hooks.example.org/commands/secret")
ROOM = Room(
    RoomId("r1"), RoomKey("abc"), "Weekly", "1001", "vova", "https://example.org/join/abc", Occupancy.OCCUPIED
)
RECORDER = Recorder(RecorderId("77"), "Recorder 1")


def a_watch(id: str = "w1", room: str = "r1", **more: Any) -> Watch:
    values: dict[str, Any] = {
        "provider": "vidyo",
        "conversation": HERE,
        "asker": VOVA,
        "asked_at": NOON,
    } | more
    return Watch(id=id, room=replace(ROOM, id=RoomId(room)), **values)


def recording_watch(id: str = "w1", room: str = "r1", **more: Any) -> Watch:
    values: dict[str, Any] = {
        "state": State.RECORDING,
        "recorder": RECORDER,
        "confirmed_at": NOON,
        "people": 3,
    } | more
    return a_watch(id, room, **values)


def card_of(watch: Watch) -> Notice:
    return Notice(card_key(watch.id), watch.conversation, CardOf(watch.id))


def a_notice(key: str) -> Notice:
    return Notice(key, HERE, RoomCreated("vidyo", ROOM, VOVA))


def a_request(of: str = "w1") -> RefreshWatch:
    return RefreshWatch(REPLY, of)


def a_recording(id: str = "f1") -> Recording:
    return Recording(
        RecordingId(id),
        "Weekly",
        "Weekly",
        "vova",
        None,
        NOON,
        NOON + timedelta(minutes=3),
        timedelta(minutes=3, milliseconds=250),
        123456789,
        Scope.PRIVATE,
        file="https://example.org/secret.mp4",
    )


def a_subscription(id: str = "s1", words: str = "board", **more: Any) -> Subscription:
    values: dict[str, Any] = {
        "conversation": HERE,
        "asker": VOVA,
        "query": RecordingQuery(words=words, longer=timedelta(minutes=10), scope=Scope.PUBLIC),
        "on": None,
        "since": NOON,
        "listed": {"vidyo": frozenset({RecordingId("f0")})},
        "text": f"{words} longer:10m scope:public",
    } | more
    return Subscription(id, **values)
