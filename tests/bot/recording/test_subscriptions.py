"""What a channel that subscribed is told, and when it is told nothing."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.domain.answers import Answer, Sentence, Subscriptions
from bot.domain.commands import SubscribeCommand, UnsubscribeCommand
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.errors import CannotDo, CannotSpeak, NotAllowed
from bot.domain.grammar import read_recordings
from bot.domain.requests import Request, Subscribe, Unsubscribe
from bot.domain.watch import State
from bot.recording.announce import Reading, announce, look_for_subscribers
from bot.recording.inbox import carry_out
from bot.recording.library import look_into_library
from bot.recording.reconcile import reconcile
from bot.recording.subscribe import subscribe, subscriptions_there, unsubscribe
from bot.store import Claimed
from providers.errors import NotFound, Unavailable
from providers.model import Recording, Scope
from tests.bot.recording.stage import ANNA, CHANNEL, GUEST, ROOM, VOVA, Stage, by, open_stage

ELSEWHERE = Conversation("slack", "C0RANDOM", "T0")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
_keys = count()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, two=True) as stage:
        yield stage


async def subscribed(
    stage: Stage, filters: str = "", channel: Conversation = CHANNEL, asker: Asker = VOVA
) -> Sentence | None:
    """Somebody types /recordings subscribe; what the look that follows finds is done with, too."""
    answer = await subscribe(asking(filters, channel, asker), f"k{next(_keys)}", stage.services)
    await stage.tick()
    return answer


def asking(filters: str, channel: Conversation = CHANNEL, asker: Asker = VOVA) -> Subscribe:
    command = read_recordings(f"subscribe {filters}", datetime.now(UTC), None)
    assert isinstance(command, SubscribeCommand)
    return Subscribe(ReplyTo(channel, asker), command.query, command.on, command.text)


async def unsubscribed(stage: Stage, words: str = "") -> Answer:
    """Somebody types /recordings unsubscribe."""
    command = read_recordings(f"unsubscribe {words}", datetime.now(UTC), None)
    assert isinstance(command, UnsubscribeCommand)
    request = Unsubscribe(ReplyTo(CHANNEL, ANNA), None, command.number, command.meaning, command.everything)
    return await unsubscribe(request, "k", stage.services)


def recorded(stage: Stage, **more: object) -> Recording:
    """A recording whose file is ready now, made by somebody elsewhere."""
    return stage.provider.backend.add_recording(**more)  # type: ignore[arg-type]


def heard(stage: Stage, channel: Conversation = CHANNEL) -> list[str]:
    """The recordings that this channel was told of by a message of its own, in that order."""
    keys = [key.split(":") for key in stage.said.shown if key.startswith("ready:")]
    return [recording for _, _, recording, place in keys if place == channel.place]


# -- what is told ---------------------------------------------------------------------------------


async def test_a_new_recording_is_told_once(stage: Stage) -> None:
    await subscribed(stage)
    new = recorded(stage)
    await stage.forward(400, step=20)
    assert heard(stage) == [new.id]


async def test_recordings_of_every_library_are_told_unless_one_was_named(stage: Stage) -> None:
    await subscribed(stage)
    await subscribed(stage, "on:other", ELSEWHERE)
    one = recorded(stage)
    two = stage.second.backend.add_recording(title="In the other library")
    await stage.forward(140, step=20)
    assert sorted(key for key in stage.said.shown if key.startswith("ready:")) == [
        f"ready:other:{two.id}:{CHANNEL.place}",
        f"ready:other:{two.id}:{ELSEWHERE.place}",
        f"ready:vidyo:{one.id}:{CHANNEL.place}",
    ]


async def test_overlapping_filters_in_one_channel_give_one_message(stage: Stage) -> None:
    await subscribed(stage)
    await subscribed(stage, "room:board")
    await subscribed(stage, "title:budget")
    await subscribed(stage, "board", ELSEWHERE)
    new = recorded(stage, title="Budget", room="Board room")
    await stage.forward(140, step=20)
    assert heard(stage) == heard(stage, ELSEWHERE) == [new.id]


async def test_only_what_fits_the_filters_is_told(stage: Stage) -> None:
    await subscribed(stage, "room:board longer:5m")
    recorded(stage, room="Kitchen")
    recorded(stage, room="Board room", duration=MINUTE)
    fits = recorded(stage, room="Board room", duration=10 * MINUTE)
    await stage.forward(80, step=20)
    assert heard(stage) == [fits.id]


async def test_the_past_does_not_flood_a_channel_that_subscribes(stage: Stage) -> None:
    for number in range(50):
        recorded(stage, started=stage.clock.now - (number + 1) * HOUR)
    recorded(stage)
    stage.clock.forward(seconds=1)
    await subscribed(stage)
    await stage.forward(400, step=20)
    assert heard(stage) == []


async def test_a_library_whose_clock_is_minutes_late_is_told_of_from_the_first_moment(stage: Stage) -> None:
    await subscribed(stage)
    new = recorded(stage, started=stage.clock.now - 10 * MINUTE, duration=6 * MINUTE)
    await stage.forward(80, step=20)
    assert heard(stage) == [new.id]


async def test_a_channel_can_subscribe_while_the_library_is_away(stage: Stage) -> None:
    recorded(stage)
    stage.clock.forward(seconds=10)
    stage.provider.backend.fail_next("search", Unavailable("The library is down."), times=2)
    await subscribed(stage)
    new = recorded(stage)
    await stage.forward(140, step=20)
    assert heard(stage) == [new.id]


async def test_what_is_read_for_the_sake_of_a_card_alone_is_no_news(stage: Stage) -> None:
    """A look may read further back for a watch; what was told so long ago may be forgotten."""
    await subscribed(stage)
    old, new = recorded(stage, duration=HOUR), recorded(stage, duration=MINUTE)
    [look] = [c for c in await _due_looks(stage) if c.value == "vidyo"]
    await announce(look, Reading([old, new]), new.started, None, stage.services)
    await stage.forward(1)
    assert heard(stage) == [new.id]


async def test_what_ran_while_somebody_subscribed_is_told_when_it_ends(stage: Stage) -> None:
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(60, step=60)
    await subscribed(stage)
    await stage.forward(24 * 3600, step=6 * 3600)
    assert heard(stage) == []
    new = stage.provider.backend.finish(ROOM)
    await stage.forward(80, step=20)
    assert heard(stage) == [new.id]


async def test_a_private_recording_is_told_to_nobody(stage: Stage) -> None:
    await subscribed(stage)
    recorded(stage, scope=Scope.PRIVATE)
    recorded(stage, scope=Scope.UNKNOWN)
    await stage.forward(80, step=20)
    assert heard(stage) == []


async def test_what_the_library_lists_hours_late_is_told_all_the_same(stage: Stage) -> None:
    await subscribed(stage)
    await stage.forward(7 * 3600, step=3600)
    late = recorded(stage, started=stage.clock.now - 5 * HOUR)
    await stage.forward(80, step=20)
    assert heard(stage) == [late.id]


# -- through stops and failures -------------------------------------------------------------------


async def test_fifty_recordings_that_appear_while_the_bot_is_down_are_told_in_order_and_apart(
    stage: Stage,
) -> None:
    await subscribed(stage)
    begun = stage.clock.now
    stage.clock.forward(HOUR)
    new = [recorded(stage, started=begun + n * MINUTE, duration=MINUTE) for n in range(50)]
    await look_for_subscribers(stage.services)
    told = []
    for _ in range(55):
        await stage.forward(1)
        told.append(len(heard(stage)))
    assert heard(stage) == [one.id for one in new]
    assert max(after - before for before, after in pairwise(told)) == 1


async def test_a_message_that_slack_does_not_take_keeps_the_later_ones_of_its_channel_waiting(
    stage: Stage,
) -> None:
    await subscribed(stage)
    later, earlier = recorded(stage, started=stage.clock.now), recorded(stage)
    [look] = [c for c in await _due_looks(stage) if c.value == "vidyo"]
    await look_into_library(look, stage.services)
    store = stage.services.store
    stage.clock.forward(seconds=10)
    [oldest] = await store.notices.claim("me", HOUR, 10)
    assert earlier.id in oldest.id
    assert await store.notices.claim("me", HOUR, 10) == []
    await store.notices.put_off(oldest, 5 * MINUTE)
    await stage.forward(240, step=20)
    assert heard(stage) == []
    await stage.forward(120, step=10)
    assert heard(stage) == [earlier.id, later.id]


async def _due_looks(stage: Stage) -> list[Claimed[str]]:
    stage.clock.forward(seconds=70)
    return await stage.services.store.looks.claim("me", timedelta(seconds=30), 9)


async def test_whoever_dies_in_a_look_leaves_it_to_the_next_one_and_nothing_is_told_twice(
    stage: Stage,
) -> None:
    await subscribed(stage)
    new = recorded(stage)
    before = await stage.services.store.looks.watermark("vidyo")
    [died] = [c for c in await _due_looks(stage) if c.value == "vidyo"]
    stage.clock.forward(seconds=31)
    await stage.forward(2)
    assert heard(stage) == [new.id]
    after = await stage.services.store.looks.watermark("vidyo")
    assert before is not None
    assert after is not None
    assert after > before

    await look_into_library(died, stage.services)  # it was only slow
    await stage.forward(200, step=20)
    assert heard(stage) == [new.id]


async def test_a_library_that_does_not_answer_is_logged_once_and_looked_into_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await subscribed(stage)
    before = await stage.services.store.looks.watermark("vidyo")
    new = recorded(stage)
    stage.provider.backend.fail_next("search", Unavailable("The library is down."), times=3)
    with caplog.at_level(logging.INFO, logger="bot"):
        await stage.forward(150, step=10)
        assert heard(stage) == []
        assert await stage.services.store.looks.watermark("vidyo") == before
        await stage.forward(100, step=10)
    assert heard(stage) == [new.id]
    said = [record.getMessage() for record in caplog.records if "library" in record.getMessage()]
    assert said == [
        "vidyo: cannot look into the library: The library is down.",
        "vidyo: the library answers again",
    ]


async def test_a_library_is_asked_no_sooner_than_it_says(stage: Stage) -> None:
    await subscribed(stage)
    later = Unavailable("Too many requests.", retry_after=timedelta(minutes=20))
    stage.provider.backend.fail_next("search", later)
    await stage.forward(70, step=10)
    before = stage.provider.backend.calls.count("search")
    await stage.forward(1000, step=50)
    assert stage.provider.backend.calls.count("search") == before
    await stage.forward(300, step=50)
    assert stage.provider.backend.calls.count("search") > before


async def test_nobody_looks_into_a_library_once_the_last_subscription_has_ended(stage: Stage) -> None:
    await subscribed(stage)
    await unsubscribed(stage)
    await stage.forward(80, step=20)
    before = stage.provider.backend.calls.count("search")
    recorded(stage)
    await stage.forward(400, step=20)
    assert stage.provider.backend.calls.count("search") == before
    assert heard(stage) == []

    stage.clock.forward(seconds=1)
    await subscribed(stage)
    await stage.forward(80, step=20)
    assert heard(stage) == []


async def test_what_was_told_is_not_told_again_after_it_was_forgotten(stage: Stage) -> None:
    await subscribed(stage)
    new = recorded(stage)
    await stage.forward(80, step=20)
    stage.clock.forward(timedelta(days=40))
    await stage.services.store.purge(timedelta(days=30))
    await stage.forward(80, step=20)
    assert heard(stage) == [new.id]


# -- a subscription and the card of a recording ----------------------------------------------------


async def test_what_was_started_here_is_told_on_its_card_and_elsewhere_by_a_message(stage: Stage) -> None:
    await subscribed(stage)
    await subscribed(stage, channel=ELSEWHERE)
    watch = await stage.recording()
    await stage.tick()
    await stage.change("stop", watch=watch.id)
    await stage.forward(3)
    new = stage.provider.backend.finish(ROOM)
    await stage.forward(200, step=10)
    assert (await stage.now(watch)).state is State.READY
    assert heard(stage) == []
    assert heard(stage, ELSEWHERE) == [new.id]


async def test_a_file_waits_for_the_card_that_it_may_belong_to(stage: Stage) -> None:
    """The room could not be seen when the file was there already, so the card still says that it records."""
    await subscribed(stage)
    watch = await stage.recording()
    await stage.tick()
    stage.provider.backend.finish(ROOM)
    stage.provider.backend.fail_next("view", Unavailable("No answer."), times=8)
    await stage.forward(200, step=10)
    assert (await stage.now(watch)).state is State.RECORDING
    assert heard(stage) == []
    await stage.forward(600, step=10)
    assert (await stage.now(watch)).state is State.READY
    assert heard(stage) == []


async def test_a_file_that_came_on_no_card_is_told_when_the_watch_has_given_up(stage: Stage) -> None:
    await subscribed(stage)
    watch = await stage.started()
    new = recorded(stage, room=ROOM, started=stage.clock.now, duration=timedelta(seconds=5))
    await stage.forward(200, step=10)
    assert heard(stage) == []
    await stage.forward(300, step=10)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    assert heard(stage) == [new.id]


# -- subscribing ----------------------------------------------------------------------------------


async def test_the_same_filters_again_are_one_subscription(stage: Stage) -> None:
    assert await subscribed(stage, 'room:"Board room" budget') is None
    again = await subscribed(stage, 'budget room:"BOARD room"', asker=ANNA)
    assert again is not None
    assert "already: that is subscription 1" in again.text
    assert len(await stage.services.store.subscriptions.there(CHANNEL)) == 1


async def test_a_request_that_is_carried_out_again_says_and_keeps_nothing_twice(stage: Stage) -> None:
    request = asking("board")
    for _ in range(2):
        await subscribe(request, "the same trigger", stage.services)
    assert [key for key in stage.said.shown if key.startswith("subscribed:")] == stage.said.shown
    assert len(stage.said.shown) == 1
    await unsubscribed(stage)
    await subscribe(request, "the same trigger", stage.services)
    assert await stage.services.store.subscriptions.there(CHANNEL) == []


async def test_a_channel_in_which_we_cannot_speak_subscribes_to_nothing(stage: Stage) -> None:
    stage.said.deaf.add(CHANNEL.channel)
    with pytest.raises(CannotSpeak, match="/invite"):
        await subscribed(stage)
    assert await stage.services.store.subscriptions.there(CHANNEL) == []


async def test_a_guest_and_an_unknown_library_are_refused(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        await subscribed(stage, asker=GUEST)
    with pytest.raises(NotFound, match="No provider is called zoom"):
        await subscribed(stage, "on:zoom")
    with pytest.raises(NotAllowed):
        await subscriptions_there(by(GUEST), stage.services)


async def test_a_channel_has_at_most_twenty(stage: Stage) -> None:
    for number in range(20):
        await subscribe(asking(f"title:t{number}"), f"t{number}", stage.services)
    with pytest.raises(CannotDo, match="has 20 subscriptions"):
        await subscribed(stage, "title:another")
    assert await subscribed(stage, "title:another", ELSEWHERE) is None


async def test_a_subscription_made_in_a_thread_is_its_channels(stage: Stage) -> None:
    await subscribed(stage, channel=replace(CHANNEL, thread="17.1"))
    new = recorded(stage)
    await stage.forward(80, step=20)
    assert heard(stage) == [new.id]
    notice = await stage.services.store.notices.get(f"ready:vidyo:{new.id}:{CHANNEL.place}")
    assert notice is not None
    assert notice.conversation == CHANNEL


async def test_one_of_several_ends_by_its_number_or_its_filters_and_a_bare_word_asks(stage: Stage) -> None:
    for filters in ("board", "room:kitchen", "longer:1h"):
        await subscribed(stage, filters)
    asked = await unsubscribed(stage)
    assert isinstance(asked, Subscriptions)
    assert [one.text for one in asked.subscriptions] == ["board", "room:kitchen", "longer:1h"]

    ended = await unsubscribed(stage, "2")
    assert ended == Sentence("This channel is no longer told of new recordings that fit `room:kitchen`.")
    with pytest.raises(CannotDo, match="no such subscription"):
        await unsubscribed(stage, "2")
    await unsubscribed(stage, "LONGER:60m")
    ended = await unsubscribed(stage)
    assert ended == Sentence("This channel is no longer told of new recordings that fit `board`.")
    with pytest.raises(CannotDo, match="has no subscriptions"):
        await unsubscribed(stage)


async def test_all_of_them_end_at_once(stage: Stage) -> None:
    await subscribed(stage, "board")
    await subscribed(stage, "kitchen")
    await subscribed(stage, "board", ELSEWHERE)
    assert await unsubscribed(stage, "all") == Sentence("All 2 subscriptions of this channel have ended.")
    assert len(await stage.services.store.subscriptions.there(ELSEWHERE)) == 1


async def test_what_is_carried_out_again_ends_nothing_that_was_begun_since(stage: Stage) -> None:
    kept_at = stage.clock.now
    stage.clock.forward(seconds=60)
    await subscribed(stage)
    with pytest.raises(CannotDo, match="has no subscriptions"):
        await unsubscribe(Unsubscribe(ReplyTo(CHANNEL, ANNA)), "k", stage.services, kept_at)


@pytest.mark.parametrize("more", [{}, {"number": 1}, {"everything": True}])
async def test_who_ends_a_subscription_and_dies_leaves_the_same_answer_to_be_given_again(
    stage: Stage, more: dict[str, Any]
) -> None:
    await subscribed(stage, "board")
    if more.get("everything"):
        await subscribed(stage, "kitchen")
    await stage.services.store.inbox.keep("k", Unsubscribe(ReplyTo(CHANNEL, ANNA), **more))
    [claimed] = await stage.services.store.inbox.claim("dead", HOUR, 1)
    await carry_out(replace(claimed, fence=-1), stage.services)  # it ends before it is closed
    stage.services.told.clear()  # what a process remembers dies with it
    await subscribed(stage, "garden")
    await stage.forward(3700, step=3700)
    assert await stage.services.store.inbox.pending() == 0
    [first, again] = [answer for _, answer in stage.said.told]
    assert again == first
    assert len(await stage.services.store.subscriptions.there(CHANNEL)) == 1


async def test_a_number_from_an_old_list_ends_no_other_subscription(stage: Stage) -> None:
    await subscribed(stage, "board")
    await unsubscribed(stage, "1")
    await subscribed(stage, "kitchen")
    with pytest.raises(CannotDo, match="no such subscription"):
        await unsubscribed(stage, "1")


async def test_a_kept_request_is_carried_out(stage: Stage) -> None:
    requests: tuple[Request, ...] = (asking("board"), Unsubscribe(ReplyTo(CHANNEL, ANNA), number=1))
    for number, request in enumerate(requests):
        await stage.services.store.inbox.keep(f"trigger {number}", request)
        await stage.tick()
    assert [answer for _, answer in stage.said.told] == [
        Sentence("This channel is no longer told of new recordings that fit `board`.")
    ]


# -- reconciling ----------------------------------------------------------------------------------


async def _gaps(stage: Stage) -> list[tuple[str, str]]:
    found = await reconcile(stage.clock.now - timedelta(days=7), None, stage.services)
    return [(gap.recording.id, gap.why) for gap in found]


async def test_what_was_told_or_came_on_a_card_is_no_gap(stage: Stage) -> None:
    await subscribed(stage)
    recorded(stage)
    watch = await stage.recording()
    await stage.change("stop", watch=watch.id)
    await stage.forward(3)
    stage.provider.backend.finish(ROOM)
    assert await _gaps(stage) == []
    await stage.forward(300, step=10)
    assert await _gaps(stage) == []
    recorded(stage)
    assert await _gaps(stage) == [], "the next look is still to come"


async def test_what_nobody_announced_or_slack_would_not_take_is_a_gap(stage: Stage) -> None:
    await subscribed(stage)
    refused = recorded(stage)
    stage.clock.forward(seconds=70)
    for look in await stage.services.store.looks.claim("me", HOUR, 9):
        await look_into_library(look, stage.services)
    assert await _gaps(stage) == [(refused.id, "It is owed, and Slack has not taken it yet.")]
    [notice] = await stage.services.store.notices.claim("me", HOUR, 9)
    await stage.services.store.notices.set_aside(notice, "This channel is archived.")
    missed = recorded(stage)
    stage.clock.forward(HOUR)
    assert await _gaps(stage) == [
        (refused.id, "This channel is archived."),
        (missed.id, "It was not announced."),
    ]
