"""What Slack tells us that a person did, in each of its shapes."""

from typing import Any

import pytest

from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.slack.heard import Heard

ADDRESS = "https://hooks.slack.com/commands/1"


def test_a_command_says_who_where_and_what() -> None:
    heard = Heard(
        {
            "command": "/record",
            "text": "start abc",
            "user_id": "U1",
            "team_id": "T1",
            "channel_id": "C1",
            "trigger_id": "1.2",
            "response_url": ADDRESS,
        }
    )
    assert (heard.text, heard.trigger) == ("start abc", "1.2")
    assert heard.reply == ReplyTo(
        Conversation("slack", "C1", "T1"), Asker("slack", "U1", "T1"), response_url=ADDRESS
    )


def test_a_click_in_a_thread_is_answered_in_the_thread() -> None:
    heard = Heard(
        {
            "user": {"id": "U1"},
            "team": {"id": "T1"},
            "channel": {"id": "C1"},
            "container": {"thread_ts": "17.1", "is_ephemeral": True},
            "actions": [{"action_id": "stop", "value": "v"}],
        }
    )
    assert heard.value == "v"
    assert heard.in_ephemeral
    assert heard.reply.conversation == Conversation("slack", "C1", "T1", "17.1")


def test_the_choice_of_a_menu_is_its_value() -> None:
    action = {"action_id": "more", "selected_option": {"value": "chosen"}, "value": "other"}
    assert Heard({"actions": [action]}).value == "chosen"


def test_a_submitted_form_belongs_to_no_conversation() -> None:
    heard = Heard({"user": {"id": "U1"}, "view": {"callback_id": "edit"}})
    assert heard.view == {"callback_id": "edit"}
    assert heard.channel == ""
    assert heard.reply_in("C2").conversation.channel == "C2"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user": None, "team": None, "channel": None, "container": None, "view": None, "actions": None},
        {"user": 5, "team": [], "channel": "C1", "container": "x", "view": [], "actions": {}},
        {"actions": []},
        {"actions": [5]},
        {"actions": [{"selected_option": 5, "value": None}]},
        {"text": None, "trigger_id": None, "response_url": ""},
    ],
)
def test_whatever_is_missing_or_strange_reads_as_nothing(body: dict[str, Any]) -> None:
    heard = Heard(body)
    said = (heard.text, heard.user, heard.team, heard.channel, heard.trigger, heard.value)
    assert said == ("",) * 6
    assert heard.view == {}
    assert not heard.in_ephemeral
    assert heard.reply == ReplyTo(Conversation("slack", ""), Asker("slack", ""))
