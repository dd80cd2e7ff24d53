"""A phone number that is typed is understood, or answered with how to write it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.calls import is_meant, may_mean_a_call
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


def test_an_extension_is_typed_as_it_is() -> None:
    assert is_meant(CALL, "１０１")
    assert is_meant(replace(CALL, extension="0101"), "0101")
    assert not is_meant(CALL, "0101")
