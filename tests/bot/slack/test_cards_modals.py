"""Editing and deleting: what the modal shows, and what is made of what was entered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import UsageError
from bot.slack import cards
from bot.slack.values import ModalValue, Submission
from providers.model import Recording, RecordingChange, RecordingId, Scope
from sandbox.slack.blockkit import view_problems

AT = datetime(2026, 5, 14, 10, 2, tzinfo=UTC)
ABOUT = ModalValue("vidyo", RecordingId("4711"), "C1", "1700000000.000100")
FILE = Recording(
    id=RecordingId("4711"),
    title="Q2 plan",
    room="Board room",
    owner="vova",
    owner_name=None,
    started=AT,
    ended=AT,
    duration=timedelta(seconds=108),
    size=1,
    scope=Scope.PUBLIC,
    tags="plan",
    comments="First.\nSecond.",
)


def submitted(recording: Recording = FILE, **entered: Any) -> dict[str, Any]:
    """The modal as Slack sends it back: as it was drawn, but for what was entered."""
    view = cards.edit_modal(ABOUT, recording)
    assert view_problems(view) == []
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        key, element = block["block_id"], block["element"]
        state: dict[str, Any] = {"type": element["type"]}
        if element["type"] == "plain_text_input":
            state["value"] = entered.get(key, element.get("initial_value")) or None
        elif element["type"] == "static_select":
            wanted = [option for option in element["options"] if option["value"] == entered.get(key)]
            state["selected_option"] = wanted[0] if wanted else element.get("initial_option")
        else:
            state["selected_options"] = element["options"] if entered.get(key) else []
        values[key] = {element["action_id"]: state}
    return {**view, "state": {"values": values}}


def test_what_was_not_touched_is_not_changed() -> None:
    for recording in (
        FILE,
        replace(FILE, scope=Scope.NEW, has_pin=True, comments=" a\r\nb\x00 ", title="a\u202e b"),
    ):
        edited = cards.read_edit(submitted(recording))
        assert edited.change == RecordingChange()
        assert edited.errors == {}
        assert edited.about == ABOUT


def test_only_what_was_entered_is_changed() -> None:
    view = submitted(title=" New & <title> ", tags="", scope="private", pin="s3cret!")
    edited = cards.read_edit(view)
    assert edited.change == RecordingChange(
        title="New & <title>", tags="", scope=Scope.PRIVATE, pin="s3cret!"
    )
    assert edited.errors == {}
    assert "s3cret" not in repr(edited)


def test_a_pin_is_never_drawn_and_can_be_removed() -> None:
    assert "pin_removal" not in str(cards.edit_modal(ABOUT, FILE))
    with_pin = replace(FILE, has_pin=True)
    assert "A PIN is set." in str(cards.edit_modal(ABOUT, with_pin))
    assert cards.read_edit(submitted(with_pin, pin_removal=True)).change == RecordingChange(pin="")


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"pin": "12 34"}, "pin"),
        ({"pin": "ключ"}, "pin"),
        ({"pin": "1234", "pin_removal": True}, "pin"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(entered: dict[str, Any], field: str) -> None:
    edited = cards.read_edit(submitted(replace(FILE, has_pin=True), **entered))
    assert list(edited.errors) == [field]


def test_a_long_comment_that_the_modal_cut_stays_as_it_was() -> None:
    assert cards.read_edit(submitted(replace(FILE, comments="word " * 2_000))).change == RecordingChange()


def test_a_modal_that_is_not_ours_is_refused() -> None:
    with pytest.raises(UsageError):
        cards.read_modal({"private_metadata": "{}"})
    with pytest.raises(UsageError):
        cards.read_edit({"state": {"values": {}}})


def test_deleting_asks_and_a_locked_recording_cannot_be() -> None:
    view = cards.delete_modal(ABOUT, FILE)
    assert view_problems(view) == []
    assert view["submit"]["text"] == "Delete"
    assert view["callback_id"] == Submission.DELETE
    assert cards.read_modal(view) == ABOUT
    locked = cards.delete_modal(ABOUT, replace(FILE, locked=True))
    assert view_problems(locked) == []
    assert "submit" not in locked


def test_emoji_that_slack_names_are_entered_as_themselves() -> None:
    view = submitted(title=":coffee: break", comments="Well done :tada:", pin=":100:x")
    assert cards.read_edit(view).change == RecordingChange(
        title="☕ break", comments="Well done 🎉", pin=":100:x"
    )
    untouched = replace(FILE, title="☕ break")
    assert cards.read_edit(submitted(untouched, title=":coffee: break")).change == RecordingChange()


@pytest.mark.parametrize(
    ("title", "sent"),
    [
        ("Party🎉", "Party:tada:"),
        ("Room🎉", "Room:tada:"),
        ("☕\ufe0f break", ":coffee: break"),
        ("❤ and ❤\ufe0f", ":heart: and :heart:"),
        ("Q1👍🏼", "Q1:+1::skin-tone-3:"),
    ],
)
def test_a_title_with_emoji_stays_as_it_was_where_something_else_is_edited(title: str, sent: str) -> None:
    edited = submitted(replace(FILE, title=title), title=sent, comments="new")
    assert cards.read_edit(edited).change == RecordingChange(comments="new")
