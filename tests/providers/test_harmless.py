"""Whatever a far side calls things: it can be kept, logged and shown."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.harmless import LONGEST_NAME, http_date, link, moment, one_line, some_lines

ANYTHING = st.text(st.characters(), max_size=40)
HARMFUL = {"Cc", "Cs", "Zl", "Zp"}


@given(ANYTHING)
def test_a_name_is_one_line_that_every_database_takes(text: str) -> None:
    line = one_line(text)
    line.encode()
    assert HARMFUL.isdisjoint(map(unicodedata.category, line))
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


@given(ANYTHING)
def test_what_is_written_at_length_keeps_its_breaks_and_nothing_else(text: str) -> None:
    said = some_lines(text)
    said.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]", said)
    assert some_lines(said) == said


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Weekly  review", "Weekly  review"),
        (" Café 🎉 שלום ", "Café 🎉 שלום"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("one\r\nERROR two\x85three\u2028four", "one ERROR two three four"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\ud800x", "x"),
        ("👩‍👧", "👩‍👧"),
    ],
)
def test_what_can_be_seen_stays(said: str, read: str) -> None:
    assert one_line(said) == read


def test_a_name_of_ten_thousand_letters_is_cut() -> None:
    assert len(one_line("x" * 10_000)) == LONGEST_NAME
    assert one_line("x" * 10_000).endswith("x…")
    assert len(some_lines("x" * 100_000)) == 10_000


def test_an_address_of_a_megabyte_is_none() -> None:
    assert link("/file?x=1") == "/file?x=1"
    assert link("/" * 1_000_000) is None
    assert link("") is None


@pytest.mark.parametrize(
    "said",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(3000, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_of_another_age_is_none(said: datetime) -> None:
    with pytest.raises(ValueError, match="another time"):
        moment(said)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Wed, 01 May 2024 10:00:00 GMT", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("Wed, 01 May 2024 10:00:00 +0200", datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("Mon, 1 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Mon, 1 Jan 2024 00:00:00 +99999999999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_header_names_a_moment_or_none(value: str, read: datetime | None) -> None:
    assert http_date(value) == read


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading_of_dates(value: str) -> None:
    read = http_date(value)
    assert read is None or read.tzinfo is not None
