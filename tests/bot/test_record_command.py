"""`recbot record …` beside a running bot: who follows it, and who takes it over."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from bot.cli.context import Exit, services
from bot.cli.record import until_proven
from bot.cli.terminal import Terminal
from bot.domain.pace import Pace
from bot.domain.watch import State
from bot.settings import Settings
from bot.store import open_store
from providers.model import Room, RoomView
from tests.bot.recording.stage import open_stage
from tests.bot.store.samples import LEASE, a_watch
from tests.clock import lasting
from tests.database import new_file


async def test_a_recording_that_somebody_stopped_before_we_looked_was_proven(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        watch = await stage.recording()
        await stage.change("stop")
        await stage.forward(3)
        watch = await stage.now(watch)
        assert watch.state is State.PROCESSING
        with lasting(0):
            assert await until_proven(watch, stage.services, Terminal(as_json=True)) is Exit.DONE


async def test_a_room_in_which_nobody_comes_is_looked_into_as_often_as_the_bot_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(tmp_path, Pace()) as stage:
        looks: list[float] = []
        view = stage.provider.view

        async def seen(room: Room) -> RoomView:
            looks.append(asyncio.get_running_loop().time())
            return await view(room)

        watch = await stage.started()
        monkeypatch.setattr(stage.provider, "view", seen)

        async def tell_the_time() -> None:
            while True:
                await asyncio.sleep(0.5)
                stage.clock.forward(seconds=0.5)

        telling = asyncio.create_task(tell_the_time())
        assert await until_proven(watch, stage.services, Terminal(as_json=True)) is Exit.NOT_DONE
        telling.cancel()
    gaps = [round(later - earlier) for earlier, later in pairwise(looks)]
    quick = gaps.count(1)
    assert 10 <= quick <= 13
    assert set(gaps[quick + 1 :]) == {3}


async def test_who_is_interrupted_in_the_middle_of_a_look_leaves_it_to_others_at_once(tmp_path: Path) -> None:
    file = tmp_path / "recbot.db"
    file.write_bytes(new_file())
    provider = {"kind": "vidyo", "portal_url": "https://portal.example", "username": "u", "password": "p"}
    provider |= {"replay_url": "https://replay.example", "tenant": "t"}
    settings = Settings.model_validate(
        {"database": {"url": f"sqlite:///{file}"}, "providers": {"vidyo": provider}}
    )

    async def look_and_be_interrupted() -> None:
        async with services(settings, Terminal(as_json=True)) as s:
            await s.store.watches.reserve(a_watch(), None)
            assert await s.store.watches.claim_one("w1", s.owner, s.lease)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await look_and_be_interrupted()
    async with open_store(settings.database.url) as store:
        assert await store.watches.claim_one("w1", "a running bot", LEASE)
