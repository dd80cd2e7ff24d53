from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.sandbox.slack_page.conftest import Visit
from tests.sandbox.slack_page.kit import Json, actions, button, mrkdwn, option, plain, section
from tests.sandbox.slack_page.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MORE = {
    "type": "overflow",
    "action_id": "more",
    "options": [option("Details", "details"), option("Delete…", "delete")],
}
CONFIRM = {
    "title": plain("Stop this recording?"),
    "text": mrkdwn("*Review* will no longer be recorded."),
    "confirm": plain("Stop it"),
    "deny": plain("Keep recording"),
}


_NOTE_WHETHER_BUSY = """button => new MutationObserver(() => {
  button.wasBusy ||= button.getAttribute("aria-busy") === "true";
}).observe(button, { attributes: true })"""


async def test_a_click_says_what_was_clicked_and_where(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    card = await slack.post("x", blocks=[actions(button("Pause", "pause", value="230301302"))])
    await page.locator("[data-action-id=pause]").click()
    sent = await slack.posted("action")
    assert sent == {
        "as": "U0VOVA",
        "channel": "C0GENERAL",
        "message_ts": card["ts"],
        "action": {
            "type": "button",
            "action_id": "pause",
            "block_id": "buttons",
            "text": plain("Pause"),
            "value": "230301302",
        },
        "state": {"values": {}},
    }


async def test_a_clicked_button_is_busy_for_a_moment_and_then_ready_again(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await slack.post("x", blocks=[actions(button("Pause", "pause"))])
    pause = page.locator("[data-action-id=pause]")
    await pause.evaluate(_NOTE_WHETHER_BUSY)  # the moment may be over before anybody asks from outside
    await pause.click()
    await slack.posted("action")
    await expect(pause).not_to_have_attribute("aria-busy", "true")
    assert await pause.evaluate("button => button.wasBusy")


async def test_a_click_in_an_ephemeral_message_names_it_by_its_key(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    message = await slack.post("x", to="U0VOVA", blocks=[actions(button("Share", "share"))])
    await page.get_by_role("button", name="Share").click()
    sent = await slack.posted("action")
    assert sent["ephemeral_key"] == message["ephemeral_key"]
    assert "message_ts" not in sent


async def test_an_overflow_menu_sends_the_chosen_option(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.post("x", blocks=[actions(MORE)])
    await page.locator("[data-action-id=more]").click()
    await expect(page.get_by_role("menuitem", name="Details")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    sent = await slack.posted("action")
    assert sent["action"] == {
        "type": "overflow",
        "action_id": "more",
        "block_id": "buttons",
        "selected_option": option("Delete…", "delete"),
    }
    await expect(page.get_by_role("menu")).to_have_count(0)


async def test_an_overflow_menu_closes_by_escape_by_its_button_and_by_a_click_elsewhere(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await slack.post("x", blocks=[actions(MORE)])
    more, menu = page.locator("[data-action-id=more]"), page.get_by_role("menu")
    await more.click()
    await page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(more).to_be_focused()
    await more.click()
    await expect(menu).to_be_visible()
    await more.click()
    await expect(menu).to_have_count(0)
    await more.click()
    await page.mouse.click(700, 300)
    await expect(menu).to_have_count(0)
    assert slack.posts == []


async def test_an_overflow_menu_stays_on_the_screen(visit: Visit, slack: StandIn) -> None:
    page = await visit(width=390)
    many = MORE | {"options": [option(f"A rather long choice number {n}", str(n)) for n in range(5)]}
    await slack.post("x", blocks=[section("Some title", accessory=many)])
    await page.locator("[data-action-id=more]").click()
    box = await page.get_by_role("menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844


async def test_what_asks_first_does_nothing_until_it_is_confirmed(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.post("x", blocks=[actions(button("Stop", "stop", style="danger", confirm=CONFIRM))])
    stop = page.locator("[data-action-id=stop]")
    await stop.click()
    dialog = page.get_by_role("dialog", name="Stop this recording?")
    await expect(dialog.get_by_text("Review will no longer be recorded.")).to_be_visible()
    await dialog.get_by_role("button", name="Keep recording").click()
    await expect(dialog).to_have_count(0)
    await stop.click()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert slack.posts == []
    await stop.click()
    await dialog.get_by_role("button", name="Stop it").click()
    assert (await slack.posted("action"))["action"]["action_id"] == "stop"


async def test_a_select_sends_the_option_and_goes_back_when_it_is_not_confirmed(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    choice = {
        "type": "static_select",
        "action_id": "profile",
        "placeholder": plain("Profile"),
        "options": [option("Sharp", "hd"), option("Small", "sd")],
        "initial_option": option("Sharp", "hd"),
        "confirm": CONFIRM,
    }
    await slack.post("x", blocks=[actions(choice)])
    select = page.locator("[data-action-id=profile]")
    await select.select_option(label="Small")
    await page.get_by_role("button", name="Keep recording").click()
    await expect(select).to_have_value("hd")
    await select.select_option(label="Small")
    await page.get_by_role("button", name="Stop it").click()
    assert (await slack.posted("action"))["action"]["selected_option"] == option("Small", "sd")
    await expect(select).to_have_value("sd")


async def test_whatever_is_chosen_in_a_message_is_sent_at_once(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    options = [option("One", "1"), option("Two", "2")]
    elements: list[Json] = [
        {"type": "users_select", "action_id": "user"},
        {"type": "datepicker", "action_id": "day", "initial_date": "2025-10-08"},
        {"type": "radio_buttons", "action_id": "radio", "options": options},
        {"type": "checkboxes", "action_id": "boxes", "options": options},
    ]
    await slack.post("x", blocks=[actions(*elements)])
    await page.locator("[data-action-id=user]").select_option(label="Anna Lindqvist")
    await page.locator("[data-action-id=day]").fill("2025-10-09")
    await page.locator("[data-action-id=radio]").get_by_label("Two").check()
    await page.locator("[data-action-id=boxes]").get_by_label("Two").check()
    for body in [await slack.posted("action", nth) for nth in range(4)]:
        sent = body["action"]
        del sent["block_id"]
        assert sent in (
            {"type": "users_select", "action_id": "user", "selected_user": "U0ANNA"},
            {"type": "datepicker", "action_id": "day", "selected_date": "2025-10-09"},
            {"type": "radio_buttons", "action_id": "radio", "selected_option": option("Two", "2")},
            {"type": "checkboxes", "action_id": "boxes", "selected_options": [option("Two", "2")]},
        )
    values = (await slack.posted("action", 3))["state"]["values"]["buttons"]
    assert values["day"] == {"type": "datepicker", "selected_date": "2025-10-09"}
    assert values["user"] == {"type": "users_select", "selected_user": "U0ANNA"}


async def test_a_button_with_an_address_opens_it_and_tells_the_app(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.post("x", blocks=[actions(button("Play", "play", url=f"{slack.url}/static/icon.svg"))])
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Play").click()
    assert (await opened.value).url.endswith("/icon.svg")
    assert (await slack.posted("action"))["action"]["action_id"] == "play"
