"""Names are compared by what they say, however a keyboard, a telephone or a program wrote them."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.memory import MemoryProvider
from providers.model import Recording, RecordingId, RecordingQuery, Scope
from providers.spelling import folded, pieces

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SAME = [
    ("Mu\u0308ller", "Müller"),
    ("MÜLLER", "mu\u0308ller"),
    ("Straße", "STRASSE"),
    ("Anna’s", "Anna's"),
    ("Anna＇s", "Annaʼs"),
    ("Anna´s", "Anna`s"),
    ("the “big” one", 'the "big" one'),
    ("the «big» one", "the „big“ one"),
    ("Q1–Q2", "Q1-Q2"),
    ("Q1‑Q2", "Q1—Q2"),
    ("Q1−Q2", "Q1－Q2"),
    ("Q1\u00a0plan", "Q1 plan"),
    ("Q1\u202f\u2009plan", "Q1 \t plan"),
    ("Q1\u3000plan", "Q1\u2003plan"),
    ("Quar\u00adtal", "Quartal"),
    ("stand\u200bup", "standup"),
    ("\ufeffstand\u2060up\u200e", "standup"),
    ("☕️", "☕"),
    ("ｓｔａｎｄｕｐ", "standup"),
    ("ﬁnance", "finance"),
    ("№ 5…", "no 5..."),
    ("会議：月曜", "会議:月曜"),
    ("がっこう", "か\u3099っこう"),
    ("İstanbul", "istanbul"),
    ("I\u0307stanbul", "ISTANBUL"),
    ("TOPLANTI", "toplantı"),
    ("회의", unicodedata.normalize("NFD", "회의")),
]


def kept(title: str, room: str = "R", owner: str = "vova") -> Recording:
    return Recording(
        id=RecordingId("1"),
        title=title,
        room=room,
        owner=owner,
        owner_name=None,
        started=NOON,
        ended=NOON + timedelta(minutes=5),
        duration=timedelta(minutes=5),
        size=1,
        scope=Scope.NEW,
    )


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_says_the_same_is_found_in_each_others_spelling(one: str, other: str) -> None:
    for typed, written in ((one, other), (other, one)):
        assert RecordingQuery(title=typed).matches(kept(f"the {written} of May"))
        assert RecordingQuery(words=typed).matches(kept(f"the {written} of May"))
        assert RecordingQuery(room=typed).matches(kept("x", room=written))
        assert RecordingQuery(owner=typed).matches(kept("x", owner=written))


@pytest.mark.parametrize(("one", "other"), [("Müller", "Muller"), ("Q1-Q2", "Q1Q2"), ("Q1 plan", "Q1plan")])
def test_what_says_something_else_is_not_the_same(one: str, other: str) -> None:
    assert folded(one) != folded(other)


async def test_a_room_is_found_by_its_name_in_another_spelling() -> None:
    memory = MemoryProvider("rooms")
    memory.backend.add_room("AnnasRoom1", name="Anna's Büro", extension="4711")
    for typed in ("Anna’s", "Anna’s Bu\u0308ro", "ANNA'S\u00a0BÜRO"):
        assert [room.name for room in await memory.find_rooms(typed)] == ["Anna's Büro"]


def test_no_format_character_and_no_dash_is_forgotten() -> None:
    letters = [chr(code) for code in range(0x1_1000) if not 0xD800 <= code < 0xE000]
    assert {c for c in letters if unicodedata.category(c) == "Cf" and folded(f"a{c}b") != "ab"} == set()
    dashes = {c for c in letters if unicodedata.category(c) == "Pd"} - {"゠"}
    assert {c for c in dashes if folded(f"a{c}b") != "a-b"} == set()


@given(st.text())
def test_a_form_that_was_taken_is_kept(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("standup", ("standup",)),
        ("Müller", ("ller",)),
        ("Mu\u0308ller", ("ller",)),
        ("Anna’s", ("Anna",)),
        ("Q1\u00a0plan", ("plan",)),
        ("☕️", ("☕",)),
        ("会議", ("会議",)),
        ("май", ("ма",)),
        ("회의", ("회의", unicodedata.normalize("NFD", "회의"))),
        ("–", ()),
        ("", ()),
        ("a\x00bc", ("a\x00bc",)),
    ],
)
def test_who_compares_letters_is_asked_for_those_that_everybody_writes_alike(
    typed: str, asked: tuple[str, ...]
) -> None:
    assert pieces(typed) == asked


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_asked_for_is_there_composed_or_not(one: str, other: str) -> None:
    seen = "".join(letter for letter in one if unicodedata.category(letter) != "Cf")
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, seen)
        found = pieces(one)
        assert not found or any(piece.lower() in written.lower() for piece in found)
