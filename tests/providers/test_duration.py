"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from providers.duration import Duration, Limit, read_duration

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30s", timedelta(seconds=30)),
        ("10m", timedelta(minutes=10)),
        ("1h30m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("250ms", timedelta(milliseconds=250)),
        ("1.5h", timedelta(minutes=90)),
        (" 5 M ", timedelta(minutes=5)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_reads_as_it_was_meant(text: str, meant: timedelta) -> None:
    assert read_duration(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "10",
        "m",
        "-5m",
        "+5m",
        "5x",
        "5m!",
        "five minutes",
        "5 minutes",
        "1:30",
        ".5s",
        "5.s",
        "5mm",
        "1e3s",
        "1234567s",
        "٣s",
        "nan s",
        None,
        300,
        True,
    ],
)
def test_anything_else_is_answered_with_what_is_allowed(text: object) -> None:
    with pytest.raises(ValueError, match="30s, 10m, 1h30m or 7d"):
        read_duration(text)


def test_a_very_long_mistake_is_not_repeated_whole() -> None:
    with pytest.raises(ValueError, match="is no duration") as caught:
        read_duration("z" * 10_000)
    assert len(str(caught.value)) < 200


def test_more_than_a_hundred_years_is_too_long() -> None:
    assert read_duration("36500d") == timedelta(days=36_500)
    with pytest.raises(ValueError, match="hundred years"):
        read_duration("36500d1s")
    with pytest.raises(ValueError, match="hundred years"):
        read_duration("999999w")


def test_a_timedelta_stays_as_it_is() -> None:
    assert read_duration(timedelta(seconds=3)) == timedelta(seconds=3)


def test_a_setting_may_be_written_as_a_duration() -> None:
    class Patience(BaseModel):
        wait: Duration

    assert Patience.model_validate({"wait": "1m30s"}).wait == timedelta(seconds=90)
    with pytest.raises(ValidationError, match="write for example 30s"):
        Patience.model_validate({"wait": 90})


@given(
    parts=st.lists(st.tuples(st.integers(0, 999), st.sampled_from(sorted(SECONDS))), min_size=1, max_size=4)
)
def test_parts_add_up_in_whatever_order_and_spacing(parts: list[tuple[int, str]]) -> None:
    seconds = sum(number * SECONDS[unit] for number, unit in parts)
    for between in ("", " "):
        text = between.join(f"{number}{unit}" for number, unit in parts)
        assert abs(read_duration(text).total_seconds() - seconds) < 0.001


@given(st.text(alphabet="0123456789.- msdwhx", max_size=12))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        duration = read_duration(text)
    except ValueError:
        return
    assert timedelta() <= duration <= timedelta(days=36_500)
    assert set(text) <= set("0123456789. msdwh")


@pytest.mark.parametrize(("text", "allowed"), [("1ms", True), ("0s", False), (timedelta(seconds=-1), False)])
def test_a_limit_is_longer_than_nothing(text: object, allowed: bool) -> None:
    limit = TypeAdapter(Limit)
    if allowed:
        assert limit.validate_python(text) > timedelta()
        return
    with pytest.raises(ValidationError, match="longer than nothing"):
        limit.validate_python(text)
