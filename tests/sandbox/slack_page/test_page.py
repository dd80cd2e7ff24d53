from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.sandbox.slack_page.conftest import Visit
from tests.sandbox.slack_page.kit import actions, button, option, section
from tests.sandbox.slack_page.stand_in import Json, StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROOM = {"key": "Nf5kaN9tWo", "name": "Weekly review", "people": ["Vova"], "recorder": None}


async def test_a_narrow_screen_has_no_sideways_scroll_and_the_sidebar_comes_when_called(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit(width=390)
    long = "x" * 120
    cells = [{"type": "raw_text", "text": f"A wide column {n}"} for n in range(12)]
    more = {"type": "overflow", "action_id": "more", "options": [option("Details", "d")]}
    await slack.post(f"{long} <https://example.org/{long}>\n```{long}```")
    await slack.post(
        "x",
        blocks=[
            section(f"*{long}*", fields=[{"type": "mrkdwn", "text": f"`{long}`"}] * 2, accessory=more),
            {"type": "table", "rows": [cells, cells]},
            actions(*[button(f"Button number {n}", f"b{n}") for n in range(6)]),
        ],
    )
    await expect(page.locator("article")).to_have_count(2)
    wide = """() => [document.documentElement, ...document.querySelectorAll(".scroller")]
        .map(node => node.scrollWidth - node.clientWidth)"""
    assert set(await page.evaluate(wide)) == {0}
    right = """() => Math.max(...[...document.querySelectorAll("article, .blocks, .button, .composer")]
        .map(node => node.getBoundingClientRect().right))"""
    assert await page.evaluate(right) <= 390

    place = page.locator("[data-place=C0STANDUP]")
    await expect(place).to_be_hidden()
    await page.get_by_label("Open the sidebar").click()
    await expect(place).to_be_in_viewport()
    await place.click()
    await expect(place).to_be_hidden()
    await expect(page.get_by_role("heading", name="standup", level=1)).to_be_visible()


async def test_the_chosen_colours_are_kept(visit: Visit) -> None:
    page = await visit()
    paper = "() => getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_label("Switch to dark colours").click()
    await expect(page.get_by_label("Switch to light colours")).to_be_visible()
    dark = await page.evaluate(paper)
    assert dark != light
    await page.reload()
    await expect(page.get_by_label("Switch to light colours")).to_be_visible()
    assert await page.evaluate(paper) == dark


async def test_one_can_be_another_person_and_the_address_says_who(visit: Visit) -> None:
    page = await visit(channel="C0STANDUP")
    await page.get_by_role("button", name="You are: Vova Tareiev").click()
    await expect(page.get_by_role("menuitemradio")).to_have_text(["Vova Tareiev", "Anna Lindqvist"])
    await page.get_by_role("menuitemradio", name="Anna Lindqvist").click()
    await expect(page.get_by_role("button", name="You are: Anna Lindqvist")).to_be_visible()
    await expect(page).to_have_url(re.compile(r"\?as=U0ANNA#C0STANDUP$"))


async def test_a_direct_message_is_opened_from_the_sidebar(visit: Visit, slack: StandIn) -> None:
    talk = {"id": "D0ANNA", "type": "im", "name": "", "topic": "", "members": ["U0VOVA", "U0ANNA"]}
    slack.answers["conversation"] = {"conversation": talk}
    page = await visit()
    await page.get_by_label("New direct message").click()
    await page.get_by_role("menuitem", name="Anna Lindqvist").click()
    assert await slack.posted("conversation") == {"as": "U0VOVA", "with": ["U0ANNA"]}
    await expect(page.get_by_role("heading", name="Anna Lindqvist", level=1)).to_be_visible()


async def test_without_rooms_the_far_side_is_links_only(visit: Visit, slack: StandIn) -> None:
    slack.state["controls_url"] = "http://127.0.0.1:1"
    page = await visit()
    await expect(page.get_by_role("link", name="Vidyo portal")).to_be_visible()
    await expect(page.locator(".rooms")).to_be_hidden()


async def test_the_rooms_show_who_is_there_and_can_be_filled_and_emptied(
    visit: Visit, slack: StandIn
) -> None:
    slack.state["controls_url"] = "http://127.0.0.1:1"
    slack.rooms = [ROOM | {"recorder": {"name": "Recorder 01", "paused": True}}]
    page = await visit()
    room = page.get_by_role("region", name="Weekly review")
    await expect(room).to_contain_text("1 person")
    await expect(room).to_contain_text("Recorder 01, paused")
    slack.rooms = [ROOM | {"people": ["Vova", "Anna"]}]
    await room.get_by_role("button", name="A person joins").click()
    assert await slack.posted("vidyo/people-join") == {"room": "Nf5kaN9tWo", "count": 1}
    await expect(room).to_contain_text("2 people")
    await expect(room.get_by_role("button", name="Recorder drops out")).to_be_disabled()
    await room.get_by_role("button", name="Everyone leaves").click()
    assert await slack.posted("vidyo/people-leave") == {"room": "Nf5kaN9tWo"}


async def test_somebody_calls_and_what_can_happen_to_the_call_is_offered(
    visit: Visit, slack: StandIn
) -> None:
    slack.state["phone_url"] = "http://127.0.0.1:1"
    extensions = [{"number": "101", "name": "Vova Tareiev"}, {"number": "102", "name": "Anna Lindqvist"}]
    given = {"other": "Grace Hopper", "number": "+16505550123", "extension": "102", "direction": "Inbound"}
    call: Json = {"id": "s-1", "state": "Proceeding", "recording": None} | given
    answered = call | {"state": "Answered"}
    slack.calls = {"extensions": extensions, "calls": []}
    slack.calls_after = {
        "phone/call": {"extensions": extensions, "calls": [call]},
        "phone/answer": {"extensions": extensions, "calls": [answered]},
        "phone/record": {"extensions": extensions, "calls": [answered | {"recording": {"paused": True}}]},
    }
    page = await visit()
    await page.get_by_label("Who").fill("Grace Hopper")
    await page.get_by_label("Number").fill("+16505550123")
    await page.get_by_role("combobox", name="Extension").select_option("102")
    await page.get_by_role("button", name="They call").click()
    assert await slack.posted("phone/call") == given
    shown = page.get_by_role("region", name="Call with Grace Hopper")
    await expect(shown.get_by_role("button")).to_have_text(["Answer", "Hang up"])
    assert await page.get_by_role("combobox", name="Extension").input_value() == "102"
    await shown.get_by_role("button", name="Answer").click()
    assert await slack.posted("phone/answer") == {"call": "s-1"}
    await expect(shown.get_by_role("button")).to_have_text(
        ["Record", "Transfer to 101", "Hang up", "Hang up after 5 min"]
    )
    await shown.get_by_role("button", name="Record").click()
    await expect(shown).to_contain_text("Paused")
    await expect(shown.get_by_role("button", name="Resume")).to_be_visible()


async def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing_that_is_written_into_it(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    refused = """() => {
        try { document.createElement("div").innerHTML = "<b>x</b>"; return ""; }
        catch (error) { return error.name; }
    }"""
    assert await page.evaluate(refused) == "TypeError"
    origins = await page.evaluate(
        "() => [...new Set(performance.getEntriesByType('resource').map(entry => new URL(entry.name).origin))]"
    )
    assert origins == [slack.url]
