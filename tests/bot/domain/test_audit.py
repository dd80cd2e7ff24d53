"""What is written down of a request: enough to know what was asked for, and nothing that lets anybody in."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from bot.domain.audit import Entry, asked, ended, stands, told
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.notice import Notice, RecordingReady, RoomCreated, ready_key
from bot.domain.requests import ChangeWatch, CreateRoom, ShareRecording, StartRecording, Subscribe
from bot.domain.watch import State
from providers.model import RecordingId, RecordingQuery, RoomId
from tests.bot.store.samples import HERE, REPLY, ROOM, VOVA, a_recording, recording_watch

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Whisper:
    """A request of some later version, which holds something that is not to be shown."""

    reply: ReplyTo
    word: str = field(default="", repr=False)
    aloud: str = ""
    verb: Literal["whisper"] = "whisper"


@pytest.mark.parametrize(
    ("request_", "target", "detail"),
    [
        (
            StartRecording(REPLY, room=RoomId("r1"), on="vidyo", anyway=True),
            "vidyo/r1",
            {"verb": "start", "room": "r1", "on": "vidyo", "anyway": True},
        ),
        (
            StartRecording(REPLY, "see https://a.example/join/x?y"),
            "",
            {"verb": "start", "target": "see (a link)"},
        ),
        (ChangeWatch(REPLY, "stop", watch="w1"), "", {"verb": "change", "change": "stop", "watch": "w1"}),
        (CreateRoom(REPLY), "", {"verb": "room"}),
        (
            ShareRecording(REPLY, "vidyo", RecordingId("f1")),
            "vidyo/f1",
            {"verb": "share", "provider": "vidyo", "recording": "f1"},
        ),
        (
            Subscribe(REPLY, RecordingQuery(words="board"), text="board"),
            "",
            {"verb": "subscribe", "text": "board"},
        ),
        (Whisper(REPLY, "hunter2", "hello"), "", {"verb": "whisper", "aloud": "hello"}),
    ],
)
def test_a_request_is_written_down_without_what_nobody_may_know(
    request_: Any, target: str, detail: dict[str, object]
) -> None:
    entry = asked(request_, "r77", NOON)
    assert (entry.target, entry.detail, entry.request) == (target, detail, "r77")
    assert "hooks.example.org" not in json.dumps(entry.said())


def test_who_stopped_it_is_named_rather_than_who_began_it() -> None:
    anna = Asker("slack", "U2", "T1")
    watch = recording_watch().stopping(anna, NOON).watch
    assert watch.state is State.STOPPING
    assert stands(watch, NOON).who == "slack/T1/U2"
    assert stands(recording_watch(), NOON).who == "slack/T1/U1"


def test_a_message_is_known_by_what_it_is_about_and_not_by_its_key() -> None:
    created = told(Notice("room:secret", HERE, RoomCreated("vidyo", ROOM, VOVA)), NOON, "posted")
    assert (created.who, created.target, created.detail) == ("slack/T1/U1", "vidyo/r1", {"kind": "room"})
    recording, there = a_recording(), Conversation("slack", "C2", "T1")
    ready = Notice(ready_key("vidyo", recording.id, there), there, RecordingReady("vidyo", recording))
    assert told(ready, NOON, "posted") == Entry(
        NOON, "notice", "posted", "", "slack/T1/C2", "vidyo/f1", detail={"kind": "ready"}
    )
    assert "secret" not in json.dumps(created.said()) + json.dumps(told(ready, NOON, "posted").said())


def test_a_refusal_that_holds_a_join_link_lets_nobody_in() -> None:
    why = "Weekly was created: https://example.org/join/abc. Only you see this."
    said = ended(CreateRoom(REPLY), "r1", NOON, "CannotSpeak", why)
    assert said.detail == {"why": "Weekly was created: (a link) Only you see this."}
