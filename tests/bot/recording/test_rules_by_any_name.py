"""A rule that names a room holds for that room, whatever it is called: in the rule, by the person, or by a library."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.answers import WhichRoom
from bot.domain.errors import NotAllowed
from bot.domain.policy import Rule, Verb
from bot.domain.requests import Subscribe
from bot.domain.watch import Watch
from bot.recording.room import room_status
from bot.recording.search import search_recordings, show_recording
from bot.recording.subscribe import subscribe
from providers.errors import NotSupported, Unavailable
from providers.memory import MemoryProvider
from providers.model import Recording, RecordingQuery, Room, RoomId
from providers.registry import Providers
from tests.bot.recording.stage import ANNA, Stage, by, open_stage

KEY, NAME, EXTENSION = "Key4Board", "Board", "5550"
ALL = (Verb.VIEW, Verb.START, Verb.STOP, Verb.SUBSCRIBE)


class Portal(MemoryProvider):
    """As Vidyo has it: whoever does not own a room is told its key by nobody."""

    async def find_rooms(self, name: str) -> Sequence[Room]:
        return [replace(room, key=None, join_url=None) for room in await super().find_rooms(name)]

    async def room(self, id: RoomId) -> Room:
        return replace(await super().room(id), key=None, join_url=None)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as stage:
        stage.provider = Portal("vidyo", now=stage.clock)
        stage.services = replace(stage.services, providers=Providers([stage.provider]))
        yield stage


@pytest.fixture
def board(stage: Stage) -> Room:
    stage.provider.backend.add_room("Key4Cards", name="Cardboard", extension="5551")
    return stage.provider.backend.add_room(KEY, name=NAME, extension=EXTENSION)


def rule(stage: Stage, word: str, *verbs: Verb, allow: bool = False) -> None:
    one = Rule("about the board", frozenset(verbs or ALL), allow=allow, rooms=frozenset({word}))
    default = frozenset(Verb) - one.verbs if allow else frozenset(Verb)
    stage.services = replace(
        stage.services, policy=replace(stage.services.policy, rules=(one,), default=default)
    )


def add(stage: Stage, room: str) -> Recording:
    backend = stage.provider.backend
    recording = replace(backend.add_recording(title="Salaries"), room=room)
    backend.recordings[recording.id] = recording
    return recording


@pytest.mark.parametrize("word", [KEY, NAME, EXTENSION, "the id", "its link"])
@pytest.mark.parametrize("typed", [KEY, NAME, EXTENSION])
async def test_a_deny_holds_whatever_is_typed(stage: Stage, board: Room, word: str, typed: str) -> None:
    rule(stage, {"the id": board.id, "its link": board.join_url or ""}.get(word, word))
    with pytest.raises(NotAllowed, match="about the board"):
        await stage.start(typed, ANNA)
    with pytest.raises(NotAllowed, match="about the board"):
        await room_status(typed, None, by(ANNA), stage.services)
    with pytest.raises(NotAllowed, match="about the board"):
        await stage.change("stop", target=typed)
    assert stage.provider.backend.starts(KEY) == 0
    assert isinstance(await stage.start("5551", ANNA), Watch)


@pytest.mark.parametrize("word", [KEY, NAME, EXTENSION])
@pytest.mark.parametrize("listed", [NAME, EXTENSION])
async def test_a_deny_holds_for_recordings_however_the_library_calls_the_room(
    stage: Stage, board: Room, word: str, listed: str
) -> None:
    hidden, seen = add(stage, listed), add(stage, "Cardboard")
    rule(stage, word)
    found = await search_recordings(RecordingQuery(), None, by(ANNA), stage.services)
    assert [row.recording.id for row in found.rows] == [seen.id]
    with pytest.raises(NotAllowed, match="about the board"):
        await show_recording(None, hidden.id, by(ANNA), stage.services)


async def test_a_watch_of_a_denied_room_is_denied_though_it_was_begun_by_name(
    stage: Stage, board: Room
) -> None:
    stage.provider.backend.recorder_joins(KEY)
    rule(stage, KEY)
    with pytest.raises(NotAllowed, match="about the board"):
        await stage.change("pause", target=NAME)


async def test_a_denied_room_is_not_offered_among_several(stage: Stage, board: Room) -> None:
    stage.provider.backend.add_room("Key4Skate", name="Skateboard")
    rule(stage, KEY)
    answer = await stage.start("boar", ANNA)
    assert isinstance(answer, WhichRoom)
    assert {place.room.name for place in answer.places} == {"Cardboard", "Skateboard"}


async def test_two_rooms_of_one_name_are_told_apart_where_the_rule_says_which(
    stage: Stage, board: Room
) -> None:
    other = stage.provider.backend.add_room("Key4Other", name=NAME, extension="5560")
    rule(stage, KEY)
    assert isinstance(await stage.start("5560", ANNA), Watch)
    assert stage.provider.backend.starts(other) == 1
    with pytest.raises(NotAllowed):
        await stage.start(EXTENSION, ANNA)


async def test_a_channel_is_not_told_of_a_room_whose_key_is_denied(stage: Stage, board: Room) -> None:
    rule(stage, KEY)
    with pytest.raises(NotAllowed, match="about the board"):
        await subscribe(Subscribe(by(ANNA), RecordingQuery(room="boar")), "k", stage.services)
    assert await subscribe(Subscribe(by(ANNA), RecordingQuery(room="weekly")), "l", stage.services) is None


@pytest.mark.parametrize("typed", ["22", "2\u200b2", "２２", "²²"])
async def test_nor_of_the_digits_behind_its_extension_however_they_are_written(
    stage: Stage, board: Room, typed: str
) -> None:
    rule(stage, KEY)
    with pytest.raises(NotAllowed, match="about the board"):
        await subscribe(Subscribe(by(ANNA), RecordingQuery(room=typed)), "k", stage.services)


@pytest.mark.parametrize("typed", [KEY, NAME, EXTENSION])
async def test_an_allowance_holds_for_the_room_that_it_names_and_for_no_other(
    stage: Stage, board: Room, typed: str
) -> None:
    stage.provider.backend.add_room("Key4Other", name=NAME.lower() + "s", extension="5560")
    rule(stage, KEY, Verb.START, allow=True)
    assert isinstance(await stage.start(typed, ANNA), Watch)
    for other in ("5551", "5560", "Key4Other"):
        with pytest.raises(NotAllowed):
            await stage.start(other, ANNA)


async def test_an_allowance_for_a_key_is_none_for_another_room_of_that_name(
    stage: Stage, board: Room
) -> None:
    stage.provider.backend.add_room("Key4Other", name=NAME, extension="5560")
    theirs, ours = add(stage, NAME), add(stage, EXTENSION)
    rule(stage, KEY, Verb.START, Verb.VIEW, allow=True)
    with pytest.raises(NotAllowed):
        await stage.start("5560", ANNA)
    found = await search_recordings(RecordingQuery(), None, by(ANNA), stage.services)
    assert [row.recording.id for row in found.rows] == [ours.id]
    with pytest.raises(NotAllowed):
        await show_recording(None, theirs.id, by(ANNA), stage.services)


@pytest.mark.parametrize("allow", [True, False])
async def test_what_cannot_be_looked_up_counts_against_the_person(
    stage: Stage, board: Room, allow: bool
) -> None:
    rule(stage, KEY, Verb.START, allow=allow)
    stage.provider.backend.fail_next("find_room", Unavailable("No answer came."))
    with pytest.raises(NotAllowed):
        await stage.start("5551" if not allow else EXTENSION, ANNA)


async def test_a_refusal_says_that_it_may_be_one_for_the_moment_only(stage: Stage, board: Room) -> None:
    rule(stage, KEY)
    stage.provider.backend.fail_next("find_room", Unavailable("No answer came."))
    with pytest.raises(NotAllowed, match="which it means cannot be looked up now"):
        await stage.start("5551", ANNA)


async def test_a_portal_that_cannot_search_by_name_knows_its_keys(stage: Stage, board: Room) -> None:
    rule(stage, KEY)
    stage.provider.backend.fail_next("find_rooms", NotSupported("This portal has no such search."))
    assert isinstance(await stage.start("Key4Cards", ANNA), Watch)


async def test_rooms_are_looked_up_for_those_whom_a_rule_concerns_and_once_a_minute(
    stage: Stage, board: Room
) -> None:
    rule(stage, KEY)
    calls = stage.provider.backend.calls
    for _ in range(3):
        await search_recordings(RecordingQuery(), None, by(ANNA), stage.services)
    assert calls.count("find_room") == 1
    one = replace(stage.services.policy.rules[0], unless=frozenset({ANNA.user}))
    stage.services = replace(stage.services, policy=replace(stage.services.policy, rules=(one,)))
    stage.services.directory.forget()
    await search_recordings(RecordingQuery(), None, by(ANNA), stage.services)
    assert calls.count("find_room") == 1
