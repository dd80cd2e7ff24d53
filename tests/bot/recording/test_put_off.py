"""What waits for Slack is carried out as it was meant when it was asked for, whatever came in between."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import Answer, Sentence
from bot.domain.conversation import Asker, ReplyTo
from bot.domain.errors import NotNow, NotShownYet
from bot.domain.notice import Notice
from bot.domain.policy import Person, Policy
from bot.domain.requests import (
    ChangeWatch,
    CreateRoom,
    EditRecording,
    Request,
    StartRecording,
    Subscribe,
    Unsubscribe,
)
from bot.domain.watch import State
from bot.recording.inbox import carry_out
from bot.recording.subscribe import subscribe
from bot.store import StoreError
from providers.model import RecordingChange, RecordingQuery

from .stage import ANNA, CHANNEL, ROOM, VOVA, Stage, by

AWAY = "Slack cannot be asked who that is now, so nothing was done."


@pytest.fixture
def away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Those of whom Slack says nothing now."""
    unknown: set[str] = set()
    person = stage.said.person

    async def ask(asker: Asker, named: Collection[str] = (), *, anew: bool = False) -> Person:
        if asker.user in unknown:
            raise NotNow(AWAY)
        return await person(asker, named, anew=anew)

    monkeypatch.setattr(stage.said, "person", ask)
    return unknown


async def keep(stage: Stage, key: str, request: Request) -> None:
    await stage.services.store.inbox.keep(key, request)
    await stage.tick()


def change(what: str, asker: Asker = ANNA, watch: str | None = None) -> ChangeWatch:
    return ChangeWatch(ReplyTo(CHANNEL, asker), what, watch)  # type: ignore[arg-type]


async def test_a_stop_ends_no_recording_that_was_asked_for_after_it(stage: Stage, away: set[str]) -> None:
    await stage.recording()
    away.add(ANNA.user)
    await keep(stage, "stop", change("stop"))
    await stage.forward(20)
    stage.provider.backend.recorder_leaves(ROOM)  # somebody stopped it in the portal meanwhile
    await stage.forward(5)
    await keep(stage, "start", StartRecording(by(VOVA), ROOM))
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(2)
    away.clear()
    await stage.forward(40)
    [new] = await stage.services.store.watches.in_conversation(CHANNEL, only_holding=True)
    assert new.state is State.RECORDING
    [(user, said)] = stage.said.told
    assert user == ANNA.user
    assert isinstance(said, Sentence)
    assert "has ended" in said.text


async def test_a_stop_ends_what_was_asked_for_before_it_though_both_had_to_wait(
    stage: Stage, away: set[str]
) -> None:
    away |= {ANNA.user, VOVA.user}
    await keep(stage, "start", StartRecording(by(VOVA), ROOM))
    await stage.forward(5)
    await keep(stage, "stop", change("stop"))
    await stage.forward(5)
    away.remove(VOVA.user)
    await stage.forward(3)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(3)
    away.clear()
    await stage.forward(30)
    assert stage.provider.backend.place(ROOM).seats == []


@pytest.mark.parametrize("order", [("pause", "resume"), ("resume", "pause")])
@pytest.mark.parametrize("first", [0, 1])
async def test_of_a_pause_and_a_resume_the_later_one_holds(
    stage: Stage, away: set[str], order: tuple[str, str], first: int
) -> None:
    """Whichever of them Slack lets through first."""
    watch = await stage.recording()
    if order[0] == "resume":
        await stage.change("pause", watch=watch.id)
        await stage.forward(1)
    askers = (ANNA, VOVA)
    away |= {ANNA.user, VOVA.user}
    for number, what in enumerate(order):
        await keep(stage, what, change(what, askers[number], watch.id))
        await stage.forward(3)
    away.remove(askers[first].user)
    await stage.forward(20)
    away.clear()
    await stage.forward(40)
    recorder = (await stage.now(watch)).recorder
    assert recorder is not None
    assert recorder.paused == (order[1] == "pause")


