"""What people see, card by card."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.answers import Link, MayStartAgain, Place, RoomIsEmpty, WhichRoom, WhichWatch
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.found import Found, Row, Silence, Turn
from bot.domain.pace import Pace
from bot.domain.requests import StartRecording
from bot.domain.watch import State, Watch
from bot.slack import cards
from bot.slack.blockkit import check_message
from bot.slack.cards import figures
from bot.slack.values import (
    Action,
    AgainValue,
    MoreValue,
    PageValue,
    RecordingValue,
    RoomValue,
    WatchChoice,
    WatchValue,
    decode,
)
from providers.model import (
    Direction,
    Recorder,
    RecorderId,
    Recording,
    RecordingId,
    RecordingProfile,
    RecordingQuery,
    Room,
    RoomId,
    RoomKey,
    RoomView,
    Scope,
    SortBy,
)

AT = datetime(2026, 5, 14, 10, 2, tzinfo=UTC)
UNIX = int(AT.timestamp())
VOVA = Asker("slack", "U0VOVA")
ROOM = Room(
    RoomId("42"), RoomKey("Nf5kaN9tWo"), "Board <room>", join_url="https://t.example.com/flex.html?a&key=Nf5k"
)
FILE = Recording(
    id=RecordingId("4711"),
    title="Q2 & <plan>",
    room="Board room",
    owner="vova",
    owner_name="Vova B.",
    started=AT,
    ended=AT + timedelta(seconds=108),
    duration=timedelta(seconds=108),
    size=1_500_000,
    scope=Scope.ORGANIZATION,
)
CALL = replace(
    FILE,
    id=RecordingId("4712"),
    title="Ada <@U1>",
    room="101",
    owner=None,
    owner_name="Vova B.",
    size=None,
    scope=None,
    direction=Direction.INBOUND,
    numbers=("+1 650 555 0100", "<tel:+16505550123|call>"),
    extensions=("101",),
)
WATCH = Watch(
    id="w1",
    provider="vidyo",
    room=ROOM,
    conversation=Conversation("slack", "C1"),
    asker=VOVA,
    asked_at=AT,
    profile="000",
    state=State.ASKED,
    people=3,
)
RUNS = replace(WATCH, state=State.RECORDING, confirmed_at=AT, recorder=Recorder(RecorderId("7"), "REC-1"))
ENDED = replace(RUNS, state=State.PROCESSING, ended_at=AT + timedelta(minutes=2), recorder=None)
READY = replace(ENDED, state=State.READY, open=False, candidates=(FILE,), bound=FILE.id)
REQUEST = StartRecording(ReplyTo(WATCH.conversation, VOVA), target="board", profile="000")


def drawn(watch: Watch) -> cards.Drawn:
    card = cards.live(watch, pace=Pace())
    assert check_message(card.text, card.blocks) == []
    return card


def said(card: cards.Drawn) -> str:
    """Everything that is written on a card, with its notification line."""
    return "\n".join([card.text, *texts(card.blocks)])


def texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for item in part for text in texts(item)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for value in part.values() if isinstance(value, dict | list) for text in texts(value)]


def elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [element for block in blocks for element in block.get("elements", []) if "action_id" in element]
    return rows + [block["accessory"] for block in blocks if "accessory" in block]


def pressable(card: cards.Drawn) -> list[str]:
    return [element["action_id"] for element in elements(card.blocks)]


def value(card: cards.Drawn, action: Action) -> str:
    return next(str(one["value"]) for one in elements(card.blocks) if one["action_id"] == action)


# -- the live card --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.PREPARED, State.ASKED])
@pytest.mark.parametrize("unsure", [False, True])
def test_recording_is_never_said_before_a_recorder_was_seen(state: State, unsure: bool) -> None:
    card = drawn(replace(WATCH, state=state, unsure=unsure))
    assert "Asking for a recorder…" in said(card)
    for blind in (False, True):
        text = said(drawn(replace(WATCH, state=state, blind=blind, unseen_since=AT, unseen_why="Reset.")))
        assert "recording" not in text.lower()
        assert "red_circle" not in text
    not_started = replace(WATCH, state=State.NOT_STARTED, reason="No recorder joined within 60 s.")
    assert "recording" not in said(drawn(not_started)).lower()


def test_the_card_says_who_asked_when_and_how() -> None:
    text = said(drawn(replace(WATCH, webcast=True)))
    assert "Asked by <@U0VOVA>" in text
    assert f"<!date^{UNIX}^{{date_short_pretty}} at {{time}}|2026-05-14 10:02 UTC>" in text
    assert "Profile 000" in text
    assert "Webcast" in text
    assert "3 people" in text


def test_elapsed_time_is_a_date_that_slack_draws() -> None:
    card = drawn(RUNS)
    assert ":red_circle: Recording Board <room>" in said(card)
    assert f"<!date^{UNIX}^since {{time}} ({{ago}})|since 2026-05-14 10:02 UTC>" in said(card)
    assert "REC-1" in said(card)


@pytest.mark.parametrize(
    ("watch", "buttons"),
    [
        (replace(WATCH, state=State.PREPARED), ["stop", "refresh"]),
        (WATCH, ["stop", "refresh"]),
        (RUNS, ["pause", "stop", "refresh"]),
        (replace(RUNS, state=State.PAUSED), ["resume", "stop", "refresh"]),
        (replace(RUNS, state=State.STOPPING), ["refresh"]),
        (ENDED, ["refresh"]),
        (replace(ENDED, lost=True), ["start_again", "refresh"]),
        (replace(ENDED, state=State.OVERDUE), ["refresh"]),
        (replace(WATCH, state=State.NOT_STARTED), ["start_again"]),
        (replace(WATCH, state=State.NOT_STARTED, open=False), ["start_again"]),
        (READY, ["play", "download", "share", "more"]),
        (replace(ENDED, state=State.GONE, open=False), []),
    ],
)
def test_buttons_always_match_the_state(watch: Watch, buttons: list[str]) -> None:
    card = drawn(watch)
    assert pressable(card) == buttons
    for element in elements(card.blocks):
        if watch.state is not State.READY:
            again = element["action_id"] == Action.START_AGAIN
            value = AgainValue("w1", watch.asks) if again else WatchValue("w1")
            assert decode(type(value), element["value"]) == value


def test_paused_is_what_the_portal_reports() -> None:
    text = said(drawn(replace(RUNS, state=State.PAUSED)))
    assert "It is reported paused" in text
    assert ":double_vertical_bar:" in text


def test_a_stop_says_who_wants_it_and_that_it_is_not_done_yet() -> None:
    stopping = replace(RUNS, state=State.STOPPING, stop_asker=Asker("slack", "U2"), stop_asked_at=AT)
    assert "<@U2> wants it stopped. This card says so when the recorder has left" in said(drawn(stopping))
    assert "Stopped by <@U2>" in said(drawn(replace(stopping, state=State.PROCESSING, ended_at=AT)))


def test_a_recorder_that_came_too_late_may_still_turn_the_card_true() -> None:
    waiting = replace(WATCH, state=State.NOT_STARTED, reason="No recorder joined within 60 s.")
    assert "No recorder joined within 60 s." in said(drawn(waiting))
    assert "still turns this card true" in said(drawn(waiting))
    assert "still turns" not in said(drawn(replace(waiting, open=False)))


def test_a_lost_recorder_is_an_alarm_that_can_be_answered() -> None:
    lost = replace(ENDED, lost=True)
    assert "The recorder left while 3 people were still in the room." in said(drawn(lost))
    assert "someone may have stopped it elsewhere" in said(drawn(lost)).lower()
    alarm = cards.lost(lost)
    assert check_message(alarm.text, alarm.blocks) == []
    assert "<@U0VOVA>: the recorder left *Board &lt;room&gt;* while 3 people are still in the room" in said(
        alarm
    )
    assert pressable(alarm) == ["start_again"]
    assert "1 person is still" in cards.lost(replace(lost, people=1)).text


def test_a_room_that_emptied_is_no_alarm() -> None:
    text = said(drawn(replace(ENDED, everyone_left=True, people=0)))
    assert "Everyone has left the room" in text
    assert "elsewhere" not in text


def test_a_room_that_cannot_be_seen_is_said_with_since_when_and_why() -> None:
    blind = replace(RUNS, blind=True, unseen_since=AT, unseen_why="The portal does not answer.")
    text = said(drawn(blind))
    assert "Cannot see Board <room>" in text
    assert f"cannot be seen since <!date^{UNIX}" in text
    assert "The portal does not answer." in text
    assert "When it was last seen, it was being recorded." in text
    assert "Recording Board" not in text
    assert "{ago}" not in text
    assert "3 people" not in text


def test_a_file_that_is_late_is_said_to_be_late_and_in_the_end_not_to_be() -> None:
    assert "should be here and is not" in said(drawn(replace(ENDED, state=State.OVERDUE)))
    assert "No file was found" in said(drawn(replace(ENDED, state=State.GONE, open=False)))


def test_a_ready_recording_shows_its_length_and_size_and_can_be_played() -> None:
    card = drawn(READY)
    text = said(card)
    assert "*Q2 &amp; &lt;plan&gt;*" in text
    assert "*Length*\n1:48" in text
    assert "*Size*\n1.5 MB" in text
    assert decode(RecordingValue, value(card, Action.PLAY)) == RecordingValue("vidyo", FILE.id)
    assert "[" not in card.text


def test_the_menu_locks_what_is_open_and_unlocks_what_is_locked() -> None:
    for locked, action in ((False, Action.LOCK), (True, Action.UNLOCK)):
        card = drawn(replace(READY, candidates=(replace(FILE, locked=locked),)))
        [menu] = [element for element in elements(card.blocks) if element["type"] == "overflow"]
        chosen = [decode(MoreValue, option["value"]).action for option in menu["options"]]
        assert chosen == [Action.DETAILS, Action.EDIT, action, Action.DELETE]


def test_of_two_files_none_is_guessed_and_each_can_be_played() -> None:
    other = replace(FILE, id=RecordingId("4712"), title="Another")
    card = drawn(replace(READY, bound=None, candidates=(FILE, other)))
    assert "Both are listed, and none is guessed." in said(card)
    assert pressable(card) == ["play", "download", "share", "more"] * 2
    plays = [one["value"] for one in elements(card.blocks) if one["action_id"] == "play"]
    assert [decode(RecordingValue, text).recording for text in plays] == ["4711", "4712"]


@pytest.mark.parametrize("scope", [Scope.PRIVATE, Scope.UNKNOWN])
def test_of_a_private_file_the_card_says_only_that_it_is_there(scope: Scope) -> None:
    secret = replace(FILE, id=RecordingId("4712"), title="Salaries", owner_name="Anna A.", scope=scope)
    card = drawn(replace(READY, candidates=(secret,), bound=secret.id))
    assert "The file is private" in said(card)
    assert pressable(card) == []
    both = drawn(replace(READY, bound=None, candidates=(secret, FILE)))
    assert "The file is private" in said(both)
    assert decode(RecordingValue, value(both, Action.PLAY)).recording == FILE.id
    assert pressable(both) == ["play", "download", "share", "more"]
    for one in (card, both):
        assert not any(word in str(one) for word in ("Salaries", "Anna A.", "4712"))


def test_a_crowd_of_files_is_listed_as_far_as_a_message_holds() -> None:
    many = tuple(replace(FILE, id=RecordingId(str(n))) for n in range(60))
    assert "52 more" in said(drawn(replace(READY, candidates=many)))


def test_whoever_asked_on_the_command_line_is_named_and_not_mentioned() -> None:
    assert "Asked by root (command line)" in said(drawn(replace(WATCH, asker=Asker("cli", "root"))))
    assert "<@" not in said(drawn(replace(WATCH, asker=Asker("slack", "U1> <!channel"))))


# -- rooms and questions --------------------------------------------------------------------------


def test_a_new_room_can_be_joined_and_recorded() -> None:
    card = cards.room_created("vidyo", ROOM, VOVA)
    assert check_message(card.text, card.blocks) == []
    assert pressable(card) == ["join", "start"]
    assert decode(RoomValue, value(card, Action.START)) == RoomValue("vidyo", ROOM.id)
    assert "<https://t.example.com/flex.html?a&amp;key=Nf5k>" in said(card)


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "https://x/<b>", "https://x/|y", "https://x/ y"]
)
def test_a_join_link_that_is_no_link_is_not_drawn(url: str | None) -> None:
    card = cards.room_created("vidyo", replace(ROOM, join_url=url), VOVA)
    assert pressable(card) == ["start"]


def test_the_right_room_is_chosen_by_a_button() -> None:
    rooms = tuple(Place("vidyo", replace(ROOM, id=RoomId(str(n)))) for n in range(30))
    card = cards.choose_room(WhichRoom(REQUEST, rooms))
    assert check_message(card.text, card.blocks) == []
    assert decode(RoomValue, value(card, Action.CHOOSE_ROOM)) == RoomValue("vidyo", RoomId("0"), "000")
    assert "10 more fit" in said(card)


def test_an_empty_room_is_warned_about_and_can_be_recorded_anyway() -> None:
    card = cards.room_is_empty(RoomIsEmpty(replace(REQUEST, again="w1", webcast=True), Place("vidyo", ROOM)))
    assert "Nobody is in *Board &lt;room&gt;*." in said(card)
    anyway = decode(RoomValue, value(card, Action.START_ANYWAY))
    assert anyway == RoomValue("vidyo", ROOM.id, "000", True, "w1")


def test_what_to_stop_is_chosen_by_a_button() -> None:
    card = cards.choose_watch(WhichWatch("stop", (RUNS, replace(RUNS, id="w2"))))
    assert check_message(card.text, card.blocks) == []
    assert decode(WatchChoice, value(card, Action.CHOOSE_WATCH)) == WatchChoice("w1", "stop")
    assert "Which one is to stop?" in said(card)


def test_asking_again_is_offered_with_what_it_may_bring() -> None:
    card = cards.may_start_again(MayStartAgain(replace(WATCH, state=State.NOT_STARTED)))
    assert pressable(card) == ["start_again"]
    assert "may bring a second one" in said(card)


def test_the_status_tells_a_recorder_of_ours_from_a_strangers() -> None:
    place, view = Place("vidyo", ROOM), RoomView(Recorder(RecorderId("7"), "REC-1"), 2)
    ours = cards.status(place, view, RUNS)
    assert "is being recorded" in said(ours)
    assert pressable(ours) == ["stop", "refresh"]
    assert "It was not asked for here." in said(cards.status(place, view, None))
    paused = RoomView(Recorder(RecorderId("7"), "REC-1", paused=True), 2)
    assert "and reported paused" in said(cards.status(place, paused, None))
    idle = cards.status(place, RoomView(None, 0), None)
    assert "No recorder is in" in said(idle)
    assert pressable(idle) == ["start"]


def test_what_a_channel_records_is_listed_even_when_it_is_nothing() -> None:
    assert "Nothing is being recorded from this channel." in said(cards.watching([]))
    card = cards.watching([replace(RUNS, id=f"w{n}") for n in range(40)])
    assert check_message(card.text, card.blocks) == []


def test_profiles_are_listed_by_provider() -> None:
    found = {"vidyo": [RecordingProfile("000", "Everything")], "other": []}
    text = said(cards.profiles(found))
    assert "`000`  ·  Everything" in text
    assert "*other*\nNone: every recorder is busy or offline." in text


# -- finding --------------------------------------------------------------------------------------


def a_page(
    *recordings: Recording,
    total: int | None,
    more: bool = False,
    start: int = 0,
    doubts: tuple[str, ...] = (),
) -> Found:
    """What the only library found."""
    rows = tuple(Row("vidyo", recording) for recording in recordings)
    return Found(rows, {"vidyo": start}, {"vidyo": start + len(rows)}, total, more, doubts)


def test_results_show_what_each_is_and_what_can_be_done() -> None:
    locked = replace(FILE, id=RecordingId("2"), locked=True, has_pin=True)
    query = RecordingQuery(words="plan", owner="vova", limit=2)
    card = cards.results(a_page(FILE, locked, total=37, more=True), query, "vidyo")
    assert check_message(card.text, card.blocks) == []
    text = said(card)
    assert "37 recordings, 1 to 2" in text
    assert "“plan”  ·  of vova" in text
    assert "*Q2 &amp; &lt;plan&gt;* :lock:" in text
    assert "Board room  ·  Vova B." in text
    assert "1:48  ·  1.5 MB  ·  Organization  ·  PIN" in text
    assert pressable(card) == ["play", "download", "share", "more"] * 2 + ["older"]
    older = decode(PageValue, value(card, Action.OLDER))
    assert older == PageValue(replace(query, start=2), "vidyo")


def test_pages_lead_back_and_forth() -> None:
    query = RecordingQuery(start=10, limit=5)
    card = cards.results(a_page(FILE, total=11, start=10), query)
    assert "11 recordings, number 11" in said(card)
    assert decode(PageValue, value(card, Action.NEWER)).query.start == 5
    assert Action.OLDER not in pressable(card)
    by_title = cards.results(a_page(FILE, total=12, more=True, start=10), replace(query, sort=SortBy.TITLE))
    assert {"Back", "Further"} <= set(texts(by_title.blocks))


def test_a_search_that_could_not_see_everything_says_so() -> None:
    page = a_page(FILE, total=None, more=True, doubts=("Only the newest 1,000 were looked at.",))
    card = cards.results(page, RecordingQuery())
    assert "Recordings, number 1, and more" in said(card)
    assert ":warning: Only the newest 1,000 were looked at." in said(card)


def test_the_rows_of_several_libraries_say_who_keeps_them_and_lead_on_in_each() -> None:
    rows = (Row("vidyo", FILE), Row("calls", CALL))
    found = Found(rows, {"vidyo": 4, "calls": 1}, {"vidyo": 5, "calls": 2}, 9, more=True)
    query = RecordingQuery(limit=2, start=5)
    card = cards.results(found, query)
    assert check_message(card.text, card.blocks) == []
    text = said(card)
    assert "9 recordings, 6 to 7" in text
    assert "vidyo, calls" in text
    assert "Organization  ·  vidyo" in text
    assert "1:48  ·  calls" in text
    menus = [element["options"] for element in elements(card.blocks) if "options" in element]
    assert [decode(MoreValue, menu[0]["value"]).provider for menu in menus] == ["vidyo", "calls"]
    newer = decode(PageValue, value(card, Action.NEWER))
    assert newer == PageValue(replace(query, start=3), turn=Turn({"vidyo": 4, "calls": 1}, back=True))
    older = decode(PageValue, value(card, Action.OLDER))
    assert older == PageValue(replace(query, start=7), turn=Turn({"vidyo": 5, "calls": 2}))


@pytest.mark.parametrize("rows", [(Row("vidyo", FILE),), ()])
def test_a_library_that_did_not_answer_is_named_and_why(rows: tuple[Row, ...]) -> None:
    silences = (
        Silence("rooms", "It knows no calls.", unable=True),
        Silence("calls", "<b> cannot be reached."),
    )
    found = Found(rows, {"vidyo": 0}, {"vidyo": len(rows)}, None, more=False, silences=silences)
    card = cards.results(found, RecordingQuery())
    assert check_message(card.text, card.blocks) == []
    assert ":warning: calls did not answer: &lt;b&gt; cannot be reached." in said(card)
    assert "rooms is left out: It knows no calls." in said(card)
    assert ":warning: rooms" not in said(card)


def test_finding_nothing_says_what_to_try() -> None:
    card = cards.results(a_page(total=0), RecordingQuery(words="<!here>"))
    assert "Nothing was found for “&lt;!here&gt;”." in said(card)
    assert "Try fewer words" in said(card)
    assert "no recordings yet" in said(cards.results(a_page(total=0), RecordingQuery()))
    calls = RecordingQuery(direction=Direction.OUTBOUND, number="5550100", extension="101")
    assert "Nothing was found for outbound calls  ·  number …5550100  ·  extension 101." in said(
        cards.results(a_page(total=0), calls)
    )


def test_a_search_for_private_recordings_says_that_they_are_not_listed() -> None:
    card = cards.results(a_page(total=0), RecordingQuery(scope=Scope.PRIVATE))
    assert "Private recordings are not listed." in said(card)


def test_what_still_runs_cannot_be_played_yet() -> None:
    running = replace(FILE, ended=None, duration=None, size=None)
    card = cards.results(a_page(running, total=1), RecordingQuery())
    assert pressable(card) == ["more"]
    [menu] = elements(card.blocks)
    assert [decode(MoreValue, option["value"]).action for option in menu["options"]] == [Action.DETAILS]
    assert "still being recorded" in said(card)


def test_a_recording_that_no_button_can_name_is_shown_without_buttons() -> None:
    page = a_page(replace(FILE, id=RecordingId("a|b")), total=1)
    assert pressable(cards.results(page, RecordingQuery())) == []


def test_a_call_says_which_way_it_went_and_between_whom() -> None:
    card = cards.results(a_page(CALL, total=1), RecordingQuery())
    assert check_message(card.text, card.blocks) == []
    assert (
        "*Ada &lt;@U1&gt;*\n"
        "Inbound call  ·  extension 101  ·  +1 650 555 0100, &lt;tel:+16505550123|call&gt;  ·  Vova B.  ·  <!date"
    ) in said(card)
    assert "  ·  1:48\nPlay" in said(card)
    inside = replace(CALL, direction=Direction.OUTBOUND, numbers=(), extensions=("101", "102"))
    text = said(cards.results(a_page(inside, total=1), RecordingQuery()))
    assert "Outbound call  ·  extension 101  ·  102  ·  Vova B." in text


def test_the_details_of_a_call_leave_out_what_calls_do_not_have() -> None:
    card = cards.details("calls", replace(CALL, extensions=("101", "102")))
    assert check_message(card.text, card.blocks) == []
    text = said(card)
    assert "*Inbound call*\nAda &lt;@U1&gt;" in text
    assert "*Numbers*\n+1 650 555 0100, &lt;tel:+16505550123|call&gt;, 102" in text
    assert "*Our extension*\n101" in text
    for missing in ("*Room*", "*Title*", "*Size*", "*Seen by*", "*Protected*"):
        assert missing not in text
    assert "*Our extension*" not in said(cards.details("calls", replace(CALL, room="")))
    assert "*Outbound call*" in said(cards.details("calls", replace(CALL, direction=Direction.OUTBOUND)))


def test_a_call_can_be_deleted_and_not_be_edited() -> None:
    [menu] = [part for part in elements(cards.details("calls", CALL).blocks) if "options" in part]
    assert [decode(MoreValue, o["value"]).action for o in menu["options"]] == [Action.DETAILS, Action.DELETE]


def test_the_details_name_the_libraries_that_could_not_say_whether_they_have_that_number_too() -> None:
    card = cards.details("vidyo", FILE, (Silence("calls", "<b> cannot be reached."),))
    assert check_message(card.text, card.blocks) == []
    assert ":warning: calls did not answer: &lt;b&gt; cannot be reached." in said(card)


def test_details_show_every_field_and_never_a_pin_or_the_files_address() -> None:
    full = replace(
        FILE,
        tags="plan, q2",
        comments="A <b>.\nSecond line.",
        has_pin=True,
        locked=True,
        file="https://secret",
    )
    card = cards.details("vidyo", full)
    assert check_message(card.text, card.blocks) == []
    text = said(card)
    assert "*Protected*\nlocked  ·  PIN set" in text
    assert "*Tags*\nplan, q2" in text
    assert "*Comment*\nA &lt;b&gt;.\nSecond line." in text
    assert "Number 4711" in text
    assert "secret" not in text


def test_only_a_recorder_that_was_seen_may_have_a_twin() -> None:
    twice = replace(WATCH, asks=2)
    refused = replace(twice, state=State.NOT_STARTED, open=False, reason="No recorder is free.")
    assert "more than one may have come" not in said(cards.live(refused, pace=Pace()))
    seen = replace(twice, state=State.RECORDING, confirmed_at=AT)
    assert "more than one may have come" in said(cards.live(seen, pace=Pace()))


def test_a_shared_recording_says_who_shares_it() -> None:
    card = cards.shared("vidyo", FILE, VOVA)
    assert "<@U0VOVA> shares a recording" in said(card)
    assert pressable(card) == ["play", "download", "more"]
    assert "It now reads" in said(cards.changed("vidyo", FILE))
    private = cards.changed("vidyo", replace(FILE, scope=Scope.PRIVATE))
    assert "not shown in Slack any more" in said(private)
    assert pressable(private) == []


@pytest.mark.parametrize(("purpose", "label"), [("play", "Play now"), ("download", "Download now")])
def test_a_link_is_a_button_that_says_how_long_it_is_good(purpose: str, label: str) -> None:
    card = cards.link(Link(FILE, "vidyo", purpose, "https://r.example.org/m/t0ken", AT), AT)
    [button] = elements(card.blocks)
    assert (button["text"]["text"], button["url"]) == (label, "https://r.example.org/m/t0ken")
    assert f"good until <!date^{UNIX}" in said(card)
    assert "t0ken" not in said(card)


@pytest.mark.parametrize("guide", [cards.help_record, cards.help_recordings])
def test_help_shows_examples_and_what_went_wrong(guide: Any) -> None:
    card = guide("There is no `/record strat <x>`.")
    assert check_message(card.text, card.blocks) == []
    assert ":warning: There is no `/record strat &lt;x&gt;`." in said(card)
    assert "/record" in said(guide())
    assert ":warning:" not in said(guide())


def test_a_sentence_is_escaped_and_one_that_is_bad_looks_so() -> None:
    assert said(cards.sentence("a <b>", bad=True)).endswith(":warning: a &lt;b&gt;")
    assert check_message(cards.sentence("").text, cards.sentence("").blocks) == []


# -- figures --------------------------------------------------------------------------------------


def test_lengths_read_as_a_player_shows_them() -> None:
    shown = [figures.length(timedelta(seconds=seconds)) for seconds in (0, 59.9, 108, 3_722, 360_000)]
    assert shown == ["0:00", "0:59", "1:48", "1:02:02", "100:00:00"]
    assert figures.length(None) == ""


def test_sizes_read_in_decimal_units() -> None:
    sizes = (0, 999, 1_000, 1_500_000, 12_000_000, 999_600, 999_999_999, 4_200_000_000)
    assert [figures.size(size) for size in sizes] == [
        "0 B",
        "999 B",
        "1 kB",
        "1.5 MB",
        "12 MB",
        "1 MB",
        "1 GB",
        "4.2 GB",
    ]
    assert figures.size(None) == ""


def test_a_time_before_slacks_dates_is_written_out() -> None:
    assert figures.date(datetime(1960, 1, 1, tzinfo=UTC)) == "1960-01-01 00:00 UTC"


def test_of_a_recording_that_could_not_begin_there_whoever_asked_reads_why() -> None:
    reason = "Recbot is not in this channel, so nothing was done here. <!here>"
    drawn = cards.stands_still(replace(WATCH, state=State.NOT_STARTED, open=False, reason=reason))
    assert "Recbot cannot write in <#C" in drawn.text
    assert "Not started" in drawn.text
    assert "so nothing was done here. &lt;!here&gt;" in drawn.text
    assert "stands still" not in drawn.text
