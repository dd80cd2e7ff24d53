"""Block Kit's numbers: at the limit nothing is said, one above it something is."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.blockkit import problems, too_large, view_problems
from tests.sandbox.slack.conftest import actions, button, modal, section, text_input

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(number: int = 0, **more: Any) -> Json:
    return {"text": plain(f"option {number}"), "value": f"v{number}"} | more


def menu(kind: str, count: int) -> Json:
    return {"type": kind, "action_id": "m", "options": [option(n) for n in range(count)]}


def table(rows: int, cells: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * cells] * rows}


def confirm(**more: Any) -> Json:
    given = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    return button("Delete", "d", confirm=given | more)


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a"} | more


def card(**more: Any) -> Json:
    return {"type": "card", "title": {"type": "mrkdwn", "text": "t"}} | more


LIMITS: list[tuple[str, Any, Any]] = [
    ("section text", section("x" * 3000), section("x" * 3001)),
    ("section text not empty", section("x"), section("")),
    (
        "section fields",
        {"type": "section", "fields": [plain("f")] * 10},
        {"type": "section", "fields": [plain("f")] * 11},
    ),
    (
        "section field",
        {"type": "section", "fields": [plain("f" * 2000)]},
        {"type": "section", "fields": [plain("f" * 2001)]},
    ),
    ("section needs text or fields", section("x"), {"type": "section"}),
    ("header", {"type": "header", "text": plain("h" * 150)}, {"type": "header", "text": plain("h" * 151)}),
    (
        "header is plain",
        {"type": "header", "text": plain("h")},
        {"type": "header", "text": {"type": "mrkdwn", "text": "h"}},
    ),
    (
        "context elements",
        {"type": "context", "elements": [plain("c")] * 10},
        {"type": "context", "elements": [plain("c")] * 11},
    ),
    (
        "context not empty",
        {"type": "context", "elements": [plain("c")]},
        {"type": "context", "elements": []},
    ),
    (
        "actions elements",
        actions(*[button("b", f"a{n}") for n in range(25)]),
        actions(*[button("b", f"a{n}") for n in range(26)]),
    ),
    ("button text", actions(button("b" * 75, "a")), actions(button("b" * 76, "a"))),
    ("button value", actions(button("b", "a", "v" * 2000)), actions(button("b", "a", "v" * 2001))),
    (
        "button url",
        actions(button("b", "a", url="https://x.io/" + "u" * 2987)),
        actions(button("b", "a", url="https://x.io/" + "u" * 2988)),
    ),
    (
        "button style",
        actions(button("b", "a", style="danger")),
        actions(button("b", "a", style="default")),
    ),
    (
        "button accessibility_label",
        actions(button("b", "a", accessibility_label="l" * 75)),
        actions(button("b", "a", accessibility_label="l" * 76)),
    ),
    ("action_id", actions(button("b", "a" * 255)), actions(button("b", "a" * 256))),
    (
        "action_id once in a block",
        actions(button("b", "a1"), button("b", "a2")),
        actions(button("b", "a1"), button("b", "a1")),
    ),
    ("block_id", section("x", block_id="b" * 255), section("x", block_id="b" * 256)),
    ("overflow", actions(menu("overflow", 5)), actions(menu("overflow", 6))),
    ("overflow not empty", actions(menu("overflow", 1)), actions(menu("overflow", 0))),
    ("radio buttons", actions(menu("radio_buttons", 10)), actions(menu("radio_buttons", 11))),
    ("checkboxes", actions(menu("checkboxes", 10)), actions(menu("checkboxes", 11))),
    ("select", actions(menu("static_select", 100)), actions(menu("static_select", 101))),
    (
        "select groups",
        actions({"type": "static_select", "option_groups": [{"label": plain("g"), "options": [option(1)]}]}),
        actions({"type": "static_select", "option_groups": []}),
    ),
    (
        "option values once in a menu",
        actions(menu("static_select", 2)),
        actions({"type": "static_select", "action_id": "m", "options": [option(1), option(1)]}),
    ),
    (
        "option text",
        actions(menu("overflow", 1) | {"options": [option(text=plain("t" * 75))]}),
        actions(menu("overflow", 1) | {"options": [option(text=plain("t" * 76))]}),
    ),
    (
        "option value",
        actions(menu("overflow", 1) | {"options": [option(value="v" * 150)]}),
        actions(menu("overflow", 1) | {"options": [option(value="v" * 151)]}),
    ),
    (
        "initial option is one of them",
        actions(menu("static_select", 2) | {"initial_option": option(1)}),
        actions(menu("static_select", 2) | {"initial_option": option(7)}),
    ),
    ("confirm title", actions(confirm(title=plain("t" * 100))), actions(confirm(title=plain("t" * 101)))),
    ("confirm text", actions(confirm(text=plain("t" * 300))), actions(confirm(text=plain("t" * 301)))),
    ("confirm button", actions(confirm(deny=plain("t" * 30))), actions(confirm(deny=plain("t" * 31)))),
    ("confirm style", actions(confirm(style="danger")), actions(confirm(style="scary"))),
    ("image alt", image(alt_text="a" * 2000), image(alt_text="a" * 2001)),
    ("image alt required", image(), {"type": "image", "image_url": "https://example.org/a.png"}),
    ("image is public https", image(), image(image_url="http://127.0.0.1/a.png")),
    ("image title", image(title=plain("t" * 2000)), image(title=plain("t" * 2001))),
    ("markdown", {"type": "markdown", "text": "m" * 12000}, {"type": "markdown", "text": "m" * 12001}),
    ("table rows", table(100, 2), table(101, 2)),
    ("table cells", table(2, 20), table(2, 21)),
    ("table characters", table(10, 10, "c" * 100), table(10, 10, "c" * 101)),
    (
        "data table caption",
        table(2, 2) | {"type": "data_table", "caption": "c"},
        table(2, 2) | {"type": "data_table"},
    ),
    (
        "data table rows",
        table(101, 2) | {"type": "data_table", "caption": "c"},
        table(102, 2) | {"type": "data_table", "caption": "c"},
    ),
    (
        "data table page",
        table(2, 2) | {"type": "data_table", "caption": "c", "page_size": 100},
        table(2, 2) | {"type": "data_table", "caption": "c", "page_size": 101},
    ),
    ("card body", card(body=plain("b" * 200)), card(body=plain("b" * 201))),
    ("card title", card(title=plain("b" * 150)), card(title=plain("b" * 151))),
    (
        "carousel",
        {"type": "carousel", "elements": [card()] * 10},
        {"type": "carousel", "elements": [card()] * 11},
    ),
    (
        "container",
        {"type": "container", "title": plain("t"), "child_blocks": [section("x")] * 10},
        {"type": "container", "title": plain("t"), "child_blocks": [section("x")] * 11},
    ),
    (
        "input in a message",
        text_input("i", dispatch_action=True),
        text_input("i"),
    ),
    (
        "input label",
        text_input("i", dispatch_action=True, label=plain("l" * 2000)),
        text_input("i", dispatch_action=True, label=plain("l" * 2001)),
    ),
    (
        "input placeholder",
        text_input("i", dispatch_action=True, element={"placeholder": plain("p" * 150)}),
        text_input("i", dispatch_action=True, element={"placeholder": plain("p" * 151)}),
    ),
    (
        "input length",
        text_input("i", dispatch_action=True, element={"max_length": 3000}),
        text_input("i", dispatch_action=True, element={"max_length": 3001}),
    ),
    ("unknown key of a block", section("x"), section("x", colour="red")),
    ("unknown key of an element", actions(button("b", "a")), actions(button("b", "a", colour="red"))),
    ("unknown block", section("x"), {"type": "layout"}),
    ("not an object", section("x"), "section"),
    ("kind of an accessory", section("x", accessory=button("b", "a")), section("x", accessory=plain("b"))),
    (
        "date",
        actions({"type": "datepicker", "initial_date": "2026-03-14"}),
        actions({"type": "datepicker", "initial_date": "14.3.2026"}),
    ),
]


@pytest.mark.parametrize(("allowed", "refused"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_what_is_at_the_limit_passes_and_what_is_beyond_is_refused(allowed: Any, refused: Any) -> None:
    assert problems([allowed]) == []
    assert problems([refused]) != []


WHOLE: list[tuple[str, list[Json], list[Json]]] = [
    ("blocks in a message", [section("x")] * 50, [section("x")] * 51),
    (
        "block_id once in a message",
        [section("x", block_id="a"), section("x", block_id="b")],
        [section("x", block_id="a"), section("x", block_id="a")],
    ),
    ("one table", [table(1, 1), section("x")], [table(1, 1), table(1, 1)]),
    (
        "markdown together",
        [{"type": "markdown", "text": "m" * 6000}] * 2,
        [{"type": "markdown", "text": "m" * 6001}] * 2,
    ),
]


@pytest.mark.parametrize(("allowed", "refused"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE])
def test_a_message_as_a_whole_has_its_limits_too(allowed: list[Json], refused: list[Json]) -> None:
    assert problems(allowed) == []
    assert problems(refused) != []


def test_some_blocks_stand_in_messages_only_and_an_alert_in_modals_only() -> None:
    alert = {"type": "alert", "text": plain("x")}
    assert problems([table(1, 1)], "message") == []
    assert problems([table(1, 1)], "modal") != []
    assert problems([alert], "modal") == []
    assert problems([alert], "message") != []
    assert problems([alert | {"text": plain("x" * 201)}], "modal") != []


def test_an_input_needs_no_dispatch_in_a_modal() -> None:
    assert problems([text_input("i")], "modal") == []
    assert problems([text_input("i")], "home") == []


def test_a_problem_says_where_it_is() -> None:
    [problem] = problems([section("x"), actions(button("b" * 76, "a"))])
    assert "76 characters" in problem
    assert "/blocks/1/elements/0/text/text" in problem


@pytest.mark.parametrize(
    "nonsense", ["[]", 7, {"type": "section"}, [None], [[]], [{"type": 3}], [{"type": []}]]
)
def test_nonsense_is_a_problem_and_no_crash(nonsense: Any) -> None:
    assert problems(nonsense) != []


VIEWS: list[tuple[str, Json, Json]] = [
    ("title", modal(title=plain("t" * 24)), modal(title=plain("t" * 25))),
    ("submit", modal(submit=plain("t" * 24)), modal(submit=plain("t" * 25))),
    ("submit with an input", modal(section("x"), submit=None), modal(text_input("i"), submit=None)),
    ("private_metadata", modal(private_metadata="m" * 3000), modal(private_metadata="m" * 3001)),
    ("callback_id", modal(callback_id="c" * 255), modal(callback_id="c" * 256)),
    ("blocks", modal(*[section("x")] * 100), modal(*[section("x")] * 101)),
    ("unknown key", modal(), modal(colour="red")),
    ("type", modal(), modal(type="page")),
    (
        "a home tab has no title",
        {"type": "home", "blocks": [section("x")]},
        {"type": "home", "blocks": [section("x")], "title": plain("t")},
    ),
]


@pytest.mark.parametrize(("allowed", "refused"), [row[1:] for row in VIEWS], ids=[row[0] for row in VIEWS])
def test_views_have_their_limits(allowed: Json, refused: Json) -> None:
    assert view_problems(allowed) == []
    assert view_problems(refused) != []


def test_a_view_holds_a_quarter_of_a_megabyte() -> None:
    assert not too_large(modal(*[section("x" * 2000)] * 100))
    assert too_large(modal(*[section("x" * 2900)] * 100))