async def test_to_unsubscribe_ends_no_subscription_that_was_made_after_it(
    stage: Stage, away: set[str]
) -> None:
    away.add(ANNA.user)
    await keep(stage, "end", Unsubscribe(by(ANNA), None, None, None, everything=True))
    await stage.forward(10)
    await subscribe(Subscribe(by(VOVA), RecordingQuery(room="Board")), "s1", stage.services)
    away.clear()
    await stage.forward(30)
    assert len(await stage.services.store.subscriptions.there(CHANNEL)) == 1


async def test_what_a_start_has_begun_is_not_denied_while_nobody_says_who_asked(
    stage: Stage, away: set[str]
) -> None:
    """A process dies in it, and the next cannot ask who it was."""
    await stage.services.store.inbox.keep("start", StartRecording(by(VOVA), ROOM))
    [claimed] = await stage.services.store.inbox.claim("dead", timedelta(seconds=60), 1)
    await carry_out(replace(claimed, fence=-1), stage.services)
    away.add(VOVA.user)
    await stage.forward(200, step=5)
    assert stage.provider.backend.starts(ROOM) == 1
    assert stage.said.told == []


@pytest.mark.parametrize("minutes", [29, 31, 45])
async def test_whoever_had_to_wait_long_hears_in_the_end_what_came_of_it(
    stage: Stage, away: set[str], monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """An answer is owed for its own half hour, not for what the request has left of it."""
    await stage.recording()
    tell = stage.said.tell

    async def deaf(reply: ReplyTo, answer: Answer) -> None:
        raise NotShownYet("Slack takes no answer now.")

    monkeypatch.setattr(stage.said, "tell", deaf)
    away.add(ANNA.user)
    await keep(stage, "stop", change("stop"))
    await stage.forward(minutes * 60, step=10)
    monkeypatch.setattr(stage.said, "tell", tell)
    await stage.forward(60, step=10)
    [(user, said)] = stage.said.told
    assert user == ANNA.user
    assert isinstance(said, Sentence)
    assert said.text == AWAY


async def test_of_two_edits_the_later_one_holds_though_both_had_to_wait(stage: Stage, away: set[str]) -> None:
    """Slack lets the second one through first."""
    stage.services = replace(stage.services, policy=Policy(frozenset({ANNA.user, VOVA.user})))
    file = stage.provider.backend.add_recording(title="As it was")
    away |= {ANNA.user, VOVA.user}
    for key, title, asker in (("one", "First", ANNA), ("two", "Second", VOVA)):
        change = RecordingChange(title=title)
        await keep(stage, key, EditRecording(by(asker), "vidyo", file.id, change))
        await stage.forward(3)
    away.remove(VOVA.user)
    await stage.forward(20)
    away.clear()
    await stage.forward(60)
    assert (await stage.provider.recording(file.id)).title == "Second"
    assert len(stage.said.told) == 2


async def test_whoever_unsubscribes_ends_what_was_subscribed_to_before_though_that_had_to_wait(
    stage: Stage, away: set[str]
) -> None:
    away.add(ANNA.user)
    await keep(stage, "begin", Subscribe(by(ANNA), RecordingQuery(room="Board")))
    await stage.forward(3)
    await keep(stage, "end", Unsubscribe(by(VOVA), None, None, None, everything=True))
    await stage.forward(20)
    away.clear()
    await stage.forward(60)
    assert await stage.services.store.subscriptions.there(CHANNEL) == []
    assert await stage.services.store.inbox.pending() == 0


@pytest.fixture
def mute(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Slack takes no answers while this is not empty; those that it did not take."""
    refused: list[Answer] = []
    tell = stage.said.tell

    async def try_to_tell(reply: ReplyTo, answer: Answer) -> None:
        if refused:
            refused.append(answer)
            raise NotShownYet(f"Slack takes no answer to {reply.asker.user} now.")
        await tell(reply, answer)

    monkeypatch.setattr(stage.said, "tell", try_to_tell)
    return refused


@pytest.fixture
def held(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What of the inbox cannot be written now, since somebody has the database for themselves."""
    inbox, now = stage.services.store.inbox, set[str]()

    def hold(name: str) -> None:
        write = getattr(inbox, name)

        async def try_to_write(*what: object) -> object:
            if name in now:
                raise StoreError("The database is locked.")
            return await write(*what)

        monkeypatch.setattr(inbox, name, try_to_write)

    for name in ("finish", "owe_answer", "put_off", "renew"):
        hold(name)
    return now


async def test_what_was_told_is_not_told_again_though_it_could_not_be_closed_at_once(
    stage: Stage, held: set[str]
) -> None:
    held.add("finish")
    await stage.services.store.inbox.keep("stop", change("stop"))
    ticking = asyncio.create_task(stage.tick())
    await asyncio.sleep(20)
    assert len(stage.said.told) == 1
    held.clear()
    await ticking
    await stage.forward(200, step=5)
    assert len(stage.said.told) == 1
    assert await stage.services.store.inbox.pending() == 0


async def test_nor_if_its_claim_has_run_out_meanwhile(stage: Stage, held: set[str]) -> None:
    held |= {"finish", "renew"}
    await stage.services.store.inbox.keep("stop", change("stop"))
    first = asyncio.create_task(stage.tick())
    await asyncio.sleep(20)
    stage.clock.forward(stage.services.lease)
    second = asyncio.create_task(stage.tick())
    await asyncio.sleep(1)
    held.clear()
    await asyncio.gather(first, second)
    await stage.forward(200, step=5)
    assert len(stage.said.told) == 1
    assert await stage.services.store.inbox.pending() == 0


async def test_what_was_done_is_not_done_again_though_its_answer_could_not_be_kept_at_once(
    stage: Stage, held: set[str], mute: list[Answer]
) -> None:
    held.add("owe_answer")
    mute.append(Sentence("Slack takes nothing from here on."))
    await stage.services.store.inbox.keep("stop", change("stop"))
    ticking = asyncio.create_task(stage.tick())
    await asyncio.sleep(20)
    held.clear()
    await ticking
    [claimed] = await stage.services.store.inbox.claim("me", timedelta(seconds=60), 1) or [None]
    assert claimed is None, "it is not due yet"
    mute.clear()
    await stage.forward(10)
    assert len(stage.said.told) == 1


async def test_a_room_that_had_to_wait_is_created_though_that_could_not_be_written_at_once(
    stage: Stage, away: set[str], held: set[str]
) -> None:
    away.add(ANNA.user)
    held.add("put_off")
    await stage.services.store.inbox.keep("room", CreateRoom(by(ANNA), "Retrospective"))
    ticking = asyncio.create_task(stage.tick())
    await asyncio.sleep(20)
    held.clear()
    away.clear()
    await ticking
    await stage.forward(200, step=5)
    assert stage.said.told == []
    assert stage.said.shown == ["room:room"]


async def test_a_room_that_was_created_gets_its_link_told_though_that_could_not_be_owed_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices, failures = stage.services.store.notices, 3
    owe = notices.owe

    async def try_to_owe(notice: Notice, due_in: timedelta = timedelta()) -> bool:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreError("The database is locked.")
        return await owe(notice, due_in)

    monkeypatch.setattr(notices, "owe", try_to_owe)
    await keep(stage, "room", CreateRoom(by(ANNA), "Retrospective"))
    assert stage.said.shown == ["room:room"]
    assert stage.said.told == []


async def test_a_room_that_may_have_been_created_is_not_created_again_and_nobody_is_told_why_wrongly(
    stage: Stage,
) -> None:
    await stage.services.store.inbox.keep("room", CreateRoom(by(ANNA), "Retrospective"))
    await stage.services.store.inbox.claim("dead", timedelta(seconds=60), 1)
    await stage.forward(61)
    [(_, said)] = stage.said.told
    assert "was cut short: there may be a room without a link" in str(said)
    assert stage.said.shown == []
