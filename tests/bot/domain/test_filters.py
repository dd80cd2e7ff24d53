"""How phone calls are looked for: which way they went, by a number, by an extension."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UsageError
from bot.domain.filters import read_filters
from bot.domain.words import split
from providers.model import Direction, RecordingQuery

NOW = datetime(2026, 5, 14, 22, 30, tzinfo=UTC)


def read(text: str) -> RecordingQuery:
    query, _ = read_filters(split(text), NOW, None)
    return query


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(text)
    return str(caught.value)


def test_a_call_has_a_direction_in_long_words_and_in_short_ones() -> None:
    assert {read(f"direction:{word}").direction for word in ("inbound", "in", "IN")} == {Direction.INBOUND}
    assert {read(f"direction:{word}").direction for word in ("outbound", "Out")} == {Direction.OUTBOUND}
    assert read("budget").direction is None


@pytest.mark.parametrize(
    "typed",
    [
        "16505550100",
        "+16505550100",
        '"+1 650 555-0100"',
        "“+1 (650) 555-0100”",
        "+1 650 555-0100",
        "+1 (650) 555-0100",
        "1.650.555.0100",
        "<tel:+16505550100|+1 650 555-0100>",
        "<tel:+16505550100|+16505550100>",
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    number = "+16505550100" if "+" in typed else "16505550100"  # a plus says that it is whole
    assert read(f"number:{typed}") == RecordingQuery(number=number)
    assert read(f"number:{typed} budget extension:101") == RecordingQuery(
        words="budget", number=number, extension="101"
    )


def test_a_number_in_quotes_leaves_the_next_word_alone() -> None:
    assert read('number:"555 0100" 2026') == RecordingQuery(number="5550100", words="2026")


@given(st.text("0123456789", min_size=3, max_size=15), st.lists(st.sampled_from(" -."), max_size=15))
def test_what_stands_between_the_digits_of_a_number_says_nothing(digits: str, between: list[str]) -> None:
    marks = [*between, *[""] * len(digits)]
    written = "".join(digit + mark for digit, mark in zip(digits, marks, strict=False))
    assert read(f'number:"+{written}"').number == read(f"number:+{digits}").number


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("direction:inbuond", "Did you mean `direction:inbound`?"),
        ("direction:up", "Allowed are inbound, in, outbound, out."),
        ("direction:", "`direction:inbound`"),
        ("number:42", "Write 3 to 15 digits, the whole number or its end: `number:16505550100`"),
        ("number:vova", "is no phone number"),
        ("number:++1650", "is no phone number"),
        ("number:٣٤٥", "is no phone number"),
        ("number:" + "1" * 16, "is no phone number"),
        ("number:", "`number:16505550100`"),
        ("extension:vova", "`extension:101`"),
        ("extension:١٠١", "`extension:101`"),
        ("extension:" + "1" * 11, "`extension:101`"),
        ("extension:1 extension:2", "given twice"),
        ("extention:101", "Did you mean `extension:101`?"),
    ],
)
def test_a_mistyped_call_is_answered_with_how_to_write_it(typed: str, said: str) -> None:
    assert said in refusal(typed)
