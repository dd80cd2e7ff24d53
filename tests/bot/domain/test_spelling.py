"""What is typed is read however a keyboard or a telephone wrote it."""

from datetime import UTC, datetime

import pytest

from bot.domain.commands import RecordCommand, RecordVerb
from bot.domain.errors import UsageError
from bot.domain.grammar import read_record, read_recordings
from bot.domain.matching import is_room
from bot.domain.subscription import meaning
from providers.model import RecordingQuery, Room, RoomId

NOW = datetime(2026, 5, 14, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("search since：7d", "search since:7d"),
        ("ｓｅａｒｃｈ ｓｉｎｃｅ：７ｄ", "search since:7d"),
        ("search since﹕7d", "search since:7d"),
        ("search since:2026‑05‑01", "search since:2026-05-01"),
        ("search until:2026–05–01", "search until:2026-05-01"),
        ("search since:“last\u00a0week”", 'search since:"last week"'),
        ("search longer:１０ｍ", "search longer:10m"),
        ("search ro\u00adom:week", "search room:week"),
        ("search title：＂Q1 plan＂", 'search title:"Q1 plan"'),
        ("search on：ＶＩＤＹＯ", "search on:vidyo"),
        ("search on:Vidyo", "search on:vidyo"),
        ("search scope：Ｐｕｂｌｉｃ", "search scope:public"),
        ("search sort：ｔｉｔｌｅ", "search sort:title"),
        ("search direction：ｉｎ", "search direction:in"),
        ("search extension:１０１", "search extension:101"),
        ("search number:６５０‑５５５‑０１００", "search number:6505550100"),
        ("search user:＠vova", "search user:vova"),
        ("Ｌａｔｅｓｔ　１０", "latest 10"),
        ("show ４７１１ on:Vidyo", "show 4711 on:vidyo"),
        ("unsubscribe ２", "unsubscribe 2"),
    ],
)
def test_a_command_is_read_in_every_spelling(typed: str, plain: str) -> None:
    assert read_recordings(typed, NOW, None) == read_recordings(plain, NOW, None)


def test_a_start_is_read_in_every_spelling() -> None:
    plain = RecordCommand(RecordVerb.START, target="Board room", profile="000", on="vidyo", webcast=True)
    assert read_record("Ｓｔａｒｔ “Board\u00a0room” ｐｒｏｆｉｌｅ：000 on：Vidyo ＷＥＢＣＡＳＴ") == plain
    assert read_record("start Bo\u00adard room profile:000 on:VIDYO web\u00adcast") == plain


def test_an_apostrophe_inside_a_word_is_no_quotation_mark() -> None:
    for mark in "’'＇ʼ":
        assert read_recordings(f"search Anna{mark}s room{mark}s", NOW, None).query.words  # type: ignore[union-attr]


def test_a_wide_colon_behind_an_unknown_word_is_answered() -> None:
    with pytest.raises(UsageError, match="there is no filter `rooom:`"):
        read_recordings("search rooom：week", NOW, None)


def test_a_file_is_its_rooms_however_the_room_is_spelled() -> None:
    room = Room(RoomId("1"), None, "Anna’s Büro", extension="4711")
    assert is_room(room, "anna's Bu\u0308ro")
    assert is_room(room, " Anna's\u00a0Büro")
    assert not is_room(room, "Anna’s Buro")


def test_two_subscriptions_that_read_alike_are_one() -> None:
    one = RecordingQuery(words="Müller Q1‑plan", room="Anna’s")
    other = RecordingQuery(words="q1-plan mu\u0308ller", room="anna's")
    assert meaning(one, None) == meaning(other, None)
