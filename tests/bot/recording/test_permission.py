"""The policy decides when something is carried out, about what was looked up: whatever a button said of it."""

from collections.abc import Awaitable
from dataclasses import replace
from itertools import count

import pytest

from bot.domain.answers import Answer, Changed, Sentence, WhichRoom
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.errors import CannotDo, NotAllowed
from bot.domain.policy import Policy, Rule, Verb
from bot.domain.requests import (
    ChangeWatch,
    CreateRoom,
    DeleteRecording,
    EditRecording,
    RefreshWatch,
    Request,
    SendFile,
    ShareRecording,
    StartRecording,
    Subscribe,
)
from bot.domain.watch import State, Watch
from bot.recording.change import refresh_watch
from bot.recording.edit import delete_recording, edit_recording
from bot.recording.explain import Question, explain
from bot.recording.room import create_room, followed_there, profiles, room_status
from bot.recording.search import search_recordings, show_recording
from bot.recording.share import send_file, share_recording
from bot.recording.subscribe import subscribe
from providers.model import Recording, RecordingChange, RecordingId, RecordingQuery, RoomId, Scope
from tests.bot.recording.stage import ANNA, CHANNEL, GUEST, ROOM, VOVA, Stage, by

ELSEWHERE = Conversation("slack", "C0RANDOM", "T0")
SAM = Asker("slack", "U0SAM", "T0")
EDITED = RecordingChange(title="Mine now")
_keys = count()


def deny(name: str, *verbs: Verb, **lists: set[str]) -> Rule:
    return Rule(name, frozenset(verbs), False, **{key: frozenset(ids) for key, ids in lists.items()})


def rule(stage: Stage, *rules: Rule, **more: object) -> None:
    """From now on these rules hold too."""
    policy = replace(stage.services.policy, rules=rules, **more)  # type: ignore[arg-type]
    stage.services = replace(stage.services, policy=policy)


BOARD = deny("the board is for leads", Verb.VIEW, Verb.START, Verb.STOP, rooms={"Board"}, unless={"S0LEADS"})


def add(stage: Stage, title: str, room: str = "Weekly", **more: object) -> Recording:
    """A recording that the library keeps."""
    backend = stage.provider.backend
    recording = replace(backend.add_recording(title=title), room=room, **more)  # type: ignore[arg-type]
    backend.recordings[recording.id] = recording
    return recording


async def told(stage: Stage, request: Request) -> Answer:
    """A request is kept, and then carried out: what the person is told."""
    before = len(stage.said.told)
    await stage.services.store.inbox.keep(f"k{next(_keys)}", request)
    await stage.tick()
    [(_, answer)] = stage.said.told[before:]
    return answer


async def refusal(stage: Stage, request: Request) -> str:
    answer = await told(stage, request)
    assert isinstance(answer, Sentence)
    assert answer.bad
    return answer.text


# -- what a forged value names --------------------------------------------------------------------


@pytest.mark.parametrize("change", ["stop", "pause", "resume"])
async def test_a_forged_value_does_not_change_another_channels_recording(stage: Stage, change: str) -> None:
    watch = await stage.recording()
    said = await refusal(stage, ChangeWatch(by(ANNA, ELSEWHERE), change, watch=watch.id))  # type: ignore[arg-type]
    assert "The rule is “who started it and the channel it belongs to stop it”." in said
    said = await refusal(stage, ChangeWatch(by(ANNA, ELSEWHERE), change, target=ROOM))  # type: ignore[arg-type]
    assert "The rule is “who started it" in said
    assert (await stage.now(watch)).state is State.RECORDING
    assert not {"stop", "pause", "resume"} & set(stage.provider.backend.calls)


async def test_who_started_it_stops_it_from_anywhere_and_its_channel_from_any_thread(stage: Stage) -> None:
    watch = await stage.recording()
    assert isinstance(await stage.change("pause", watch=watch.id), Watch)
    await stage.services.store.inbox.keep("t", ChangeWatch(by(VOVA, ELSEWHERE), "stop", watch=watch.id))
    await stage.forward(4)
    assert (await stage.now(watch)).state is State.PROCESSING
    other = await stage.recording()
    in_thread = ReplyTo(replace(CHANNEL, thread="1.0"), ANNA)
    await stage.services.store.inbox.keep("u", ChangeWatch(in_thread, "stop", watch=other.id))
    await stage.forward(4)
    assert (await stage.now(other)).state is State.PROCESSING


