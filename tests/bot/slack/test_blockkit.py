"""Slack's limits, and text that is made fit for them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blockkit import check_message, clean, cut, mrkdwn, plain


def text(length: int = 5, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": text(), "action_id": "a", **more}


def options(number: int, **more: Any) -> list[dict[str, Any]]:
    return [{"text": text(), "value": str(n), **more} for n in range(number)]


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


SECTION = {"type": "section", "text": text(3_000, "mrkdwn")}
GOOD = [
    SECTION,
    {"type": "section", "fields": [text(2_000)] * 10, "accessory": button()},
    {"type": "header", "text": text(150)},
    {"type": "context", "elements": [text(3_000, "mrkdwn")] * 10},
    actions(*(button(action_id=str(n)) for n in range(25))),
    actions(button(value="x" * 2_000, url="https://e.org/", style="danger", accessibility_label="x" * 75)),
    actions({"type": "overflow", "action_id": "m", "options": options(5)}),
]
BAD = [
    ({"type": "section"}, "neither text nor fields"),
    ({"type": "section", "text": text(3_001)}, "3001 characters"),
    ({"type": "section", "text": text(0)}, "0 characters"),
    ({"type": "section", "text": "words"}, "text object"),
    ({"type": "section", "fields": [text(2_001)]}, "2001 characters"),
    ({"type": "section", "fields": [text()] * 11}, "holds 11"),
    (
        {"type": "section", "text": text(), "accessory": {"type": "plain_text_input"}},
        "no element that is known",
    ),
    ({"type": "header", "text": text(151)}, "151 characters"),
    ({"type": "header", "text": text(5, "mrkdwn")}, "plain_text"),
    ({"type": "context", "elements": []}, "holds 0"),
    ({"type": "context", "elements": [text()] * 11}, "holds 11"),
    (actions(), "holds 0"),
    (actions(*(button(action_id=str(n)) for n in range(26))), "holds 26"),
    (actions(button(), button()), "same action_id"),
    (actions(button(text=text(76))), "76 characters"),
    (actions(button(text=text(5, "mrkdwn"))), "plain_text"),
    (actions(button(value="x" * 2_001)), "2001 characters"),
    (actions(button(value="")), "0 characters"),
    (actions(button(url="https://e.org/" + "x" * 3_000)), "3014 characters"),
    (actions(button(url="javascript:alert(1)")), "web address"),
    (actions(button(style="bold")), "primary or danger"),
    (actions(button(action_id="x" * 256)), "256 characters"),
    (actions(button(accessibility_label="x" * 76)), "76 characters"),
    (actions({"type": "overflow", "options": options(6)}), "holds 6"),
    (actions({"type": "overflow", "options": options(1, value="x" * 76)}), "76 characters"),
    (actions({"type": "overflow", "options": options(2, value="same")}), "same value"),
    (actions({"type": "overflow", "options": options(1, text=text(5, "mrkdwn"))}), "plain_text"),
    (actions({"type": "carrier_pigeon"}), "no element that is known"),
    ({"type": "section", "text": text(), "block_id": "x" * 256}, "256 characters"),
    ({"type": "hologram"}, "no block that is known"),
    ("words", "no block that is known"),
]


@pytest.mark.parametrize("block", GOOD)
def test_what_is_at_the_limit_is_taken(block: dict[str, Any]) -> None:
    assert check_message("words", [block]) == []


@pytest.mark.parametrize(("block", "said"), BAD)
def test_what_is_beyond_a_limit_is_named(block: Any, said: str) -> None:
    problems = check_message("words", [block])
    assert any(said in problem and problem.startswith("blocks") for problem in problems)


def test_a_message_has_at_most_fifty_blocks() -> None:
    assert check_message("words", [SECTION] * 50) == []
    assert check_message("words", [SECTION] * 51) == ["blocks holds 51; 0 to 50 are allowed"]


def test_two_blocks_have_not_the_same_id() -> None:
    assert check_message("words", [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "b"}]) == []
    assert check_message("words", [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}])


def test_a_message_needs_words_for_those_who_do_not_see_its_blocks() -> None:
    assert check_message("x" * 4_000, [SECTION]) == []
    assert check_message("", [SECTION])
    assert check_message("x" * 4_001, [SECTION])


def test_nobody_is_mentioned_by_foreign_text() -> None:
    assert mrkdwn("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert mrkdwn("a\x00b\u202ec\x1bd\ud800e\nf") == "abcde\nf"
    assert clean("\u2066x\u2069") == "x"


def test_a_cut_leaves_no_half_entity_behind() -> None:
    assert mrkdwn("<" * 10, 10) == "&lt;&lt;…"
    assert mrkdwn("a" * 11, 10) == "a" * 9 + "…"


def test_names_are_cut_to_one_line() -> None:
    assert cut("  a \n b\t c ", 20) == "a b c"
    assert cut("abcdef", 4) == "abc…"
    assert plain("\u202e \n", 10) == "–"


@settings(deadline=None)
@given(st.text(st.characters(), max_size=200), st.integers(8, 120))
def test_foreign_text_is_never_longer_than_it_may_be_and_never_a_link(foreign: str, limit: int) -> None:
    for made in (mrkdwn(foreign, limit), cut(foreign, limit), plain(foreign, limit)):
        assert len(made) <= limit
        assert made.encode("utf-8") is not None
    assert not {"<", ">"} & set(mrkdwn(foreign, limit))
