"""Every card is one that Slack takes and that mentions nobody, whatever providers and people call things."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answers import Link, MayStartAgain, Place, RoomIsEmpty, WhichRoom, WhichWatch
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.found import Found, Row, Silence
from bot.domain.pace import Pace
from bot.domain.requests import StartRecording
from bot.domain.watch import State, Watch
from bot.slack import cards
from bot.slack.blockkit import check_message
from bot.slack.values import ModalValue
from providers.model import (
    Direction,
    Recorder,
    Recording,
    RecordingId,
    RecordingProfile,
    RecordingQuery,
    Room,
    RoomView,
    Scope,
    SortBy,
)
from sandbox.slack.blockkit import view_problems

T = TypeVar("T")

EVIL = [
    "<!channel>",
    "<@U123>",
    "<https://evil.example|click>",
    "&lt;!here&gt;",
    "a|b",
    "",
    " ",
    "\x00",
    "```",
    "*",
]
HOSTILE: st.SearchStrategy[str] = st.one_of(
    st.sampled_from([*EVIL, "\u202eevil", "<" * 10_000, "&" * 10_000, "x" * 10_000, "😀" * 3_000]),
    st.text(st.characters(), max_size=30),
)


def up_to(most: int, one: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """So many, of which three are different: each that is drawn takes its time."""
    return st.builds(
        lambda some, times: tuple(some * times), st.lists(one, max_size=3), st.integers(1, most // 3)
    )


TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
LENGTHS = st.timedeltas(timedelta(), timedelta(days=400))
FITTING = st.sampled_from(["1", "4711", "vidyo"])
ASKERS: st.SearchStrategy[Asker] = st.builds(
    Asker, st.sampled_from(["slack", "cli"]), st.one_of(st.just("U0VOVA"), HOSTILE)
)
ROOMS = st.builds(
    Room,
    id=st.one_of(FITTING, HOSTILE),
    key=st.none() | HOSTILE,
    name=HOSTILE,
    extension=st.none() | HOSTILE,
    owner=st.none() | HOSTILE,
    join_url=st.sampled_from([None, "https://t.example.com/join/K", "https://" + "x" * 4_000]) | HOSTILE,
)
RECORDINGS = st.builds(
    Recording,
    id=st.one_of(FITTING, HOSTILE),
    title=HOSTILE,
    room=HOSTILE,
    owner=st.none() | HOSTILE,
    owner_name=st.none() | HOSTILE,
    started=TIMES,
    ended=st.none() | TIMES,
    duration=st.none() | LENGTHS,
    size=st.none() | st.integers(-1, 10**18),
    tags=HOSTILE,
    comments=HOSTILE,
    resolution=HOSTILE,
    locked=st.booleans(),
    has_pin=st.booleans(),
    webcast=st.booleans(),
    direction=st.none() | st.sampled_from(Direction),
    numbers=up_to(6, HOSTILE),
    extensions=up_to(6, HOSTILE),
)
RECORDERS = st.builds(Recorder, id=HOSTILE, name=HOSTILE, paused=st.booleans())
WATCHES = st.builds(
    Watch,
    id=st.one_of(FITTING, HOSTILE),
    provider=st.one_of(FITTING, HOSTILE),
    room=ROOMS,
    conversation=st.just(Conversation("slack", "C1")),
    asker=ASKERS,
    asked_at=TIMES,
    profile=HOSTILE,
    webcast=st.booleans(),
    open=st.booleans(),
    unsure=st.booleans(),
    blind=st.booleans(),
    lost=st.booleans(),
    everyone_left=st.booleans(),
    asks=st.integers(1, 3),
    recorder=st.none() | RECORDERS,
    people=st.none() | st.integers(0, 500),
    confirmed_at=st.none() | TIMES,
    ended_at=st.none() | TIMES,
    stop_asked_at=st.none() | TIMES,
    stop_asker=st.none() | ASKERS,
    unseen_since=st.none() | TIMES,
    unseen_why=HOSTILE,
    reason=HOSTILE,
    candidates=up_to(12, RECORDINGS),
    listed=st.none(),
)
REQUESTS = st.builds(
    StartRecording,
    reply=st.just(ReplyTo(Conversation("slack", "C1"), Asker("slack", "U1"))),
    target=HOSTILE,
    profile=st.none() | HOSTILE,
    again=st.none() | HOSTILE,
)
QUERIES = st.builds(
    RecordingQuery,
    words=HOSTILE,
    owner=st.none() | HOSTILE,
    room=st.none() | HOSTILE,
    title=st.none() | HOSTILE,
    since=st.none() | TIMES,
    until=st.none() | TIMES,
    longer=st.none() | LENGTHS,
    scope=st.none() | st.sampled_from(Scope),
    direction=st.none() | st.sampled_from(Direction),
    number=st.none() | HOSTILE,
    extension=st.none() | HOSTILE,
    sort=st.sampled_from(SortBy),
    start=st.integers(0, 100),
)
PLACES = st.dictionaries(st.one_of(FITTING, HOSTILE), st.integers(0, 99), min_size=1, max_size=3)
SILENCES = up_to(9, st.builds(Silence, HOSTILE, HOSTILE, st.booleans()))
PAGES = st.builds(
    Found,
    rows=up_to(21, st.builds(Row, st.one_of(FITTING, HOSTILE), RECORDINGS)),
    began=PLACES,
    ended=PLACES,
    total=st.none() | st.integers(0, 99),
    more=st.booleans(),
    doubts=up_to(3, HOSTILE),
    silences=SILENCES,
)
MANY = settings(max_examples=20, deadline=None)

OURS = re.compile(r"<!date\^[0-9]+\^[^<>|]+\|[^<>|]+>|<@[UW][A-Z0-9]{1,20}>|<https?://[^<>|\s]+>")


def marked(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from marked(item)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            assert part["verbatim"] is True
            yield part["text"]
        for value in part.values():
            yield from marked(value)


def harmless(text: str) -> None:
    """Nothing in angle brackets but our own dates, members and join links."""
    rest = OURS.sub("", text)
    assert "<" not in rest
    assert ">" not in rest
    assert text.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)


def check_card(card: cards.Drawn) -> None:
    assert check_message(card.text, card.blocks) == []
    for text in (card.text, *marked(card.blocks)):
        harmless(text)


@MANY
@given(WATCHES)
def test_every_live_card_is_taken_and_mentions_nobody(watch: Watch) -> None:
    for state in State:
        check_card(cards.live(replace(watch, state=state), pace=Pace()))
    check_card(cards.lost(watch))
    check_card(cards.watching([watch] * 3))
    check_card(cards.choose_watch(WhichWatch("pause", (watch,) * 30)))
    check_card(cards.may_start_again(MayStartAgain(watch)))


@MANY
@given(RECORDINGS, ASKERS, HOSTILE, TIMES, SILENCES)
def test_every_recording_is_drawn(
    recording: Recording, asker: Asker, foreign: str, at: datetime, silences: tuple[Silence, ...]
) -> None:
    check_card(cards.details(foreign, recording, silences))
    check_card(cards.details("vidyo", recording))
    check_card(cards.shared("vidyo", recording, asker))
    check_card(cards.changed("vidyo", recording))
    check_card(cards.link(Link(recording, "vidyo", "play", foreign, at), at))
    check_card(cards.sentence(foreign, bad=True))
    check_card(cards.help_record(foreign))
    check_card(cards.help_recordings(foreign))


@MANY
@given(RECORDINGS)
def test_every_modal_is_taken_and_holds_no_markup(recording: Recording) -> None:
    about = ModalValue("vidyo", RecordingId("1"), "C1", None)
    for view in (cards.edit_modal(about, recording), cards.delete_modal(about, recording)):
        assert view_problems(view) == []
        for text in marked(view["blocks"]):
            harmless(text)


@MANY
@given(PAGES, QUERIES, st.sampled_from([None, "vidyo", "<!channel>"]))
def test_every_page_of_results_is_taken(found: Found, query: RecordingQuery, on: str | None) -> None:
    check_card(cards.results(found, query, on))


@MANY
@given(ROOMS, REQUESTS, RECORDERS, ASKERS, HOSTILE)
def test_every_room_is_drawn(
    room: Room, request: StartRecording, recorder: Recorder, asker: Asker, foreign: str
) -> None:
    place = Place("vidyo", room)
    check_card(cards.room_created(foreign, room, asker))
    check_card(cards.choose_room(WhichRoom(request, (place,) * 30)))
    check_card(cards.room_is_empty(RoomIsEmpty(request, place)))
    check_card(cards.status(place, RoomView(recorder, 3), None))
    check_card(cards.profiles({foreign: [RecordingProfile(foreign, foreign)] * 50, "x": []}))
