"""What becomes of `/record start 101`: a phone call that goes on, from the request to the file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import Sentence, WhichRoom, WhichWatch
from bot.domain.errors import CannotDo, NotAllowed
from bot.domain.policy import Rule, Verb
from bot.domain.watch import State, Watch
from bot.recording.calls import live_calls
from bot.recording.room import room_status
from bot.slack.cards import live
from providers.errors import AlreadyRecording, NotFound, NotSupported, Refused, Unavailable
from providers.memory_phone import MemoryPhone
from providers.model import CallState, LiveCall, RoomId
from providers.registry import Providers
from tests.bot.recording.stage import ANNA, GUEST, ROOM, VOVA, Stage, by


@pytest.fixture
def phone(stage: Stage) -> MemoryPhone:
    """A telephone system beside the rooms."""
    phone = MemoryPhone("calls", now=stage.clock)
    stage.services = replace(stage.services, providers=Providers([stage.provider, phone]))
    return phone


@pytest.fixture
def call(phone: MemoryPhone) -> LiveCall:
    return phone.backend.place_call()


async def recorded(stage: Stage, phone: MemoryPhone, call: LiveCall) -> Watch:
    """A call whose recording is proven."""
    watch = await stage.started(call.extension or "")
    phone.backend.recording_begins(call)
    await stage.forward(1)
    return await stage.now(watch)


def said(stage: Stage, watch: Watch) -> str:
    """What the card says, and what its buttons are."""
    return str(live(watch, pace=stage.services.pace).blocks)


def passed_on(phone: MemoryPhone, call: LiveCall) -> None:
    """Who was called lets somebody else of ours have it."""
    kept = phone.backend.calls_now[call.id]
    phone.backend.calls_now[call.id] = replace(kept, extension="199", extensions=("199",))


def rule_about_199(stage: Stage, verb: Verb) -> None:
    one = Rule("not the board", frozenset({verb}), allow=False, rooms=frozenset({"199"}))
    stage.services = replace(stage.services, policy=replace(stage.services.policy, rules=(one,)))


# -- start ----------------------------------------------------------------------------------------


async def test_a_call_is_recording_only_when_its_recording_is_seen(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await stage.started("101")
    assert watch.state is State.ASKED
    assert stage.cards() == [f"card:{watch.id}"]
    assert phone.backend.asked == [call.id]

    id = phone.backend.recording_begins(call)
    await stage.forward(1)
    now = await stage.now(watch)
    assert (now.state, now.bound, now.ran_already) == (State.RECORDING, id, False)
    assert stage.cards() == [f"card:{watch.id}"]


@pytest.mark.parametrize("typed", ["101", "+16505550100", "1 650 555-0100", "(650) 555-0100", "0100"])
async def test_a_call_is_meant_by_its_extension_or_the_end_of_its_number(
    stage: Stage, phone: MemoryPhone, call: LiveCall, typed: str
) -> None:
    watch = await stage.started(typed)
    assert (watch.room.id, watch.room.name, watch.call) == (call.id, "Ada Byron (+16505550100)", True)


async def test_a_few_digits_are_no_end_of_a_number(stage: Stage, call: LiveCall) -> None:
    with pytest.raises(NotFound, match="no call with the extension or number “100”"):
        await stage.start("100")


async def test_a_masked_number_is_found_by_no_digits(stage: Stage, phone: MemoryPhone) -> None:
    phone.backend.place_call(number="+1855201XXXX", extension="102")
    with pytest.raises(NotFound):
        await stage.start("18552010000")


async def test_where_nobody_has_such_a_call_or_room_both_are_named(stage: Stage, phone: MemoryPhone) -> None:
    with pytest.raises(NotFound, match="no room with the key or name “404”, and no call"):
        await stage.start("404")
    with pytest.raises(NotFound, match="no call with the extension or number “404” goes on now"):
        await stage.start("404", on="calls")
    with pytest.raises(NotFound, match="“Board room” is no extension and no phone number"):
        await stage.start("Board room", on="calls")


async def test_a_word_that_is_no_number_costs_no_list_of_calls(stage: Stage, phone: MemoryPhone) -> None:
    await stage.started(ROOM)
    assert phone.backend.calls == []


async def test_an_extension_that_a_room_and_a_call_share_is_asked_about(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    stage.provider.backend.add_room("Shared", name="Meeting", extension="101")
    answer = await stage.start("101")
    assert isinstance(answer, WhichRoom)
    assert [place.subject for place in answer.places] == [
        "Meeting",
        "the call with Ada Byron (+16505550100)",
    ]
    chosen = answer.places[1]
    watch = await stage.start(room=chosen.room.id, on=chosen.provider, call=chosen.call)
    assert isinstance(watch, Watch)
    assert (watch.provider, watch.room.id) == ("calls", call.id)
    assert stage.provider.backend.starts("Shared") == 0


async def test_with_on_nobody_else_is_asked(stage: Stage, phone: MemoryPhone, call: LiveCall) -> None:
    stage.provider.backend.add_room("Shared", extension="101")
    assert (await stage.start("101", on="calls")).provider == "calls"  # type: ignore[union-attr]
    with pytest.raises(NotFound, match="no room"):
        await stage.start("102", on="vidyo")


async def test_two_calls_of_one_extension_are_asked_about(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.place_call(name="Grace Hopper")
    answer = await stage.start("101")
    assert isinstance(answer, WhichRoom)
    assert phone.backend.asked == []


async def test_a_room_that_was_named_by_its_key_does_not_wait_for_silent_telephones(
    stage: Stage, phone: MemoryPhone
) -> None:
    stage.provider.backend.add_room("230301")
    phone.backend.fail_next("live_calls", Unavailable("The telephones do not answer."))
    assert (await stage.started("230301")).provider == "vidyo"


async def test_where_the_rooms_were_not_heard_a_call_is_asked_about_rather_than_guessed(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    stage.provider.backend.fail_next("find_rooms", Unavailable("The portal does not answer."))
    stage.provider.backend.fail_next("find_room", Unavailable("The portal does not answer."))
    answer = await stage.start("101")
    assert isinstance(answer, WhichRoom)
    assert [place.room.id for place in answer.places] == [call.id]


async def test_stop_by_an_extension_says_who_was_not_heard(stage: Stage, phone: MemoryPhone) -> None:
    stage.provider.backend.add_room("Shared", name="Meeting", extension="101")
    phone.backend.fail_next("live_calls", Unavailable("The telephones do not answer."))
    with pytest.raises(
        CannotDo, match=r"could mean Meeting \(vidyo\), or something else. The telephones do not"
    ):
        await stage.change("stop", target="101")


async def test_a_call_whose_file_is_awaited_does_not_use_up_what_may_be_asked(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    await recorded(stage, phone, call)
    phone.backend.hang_up(call)
    await stage.forward(95)
    assert phone.backend.calls.count("search") == 3


async def test_where_nobody_was_heard_that_is_said(stage: Stage, phone: MemoryPhone) -> None:
    phone.backend.fail_next("live_calls", Unavailable("The telephones do not answer."))
    with pytest.raises(Unavailable, match="telephones"):
        await stage.start("101")


async def test_why_a_call_that_rings_was_refused_stands_on_its_card(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.becomes(call, CallState.RINGING)
    watch = await stage.started("101")
    assert (watch.state, watch.open) == (State.NOT_STARTED, False)
    assert "still ringing: it can be recorded once it is answered." in said(stage, watch)

    phone.backend.becomes(call, CallState.CONNECTED)
    again = await stage.start(again=watch.id)
    assert isinstance(again, Watch)
    assert (again.id, again.state) == (watch.id, State.ASKED)
    assert phone.backend.asked == [call.id]


async def test_a_recording_that_runs_already_is_followed_and_said_to_have_run(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    id = phone.backend.recording_begins(call, automatic=True)
    watch = await stage.started("101")
    assert (watch.state, watch.bound) == (State.RECORDING, id)
    assert phone.backend.asked == []
    assert "It ran already when it was asked for." in said(stage, watch)


async def test_one_call_has_one_card(stage: Stage, phone: MemoryPhone, call: LiveCall) -> None:
    await recorded(stage, phone, call)
    with pytest.raises(AlreadyRecording, match=r"The call with Ada Byron .* is being recorded already"):
        await stage.start("101", asker=ANNA)
    assert len(stage.cards()) == 1


async def test_two_sides_of_one_recording_have_one_card(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    other = phone.backend.place_call(extension="102")
    with_it = phone.backend.calls_now[call.id].recording
    phone.backend.calls_now[other.id] = replace(other, recording=with_it)
    with pytest.raises(AlreadyRecording, match="a card follows it"):
        await stage.start("102")
    assert (await stage.now(watch)).state is State.RECORDING


async def test_of_two_sides_that_were_asked_at_once_one_keeps_the_recording(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    other = phone.backend.place_call(extension="102")
    first, second = await stage.started("101"), await stage.started("102")
    phone.backend.recording_begins(call)
    with_it = phone.backend.calls_now[call.id].recording
    phone.backend.calls_now[other.id] = replace(other, recording=with_it)
    await stage.forward(2)
    states = {(await stage.now(watch)).state for watch in (first, second)}
    assert states == {State.RECORDING, State.NOT_STARTED}


async def test_a_profile_means_nothing_to_a_call(stage: Stage, phone: MemoryPhone, call: LiveCall) -> None:
    with pytest.raises(CannotDo, match="without a profile"):
        await stage.start("101", profile="000")
    assert stage.cards() == []


async def test_a_lost_answer_is_not_repeated_and_the_recording_is_found(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.fail_next("record", Unavailable("No answer came."), after_the_work=True)
    watch = await stage.started("101")
    assert watch.unsure
    phone.backend.recording_begins(call)
    await stage.forward(1)
    assert (await stage.now(watch)).state is State.RECORDING
    assert phone.backend.asked == [call.id]


async def test_a_recording_that_never_begins_did_not_start(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await stage.started("101")
    await stage.forward(63, step=3)
    now = await stage.now(watch)
    assert (now.state, now.reason) == (State.NOT_STARTED, "No recording began within 60 s.")


async def test_a_call_that_has_ended_meanwhile_cannot_be_chosen(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.hang_up(call)
    with pytest.raises(NotFound, match="has ended"):
        await stage.start(room=RoomId(call.id), on="calls", call=True)
    phone.backend.forget(call)
    with pytest.raises(NotFound, match="no such call"):
        await stage.start(room=RoomId(call.id), on="calls", call=True)
    assert stage.cards() == []


# -- to the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["remembered", "forgotten"])
async def test_when_the_call_ends_the_file_is_awaited_without_alarm(
    stage: Stage, phone: MemoryPhone, call: LiveCall, end: str
) -> None:
    watch = await recorded(stage, phone, call)
    phone.backend.hang_up(call)
    file = phone.backend.finish(call)
    del phone.backend.recordings[file.id]
    if end == "forgotten":
        phone.backend.forget(call)
    await stage.forward(16)
    now = await stage.now(watch)
    assert (now.state, now.lost) == (State.PROCESSING, False)
    assert "The call has ended, and its recording too." in said(stage, now)

    phone.backend.recordings[file.id] = file
    await stage.forward(61)
    now = await stage.now(watch)
    assert (now.state, now.bound, now.open) == (State.READY, file.id, False)
    assert [key for key in stage.said.shown if key.startswith("lost:")] == []


async def test_the_file_is_the_calls_own_though_the_call_began_long_before(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    stage.clock.forward(hours=2)
    watch = await recorded(stage, phone, call)
    phone.backend.add_recording()  # another call of the same extension
    phone.backend.hang_up(call)
    file = phone.backend.finish(call)
    await stage.forward(40)
    assert [one.id for one in (await stage.now(watch)).candidates] == [file.id]


async def test_a_call_that_ended_while_nobody_looked_was_recorded_if_it_says_so(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await stage.started("101")
    id = phone.backend.recording_begins(call)
    phone.backend.hang_up(call)
    phone.backend.finish(call)
    stage.clock.forward(minutes=20)
    await stage.forward(30)
    now = await stage.now(watch)
    assert (now.state, now.bound) == (State.READY, id)


async def test_a_call_that_ended_before_it_was_recorded_did_not_start(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await stage.started("101")
    phone.backend.hang_up(call)
    await stage.forward(1)
    now = await stage.now(watch)
    assert (now.state, now.open) == (State.NOT_STARTED, False)
    assert now.reason == "The call with Ada Byron (+16505550100) has ended."


async def test_a_recording_that_breaks_off_while_people_talk_raises_an_alarm(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    phone.backend.recording_breaks_off(call)
    await stage.forward(20)
    now = await stage.now(watch)
    assert (now.state, now.lost) == (State.PROCESSING, True)
    assert [key for key in stage.said.shown if key.startswith("lost:")]
    assert "The recording ended while the call went on." in said(stage, now)


async def test_the_file_of_a_call_that_had_long_gone_on_is_found_among_the_others(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    stage.clock.forward(hours=3)
    watch = await recorded(stage, phone, call)
    phone.backend.hang_up(call)
    await stage.forward(100, step=10)
    assert (await stage.now(watch)).state is State.PROCESSING
    file = phone.backend.finish(call)
    await stage.forward(100, step=10)
    now = await stage.now(watch)
    assert (now.state, now.candidates) == (State.READY, (file,))
    assert "recording" not in phone.backend.calls, "each of these may walk through months of a list"
    assert phone.backend.calls.count("recording_of") <= 3, "each of these is a request that counts"


async def test_a_file_that_is_listed_where_nobody_looks_is_looked_for_alone_and_ever_more_seldom(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    phone.backend.hang_up(call)
    await stage.forward(3600, step=30)
    assert phone.backend.calls.count("recording_of") == 6, "in an hour"
    file = phone.backend.finish(call)
    phone.backend.recordings[file.id] = replace(file, started=file.started - timedelta(days=1))
    await stage.forward(7200, step=300)
    assert (await stage.now(watch)).state is State.READY


async def test_a_recording_that_was_too_short_to_be_kept_ends_its_card_at_once(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    phone.backend.hang_up(call)
    phone.backend.was_too_short(call)
    await stage.forward(60)
    now = await stage.now(watch)
    assert (now.state, now.open) == (State.GONE, False)
    assert "calls kept no recording of this call, since it was too short." in said(stage, now)
    assert "less than about 30 seconds" in said(stage, now)


async def test_where_no_file_comes_the_card_says_that_short_ones_are_not_kept(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    phone.backend.hang_up(call)
    await stage.forward(1900, step=50)
    now = await stage.now(watch)
    assert now.state is State.OVERDUE
    assert "less than about 30 seconds" in said(stage, now)


async def test_telephones_that_are_silent_end_no_watch(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    phone.backend.fail_next("call", Unavailable("No answer came."), times=3)
    await stage.forward(32)
    assert (await stage.now(watch)).blind
    assert "The call cannot be seen" in said(stage, await stage.now(watch))
    await stage.forward(30)
    assert (await stage.now(watch)).state is State.RECORDING


# -- pause, resume, stop ----------------------------------------------------------------------------


async def test_pause_and_resume_show_what_is_reported(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await recorded(stage, phone, call)
    await stage.change("pause")
    await stage.tick()
    assert (await stage.now(watch)).state is State.PAUSED
    await stage.change("resume", target="101")
    await stage.tick()
    assert (await stage.now(watch)).state is State.RECORDING
    assert phone.backend.calls.count("pause_call") == 1


async def test_why_a_pause_was_refused_is_said(stage: Stage, phone: MemoryPhone, call: LiveCall) -> None:
    phone.backend.recording_begins(call, automatic=True)
    phone.backend.lets_pause = False
    watch = await stage.started("101")
    with pytest.raises(Refused, match="cannot be paused"):
        await stage.change("pause", watch=watch.id)
    assert (await stage.now(watch)).state is State.RECORDING


async def test_a_call_that_is_not_recorded_has_nothing_to_pause(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    with pytest.raises(
        CannotDo, match=r"The call with Ada Byron .* is not being recorded, so there is nothing"
    ):
        await stage.change("pause", target="101")


async def test_a_recording_that_nobody_asked_for_here_is_paused_by_its_extension(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.recording_begins(call)
    answer = await stage.change("pause", target="101")
    assert isinstance(answer, Sentence)
    assert "/record status 101 shows whether it is paused" in answer.text


@pytest.mark.parametrize(
    "named",
    [lambda w: {}, lambda w: {"watch": w.id}, lambda w: {"target": "101"}],
    ids=["here", "card", "call"],
)
async def test_a_call_cannot_be_stopped_and_goes_on(
    stage: Stage, phone: MemoryPhone, call: LiveCall, named: Callable[[Watch], dict[str, str]]
) -> None:
    watch = await recorded(stage, phone, call)
    with pytest.raises(NotSupported, match="calls cannot stop a recording: it ends with the call"):
        await stage.change("stop", **named(watch))
    assert await stage.now(watch) == watch


async def test_a_recording_that_nobody_asked_for_here_cannot_be_stopped_either(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.recording_begins(call)
    with pytest.raises(NotSupported, match="ends with the call"):
        await stage.change("stop", target="101")


async def test_stop_means_the_room_where_a_room_and_a_call_are_recorded(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    of_call = await recorded(stage, phone, call)
    of_room = await stage.recording()
    assert isinstance(await stage.change("pause"), WhichWatch)
    stopped = await stage.change("stop")
    assert isinstance(stopped, Watch)
    assert stopped.id == of_room.id
    assert (await stage.now(of_call)).state is State.RECORDING


# -- which calls there are --------------------------------------------------------------------------


async def test_the_longest_call_is_listed_first(stage: Stage, phone: MemoryPhone, call: LiveCall) -> None:
    stage.clock.forward(seconds=60)
    later = phone.backend.place_call(extension="102")
    found = await live_calls(None, by(VOVA), stage.services)
    assert found.calls == {"calls": (call, later)}


async def test_one_that_does_not_answer_is_named_and_all_are_an_error(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    silent = MemoryPhone("other", now=stage.clock)
    stage.services = replace(stage.services, providers=Providers([silent, phone]))
    silent.backend.fail_next("live_calls", Unavailable("No answer came."))
    found = await live_calls(None, by(VOVA), stage.services)
    assert found.calls == {"calls": (call,)}
    assert [str(silence) for silence in found.silences] == ["other did not answer: No answer came."]

    silent.backend.fail_next("live_calls", Unavailable("No answer came."))
    with pytest.raises(Unavailable):
        await live_calls("other", by(VOVA), stage.services)


async def test_guests_do_not_see_who_talks_to_whom(stage: Stage, phone: MemoryPhone) -> None:
    with pytest.raises(NotAllowed):
        await live_calls(None, by(GUEST), stage.services)


async def test_without_telephones_that_is_said(stage: Stage) -> None:
    with pytest.raises(NotSupported, match="does not record live calls"):
        await live_calls(None, by(VOVA), stage.services)


async def test_the_status_of_a_call_is_found_by_its_extension(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    phone.backend.recording_begins(call)
    place, view = await room_status("101", None, by(VOVA), stage.services)
    assert place.call
    assert view.recorder is not None


# -- a call that is passed on ---------------------------------------------------------------------


async def test_a_call_that_was_passed_on_is_started_again_only_by_who_may_record_it_there(
    stage: Stage, phone: MemoryPhone, call: LiveCall
) -> None:
    watch = await stage.started("101")
    await stage.forward(120, step=10)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    rule_about_199(stage, Verb.START)
    passed_on(phone, call)
    with pytest.raises(NotAllowed, match="not the board"):
        await stage.start("", again=watch.id)
    assert phone.backend.asked == [call.id]


@pytest.mark.parametrize("change", ["pause", "resume"])
async def test_a_call_that_was_passed_on_is_paused_only_by_who_may_pause_it_there(
    stage: Stage, phone: MemoryPhone, call: LiveCall, change: str
) -> None:
    watch = await recorded(stage, phone, call)
    rule_about_199(stage, Verb.STOP)
    passed_on(phone, call)
    with pytest.raises(NotAllowed, match="not the board"):
        await stage.change(change, watch=watch.id)
