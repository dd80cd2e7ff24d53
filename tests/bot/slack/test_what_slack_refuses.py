"""What becomes of a notice that Slack refuses, by what the refusal is said of."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.poster import Poster
from bot.store import MOST_CLAIMS
from sandbox.slack.model import BOT_USER
from sandbox.slack.reading import text_of

from . import test_poster
from .test_poster import AGAIN, HERE, LEASE, REST, Stand

stand, clock = test_poster.stand, test_poster.clock

MENDED = timedelta(seconds=30)


async def deliver(stand: Stand, after: timedelta) -> None:
    """Some time passes for Slack, too, and what is due then is delivered."""
    await asyncio.sleep(after.total_seconds())
    await stand.deliver(after)


@pytest.mark.parametrize("code", ["update_failed", "external_channel_migrating", "team_added_to_org"])
async def test_what_passes_freezes_no_card(stand: Stand, code: str) -> None:
    await stand.owe_card()
    await stand.deliver()
    stand.misbehave(f"error:{code}", "chat.update")
    await stand.people(12)
    await stand.deliver(REST)
    await stand.deliver(AGAIN)
    assert "12 people" in text_of(stand.said()[0])


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "missing_scope", "org_login_required"])
async def test_a_refusal_of_the_app_keeps_all_that_is_owed_and_is_said(
    stand: Stand, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    await stand.owe_card()
    await stand.deliver()
    assert stand.poster.trouble() == []
    stand.misbehave(f"error:{code}", "chat.update", times=None)
    stand.misbehave(f"error:{code}", times=None)
    await stand.people(12)
    await stand.owe()
    for _ in range(MOST_CLAIMS + 5):
        await deliver(stand, timedelta(minutes=5))
    [said] = stand.poster.trouble()
    assert caplog.text.count("Slack refuses all that Recbot says") == 1, "what does not change is said once"
    assert said.startswith(f"Slack refuses all that Recbot says ({code}): look at slack.bot_token")
    assert await stand.store.notices.owed() == 2

    stand.slack.faults.clear()
    await deliver(stand, MENDED)
    assert stand.poster.trouble() == []
    assert await stand.store.notices.owed() == 0
    assert any("12 people" in text_of(message) for message in stand.said())


async def test_a_refusal_that_nobody_knows_is_tried_for_an_hour(stand: Stand) -> None:
    stand.poster = Poster(
        stand.poster._client, stand.store, stand.draw, "me", LEASE, REST, patience=timedelta(hours=1)
    )
    stand.misbehave("error:brand_new", times=None)
    await stand.owe()
    await stand.deliver()
    for _ in range(11):
        await deliver(stand, timedelta(minutes=5))
    await deliver(stand, timedelta(minutes=5) - MENDED)
    assert await stand.store.notices.aside_reason("n1") is None
    await deliver(stand, MENDED)
    assert "(brand_new)" in str(await stand.store.notices.aside_reason("n1"))


async def test_a_card_lives_again_where_somebody_is_heard(stand: Stand) -> None:
    await stand.owe_card()
    await stand.deliver()
    workspace = stand.slack.workspace
    general = workspace.conversation("#general")
    workspace.leave(general, BOT_USER)
    await stand.people(12)
    await stand.deliver(REST)
    assert await stand.store.notices.aside_reason("card:w1") is not None

    workspace.join(general, BOT_USER)
    await stand.people(13)
    assert await stand.store.notices.live_again(HERE) == 1
    assert await stand.store.notices.live_again(HERE) == 0
    await stand.deliver(REST)
    [card] = stand.said()
    assert "13 people" in text_of(card)


async def test_a_message_is_found_behind_all_that_was_said_since_it_was_tried(stand: Stand) -> None:
    stand.misbehave("reset_after")
    await stand.owe()
    await stand.deliver()
    for number in range(1100):
        stand.slack.say("vova", "#general", f"word {number}")
    await stand.deliver(AGAIN)
    assert len(stand.said()) == 1
    assert await stand.store.notices.owed() == 0


async def test_a_refusal_that_another_process_has_seen_the_end_of_is_forgotten(stand: Stand) -> None:
    stand.misbehave("error:token_revoked")
    await stand.owe()
    await stand.deliver()
    assert stand.poster.trouble()
    await asyncio.sleep(121)
    assert stand.poster.trouble() == []


async def test_what_may_stand_there_is_found_though_it_was_set_aside_meanwhile(stand: Stand) -> None:
    stand.clock.now = datetime.now(UTC)  # Slack's
    await stand.owe_card()
    stand.misbehave("reset_after")
    await stand.deliver()
    workspace = stand.slack.workspace
    general = workspace.conversation("#general")
    workspace.leave(general, BOT_USER)
    await deliver(stand, AGAIN)
    assert await stand.store.notices.aside_reason("card:w1") is not None
    await asyncio.sleep(3600)
    stand.clock.forward(timedelta(hours=1))
    workspace.join(general, BOT_USER)
    assert await stand.store.notices.live_again(HERE) == 1
    await stand.deliver()
    assert len(stand.said()) == 1
