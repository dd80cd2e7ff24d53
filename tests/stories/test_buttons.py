"""What each button and each word does, as the people in the channel see it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.reading import buttons_of, text_of
from sandbox.vidyo.library import Recording
from tests.eventually import eventually
from tests.stories.world import ROOM, ROOM_NAME, World, labels, open_world

ADMINISTRATORS = (
    "Only its owner and Recbot's administrators may {} a recording. Whoever runs Recbot names them"
)
GUESTS = "Guests of this workspace cannot use Recbot. Ask a full member to do it for you."


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def row(world: World) -> Recording:
    """A recording that nobody else's is like."""
    return world.vidyo.world.add_recording("Quarterly numbers", owner="vova", tags="internal")


async def found(world: World, row: Recording, user: str = "vova") -> Message:
    """Somebody looks a recording up; the card that they see."""
    await world.slack.command(user, "#general", f"/recordings show {row.id}")
    return await world.told(f"Number {row.id}", user=user)


def value(message: Message, label: str, containing: object) -> str | None:
    """What the button of this name carries that is about one thing among several."""
    return next(b.value for b in buttons_of(message) if b.label == label and str(containing) in str(b.value))


def everything_said(world: World) -> str:
    conversations = world.slack.workspace.conversations.values()
    return "\n".join(str(m.blocks) + m.text for conversation in conversations for m in conversation.messages)


# -- one recording --------------------------------------------------------------------------------


async def test_details_say_what_a_result_has_no_room_for(world: World, row: Recording) -> None:
    await world.slack.command("sam", "#general", "/recordings search quarterly")
    results = await world.told("Quarterly numbers", user="sam")
    assert "internal" not in text_of(results)
    await world.slack.press("sam", results, "Details")
    details = await world.told(f"Number {row.id}", "internal", "Vova Tareiev", user="sam")
    assert {"Play", "Download", "Share here", "Lock", "Delete…"} <= labels(details)
    assert world.slack.messages("#general") == []


async def test_an_edit_is_said_beside_its_field_or_saved(world: World, row: Recording) -> None:
    slack = world.slack
    await slack.press("vova", await found(world, row), "Edit…")
    view = await slack.see_view("vova", "Quarterly numbers")
    wrong = await slack.submit("vova", view, {"pin": "12 34", "title": "Numbers"})
    assert wrong.errors == {"pin": "A PIN has letters, digits and signs, without spaces."}
    assert slack.view_of("vova") is view
    assert row.title == "Quarterly numbers"

    entered = {"tags": "board, money", "comments": "Ask *Anna*.\nTwice.", "scope": "public", "pin": "s3same"}
    assert (await slack.submit("vova", view, {"title": "Numbers & more"} | entered)).ok
    changed = await world.told("Changed. It now reads:", "Numbers & more", "Public", "PIN")
    assert (row.title, row.tags, row.comments) == ("Numbers & more", "board, money", "Ask *Anna*.\nTwice.")
    assert (row.scope, row.pin) == ("Public", "s3same")
    assert "s3same" not in everything_said(world)

    await slack.press("vova", changed, "Edit…")
    view = await slack.see_view("vova", "A PIN is set", "Numbers & more")
    assert "s3same" not in str(view.content)
    assert (await slack.submit("vova", view, {"pin_removal": ["remove"]})).ok
    await slack.wait_for(lambda: row.pin == "")
    assert (row.title, row.scope) == ("Numbers & more", "Public")


async def test_a_lock_keeps_a_recording_from_being_deleted(world: World, row: Recording) -> None:
    slack = world.slack
    card = await found(world, row)
    await slack.press("vova", card, "Delete…")
    asking = await slack.see_view("vova", "Delete this recording for good?", "Quarterly numbers")
    await slack.press("vova", card, "Lock")
    locked = await world.told("Changed", ":lock:")
    assert row.locked
    await slack.submit("vova", asking)
    await world.told("is locked; unlock it before you delete it")
    await slack.press("vova", locked, "Delete…")
    refusing = await slack.see_view("vova", "It is locked", "Unlock it first")
    assert "submit" not in refusing.content
    assert world.vidyo.world.library.by_id(row.id) is row

    await slack.press("vova", locked, "Unlock")
    await slack.wait_for(lambda: not row.locked)
    await slack.press("vova", card, "Delete…")
    await slack.submit("vova", await slack.see_view("vova", "Delete this recording for good?"))
    await world.told(f"Recording {row.id} was deleted.")
    assert world.vidyo.world.library.by_id(row.id) is None
    await slack.press("vova", card, "Details")
    await world.told(f"There is no recording {row.id}")