async def test_a_room_that_is_chosen_by_a_forged_value_is_looked_up_first(stage: Stage) -> None:
    board = stage.provider.backend.add_room("Key4Board", name="Board")
    rule(stage, BOARD)
    for request in (
        StartRecording(by(ANNA), room=board.id, on="vidyo", anyway=True),
        StartRecording(by(ANNA), "Key4Board"),
        StartRecording(by(ANNA), "board"),
    ):
        assert "The rule is “the board is for leads”." in await refusal(stage, request)
    assert stage.provider.backend.starts("Key4Board") == 0
    assert stage.cards() == []


async def test_start_again_with_a_forged_watch_asks_the_policy_about_its_room(stage: Stage) -> None:
    stage.provider.backend.add_room("Key4Board", name="Board")
    watch = await stage.started("Key4Board")
    await stage.forward(120, step=10)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    rule(stage, BOARD)
    request = StartRecording(by(ANNA), again=watch.id)
    assert "the board is for leads" in await refusal(stage, request)
    assert "the board is for leads" in await refusal(stage, RefreshWatch(by(ANNA), watch.id))
    assert stage.provider.backend.starts("Key4Board") == 1


async def test_of_several_rooms_only_those_that_they_may_record_are_offered(stage: Stage) -> None:
    stage.provider.backend.add_room("Key4Board", name="Board")
    stage.provider.backend.add_room("Key4Cards", name="Cardboard")
    stage.provider.backend.add_room("Key4Skate", name="Skateboard")
    rule(stage, deny("no cardboard", Verb.START, rooms={"Key4Cards"}))
    answer = await stage.start("boar", asker=ANNA)
    assert isinstance(answer, WhichRoom)
    assert {place.room.name for place in answer.places} == {"Board", "Skateboard"}


@pytest.mark.parametrize("who", [ANNA, VOVA, GUEST])
async def test_a_private_recording_is_not_there_whoever_forges_its_number(stage: Stage, who: Asker) -> None:
    secret = add(stage, "Salaries", scope=Scope.PRIVATE, owner="anna")
    rule(stage, owners={ANNA.user: frozenset({"anna"})})
    for request in (
        EditRecording(by(who), "vidyo", secret.id, EDITED),
        DeleteRecording(by(who), "vidyo", secret.id),
        ShareRecording(by(who), "vidyo", secret.id),
        SendFile(by(who), "vidyo", secret.id),
    ):
        answer = await told(stage, request)
        assert isinstance(answer, Sentence)
        assert "Salaries" not in answer.text
        assert "gone" not in answer.text
    assert stage.provider.backend.recordings[secret.id] == secret
    assert (stage.said.shown, stage.said.sent) == ([], [])


async def test_the_owner_by_name_edits_and_deletes_and_nobody_elses(stage: Stage) -> None:
    rule(stage, owners={ANNA.user: frozenset({"vidyo/anna"})})
    mine, other = add(stage, "Mine", owner="anna"), add(stage, "Other", owner="sam")
    changed = await edit_recording(EditRecording(by(ANNA), "vidyo", mine.id, EDITED), stage.services)
    assert isinstance(changed, Changed)
    with pytest.raises(NotAllowed, match="The rule is “the owner or an administrator edits and deletes”"):
        await edit_recording(EditRecording(by(ANNA), "vidyo", other.id, EDITED), stage.services)
    with pytest.raises(NotAllowed, match="may delete a recording"):
        await delete_recording(DeleteRecording(by(ANNA), "vidyo", other.id), stage.services)
    await delete_recording(DeleteRecording(by(ANNA), "vidyo", mine.id), stage.services)
    assert list(stage.provider.backend.recordings) == [other.id]


# -- who is in a group when it is carried out -----------------------------------------------------


async def test_who_was_removed_from_the_group_since_they_clicked_is_refused(stage: Stage) -> None:
    leads = Rule("leads start", frozenset({Verb.START}), groups=frozenset({"S0LEADS"}))
    rule(stage, leads, default=frozenset(Verb) - {Verb.START})
    stage.said.groups["S0LEADS"] = {ANNA.user}
    await stage.services.store.inbox.keep("clicked", StartRecording(by(ANNA), ROOM))
    stage.said.groups["S0LEADS"].clear()
    await stage.tick()
    [(user, answer)] = stage.said.told
    assert user == ANNA.user
    assert isinstance(answer, Sentence)
    assert "The rule is “start only where a rule allows it”." in answer.text
    assert stage.provider.backend.starts(ROOM) == 0

    stage.said.groups["S0LEADS"].add(ANNA.user)
    assert isinstance(await stage.start(asker=ANNA), Watch)


# -- what one may not view ------------------------------------------------------------------------


