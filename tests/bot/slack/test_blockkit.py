"""Slack's limits, and text that is made fit for them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blockkit import check_message, check_view, clean, cut, mrkdwn, plain, problems


def text(length: int = 5, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": text(), "action_id": "a", **more}


def options(number: int, **more: Any) -> list[dict[str, Any]]:
    return [{"text": text(), "value": str(n), **more} for n in range(number)]


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def asking(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": text(), "element": element, **more}


SECTION = {"type": "section", "text": text(3_000, "mrkdwn")}
CONFIRM = {"title": text(100), "text": text(300), "confirm": text(30), "deny": text(30)}
GOOD = [
    SECTION,
    {"type": "section", "fields": [text(2_000)] * 10, "accessory": button()},
    {"type": "header", "text": text(150)},
    {"type": "context", "elements": [text(3_000, "mrkdwn")] * 10},
    {"type": "divider"},
    {"type": "image", "image_url": "https://example.org/" + "x" * 2_980, "alt_text": "x" * 2_000},
    {"type": "markdown", "text": "x" * 12_000},
    {"type": "table", "rows": [[text()] * 20] * 100},
    actions(*(button(action_id=str(n)) for n in range(25))),
    actions(button(value="x" * 2_000, url="https://e.org/", style="danger", confirm=CONFIRM)),
    actions({"type": "overflow", "action_id": "m", "options": options(5)}),
]
BAD = [
    ({"type": "section"}, "neither text nor fields"),
    ({"type": "section", "text": text(3_001)}, "3001 characters"),
    ({"type": "section", "text": text(0)}, "0 characters"),
    ({"type": "section", "text": "words"}, "text object"),
    ({"type": "section", "fields": [text(2_001)]}, "2001 characters"),
    ({"type": "section", "fields": [text()] * 11}, "holds 11"),
    ({"type": "section", "text": text(), "accessory": {"type": "plain_text_input"}}, "does not belong"),
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
    (actions(button(confirm={**CONFIRM, "title": text(101)})), "101 characters"),
    (actions(button(confirm={**CONFIRM, "text": text(301)})), "301 characters"),
    (actions(button(confirm={**CONFIRM, "deny": text(31)})), "31 characters"),
    (actions({"type": "overflow", "options": options(6)}), "holds 6"),
    (actions({"type": "overflow", "options": options(1, value="x" * 76)}), "76 characters"),
    (actions({"type": "overflow", "options": options(2, value="same")}), "same value"),
    (actions({"type": "checkboxes", "options": options(11)}), "holds 11"),
    (actions({"type": "static_select", "options": options(101)}), "holds 101"),
    (actions({"type": "static_select", "options": options(2), "placeholder": text(151)}), "151 characters"),
    (actions({"type": "static_select", "options": options(2), "initial_option": {}}), "does not offer"),
    (actions({"type": "carrier_pigeon"}), "does not belong"),
    ({"type": "image", "image_url": "ftp://x", "alt_text": "x"}, "web address"),
    ({"type": "image", "image_url": "https://x"}, "alt_text must be text"),
    ({"type": "markdown", "text": "x" * 12_001}, "12001 characters"),
    ({"type": "table", "rows": [[text()] * 21]}, "holds 21"),
    ({"type": "section", "text": text(), "block_id": "x" * 256}, "256 characters"),
    (asking({"type": "plain_text_input"}), "dispatch_action"),
    ({"type": "hologram"}, "no block that is known"),
    ("words", "no block that is known"),
]


@pytest.mark.parametrize("block", GOOD)
def test_what_is_at_the_limit_is_taken(block: dict[str, Any]) -> None:
    assert problems([block]) == []


@pytest.mark.parametrize(("block", "said"), BAD)
def test_what_is_beyond_a_limit_is_named(block: Any, said: str) -> None:
    assert any(said in problem and problem.startswith("blocks") for problem in problems([block]))


def test_a_message_has_at_most_fifty_blocks_and_a_modal_a_hundred() -> None:
    assert problems([SECTION] * 50) == []
    assert problems([SECTION] * 51)
    assert problems([SECTION] * 100, surface="modal") == []
    assert problems([SECTION] * 101, surface="modal")


def test_what_may_stand_once_in_a_message_is_counted_over_all_of_it() -> None:
    table = {"type": "table", "rows": [[text()]]}
    assert problems([table, table])
    assert problems([{"type": "markdown", "text": "x" * 6_001}] * 2)
    assert problems([{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}])


def test_a_message_needs_words_for_those_who_do_not_see_its_blocks() -> None:
    assert check_message("x" * 4_000, [SECTION]) == []
    assert check_message("", [SECTION])
    assert check_message("x" * 4_001, [SECTION])


def test_a_modal_is_checked_with_its_title_and_buttons() -> None:
    field = asking({"type": "plain_text_input", "max_length": 9, "initial_value": "x" * 9})
    view = {"type": "modal", "title": text(24), "submit": text(24), "close": text(24), "blocks": [field]}
    assert check_view(view) == []
    assert check_view({**view, "title": text(25)})
    assert check_view({**view, "close": text(25)})
    assert check_view({**view, "private_metadata": "x" * 3_001})
    assert check_view({**view, "callback_id": "x" * 256})
    assert check_view({key: value for key, value in view.items() if key != "submit"})
    assert check_view({**view, "blocks": [asking({"type": "plain_text_input", "max_length": 3_001})]})
    assert check_view({**view, "blocks": [asking({**field["element"], "max_length": 8})]})
    assert check_view({**view, "blocks": [{"type": "markdown", "text": "x"}]})


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


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=200), st.integers(8, 120))
def test_foreign_text_is_never_longer_than_it_may_be_and_never_a_link(foreign: str, limit: int) -> None:
    for made in (mrkdwn(foreign, limit), cut(foreign, limit), plain(foreign, limit)):
        assert len(made) <= limit
        assert made.encode("utf-8") is not None
    assert not {"<", ">"} & set(mrkdwn(foreign, limit))
