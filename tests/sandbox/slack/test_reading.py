"""Messages read as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.reading import buttons_of, text_of, words
from tests.sandbox.slack.conftest import actions, button, modal, section, text_input


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("*Recording* _now_ ~not~ `key`", "Recording now not key"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("<https://example.org/x|Play> <https://example.org/y>", "Play https://example.org/y"),
        ("<@U0ANNA> in <#C0STANDUP> and <#C1|other>", "@anna in #standup and #other"),
        ("<!date^1760000000^{date_short} {time}|2025-10-09 08:53 UTC>", "2025-10-09 08:53 UTC"),
        ("<!here> &lt;b&gt; &amp;amp;", "@here <b> &amp;"),
    ],
)
def test_markup_reads_as_it_looks(mrkdwn: str, read: str) -> None:
    assert words(mrkdwn) == read


def test_a_card_reads_from_top_to_bottom_and_its_text_only_without_blocks() -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "Recording 4711"}}
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Who*\nVova"}]}
    context = {"type": "context", "elements": [{"type": "plain_text", "text": "asked a minute ago"}]}
    blocks = [header, fields, actions(button("Stop", "stop")), context]
    assert text_of({"text": "fallback", "blocks": blocks}) == "Recording 4711\nWho\nVova\nasked a minute ago"
    assert text_of({"text": "*fallback*"}) == "fallback"


def test_a_modal_reads_with_its_title_and_what_stands_in_its_fields() -> None:
    view = modal(section("Careful."), text_input("title", element={"initial_value": "Weekly"}))
    assert text_of(view).splitlines() == ["Edit", "Careful.", "title", "Weekly"]


def test_all_there_is_to_press_is_listed_with_each_option_of_a_menu() -> None:
    options: list[Any] = [
        {"text": {"type": "plain_text", "text": label}, "value": label.lower()}
        for label in ("Lock", "Delete")
    ]
    more = {"type": "overflow", "action_id": "more", "options": options}
    blocks = [actions(button("Play", "play", "r1", style="primary"), more | {"action_id": "more"})]
    found = [(b.label, b.action_id, b.value, b.kind, b.style) for b in buttons_of({"blocks": blocks})]
    assert found == [
        ("Play", "play", "r1", "button", "primary"),
        ("Lock", "more", "lock", "overflow", None),
        ("Delete", "more", "delete", "overflow", None),
    ]