async def test_only_administrators_change_recordings(world: World, row: Recording) -> None:
    slack = world.slack
    card = await found(world, row, "anna")
    for label, verb in (("Edit…", "edit"), ("Delete…", "delete")):
        await slack.press("anna", card, label)
        view = await slack.see_view("anna", ADMINISTRATORS.format(verb))
        assert "submit" not in view.content
        slack.close("anna", view)
    await slack.press("anna", card, "Lock")
    await world.told(ADMINISTRATORS.format("edit"), user="anna")
    assert not row.locked
    assert row.title == "Quarterly numbers"


async def test_a_window_that_was_closed_at_once_is_no_fault(world: World, row: Recording) -> None:
    world.vidyo.world.faults.add("slow", match="RecordsById", seconds=4)
    await world.slack.command("vova", "#general", "/recordings search quarterly")
    await world.slack.press("vova", await world.told("Quarterly numbers"), "Edit…")
    world.slack.close("vova", await world.slack.see_view("vova", "One moment…"))
    await world.slack.wait_for(lambda: world.slack.workspace.journal.calls("views.update"))
    assert world.slack.view_of("vova") is None
    await world.slack.command("vova", "#general", "/record status")
    await world.told("Nothing is being recorded")
    assert len(world.slack.messages("#general", "vova")) == 2


async def test_a_private_recording_is_shown_to_nobody(world: World) -> None:
    row = world.vidyo.world.add_recording("Salary talk", owner="recbot", scope="Private")
    for user in ("vova", "sam"):
        await world.slack.command(user, "#general", "/recordings search salary")
        await world.told("Nothing was found", user=user)
        await world.slack.command(user, "#general", f"/recordings show {row.id}")
        await world.told(f"There is no recording {row.id}", user=user)
    await world.slack.command("vova", "#general", "/recordings latest")
    await world.told("Recordings")
    assert "Salary" not in everything_said(world)


async def test_what_is_shared_is_for_everybody_and_once(world: World, row: Recording) -> None:
    slack = world.slack
    await slack.press("sam", await found(world, row, "sam"), "Share here")
    shared = await world.card("@sam shares a recording", "Quarterly numbers")
    assert not shared.ephemeral
    assert "Share here" not in labels(shared)
    await slack.press("anna", shared, "Play")
    link = await world.told("This link is yours", user="anna")
    assert [b.label for b in buttons_of(link)] == ["Play now"]
    assert "This link is yours" not in "".join(text_of(m) for m in slack.messages("#general", "sam"))
    assert slack.messages("#general") == [shared]


async def test_what_could_not_be_shared_is_shared_once_recbot_was_invited(
    world: World, row: Recording
) -> None:
    slack = world.slack
    listed = await found(world, row, "sam")
    general = slack.workspace.conversation("#general")
    slack.workspace.leave(general, BOT_USER)
    await slack.press("sam", listed, "Share here")
    await world.told("Type /invite @Recbot, then try again", user="sam")
    slack.workspace.join(general, BOT_USER)
    await slack.press("sam", listed, "Share here")
    await world.card("@sam shares a recording", "Quarterly numbers")


async def test_whoever_shares_the_same_once_more_is_told(world: World, row: Recording) -> None:
    listed = await found(world, row, "sam")
    await world.slack.press("sam", listed, "Share here")
    shared = await world.card("@sam shares a recording")
    await world.slack.press("sam", listed, "Share here")
    await world.told("was shared here already", user="sam")
    assert world.slack.messages("#general") == [shared]


