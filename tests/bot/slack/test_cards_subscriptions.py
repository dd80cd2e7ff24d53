"""What a channel sees of its subscriptions, and of what comes of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Subscriptions
from bot.domain.conversation import Asker, Conversation
from bot.domain.subscription import Subscription
from bot.slack import cards
from bot.slack.blockkit import check_message
from bot.slack.values import Action, RecordingValue, SubscriptionValue, decode
from providers.model import Recording, RecordingId, RecordingQuery, Scope
from sandbox.slack.blockkit import problems

AT = datetime(2026, 5, 14, 10, 2, tzinfo=UTC)
BOARD = Subscription(
    "s1",
    Conversation("slack", "C0GENERAL", "T0"),
    Asker("slack", "U0VOVA", "T0"),
    RecordingQuery(room="Board"),
    None,
    AT,
    'room:"Board & <room>"',
    2,
)
FILE = Recording(
    id=RecordingId("4711"),
    title="Q2 & <plan>",
    room="Board room",
    owner="vova",
    owner_name=None,
    started=AT,
    ended=AT + timedelta(minutes=5),
    duration=timedelta(minutes=5),
    size=1_500_000,
    scope=Scope.PUBLIC,
)


def said(drawn: cards.Drawn) -> str:
    assert check_message(drawn.text, drawn.blocks) == problems(drawn.blocks) == []
    return json.dumps(drawn.blocks, ensure_ascii=False)


def buttons(drawn: cards.Drawn) -> dict[str, str]:
    """The values of the buttons by what they do."""
    found = [block.get("accessory") for block in drawn.blocks]
    found += [element for block in drawn.blocks for element in block.get("elements", [])]
    return {one["action_id"]: one.get("value", "") for one in found if one and "action_id" in one}


def test_a_new_recording_can_be_played_and_downloaded() -> None:
    drawn = cards.new_recording("vidyo", FILE)
    assert drawn.text == "New recording: Q2 &amp; &lt;plan&gt;"
    assert "New recording" in said(drawn)
    assert "5:00" in said(drawn)
    found = buttons(drawn)
    for action in (Action.PLAY, Action.DOWNLOAD):
        assert decode(RecordingValue, found[action]) == RecordingValue("vidyo", FILE.id)
    assert Action.SHARE not in found


def test_a_subscription_says_who_wants_what_and_how_it_ends() -> None:
    drawn = cards.subscribed(BOARD)
    shown = said(drawn)
    assert "<@U0VOVA> subscribed this channel to new recordings that fit" in shown
    assert "Board &amp; &lt;room&gt;" in shown
    assert "/recordings unsubscribe 2" in shown
    assert "each new recording" in said(cards.subscribed(replace(BOARD, text="")))


def marked(part: Any) -> Iterator[str]:
    """Every text in which a mention would be one."""
    if isinstance(part, list):
        for one in part:
            yield from marked(one)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        yield from marked(list(part.values()))


@pytest.mark.parametrize("asking", [True, False])
def test_each_of_a_channels_subscriptions_has_a_button_that_ends_it(asking: bool) -> None:
    drawn = cards.subscriptions(Subscriptions((BOARD,) * 20, asking))
    assert ("Which one is to end?" in said(drawn)) is asking
    ends = decode(SubscriptionValue, buttons(drawn)[Action.UNSUBSCRIBE])
    assert ends == SubscriptionValue("s1")


def test_a_channel_without_any_is_shown_how_to_begin() -> None:
    assert "/recordings subscribe" in said(cards.subscriptions(Subscriptions(())))


@given(st.one_of(st.text(max_size=80), st.sampled_from(["<!channel>", "`<@U1>`", "x" * 4_000, "&" * 4_000])))
def test_whatever_was_typed_mentions_nobody(text: str) -> None:
    typed = replace(BOARD, text=text, asker=Asker("slack", "somebody"))
    for drawn in (cards.subscribed(typed), cards.subscriptions(Subscriptions((typed,), asking=True))):
        said(drawn)
        shown = "\n".join([drawn.text, *marked(drawn.blocks)])
        assert not any(sign in shown for sign in ("<@", "<!channel", "<http"))
