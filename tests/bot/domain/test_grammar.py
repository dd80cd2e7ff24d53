"""What people type, and what it is taken for."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.commands import (
    HelpCommand,
    LatestCommand,
    RecordCommand,
    RecordVerb,
    SearchCommand,
    ShowCommand,
    SubscribeCommand,
    SubscriptionsCommand,
    UnsubscribeCommand,
)
from bot.domain.errors import UsageError
from bot.domain.grammar import read_record, read_recordings
from bot.domain.policy import Verb
from bot.domain.subscription import meaning
from bot.domain.words import from_shell, split
from providers.model import RecordingId, RecordingQuery, Scope, SortBy

NOW = datetime(2026, 5, 14, 22, 30, tzinfo=UTC)  # a Thursday; in Tokyo it is Friday morning already
START, STOP = RecordVerb.START, RecordVerb.STOP


def search(text: str, zone: str | None = None) -> RecordingQuery:
    command = read_recordings(f"search {text}", NOW, zone)
    assert isinstance(command, SearchCommand)
    return command.query


def refusal(text: str, *, recordings: bool = False) -> str:
    with pytest.raises(UsageError) as caught:
        read_recordings(text, NOW, None) if recordings else read_record(text)
    return str(caught.value)


# -- /record --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("start Nf5kaN9tWo", "Nf5kaN9tWo"),
        ("START Nf5kaN9tWo", "Nf5kaN9tWo"),
        ("  start \n Board   room ", "Board room"),
        ('start "Board room"', "Board room"),
        ("start “Board room”", "Board room"),
        ("start «Board room»", "Board room"),
        ("start ‘Board room’", "Board room"),
        ("start 'Anna's room'", "Anna's room"),
        ("start Anna's room", "Anna's room"),
        ("start Team: weekly", "Team: weekly"),
        ("start 10:30 standup", "10:30 standup"),
        ('start "profile:x"', "profile:x"),
        ("start R&amp;D", "R&D"),
        ("start \u202eroom\u202c", "room"),
        ("start <https://t.example.com/join/KEY>", "https://t.example.com/join/KEY"),
        ("start <https://t.example.com/join/KEY|t.example.com/join/KEY>", "https://t.example.com/join/KEY"),
        ('start "<https://t.example.com/join/KEY>"', "https://t.example.com/join/KEY"),
        ("start https://t.example.com/join/KEY", "https://t.example.com/join/KEY"),
        (
            "start <https://t.example.com/flex.html?roomdirect.html&amp;key=KEY>",
            "https://t.example.com/flex.html?roomdirect.html&key=KEY",
        ),
        ("start <http://standup.team|standup.team>", "standup.team"),
        ("start <tel:+16505550100|+1 (650) 555-0100>", "+1 (650) 555-0100"),
        ("start <tel:+16505550100>", "+16505550100"),
        ("start <@U123|vova>", "vova"),
    ],
)
def test_a_room_is_named_by_key_name_or_link_however_slack_or_a_telephone_wrote_it(
    typed: str, target: str
) -> None:
    assert read_record(typed) == RecordCommand(START, target=target)


def test_options_stand_anywhere() -> None:
    wanted = RecordCommand(START, target="Board room", profile="000", on="vidyo", webcast=True)
    for typed in (
        "start Board room profile:000 on:vidyo webcast",
        "profile:000 on:vidyo start webcast Board room",
        'start Board Profile:"000" webcast room ON:“vidyo”',
    ):
        assert read_record(typed) == wanted


def test_a_room_called_webcast_goes_into_quotes() -> None:
    assert read_record('start "webcast"') == RecordCommand(START, target="webcast")
    assert read_record("stop webcast") == RecordCommand(STOP, target="webcast")
    assert "Which room?" in refusal("start webcast")


def test_stop_needs_no_room() -> None:
    assert read_record("stop") == RecordCommand(STOP)
    assert read_record("stop abc on:vidyo") == RecordCommand(STOP, target="abc", on="vidyo")


def test_live_calls_are_those_of_all_or_of_one() -> None:
    assert read_record("calls") == RecordCommand(RecordVerb.CALLS)
    assert read_record("calls on:ringcentral") == RecordCommand(RecordVerb.CALLS, on="ringcentral")


def test_a_new_room_may_have_a_name() -> None:
    assert read_record("room") == RecordCommand(RecordVerb.ROOM)
    assert read_record("room Weekly sync") == RecordCommand(RecordVerb.ROOM, name="Weekly sync")


@pytest.mark.parametrize(
    ("typed", "who", "what", "target"),
    [
        ("can <@U0VOVA|vova> stop Nf5kaN9tWo", "U0VOVA", Verb.STOP, "Nf5kaN9tWo"),
        ("can <@U0VOVA> start", "U0VOVA", Verb.START, None),
        ("can W0VOVA Delete 4711", "W0VOVA", Verb.DELETE, "4711"),
        ("can me start Board room", None, Verb.START, "Board room"),
        ("CAN ME administer", None, Verb.ADMINISTER, None),
    ],
)
def test_whose_permission_for_what_and_about_what(
    typed: str, who: str | None, what: Verb, target: str | None
) -> None:
    assert read_record(typed) == RecordCommand(RecordVerb.CAN, target=target, who=who, what=what)
    assert read_record(f"{typed} on:vidyo").on == "vidyo"


def test_nothing_typed_is_a_call_for_help() -> None:
    assert read_record("  ") == RecordCommand(RecordVerb.HELP)
    assert read_record("help start") == RecordCommand(RecordVerb.HELP)
    assert read_recordings("", NOW, None) == HelpCommand()
    assert read_recordings("help", NOW, None) == HelpCommand()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("strat Nf5k", "Did you mean `/record start Nf5k`?"),
        ("Nf5kaN9tWo", "To record a room of that name: `/record start Nf5kaN9tWo`"),
        ("profile:000", "`/record start ROOMKEY profile:000`"),
        ("start", "`/record start ROOMKEY`"),
        ("can", "Who, and what? For example `/record can @vova stop ROOMKEY`"),
        ("can @vova start", "`@vova` is nobody whom Slack knows. Mention a person"),
        ("can <@U0VOVA|vova>", "May they do what? Known are view, start, stop,"),
        ("can me sotp", "Did you mean stop?"),
        ("start abc colour:red", "no option `colour:`"),
        ("start abc profile:", "`profile:NAME`"),
        ("start abc on:a on:b", "given twice"),
        ("stop profile:000", "with start only"),
        ("profiles abc", "`/record profiles on:PROVIDER`"),
        ("calls 101", "To record one of them: `/record start 101`"),
        ("start " + "x" * 201, "at most 200"),
        ("start abc profile:" + "x" * 201, "at most 200"),
        ("start a\x07bc", "control characters"),
        ("start a\ud800bc", "control characters"),
        ('start "Board room', "not closed"),
        ("start " + "x " * 5000, "too long"),
    ],
)
def test_a_mistyped_record_is_answered_with_how_to_write_it(typed: str, said: str) -> None:
    assert said in refusal(typed)


# -- /recordings ----------------------------------------------------------------------------------


def test_bare_words_are_what_is_looked_for() -> None:
    assert search("vova") == RecordingQuery(words="vova")
    assert search('“weekly sync” vova "foo:bar"').words == "weekly sync vova foo:bar"
    assert search("") == RecordingQuery()


def test_filters_stand_beside_words_and_hold_together() -> None:
    command = read_recordings(
        "search budget user:@vova room:“Board room” title:'Q2 plan' longer:10m shorter:1h30m "
        "scope:organizational sort:title on:vidyo",
        NOW,
        None,
    )
    assert command == SearchCommand(
        RecordingQuery(
            words="budget",
            owner="vova",
            room="Board room",
            title="Q2 plan",
            longer=timedelta(minutes=10),
            shorter=timedelta(minutes=90),
            scope=Scope.ORGANIZATION,
            sort=SortBy.TITLE,
            descending=False,
        ),
        on="vidyo",
    )


def test_a_mentioned_person_is_looked_for_by_name() -> None:
    assert search("user:<@U12345|vova>").owner == "vova"
    assert "takes the name of an owner" in refusal("search user:<@U12345>", recordings=True)


def test_every_scope_can_be_asked_for_and_none_unhides_what_is_private() -> None:
    found = {word: search(f"scope:{word}") for word in ("new", "private", "organization", "public", "all")}
    assert {query.scope for query in found.values()} == {*Scope, None} - {Scope.UNKNOWN}
    assert not any(query.hidden for query in found.values())


def test_dates_and_lengths_come_greatest_first_and_names_by_the_alphabet() -> None:
    assert [search(f"sort:{by}").descending for by in SortBy] == [True, False, False, True]


@pytest.mark.parametrize(
    ("named", "first", "last"),
    [
        ("2026-05-01", "2026-05-01", "2026-05-01"),
        ("2026-5-1", "2026-05-01", "2026-05-01"),
        ("today", "2026-05-14", "2026-05-14"),
        ("Yesterday", "2026-05-13", "2026-05-13"),
        ("7d", "2026-05-07", "2026-05-07"),
        ("2w", "2026-04-30", "2026-04-30"),
        ("thursday", "2026-05-14", "2026-05-14"),
        ("fri", "2026-05-08", "2026-05-08"),
        ("last thu", "2026-05-07", "2026-05-07"),
        ("this week", "2026-05-11", "2026-05-17"),
        ("last week", "2026-05-04", "2026-05-10"),
        ("last-week", "2026-05-04", "2026-05-10"),
        ("this month", "2026-05-01", "2026-05-31"),
        ("last month", "2026-04-01", "2026-04-30"),
    ],
)
def test_since_begins_with_the_first_day_and_until_ends_after_the_last(
    named: str, first: str, last: str
) -> None:
    after = datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1)
    assert search(f'since:"{named}"').since == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert search(f"until:“{named}”").until == after
    assert search(f"since:{named} vova") == search(f'since:"{named}" vova')


def test_hours_name_an_instant() -> None:
    assert search("since:12h").since == search("until:12h").until == NOW - timedelta(hours=12)


def test_yesterday_is_the_askers_yesterday() -> None:
    assert search("since:yesterday", "Asia/Tokyo").since == datetime(2026, 5, 13, 15, tzinfo=UTC)
    assert search("since:yesterday", "America/New_York").since == datetime(2026, 5, 13, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", [None, "", "Mars/Base", "../../etc/passwd", "/etc", "Europe", "x\x00y", "é" * 999]
)
def test_an_unknown_zone_is_utc(zone: str | None) -> None:
    assert search("since:today", zone).since == datetime(2026, 5, 14, tzinfo=UTC)


def test_a_day_that_the_clocks_change_is_as_long_as_it_is() -> None:
    query = search("since:2026-03-29 until:2026-03-29", "Europe/Berlin")
    assert query.since
    assert query.until
    assert query.until - query.since == timedelta(hours=23)


def test_the_latest_are_five_unless_told_otherwise() -> None:
    assert read_recordings("latest", NOW, None) == LatestCommand(5)
    assert read_recordings("latest 20 on:vidyo", NOW, None) == LatestCommand(20, "vidyo")


def test_a_subscription_takes_the_filters_of_a_search_and_remembers_how_they_were_typed() -> None:
    typed = "subscribe budget room:“Board room” longer:10m on:vidyo"
    command = read_recordings(typed, NOW, None)
    assert command == SubscribeCommand(
        RecordingQuery(words="budget", room="Board room", longer=timedelta(minutes=10)),
        "vidyo",
        "budget room:“Board room” longer:10m on:vidyo",
    )
    assert read_recordings("subscribe", NOW, None) == SubscribeCommand(RecordingQuery())
    assert read_recordings("subscriptions", NOW, None) == SubscriptionsCommand()


def test_a_subscription_ends_by_its_number_by_its_filters_or_with_all_others() -> None:
    assert read_recordings("unsubscribe", NOW, None) == UnsubscribeCommand()
    assert read_recordings("unsubscribe 2", NOW, None) == UnsubscribeCommand(number=2)
    assert read_recordings("unsubscribe ALL", NOW, None) == UnsubscribeCommand(everything=True)
    meant = meaning(RecordingQuery(room="Board room"), "vidyo")
    assert read_recordings('unsubscribe on:vidyo room:"board room"', NOW, None) == UnsubscribeCommand(
        meaning=meant
    )


def test_one_recording_is_shown_by_its_number() -> None:
    assert read_recordings("show 4711", NOW, None) == ShowCommand(RecordingId("4711"))
    assert read_recordings("on:vidyo show " + "9" * 18, NOW, None) == ShowCommand(
        RecordingId("9" * 18), "vidyo"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("serch vova", "Did you mean `/recordings search vova`?"),
        ("vova", "`/recordings search vova`"),
        ("user:vova", "`/recordings search user:vova`"),
        ("search uesr:vova", "Did you mean `user:vova`?"),
        ("search foo:bar", "Allowed are `user:`, `room:`"),
        ("search numbr:4242", "Did you mean `number:16505550100`?"),
        ("search user:", "`user:vova`"),
        ('search room:""', '`room:"Board room"`'),
        ("search user:a user:b", "given twice"),
        ("search since:sometime", "Write one of: 2026-05-01, 7d"),
        ("search since:2026-02-30", "no day of the calendar"),
        ("search since:0001-01-01", "out of reach"),
        ("search until:999999w", "hundred years"),
        ("search since:today until:yesterday", "must lie before"),
        ("search longer:10", "`longer:10` is no length"),
        ("search longer:1h shorter:10m", "Nothing is both"),
        ("search scope:publik", "Did you mean `scope:public`? Allowed are new, private"),
        ("search sort:size", "Allowed are date, title, room, duration."),
        ("search " + "x" * 201, "at most 200"),
        ("search user:" + "x" * 201, "at most 200"),
        ("latest 0", "from 1 to 20"),
        ("latest 21", "from 1 to 20"),
        ("latest vova", "/recordings search"),
        ("latest user:vova", "goes with `/recordings search` and `subscribe`"),
        ("show", "`/recordings show 4711`"),
        ("show abc", "`/recordings show 4711`"),
        ("show ٣٤", "`/recordings show 4711`"),
        ("show 1 foo:bar", "is no filter"),
        ("show " + "9" * 19, "`/recordings show 4711`"),
        ("subscribe since:7d", "`since:` does not go with subscribe"),
        ("subscribe board sort:title", "`sort:` does not go with subscribe"),
        ("subscribe scope:private", "Private recordings are shown to nobody here"),
        ("subscribe rom:board", "Did you mean `room:"),
        ("unsubscribe until:today", "`until:` does not go with subscribe"),
        ("subscriptions all", "stands alone"),
        ("subscribed board", "`/recordings subscribe board`"),
    ],
)
def test_a_mistyped_search_is_answered_with_what_is_allowed(typed: str, said: str) -> None:
    assert said in refusal(typed, recordings=True)


def test_the_command_lines_words_keep_what_the_shell_kept_together() -> None:
    typed = from_shell(["search", "board room", "since:last week", "user:vova", "room:Big “B” room"])
    assert typed == 'search "board room" since:"last week" user:vova room:Big “B” room'
    assert search(typed.removeprefix("search ")).since == datetime(2026, 5, 4, tzinfo=UTC)


# -- anything at all ------------------------------------------------------------------------------

KEYS = st.sampled_from(
    ["profile:", "on:", "since:", "until:", "user:", "longer:", "sort:", "scope:", "x:", ":"]
)
MARKS = st.sampled_from([" ", '"', "“", "'", "<", "<@U1", ">", "|", "https://", "&amp;", "`", "\u202e", "\n"])
VALUES = st.sampled_from(
    ["7d", "12h", "9" * 20, "2026-13-45", "9999-12-31", "last", "week", "webcast", "è", "😀"]
)
PIECES = st.one_of(KEYS, MARKS, VALUES, st.sampled_from(["\x00", "\ud800"]))
ANYTHING = st.one_of(
    st.text(st.characters(), max_size=60),
    st.lists(PIECES, max_size=12).map("".join),
    st.builds(
        lambda text, times: (text * times)[:10_000],
        st.text(st.characters(), max_size=8),
        st.integers(0, 10_000),
    ),
)
MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(ANYTHING, st.sampled_from(["", "start ", "room "]))
def test_any_text_after_record_is_a_command_or_a_sentence(text: str, verb: str) -> None:
    try:
        command = read_record(verb + text)
    except UsageError as error:
        assert_is_a_sentence(error)
        return
    for one in fields(command):
        value = getattr(command, one.name)
        assert not isinstance(value, str) or (len(value) <= 200 and value.encode())
    assert command.verb is not START or command.target


@MANY
@given(
    ANYTHING,
    st.sampled_from(["", "search ", "latest ", "show ", "subscribe ", "unsubscribe "]),
    st.sampled_from([None, "Asia/Tokyo", "x"]),
)
def test_any_text_after_recordings_is_a_command_or_a_sentence(text: str, verb: str, zone: str | None) -> None:
    try:
        command = read_recordings(verb + text, NOW, zone)
    except UsageError as error:
        assert_is_a_sentence(error)
        return
    if isinstance(command, SearchCommand):
        assert command.query.hidden is False
        assert len(command.query.words.encode()) <= 800


def assert_is_a_sentence(error: UsageError) -> None:
    said = str(error)
    assert 20 < len(said) < 800
    assert said.encode()
    assert not any(letter < " " for letter in said)


NAME = (
    st.text(
        st.characters(
            codec="utf-8", categories=["L", "N", "P", "S", "Zs"], exclude_characters='"“”„‟«»″<>&\u2028\u2029'
        ),
        min_size=1,
        max_size=60,
    )
    .map(lambda name: " ".join(name.split()))
    .filter(lambda name: name and not set(name) <= set("'‘’‚"))
)


@settings(max_examples=50, deadline=None)
@given(NAME, st.sampled_from(['""', "“”", "„“", "«»"]))
def test_a_name_in_quotes_is_taken_as_it_stands(name: str, quotes: str) -> None:
    quoted = f"{quotes[0]}{name}{quotes[1]}"
    assert read_record(f"start {quoted} profile:000") == RecordCommand(START, target=name, profile="000")
    assert search(f"room:{quoted}").room == name


@settings(max_examples=50, deadline=None)
@given(st.lists(NAME, max_size=4))
def test_words_come_back_from_the_shell_as_they_went(names: list[str]) -> None:
    words = split(from_shell(f"room:{name}" for name in names))
    assert [word.text for word in words if word.key == "room"] == names