async def test_guests_get_nothing(world: World, row: Recording) -> None:
    slack = world.slack
    await world.start()
    live = await world.card(ROOM_NAME)
    await world.offers(live, "Pause")
    await slack.press("vova", await found(world, row), "Share here")
    shared = await world.card("shares a recording")
    attempts: list[Any] = [
        *(
            slack.command("gil", "#general", f"/record {text}")
            for text in ("start Weekly4711", "stop", "room x")
        ),
        *(
            slack.command("gil", "#general", f"/record {text}")
            for text in ("profiles", "status", f"status {ROOM}")
        ),
        *(slack.command("gil", "#general", f"/recordings {text}") for text in ("latest", f"show {row.id}")),
        *(slack.press("gil", live, label) for label in ("Stop", "Pause", "Refresh")),
        *(slack.press("gil", shared, label) for label in ("Play", "Download", "Details", "Lock")),
    ]
    for number, attempt in enumerate(attempts, 1):
        await attempt
        await slack.wait_for(partial(refused, world, number))
    await slack.press("gil", shared, "Edit…")
    await slack.see_view("gil", GUESTS)
    assert world.starts() == 1
    assert "Pause" in labels(live)
    assert len(slack.messages("#general", "gil")) == 2 + len(attempts)


def refused(world: World, times: int) -> bool:
    return sum(GUESTS in text_of(m) for m in world.slack.messages("#general", "gil")) == times


# -- files where there are no links ---------------------------------------------------------------


async def test_without_an_address_the_file_itself_comes_to_whoever_pressed(tmp_path: Path) -> None:
    async with open_world(tmp_path, web={"public_url": None}, slack={"upload_limit": 1_000_000}) as world:
        slack, vidyo = world.slack, world.vidyo.world
        row = vidyo.add_recording("Quarterly <!channel> numbers", owner="vova")
        for user, label in (("sam", "Download"), ("anna", "Play")):
            await slack.press(user, await found(world, row, user), label)
            await world.told("is in your direct messages with Recbot", user=user)
            dm = slack.dm(user)
            message = await slack.see(dm.id, "Quarterly", user=user)
            [file] = message.files
            assert (file.sha256, file.name) == (vidyo.sha256(row.guid), f"recording-{row.id}.mp4")
            assert "no public address for a link" in message.text
            assert f"recording {row.id}" in message.text
            assert "<!channel>" not in message.text
        assert slack.messages("#general") == []

        large = vidyo.add_recording("A long day", size=2_500_000)
        await slack.press("sam", await found(world, large, "sam"), "Download")
        await world.told("“A long day” has 2 MB, and files of more than 1 MB are not sent", user="sam")
        vidyo.faults.add("reset_after", match="download")
        await slack.press("vova", await found(world, row), "Download")
        await world.told("broke off in the middle of a file")
        assert len(slack.files) == 2


# -- rooms and what is recorded in them -----------------------------------------------------------


async def test_where_words_fit_several_rooms_they_choose(world: World) -> None:
    await world.start("Room")
    asked = await world.told("Which room is meant by Room?", "BigRoom", "EmptyRoom01")
    assert world.cards() == []
    await world.slack.press("vova", asked, "This one", value=value(asked, "This one", "4092492"))
    await world.card("Recording BigRoom")
    assert world.recorders("BigRoom") == 1


async def test_where_a_channel_records_two_rooms_they_choose(world: World) -> None:
    await world.start()
    await world.start("Weekly4711", user="anna")
    first, second = await world.card(f"Recording {ROOM_NAME}"), await world.card("Recording Weekly")
    await world.slack.command("sam", "#general", "/record stop")
    asked = await world.told("Which one is to stop?", ROOM_NAME, "Weekly", user="sam")
    watch = json.loads(str(value(second, "Stop", "watch")))["watch"]
    await world.slack.press("sam", asked, "Stop", value=value(asked, "Stop", watch))
    await world.reads(second, "Ready: Weekly")
    assert "Stopped by" not in text_of(first)
    assert "Pause" in labels(first)
    assert (world.recorders(), world.recorders("Weekly4711")) == (1, 0)


async def test_an_empty_room_is_warned_about_first(world: World) -> None:
    await world.start("EmptyRoom01")
    warned = await world.told("Nobody is in EmptyRoom01.", "record an empty room")
    assert world.starts() == 0
    await world.slack.press("vova", warned, "Start anyway")
    await world.card("EmptyRoom01")
    await world.slack.wait_for(world.starts)
    assert world.starts() == 1


