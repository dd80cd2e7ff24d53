"""Pools are filled again as soon as there is room, and not at every end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.conversation import ReplyTo
from bot.domain.notice import Notice, RecordingReady
from bot.domain.requests import StartRecording
from bot.recording.follow import look
from bot.recording.tick import Pools, Tick
from bot.store import Claimed
from providers.memory_phone import MemoryPhone
from providers.registry import Providers
from tests.bot.recording.stage import ANNA, CHANNEL, ROOM, VOVA, Stage
from tests.bot.store.samples import a_recording
from tests.eventually import eventually


async def test_a_pool_that_was_too_small_asks_for_more_once_half_of_it_is_free() -> None:
    asked: list[int] = []
    pools = Pools(4, lambda: asked.append(pools.free("one")))
    ends = [asyncio.Event() for _ in range(4)]
    for end in ends:
        pools.run("one", _until(end))
    pools.short("one")
    ends[0].set()
    await eventually(lambda: pools.free("one") == 1)
    assert asked == []
    ends[1].set()
    await eventually(lambda: pools.free("one") == 2)
    assert asked == [2]
    for end in ends:
        end.set()
    await pools.drain(1)
    assert asked == [2]


async def test_a_pool_that_was_large_enough_asks_for_nothing() -> None:
    asked: list[str] = []
    pools = Pools(4, lambda: asked.append("more"))
    end = asyncio.Event()
    pools.run("one", _until(end))
    end.set()
    await pools.drain(1)
    assert pools.free("one") == 4
    assert asked == []


async def test_one_pool_that_is_full_leaves_the_others_their_room() -> None:
    pools = Pools(1, lambda: None)
    end = asyncio.Event()
    pools.run("slow", _until(end))
    assert (pools.free("slow"), pools.free("quick")) == (0, 1)
    end.set()
    await pools.drain(1)


async def test_more_rooms_than_the_pool_takes_are_all_looked_at_without_waiting_for_the_clock(
    stage: Stage,
) -> None:
    for number in range(5):
        stage.provider.backend.add_room(f"Room{number}")
        await stage.recording(f"Room{number}")
    stage.clock.forward(minutes=1)
    await _without_the_clock(stage, room=2)
    services = stage.services
    assert await services.store.watches.claim("vidyo", "somebody", timedelta(minutes=1), 9) == []


async def test_forty_requests_that_wait_for_a_silent_provider_hold_up_no_request_for_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = MemoryPhone("calls", now=stage.clock)
    waiting: list[str] = []

    async def no_answer(method: str) -> None:
        waiting.append(method)
        await asyncio.Event().wait()

    monkeypatch.setattr(phone.backend, "begin", no_answer)
    services = replace(stage.services, providers=Providers([stage.provider, phone]))
    for number in range(40):
        asked = StartRecording(ReplyTo(CHANNEL, ANNA), "101", on="calls")
        await services.store.inbox.keep(f"silent-{number}", asked)
    await services.store.inbox.keep("other", StartRecording(ReplyTo(CHANNEL, VOVA), ROOM))

    async def deliver(claimed: Claimed[Notice]) -> None:
        await stage.said.post(claimed)

    pools = Pools(20, services.wake)
    tick = Tick(services, deliver, pools)

    async def started() -> bool:
        await tick()
        return "start" in stage.provider.backend.calls

    await eventually(started)
    assert waiting == 40 * ["live_calls"]
    await pools.drain(0)


async def test_looks_that_find_nothing_new_wake_nobody(stage: Stage) -> None:
    watch = await stage.recording()
    stage.clock.forward(minutes=1)
    services = stage.services
    claimed = await services.store.watches.claim_one(watch.id, services.owner, services.lease)
    assert claimed is not None
    services.woken.clear()
    await look(claimed, services)
    assert not services.woken.is_set()


async def test_a_look_that_changes_the_card_has_it_drawn_at_once(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.people_leave(watch.room.key)
    stage.clock.forward(minutes=1)
    services = stage.services
    claimed = await services.store.watches.claim_one(watch.id, services.owner, services.lease)
    assert claimed is not None
    services.woken.clear()
    await look(claimed, services)
    assert services.woken.is_set()


async def test_what_stands_in_one_line_is_told_one_after_the_other_without_waiting_for_the_clock(
    stage: Stage,
) -> None:
    services = stage.services
    for key in ("first", "second", "third"):
        await services.store.notices.owe(Notice(key, CHANNEL, RecordingReady("vidyo", a_recording())))
    await _without_the_clock(stage, room=20)
    assert stage.said.shown == ["first", "second", "third"]


async def _without_the_clock(stage: Stage, *, room: int) -> None:
    """Tick for as long as somebody wakes us, in pools of so much room."""

    async def deliver(claimed: Claimed[Notice]) -> None:
        await stage.said.post(claimed)

    services = stage.services
    pools = Pools(room, services.wake)
    tick = Tick(services, deliver, pools)
    services.wake()
    while services.woken.is_set():
        services.woken.clear()
        await tick()
        await pools.drain(1)


async def _until(end: asyncio.Event) -> None:
    await end.wait()
