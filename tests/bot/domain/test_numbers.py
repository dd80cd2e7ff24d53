"""A phone number that is typed is understood, or answered with how to write it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.calls import is_meant, may_mean_a_call
from bot.domain.errors import UsageError
from bot.domain.filters import read_filters
from bot.domain.words import split
from providers.model import CallId, CallState, LiveCall

NOW = datetime(2026, 5, 14, 22, 30, tzinfo=UTC)
CALL = LiveCall(CallId("s-1"), CallState.CONNECTED, NOW, number="+442079460000", extension="101")
WRITTEN = [
    "+44 (0)20 7946 0000",
    "0044 20 7946 0000",
    "00442079460000",
    "020 7946 0000",
    "(020) 7946 0000",
    "020/79460000",
    "+44‑20‑7946‑0000",
    "＋４４２０７９４６００００",
    "<tel:+442079460000|+44 (0)20 7946 0000>",
]


@pytest.mark.parametrize("typed", WRITTEN)
def test_a_call_is_found_by_every_way_to_write_its_number(typed: str) -> None:
    query, _ = read_filters(split(f"number:{typed}"), NOW, None)
    assert query.words == ""
    assert query.number
    words = " ".join(word.text for word in split(typed))
    assert may_mean_a_call(words)
    assert is_meant(CALL, words)
    assert is_meant(replace(CALL, number="020 7946 0000"), words)


@pytest.mark.parametrize(
    "typed",
    [
        "+1 650 555 0100#101",
        "+1 650 555-0100x101",
        "+16505550100,,101#",
        "+16505550100;ext=101",
        "tel:+16505550100;ext=101",
        "16505550100x101",
        '"+1 650 555 0100 ext. 101"',
    ],
)
def test_an_extension_that_is_joined_to_a_number_is_answered_with_its_filter(typed: str) -> None:
    with pytest.raises(UsageError, match="`extension:101`"):
        read_filters(split(f"number:{typed}"), NOW, None)


@pytest.mark.parametrize("word", ["2x4", "4x4", "A#1"])
def test_a_word_with_digits_behind_a_number_stays_a_word(word: str) -> None:
    query, _ = read_filters(split(f"number:16505550100 {word}"), NOW, None)
    assert (query.number, query.words) == ("16505550100", word)


@pytest.mark.parametrize(
    "typed", ["+442079460000 x101", "+442079460000 ext. 101", "+44 20 7946 0000, 101", "020 7946 0000 #101"]
)
def test_an_extension_behind_a_number_is_answered_with_how_to_write_it(typed: str) -> None:
    with pytest.raises(UsageError, match=r"phone number|extension:101"):
        read_filters(split(f"number:{typed}"), NOW, None)


def test_words_behind_a_number_are_words() -> None:
    query, _ = read_filters(split("number:+442079460000 extra x-ray standup"), NOW, None)
    assert query.words == "extra x-ray standup"


def test_an_extension_is_typed_as_it_is() -> None:
    assert is_meant(CALL, "１０１")
    assert is_meant(replace(CALL, extension="0101"), "0101")
    assert not is_meant(CALL, "0101")
