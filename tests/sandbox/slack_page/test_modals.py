from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.sandbox.slack_page.conftest import Visit
from tests.sandbox.slack_page.kit import actions, button, option, plain, question, section, view
from tests.sandbox.slack_page.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TITLE = question("Title", "title", {"type": "plain_text_input", "action_id": "text"})
COMMENT = question(
    "Comment",
    "comment",
    {"type": "plain_text_input", "action_id": "text", "multiline": True},
    optional=True,
    hint=plain("For your colleagues"),
)
SCOPE = question(
    "Who may watch",
    "scope",
    {"type": "radio_buttons", "action_id": "pick", "options": [option("Me", "me"), option("All", "all")]},
)
PROFILE = question(
    "Profile",
    "profile",
    {
        "type": "static_select",
        "action_id": "pick",
        "options": [option("Sharp", "hd"), option("Small", "sd")],
        "initial_option": option("Sharp", "hd"),
    },
)


async def test_a_modal_sends_what_was_entered_and_closes_when_it_is_told_to(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(section("*Review*"), TITLE, COMMENT, SCOPE, PROFILE)})
    dialog = page.get_by_role("dialog", name="Edit recording")
    await expect(dialog.get_by_label("Title")).to_be_focused()
    await page.keyboard.type("All hands")
    await dialog.get_by_label("All").check()
    await dialog.get_by_label("Profile").select_option(label="Small")
    await dialog.get_by_role("button", name="Save").click()
    sent = await slack.posted("view_submit")
    assert sent == {
        "as": "U0VOVA",
        "view_id": "V1",
        "state": {
            "values": {
                "title": {"text": {"type": "plain_text_input", "value": "All hands"}},
                "comment": {"text": {"type": "plain_text_input", "value": None}},
                "scope": {"pick": {"type": "radio_buttons", "selected_option": option("All", "all")}},
                "profile": {"pick": {"type": "static_select", "selected_option": option("Small", "sd")}},
            }
        },
    }
    await slack.tell({"type": "view_close", "view_id": "V1"})
    await expect(dialog).to_have_count(0)


async def test_what_the_app_finds_wrong_stands_at_the_field(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(TITLE, COMMENT)})
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Comment").fill("kept")
    await slack.tell({"type": "view_errors", "view_id": "V1", "errors": {"title": "Taken already."}})
    await expect(dialog.locator("[data-block-id=title]").get_by_role("alert")).to_have_text("Taken already.")
    await expect(dialog.get_by_label("Title")).to_be_focused()
    await expect(dialog.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
    await expect(dialog.locator("[data-block-id=comment]").get_by_role("alert")).to_have_count(0)
    await expect(dialog.get_by_label("Comment")).to_have_value("kept")


async def test_a_field_that_must_be_filled_is_asked_for_before_the_app_is(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(TITLE, SCOPE)})
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog").get_by_role("alert").get_by_text("Please")).to_have_count(2)
    assert slack.posts == []


async def test_an_update_keeps_what_was_typed_and_shows_what_is_new(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(section("Wait…"), TITLE)})
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("My words")
    await slack.tell({"type": "view_update", "view": view(section("Here you are"), TITLE, title="Ready")})
    await expect(dialog.get_by_text("Here you are")).to_be_visible()
    await expect(dialog.get_by_role("heading", name="Ready")).to_be_visible()
    await expect(dialog.get_by_label("Title")).to_have_value("My words")


async def test_a_pushed_modal_covers_the_one_below_and_escape_uncovers_it(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(TITLE, title="First")})
    above = view(section("Really?"), view_id="V2", below="V1", title="Second")
    await slack.tell({"type": "view_open", "view": above})
    first, second = page.get_by_role("dialog", name="First"), page.get_by_role("dialog", name="Second")
    await expect(second).to_be_visible()
    await expect(first).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(second).to_have_count(0)
    await expect(first).to_be_visible()
    assert await slack.posted("view_close") == {"as": "U0VOVA", "view_id": "V2"}


async def test_a_button_in_a_modal_tells_its_view_and_what_is_entered(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(TITLE, actions(button("Suggest", "suggest")))})
    await page.get_by_role("dialog").get_by_label("Title").fill("So far")
    await page.get_by_role("button", name="Suggest").click()
    sent = await slack.posted("action")
    assert sent["view_id"] == "V1"
    assert sent["action"]["action_id"] == "suggest"
    assert sent["state"]["values"]["title"]["text"]["value"] == "So far"


async def test_a_submission_that_the_app_does_not_answer_says_so(visit: Visit, slack: StandIn) -> None:
    slack.answers["view_submit"] = {"ok": False, "error": "operation_timeout"}
    page = await visit()
    await slack.tell({"type": "view_open", "view": view(COMMENT)})
    await page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("We had some trouble connecting")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Save")).not_to_have_attribute("aria-busy", "true")
