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
        ("search Party:tada:", "search Party🎉"),
        ('search "Q1:tada: and Büro:coffee:"', 'search "Q1🎉 and Büro☕"'),
        ("search title:Party:tada:", "search title:Party🎉"),
        ("search Danke:+1:", "search Danke👍"),
        ("search a:b:c 1:+1:1", "search a:b:c 1:+1:1"),
        ("search 10:100:20", "search 10:100:20"),
        ("search room:on:vidyo", "search room:on:vidyo"),
        ("search https://x.example/:/", "search https://x.example/:/"),
        ("search ::: :", "search ::: :"),
    ],
)
def test_a_named_emoji_is_read_as_the_one_that_was_typed(sent: str, typed: str) -> None:
    assert spelled_out(sent) == typed
    assert Heard({"text": sent}).text == typed


@pytest.mark.parametrize("sent", ["search title:memo:x", "start Board PROFILE:zap:1", "search on:tada:"])
def test_behind_a_filter_or_an_option_stands_its_value(sent: str) -> None:
    assert Heard({"text": sent}).text == sent
