"""What the policy says, as people see it."""

import re

import pytest

from bot.domain.answers import Explained
from bot.domain.conversation import Asker
from bot.domain.policy import Decision, Verb
from bot.slack import cards
from bot.slack.answers import drawn_answer
from bot.slack.blockkit import bounded, check_message

ANNA = Asker("slack", "U0ANNA", "T0")


@pytest.mark.parametrize(
    ("allowed", "depends", "said"),
    [
        (True, False, ":white_check_mark: <@U0ANNA> may stop Weekly. The rule is “r”."),
        (False, False, ":no_entry: <@U0ANNA> may not stop Weekly. The rule is “r”."),
        (False, True, ":grey_question: <@U0ANNA> may stop some and not others: it depends on what it is."),
    ],
)
def test_yes_no_and_it_depends_look_different(allowed: bool, depends: bool, said: str) -> None:
    drawn = drawn_answer(Explained(ANNA, Verb.STOP, "Weekly", Decision(allowed, "r"), depends))
    assert drawn.blocks[0]["text"]["text"].startswith(said)
    assert check_message(drawn.text, drawn.blocks) == []


def test_a_rooms_name_and_a_rules_name_are_text() -> None:
    hostile = "<!channel> & *<https://evil.example|x>* " * 40
    drawn = cards.explained(Explained(ANNA, Verb.START, hostile, Decision(False, hostile[:80])))
    assert "<!channel>" not in str(drawn.blocks)
    assert "<https" not in str(drawn.blocks)
    assert check_message(drawn.text, drawn.blocks) == []


def test_what_grows_when_it_is_escaped_is_measured_afterwards() -> None:
    for filler in ("&", "<", "a&"):
        drawn = cards.explained(Explained(ANNA, Verb.START, filler * 700, Decision(False, "r")))
        assert check_message(drawn.text, drawn.blocks) == []
        assert not re.search("&[a-z]*…$", drawn.blocks[0]["text"]["text"])


def test_a_cut_goes_through_no_mention() -> None:
    for room in range(15):
        text = bounded("&amp;" * 3 + "x" * room + "<@U0ANNA> and more", 25)
        assert text.count("<") == text.count(">")
        assert len(text) <= 25
