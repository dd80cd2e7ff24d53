"""A phone number is found however it is dialled, written or printed."""

import pytest

from providers.number import digits_of, ends_with, is_written

LONDON = "+442079460000"


@pytest.mark.parametrize(
    "written",
    [
        "+442079460000",
        "+44 20 7946 0000",
        "+44 (0)20 7946 0000",
        "+44 (0) 20 7946 0000",
        "+44(0)2079460000",
        "00442079460000",
        "0044 20 7946-0000",
        "0044 (0)20 7946 0000",
        "442079460000",
        "02079460000",
        "020 7946 0000",
        "(020) 7946 0000",
        "020/7946/0000",
        "20 7946 0000",
        "7946 0000",
        "+44‑20‑7946‑0000",
        "020\u00a07946\u202f0000",
        "＋４４ ２０ ７９４６ ００００",
        "+44–20–7946–0000",
        "\u202a+44 20 7946 0000\u202c",
        "+44.20.7946.0000",
        "+4402079460000",
        "+44 020 7946 0000",
        "0044 020 7946 0000",
        "011 44 20 7946 0000",
        "0000",
    ],
)
def test_a_number_is_found_by_every_way_to_write_it(written: str) -> None:
    assert is_written(written)
    assert ends_with(LONDON, written)
    assert ends_with("+44 (0)20 7946 0000", written)


@pytest.mark.parametrize("kept", ["020 7946 0000", "02079460000"])
def test_a_number_kept_as_it_is_dialled_at_home_is_found_from_abroad(kept: str) -> None:
    for written in ("+442079460000", "0044 20 7946 0000", "+44 (0)20 7946 0000", "020 7946 0000"):
        assert ends_with(kept, written)


@pytest.mark.parametrize(
    "written", ["+442079460001", "02079460001", "00442079460001", "0460000", "10000", "", "+", "(0)"]
)
def test_another_number_is_not_found(written: str) -> None:
    assert not ends_with(LONDON, written)


@pytest.mark.parametrize("number", [LONDON, "+16505550101", "101", "anonymous"])
def test_zeros_alone_are_not_every_number(number: str) -> None:
    for zeros in ("00000000", "0000000000", "00000001", "000000000", "011000000000000"):
        assert not ends_with(number, zeros)
        assert not ends_with(zeros, number)


@pytest.mark.parametrize("number", ["+390612345678", "+2250712345678", "+200", "+44001"])
def test_a_zero_that_belongs_to_a_number_is_kept(number: str) -> None:
    assert digits_of(number) == number[1:]
    assert ends_with(number, number)


def test_zeros_at_a_numbers_end_are_meant() -> None:
    assert ends_with("+16505550055", "0055")
    assert not ends_with("+16505551055", "0055")
    assert digits_of("0055") == "0055"


def test_a_masked_digit_is_no_digit() -> None:
    assert not ends_with("+1855201XXXX", "2010000")
    assert not ends_with("+1855201XXXX", "0201")


@pytest.mark.parametrize("text", ["vova", "++1650", "٣٤٥", "", "()", "1650x5", "Q1"])
def test_what_is_no_number_is_not_written_like_one(text: str) -> None:
    assert not is_written(text)
