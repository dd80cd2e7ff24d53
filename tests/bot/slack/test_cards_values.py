"""What buttons carry comes back as it went, and nothing else does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import UsageError
from bot.domain.found import Turn
from bot.slack.values import (
    MENU,
    Action,
    AgainValue,
    ModalValue,
    MoreValue,
    PageValue,
    RecordingValue,
    RoomValue,
    SubscriptionValue,
    Value,
    WatchChoice,
    WatchValue,
    decode,
    encode,
    fits,
)
from providers.model import Direction, RecordingId, RecordingQuery, RoomId, Scope, SortBy

VALUES: list[Value] = [
    WatchValue("0f8e4d1c-0000"),
    AgainValue("w1", 2),
    WatchChoice("w1", "pause"),
    RoomValue("vidyo", RoomId("4092486")),
    RoomValue("vidyo", RoomId("4092486"), "000", True, "w1"),
    RecordingValue("vidyo-2", RecordingId("11")),
    *(MoreValue(action, "v" * 32, RecordingId("9" * 32)) for action in MENU),
    SubscriptionValue("0f8e4d1c"),
    ModalValue("vidyo", RecordingId("11"), "C0123", "1700000000.000100"),
    PageValue(RecordingQuery()),
    PageValue(
        RecordingQuery(
            words="vova 'ü' \"x\" 😀",
            owner="o",
            room="r",
            title="t",
            since=datetime(2026, 5, 1, tzinfo=UTC),
            until=datetime(2026, 6, 1, tzinfo=UTC),
            longer=timedelta(minutes=1),
            shorter=timedelta(hours=3),
            scope=Scope.PUBLIC,
            direction=Direction.OUTBOUND,
            number="16505550100",
            extension="101",
            sort=SortBy.TITLE,
            descending=False,
            start=15,
            limit=5,
        ),
        "vidyo",
    ),
    PageValue(RecordingQuery(limit=5, start=9), turn=Turn({"vidyo": 4, "ringcentral": 5, "third": 0})),
    PageValue(RecordingQuery(limit=20), turn=Turn({"vidyo": 40, "ringcentral": 5}, back=True)),
]
TEXT = st.text(st.characters(codec="utf-8"), max_size=3_000)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_went(value: Value) -> None:
    assert decode(type(value), encode(value)) == value
    assert fits(value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_of_another_sort_is_refused(value: Value) -> None:
    for kind in {type(other) for other in VALUES} - {type(value)}:
        if not (isinstance(value, RecordingValue) and kind is ModalValue):
            with pytest.raises(UsageError, match="too old"):
                decode(kind, encode(value))


def test_a_menus_choice_fits_the_shortest_limit_that_slack_had() -> None:
    longest = MoreValue(Action.DETAILS, "v" * 32, RecordingId("9" * 32))
    assert len(encode(longest)) <= 75


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "null",
        "[]",
        "{}",
        '{"watch":""}',
        '{"watch":1}',
        '{"watch":"a b"}',
        '{"watch":"a\\n"}',
        '{"watch":"../../x"}',
        '{"watch":"a","open":true}',
        '{"watch":"' + "a" * 65 + '"}',
        "[" * 10_000,
        "\ud800",
    ],
)
def test_a_forged_watch_is_refused_with_what_to_do(forged: str) -> None:
    with pytest.raises(UsageError, match="/record status"):
        decode(WatchValue, forged)


@pytest.mark.parametrize(
    "forged",
    [
        "details",
        "details|v",
        "explode|v|1",
        "stop|v|1",
        "details|v|1|2",
        "details|v v|1",
        "details||1",
        "details|v|1\n",
    ],
)
def test_a_forged_choice_in_a_menu_is_refused(forged: str) -> None:
    with pytest.raises(UsageError):
        decode(MoreValue, forged)


@pytest.mark.parametrize(
    "more", ['"webcast":"yes"', '"profile":7', '"again":"a b"', '"room":"1/../2"', '"x":1']
)
def test_a_forged_room_is_refused(more: str) -> None:
    with pytest.raises(UsageError):
        decode(RoomValue, f'{{"provider":"vidyo","room":"1",{more}}}')


def test_a_forged_page_is_refused_and_none_shows_what_is_hidden() -> None:
    for forged in (
        '{"i":-1}',
        '{"z":0}',
        '{"z":21}',
        '{"p":{"vidyo":-1}}',
        '{"p":{"a b":1}}',
        '{"p":{' + ",".join(f'"p{n}":1' for n in range(21)) + "}}",
        '{"h":"+1650"}',
        '{"x":""}',
        '{"w":"up"}',
        '{"k":1}',
        '{"s":1e99}',
        '{"c":"secret"}',
        '{"hidden":true}',
        '{"q":1}',
    ):
        with pytest.raises(UsageError):
            decode(PageValue, forged)
    shown = PageValue(RecordingQuery(words="x", hidden=True, running=True))
    assert decode(PageValue, encode(shown)).query == RecordingQuery(words="x")


@settings(deadline=None)
@given(TEXT, TEXT, TEXT, st.integers(0, 1_000_000), st.integers(0, 20))
def test_a_page_always_fits_a_button_and_is_cut_only_at_the_end_of_its_words(
    words: str, title: str, room: str, start: int, libraries: int
) -> None:
    query = RecordingQuery(words=words * 3, title=title, room=room, start=start, number="1" * 15)
    turn = Turn({f"{'v' * 30}{n:02}": 1_000_000 - n for n in range(libraries)}, back=True)
    text = encode(PageValue(query, "vidyo", turn))
    assert len(text) <= 2_000
    back = decode(PageValue, text).query
    assert query.words.startswith(back.words)
    assert (query.title or "").startswith(back.title or "")
    assert back.start == start
    assert decode(PageValue, text).turn == turn


def test_more_libraries_than_a_button_can_name_have_no_further_page() -> None:
    places = {f"{'v' * 30}{n:02}": 1 for n in range(60)}
    assert not fits(PageValue(RecordingQuery(words="budget"), turn=Turn(places)))


@settings(deadline=None)
@given(
    st.sampled_from(sorted({type(value) for value in VALUES}, key=repr)),
    st.text(st.characters(), max_size=80),
)
def test_any_text_is_a_value_or_a_button_that_is_too_old(kind: type[Value], text: str) -> None:
    for forged in (text, json.dumps({"provider": text, "recording": text, "watch": text, "q": text})):
        try:
            value = decode(kind, forged)
        except UsageError:
            continue
        assert fits(value)
