"""A watch, looked at in every order that the world may bring."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation import Asker, Conversation
from bot.domain.matching import candidates, is_room
from bot.domain.pace import Pace
from bot.domain.watch import State, Step, Watch
from providers.model import Recorder, RecorderId, Recording, RecordingId, Room, RoomId, RoomKey, RoomView

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PACE = Pace()
ROOM = Room(RoomId("7"), RoomKey("abc"), "Weekly", "2303", owner="recbot")
VOVA = Asker("slack", "U0VOVA")
WATCH = Watch("w", "vidyo", ROOM, Conversation("slack", "C0"), VOVA, NOON, listed=frozenset())

people = st.integers(0, 5)
recorders = st.none() | st.builds(
    Recorder, st.sampled_from(["1", "2"]).map(RecorderId), st.just("R"), st.booleans()
)
looks = st.builds(RoomView, recorders, people)
events = st.lists(
    st.tuples(st.floats(0.1, 400), looks | st.just("missed") | st.just("stop") | st.just("gone")), max_size=25
)


def after(watch: Watch, seconds: float, event: object, at: datetime) -> Step:
    """What follows from something that happens to a watch that is followed."""
    if event == "missed":
        return watch.missed("The portal is down.", at, PACE)
    if event == "stop":
        return watch.stopping(VOVA, at)
    if event == "gone":
        return watch.room_gone("No such room.", at, PACE)
    assert isinstance(event, RoomView)
    return watch.saw(event, at, PACE)


@given(events)
def test_recording_is_never_said_unless_the_last_look_saw_a_recorder(
    story: list[tuple[float, object]],
) -> None:
    watch, at = WATCH.asking(NOON, PACE).watch, NOON
    seen: Recorder | None = None
    for seconds, event in story:
        if not watch.holds_room:
            return
        at += timedelta(seconds=seconds)
        step = after(watch, seconds, event, at)
        before, watch = watch, step.watch
        if isinstance(event, RoomView):
            if watch.state in (State.RECORDING, State.PAUSED) and watch.vanished_at is None:
                assert event.recorder is not None
                assert (watch.state is State.PAUSED) == event.recorder.paused
            seen = event.recorder or seen
        assert (watch.confirmed_at is None) == (seen is None)
        assert before.confirmed_at in (None, watch.confirmed_at)
        if watch.holds_room:
            assert step.look_in is not None
            assert timedelta() <= step.look_in <= PACE.late_patience
        if watch.state is State.NOT_STARTED:
            assert watch.reason
            assert watch.confirmed_at is None
        if step.stop is not None:
            assert watch.state is State.STOPPING
            assert watch.stop_sent_at == at
        if step.alarm:
            assert watch.lost
            assert watch.people
            assert before.state is not State.STOPPING


@given(events)
def test_every_watch_comes_to_an_end(story: list[tuple[float, object]]) -> None:
    watch, at = WATCH.asking(NOON, PACE).watch, NOON
    for seconds, event in story:
        if watch.holds_room:
            at += timedelta(seconds=seconds)
            watch = after(watch, seconds, event, at).watch
    for _ in range(60):  # from here on the room is empty and seen
        at += timedelta(minutes=1)
        if watch.holds_room:
            watch = watch.saw(RoomView(None, 0), at, PACE).watch
    assert not watch.holds_room
    for _ in range(3):
        at += timedelta(hours=13)
        if watch.open:
            watch = watch.still_no_file(at, PACE).watch
    assert not watch.open


@given(st.lists(st.floats(0.5, 5000), min_size=1, max_size=40))
def test_a_dead_network_ends_no_watch_before_half_a_day(gaps: list[float]) -> None:
    watch = replace(WATCH, state=State.RECORDING, confirmed_at=NOON, recorder=Recorder(RecorderId("1"), "R"))
    at = NOON
    for gap in gaps:
        at += timedelta(seconds=gap)
        step = watch.missed("down", at, PACE)
        if at - NOON < PACE.blind_patience:
            assert step.watch.state is State.RECORDING
            assert step.watch.blind == (at - (watch.unseen_since or at) >= PACE.blind_told)
        watch = step.watch
        if not watch.holds_room:
            return


def test_one_look_into_a_gap_raises_no_alarm() -> None:
    watch = replace(WATCH, state=State.RECORDING, confirmed_at=NOON, recorder=Recorder(RecorderId("1"), "R"))
    step = watch.saw(RoomView(None, 3), NOON, PACE)
    assert step.watch.state is State.RECORDING
    assert not step.alarm
    assert step.look_in == PACE.vanished_look
    back = step.watch.saw(RoomView(Recorder(RecorderId("1"), "R"), 3), NOON, PACE)
    assert back.watch.vanished_at is None
    gone = step.watch.saw(RoomView(None, 3), NOON, PACE)
    assert gone.alarm
    assert gone.watch.state is State.PROCESSING


def test_a_stop_is_asked_again_only_when_it_had_time() -> None:
    watch = replace(WATCH, state=State.RECORDING, confirmed_at=NOON, recorder=Recorder(RecorderId("1"), "R"))
    there = RoomView(Recorder(RecorderId("1"), "R"), 3)
    step = watch.stopping(VOVA, NOON).watch.saw(there, NOON, PACE)
    assert step.stop is not None
    soon = step.watch.saw(there, NOON + PACE.stop_again / 2, PACE)
    assert soon.stop is None
    later = step.watch.saw(there, NOON + PACE.stop_again, PACE)
    assert later.stop is not None


def recording(id: str, room: str, minutes: float, owner: str | None = "recbot") -> Recording:
    started = NOON + timedelta(minutes=minutes)
    return Recording(RecordingId(id), "Weekly", room, owner, None, started, started, None, 1, None)


def test_a_room_is_known_by_its_name_or_by_its_extension_with_a_pin_behind() -> None:
    for known in ("Weekly", " weekly ", "2303", "23031234"):
        assert is_room(ROOM, known), known
    for other in ("Weekly 2", "Week", "230", "2303a", "12303", ""):
        assert not is_room(ROOM, other), other
    assert not is_room(replace(ROOM, extension=None), "2303")


def test_candidates_are_told_by_room_owner_time_and_what_was_listed() -> None:
    rows = [
        recording("1", "Weekly", 1),
        recording("2", "elsewhere", 1),
        recording("3", "Weekly", 1, owner="anna"),
        recording("4", "Weekly", -30),
        recording("5", "Weekly", -2),
        recording("6", "2303", 2, owner=None),
    ]
    watch = replace(WATCH, listed=frozenset({RecordingId("5")}), confirmed_at=NOON)
    assert [row.id for row in candidates(watch, rows, (), PACE)] == ["1", "6"]
    assert [row.id for row in candidates(watch, rows, {RecordingId("1")}, PACE)] == ["6"]
    bound = replace(watch, bound=RecordingId("4"))
    assert [row.id for row in candidates(bound, rows, (), PACE)] == ["4"]
    unlisted = replace(watch, listed=None)
    assert "5" not in [row.id for row in candidates(unlisted, rows, (), PACE)]
    ended = replace(watch, ended_at=NOON - timedelta(minutes=4, seconds=30))
    assert candidates(ended, rows, (), PACE) == ()
