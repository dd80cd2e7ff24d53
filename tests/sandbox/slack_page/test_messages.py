from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.sandbox.slack_page.conftest import Visit
from tests.sandbox.slack_page.kit import actions, button, section
from tests.sandbox.slack_page.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOON = 1_760_000_400  # 9 October 2025, 12:00 in Kyiv


async def test_slacks_markup_is_drawn_as_slack_draws_it(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    meant = {
        "*bold* and _slanted_ and ~gone~": "<strong>bold</strong> and <em>slanted</em> and <s>gone</s>",
        "*_both_*": "<strong><em>both</em></strong>",
        "snake_case_name and 2*3*4": "snake_case_name and 2*3*4",
        "* not bold * and *unclosed": "* not bold * and *unclosed",
        "`*not bold*`": "<code>*not bold*</code>",
        "```a\n*b*```": "<pre><code>a\n*b*</code></pre>",
        "&gt; said\nand more": "<blockquote>said</blockquote>and more",
        "a &lt;b&gt; &amp;amp; c": "a &lt;b&gt; &amp;amp; c",
        "length 00:01:48": "length 00:01:48",
        ":red_circle: on, :no_such_thing: off": "🔴 on, :no_such_thing: off",
        "<javascript:alert(1)|click>": "&lt;javascript:alert(1)|click&gt;",
    }
    for text in meant:
        await slack.post(text)
    await expect(page.locator(".message-text")).to_have_count(len(meant))
    seen = await page.evaluate("() => [...document.querySelectorAll('.message-text')].map(n => n.innerHTML)")
    assert dict(zip(meant, seen, strict=True)) == meant


async def test_a_link_opens_in_a_tab_of_its_own_and_cannot_reach_back(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.post("see <https://example.org/a_b_c?x=1&amp;y=2|the *file*>")
    link = page.get_by_role("link", name="the *file*")
    await expect(link).to_have_attribute("href", "https://example.org/a_b_c?x=1&y=2")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_people_channels_and_calls_to_all_have_their_names(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    message = await slack.post("<@U0VOVA> <@U0ANNA> <#C0STANDUP> <!here> <@U9|who>")
    shown = page.locator(f"[data-ts='{message['ts']}'] .message-text")
    await expect(shown).to_have_text("@Vova Tareiev @Anna Lindqvist #standup @here @who")
    await expect(shown.locator(".mention-me")).to_have_text(["@Vova Tareiev", "@here"])


async def test_a_date_is_drawn_in_the_readers_zone(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    meant = {
        "{date_num}": "2025-10-09",
        "{date}": "October 9th, 2025",
        "{date_short} at {time}": "Oct 9, 2025 at 12:00",
        "{date_long}": "Thursday, October 9th, 2025",
        "{date_pretty}": "October 9th, 2025",
        "{date_short_pretty} {time}": "Oct 9, 2025 12:00",
        "{date_long_pretty}": "Thursday, October 9th, 2025",
        "{time_secs}": "12:00:00",
        "begun {date_num}": "Begun 2025-10-09",
    }
    for tokens in meant:
        await slack.post(f"<!date^{NOON}^{tokens}|fallback>")
    dates = page.locator(".message-text time")
    await expect(dates).to_have_count(len(meant))
    assert dict(zip(meant, await dates.all_text_contents(), strict=True)) == meant


async def test_dates_near_the_present_are_named_for_it(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    now = int(await page.evaluate("() => Math.floor(new Date().setHours(12, 0, 0, 0) / 1000)"))
    ago = int(await page.evaluate("() => Math.floor(Date.now() / 1000)")) - 150
    message = await slack.post(
        f"<!date^{now}^{{date_pretty}}|x>, <!date^{now - 86400}^{{date_short_pretty}}|x>, "
        f"<!date^{now + 86400}^{{date_long_pretty}}|x>, <!date^{ago}^{{ago}}|x>, <!date^soon^{{date}}|fallback>"
    )
    await expect(page.locator(f"[data-ts='{message['ts']}'] .message-text")).to_have_text(
        "Today, Yesterday, Tomorrow, 2 minutes ago, fallback"
    )


async def test_what_looks_like_markup_of_the_web_stays_text(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    message = await slack.post(
        evil,
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": evil}},
            section(evil, fields=[{"type": "plain_text", "text": evil}]),
            {"type": "markdown", "text": evil},
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": evil}]}],
            },
            actions(button(evil, "evil")),
        ],
        username=evil,
        files=[{"id": "F1", "name": "x", "title": evil, "mimetype": "text/plain", "size": 1, "url": "/x"}],
    )
    shown = page.locator(f"[data-ts='{message['ts']}']")
    await expect(shown.locator("h3")).to_have_text(evil)
    assert await shown.get_by_text("onerror").count() >= 6
    await expect(shown.locator("img, script")).to_have_count(0)
    assert "owned" not in await page.title()


async def test_a_block_that_the_page_does_not_know_is_seen_as_such(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    await slack.post(
        "x", blocks=[{"type": "carousel", "elements": []}, actions({"type": "magic", "action_id": "m"})]
    )
    await expect(page.get_by_text("not drawn: carousel")).to_be_visible()
    await expect(page.get_by_text("not drawn: magic")).to_be_visible()


async def test_an_ephemeral_message_is_seen_by_one_person_only(visit: Visit, slack: StandIn) -> None:
    vova, anna = await visit("U0VOVA"), await visit("U0ANNA")
    await slack.post("Nobody else may know.", to="U0VOVA")
    await slack.post("Everybody may know.")
    await expect(vova.get_by_text("Nobody else may know.")).to_be_visible()
    await expect(vova.get_by_text("Only visible to you")).to_be_visible()
    await expect(anna.get_by_text("Everybody may know.")).to_be_visible()
    await expect(anna.get_by_text("Nobody else may know.")).to_have_count(0)


async def test_a_card_changes_in_place_and_keeps_the_focus(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    card = await slack.post("x", blocks=[section("Asked"), actions(button("Refresh", "refresh"))])
    await page.get_by_role("button", name="Refresh").focus()
    changed = card | {"blocks": [section("Recording"), actions(button("Refresh", "refresh"))]}
    await slack.tell({"type": "message_changed", "message": changed})
    await expect(page.get_by_text("Recording", exact=True)).to_be_visible()
    await expect(page.get_by_text("Asked")).to_have_count(0)
    await expect(page.get_by_role("button", name="Refresh")).to_be_focused()
    await expect(page.locator("article")).to_have_count(1)
    await slack.tell({"type": "message_deleted", "channel": card["channel"], "ts": card["ts"]})
    await expect(page.locator("article")).to_have_count(0)


async def test_a_reader_at_the_end_stays_there_and_one_further_up_is_told(
    visit: Visit, slack: StandIn
) -> None:
    for number in range(40):
        await slack.post(f"Line {number}")
    page = await visit()
    await expect(page.get_by_text("Line 39")).to_be_in_viewport()
    await slack.post("One more")
    await expect(page.get_by_text("One more")).to_be_in_viewport()

    await page.locator(".scroller").first.evaluate("node => node.scrollTo(0, 0)")
    await expect(page.get_by_text("Line 0", exact=True)).to_be_in_viewport()
    await slack.post("News")
    pill = page.get_by_role("button", name="1 new message")
    await expect(pill).to_be_visible()
    await expect(page.get_by_text("News")).not_to_be_in_viewport()
    await pill.click()
    await expect(page.get_by_text("News")).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_replies_stand_in_the_thread_and_are_counted_in_the_channel(
    visit: Visit, slack: StandIn
) -> None:
    root = await slack.post("The question")
    page = await visit()
    await slack.post("An answer", thread_ts=root["ts"])
    await expect(page.locator("#pane").get_by_text("An answer")).to_have_count(0)
    await page.get_by_role("button", name="1 reply").click()
    thread = page.locator("#thread")
    await expect(thread.locator("article")).to_have_count(2)
    await page.keyboard.type("Thanks")
    await page.keyboard.press("Enter")
    sent = await slack.posted("send")
    assert sent == {"as": "U0VOVA", "channel": "C0GENERAL", "text": "Thanks", "thread_ts": root["ts"]}
    await thread.get_by_label("Close the thread").click()
    await expect(thread).to_be_hidden()


async def test_what_happened_while_the_connection_was_lost_is_fetched(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    banner = page.get_by_text("The connection is lost.")
    await slack.hang_up()
    await expect(banner).to_be_visible()
    slack.messages.append(await slack.post("Said meanwhile"))
    await expect(page.get_by_text("Said meanwhile")).to_be_visible()
    await expect(banner).to_be_hidden()


async def test_a_message_elsewhere_marks_its_channel_unread_until_it_is_read(
    visit: Visit, slack: StandIn
) -> None:
    page = await visit()
    await slack.post("Over here", channel="C0STANDUP")
    place = page.locator("[data-place=C0STANDUP]")
    await expect(place.get_by_label("1 unread")).to_be_visible()
    await expect(page).to_have_title("(1) general · Recbot sandbox")
    await place.click()
    await expect(page.get_by_text("Over here")).to_be_visible()
    await expect(place.get_by_label("1 unread")).to_have_count(0)


async def test_a_video_plays_in_place_and_every_file_can_be_downloaded(visit: Visit, slack: StandIn) -> None:
    page = await visit()
    film = {
        "id": "F1", "name": "a.mp4", "title": "Review", "mimetype": "video/mp4", "size": 48_300_000,
        "url": "/files/F1",
    }  # fmt: skip
    await slack.post("", files=[film, film | {"id": "F2", "title": "Sound", "mimetype": "audio/mpeg"}])
    await expect(page.locator("video[controls]")).to_have_attribute("src", "/files/F1")
    await expect(page.locator("audio[controls]")).to_be_visible()
    await expect(page.get_by_text("video/mp4 · 48 MB")).to_be_visible()
    await expect(page.get_by_label("Download Review")).to_have_attribute("download", "a.mp4")