async def test_what_may_not_be_viewed_is_left_out_of_a_search_and_the_page_says_so(stage: Stage) -> None:
    shown = [add(stage, "Standup 1"), add(stage, "Standup 2")]
    hidden = add(stage, "Standup of the board", "Board")
    rule(stage, BOARD)
    query = RecordingQuery("standup")
    found = await search_recordings(query, None, by(ANNA), stage.services)
    assert {row.recording.id for row in found.rows} == {one.id for one in shown}
    assert found.total == 2
    assert found.doubts == ("What you may not view is left out, by the rule “the board is for leads”.",)
    nothing = await search_recordings(RecordingQuery("nothing"), None, by(ANNA), stage.services)
    assert nothing.doubts == found.doubts  # it does not tell whether there was something

    stage.said.groups["S0LEADS"] = {ANNA.user}
    found = await search_recordings(query, None, by(ANNA), stage.services)
    assert (len(found.rows), found.total, found.doubts) == (3, 3, ())
    stage.said.groups.clear()
    with pytest.raises(NotAllowed, match="the board is for leads"):
        await show_recording(None, hidden.id, by(ANNA), stage.services)
    for request in (
        ShareRecording(by(ANNA), "vidyo", hidden.id),
        SendFile(by(ANNA), "vidyo", hidden.id),
    ):
        assert "the board is for leads" in await refusal(stage, request)
    assert (stage.said.shown, stage.said.sent) == ([], [])


async def test_sharing_and_sending_are_decided_about_the_recording_itself(stage: Stage) -> None:
    recording = add(stage, "Numbers", "Board")
    rule(stage, deny("the board stays inside", Verb.SHARE, Verb.DOWNLOAD, rooms={"Board"}))
    await show_recording(None, recording.id, by(ANNA), stage.services)
    with pytest.raises(NotAllowed, match="the board stays inside"):
        await share_recording(ShareRecording(by(ANNA), "vidyo", recording.id), "k", stage.services)
    with pytest.raises(NotAllowed, match="the board stays inside"):
        await send_file(SendFile(by(ANNA), "vidyo", recording.id), stage.services)
    assert (stage.said.shown, stage.said.sent) == ([], [])


async def test_a_whole_provider_may_be_out_of_sight(stage: Stage) -> None:
    rule(stage, deny("not for anna", Verb.VIEW, Verb.START, people={ANNA.user}, providers={"vidyo"}))
    watch = await stage.recording()
    assert await followed_there(by(VOVA), stage.services) == [watch]
    services, before = stage.services, len(stage.provider.backend.calls)
    for refused in (
        search_recordings(RecordingQuery(), None, by(ANNA), services),
        show_recording(None, RecordingId("1"), by(ANNA), services),
        profiles(None, by(ANNA), services),
        create_room(CreateRoom(by(ANNA)), "k", services),
    ):
        with pytest.raises(NotAllowed, match="not for anna"):
            await refused
    assert len(stage.provider.backend.calls) == before
    with pytest.raises(NotAllowed, match="not for anna"):
        await room_status(ROOM, None, by(ANNA), services)
    assert await followed_there(by(ANNA), services) == []
    with pytest.raises(NotAllowed, match="not for anna"):
        await refresh_watch(RefreshWatch(by(ANNA), watch.id), services)


async def test_a_channel_is_not_told_of_what_its_subscriber_may_not_view(stage: Stage) -> None:
    rule(stage, BOARD)
    for query in (RecordingQuery(), RecordingQuery(room="boa"), RecordingQuery(title="standup")):
        with pytest.raises(NotAllowed, match="the board is for leads"):
            await subscribe(Subscribe(by(ANNA), query), f"k{next(_keys)}", stage.services)
    assert await subscribe(Subscribe(by(ANNA), RecordingQuery(room="weekly")), "k", stage.services) is None
    rule(stage, deny("not 205", Verb.VIEW, rooms={"205"}))
    with pytest.raises(NotAllowed, match="not 205"):  # 101 may be the other side of its calls
        await subscribe(Subscribe(by(ANNA), RecordingQuery(room="101")), "m", stage.services)
    rule(stage, deny("no subscriptions", Verb.SUBSCRIBE, people={ANNA.user}))
    with pytest.raises(NotAllowed, match="no subscriptions"):
        await subscribe(Subscribe(by(ANNA), RecordingQuery(room="other")), "l", stage.services)


