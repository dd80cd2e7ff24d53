"""Emoji that people type come by Slack's names for them, and are looked for as what they are."""

import pytest

from bot.slack.emoji import spelled_out
from bot.slack.heard import Heard


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("search :coffee:", "search ☕"),
        ("search title::coffee:", "search title:☕"),
        ('room ":coffee: break :tada:"', 'room "☕ break 🎉"'),
        (":coffee::tada:", "☕🎉"),
        ("search :+1::skin-tone-3:", "search 👍🏼"),
        ("search :flag-de:", "search 🇩🇪"),
        ("search :partyparrot: :coffee:", "search :partyparrot: ☕"),
        ("search :not:coffee:", "search :not:coffee:"),
        ("search 10:100:20", "search 10:100:20"),
        ("search room:on:vidyo", "search room:on:vidyo"),
        ("search https://x.example/:/", "search https://x.example/:/"),
        ("search ::: :", "search ::: :"),
    ],
)
def test_a_named_emoji_is_read_as_the_one_that_was_typed(sent: str, typed: str) -> None:
    assert spelled_out(sent) == typed
    assert Heard({"text": sent}).text == typed