async def test_after_a_start_that_brought_no_recorder_start_again_goes_on_with_the_same_card(
    tmp_path: Path,
) -> None:
    quick = {"confirm_patience": timedelta(milliseconds=300)}
    async with open_world(tmp_path, pace=quick) as world:
        room = world.vidyo.world.room("Weekly4711")
        room.join_delay = "never"
        await world.start("Weekly4711")
        card = await world.card("Not started: Weekly", "asking again may bring a second")
        await world.start("Weekly4711", user="anna")
        warned = await world.told("none has come yet", user="anna")
        assert world.starts() == 1
        await eventually(
            lambda: not world.vidyo.world.recorders.ringing(room)
        )  # else the first one may come yet
        room.join_delay = 0
        await world.slack.press("anna", warned, "Start again")
        await world.reads(card, "Recording Weekly")
        assert world.starts() == 2
        assert world.slack.messages("#general") == [card]


async def test_refresh_looks_at_once(tmp_path: Path) -> None:
    async with open_world(tmp_path, pace={"recording_look": timedelta(hours=1)}) as world:
        await world.start()
        card = await world.card(f"Recording {ROOM_NAME}", "3 people")
        world.vidyo.world.people_join(ROOM, ["Late Lena"])
        await world.slack.press("sam", card, "Refresh")
        await world.reads(card, "4 people")


async def test_a_new_room_comes_with_its_link_and_a_start_button(world: World) -> None:
    before = len(list(world.vidyo.world.rooms))
    await world.slack.command("vova", "#general", "/record room Retro")
    made = await world.card("Created by @vova", "/join/")
    [room] = list(world.vidyo.world.rooms)[before:]
    assert f"/join/{room.key}" in text_of(made)
    assert labels(made) == {"Join", "Start recording"}

    await world.slack.press("anna", made, "Start recording")
    await world.told("Nobody is in", user="anna")
    world.vidyo.world.people_join(room.key, ["Guest Ada", "Guest Ben"])
    await world.slack.press("anna", made, "Start recording")
    await world.card(f"Recording {room.name}", "Asked by @anna")
    assert world.recorders(room.key) == 1


async def test_profiles_are_those_with_an_idle_recorder(world: World) -> None:
    await world.slack.command("vova", "#general", "/record profiles")
    shown = text_of(await world.told("Recording profiles that are free now"))
    assert "000  ·  APPLICATION-AND-CONFERENCE" in shown
    assert "01  ·  AUDIO-ONLY" in shown
    assert "VIDEO-ONLY" not in shown


async def test_status_says_what_goes_on_whoever_asked_for_it(world: World) -> None:
    slack = world.slack
    await slack.command("sam", "#general", "/record status")
    await world.told("Nothing is being recorded from this channel.", user="sam")
    await slack.command("sam", "#general", "/record status AllHands99")
    await world.told("All Hands is being recorded", "VIDEO-ONLY", "It was not asked for here", user="sam")
    await slack.command("sam", "#general", "/record status Weekly4711")
    idle = await world.told("No recorder is in Weekly.", "3 people", user="sam")
    await slack.press("sam", idle, "Start recording")
    card = await world.card("Recording Weekly", "Asked by @sam")
    await slack.command("anna", "#general", "/record status")
    listed = await world.told("Followed from this channel: 1", "Recording Weekly", user="anna")
    await slack.press("anna", listed, "Stop")
    await world.reads(card, "Ready: Weekly")
    await slack.command("sam", "#standup", "/record status")
    await world.told("Nothing is being recorded from this channel.", user="sam", channel="#standup")


async def test_help_fits_what_was_typed(world: World) -> None:
    said = {
        "/record": "Recording a meeting",
        "/record help": "/record start ROOMKEY",
        "/record strat Nf5kaN9tWo": "Did you mean /record start Nf5kaN9tWo?",
        "/record Nf5kaN9tWo": "To record a room of that name: /record start Nf5kaN9tWo",
        "/record start": "Which room?",
        "/record start Weekly profle:000": "there is no option profle: here",
        "/recordings": "Finding recordings",
        "/recordings serach vova": "Did you mean /recordings search vova?",
        "/recordings vova": "To look for that: /recordings search vova",
        "/recordings search sience:7d": "since:",
        "/recordings show": "Which recording?",
        "/recordings latest 5000": "takes a number from 1 to 20",
    }
    for typed, words in said.items():
        answer = (await world.slack.command("sam", "#general", typed)).message
        assert answer is not None, typed
        assert words in text_of(answer), typed
        assert answer.ephemeral_to == "U0SAM"
    assert world.slack.messages("#general") == []