async def test_a_recorder_that_nobody_asked_for_here_is_stopped_by_members_unless_a_rule_denies_it(
    stage: Stage,
) -> None:
    stage.provider.backend.add_room("Key4Board", name="Board")
    stage.provider.backend.recorder_joins("Key4Board")
    rule(stage, BOARD)
    with pytest.raises(NotAllowed, match="the board is for leads"):
        await stage.change("stop", target="Key4Board")
    assert "stop" not in stage.provider.backend.calls
    rule(stage)
    assert isinstance(await stage.change("stop", target="Key4Board"), Sentence)


# -- explaining -----------------------------------------------------------------------------------


async def can(
    stage: Stage, who: Asker, verb: Verb, of: Asker | None = None, target: str | None = None
) -> str:
    question = Question(by(who), verb, of and of.user, target)
    return (await explain(question, stage.services)).sentence


async def test_everybody_may_ask_about_themselves_and_administrators_about_others(stage: Stage) -> None:
    assert await can(stage, ANNA, Verb.START) == (
        "may start whatever it is. The rule is “members view and start”."
    )
    assert await can(stage, ANNA, Verb.EDIT, ANNA) == (
        "may edit some and not others: it depends on what it is. "
        "The rule is “the owner or an administrator edits and deletes”."
    )
    assert "“guests get nothing”" in await can(stage, GUEST, Verb.VIEW)
    assert "“guests get nothing”" in await can(stage, VOVA, Verb.START, GUEST)
    assert await can(stage, VOVA, Verb.DELETE) == (
        "may delete whatever it is. The rule is “administrators edit, delete and administer”."
    )
    with pytest.raises(NotAllowed, match="The rule is “administrators administer”"):
        await can(stage, ANNA, Verb.START, VOVA)


async def test_an_explanation_of_a_room_or_a_recording_is_about_what_it_is_now(stage: Stage) -> None:
    await stage.recording()
    row = add(stage, "Numbers", owner="anna")
    rule(stage, owners={ANNA.user: frozenset({"anna"})})
    assert "some and not others" in await can(stage, ANNA, Verb.STOP)
    assert "may stop Nf5kaN9tWo. The rule is “the channel" in await can(stage, ANNA, Verb.STOP, target=ROOM)
    assert "“who started it stops it”" in await can(stage, VOVA, Verb.STOP, target=ROOM)
    said = await can(stage, ANNA, Verb.DELETE, target=row.id)
    assert said == f"may delete recording {row.id}. The rule is “the owner edits and deletes”."
    assert "may not delete" in await can(stage, VOVA, Verb.DELETE, SAM, row.id)


async def test_nobody_learns_by_asking_what_they_may_not_view(stage: Stage) -> None:
    stage.provider.backend.add_room("Key4Board", name="Board")
    secret = add(stage, "Salaries", scope=Scope.PRIVATE)
    rule(stage, BOARD)
    with pytest.raises(NotAllowed, match="the board is for leads"):
        await can(stage, ANNA, Verb.STOP, target="Key4Board")
    with pytest.raises(NotAllowed, match=f"There is no recording {secret.id} in vidyo that you may view"):
        await can(stage, VOVA, Verb.DELETE, target=secret.id)
    before = len(stage.provider.backend.calls)
    with pytest.raises(NotAllowed, match="guests get nothing"):
        await can(stage, GUEST, Verb.START, target=ROOM)
    assert len(stage.provider.backend.calls) == before


async def test_where_a_word_could_mean_several_rooms_those_that_one_may_not_view_are_not_named(
    stage: Stage,
) -> None:
    for key, name in (("Key4Board", "Board"), ("Key4Boat", "Boathouse"), ("Key4Boar", "Boar's head")):
        stage.provider.backend.add_room(key, name=name)
    rule(stage, BOARD)

    async def status(words: str) -> object:
        return await room_status(words, None, by(ANNA), stage.services)

    def stop(words: str) -> Awaitable[object]:
        return stage.change("stop", target=words)

    for ask in (status, stop, lambda words: can(stage, ANNA, Verb.STOP, target=words)):
        with pytest.raises(CannotDo) as several:
            await ask("boa")
        assert str(several.value).startswith(
            "“boa” could mean several: Boathouse (vidyo), Boar's head (vidyo). Give"
        )
        with pytest.raises(NotAllowed, match="the board is for leads") as hidden:
            await ask("oard")
        assert "Board" not in str(hidden.value)


async def test_without_any_right_nothing_is_even_looked_for(stage: Stage) -> None:
    with pytest.raises(CannotDo, match="guests get nothing"):
        await stage.start(asker=GUEST, room=RoomId("1001"), on="nowhere")
    assert stage.services.policy == Policy(frozenset({VOVA.user}))
    assert stage.provider.backend.calls == []
