"""A library that has to wait for its turn keeps nobody from what the others have."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.recording.patience import ask_all
from bot.recording.search import search_recordings, show_recording
from providers.errors import NotFound
from providers.memories import Memories
from providers.memory import MemoryProvider
from providers.model import Recording, RecordingId, RecordingQuery
from providers.registry import Providers
from providers.ringcentral import connect
from providers.waiting import say_wait, told_of_waits
from sandbox.ringcentral.server import RingCentralSandbox
from tests.bot.recording.stage import VOVA, Stage, by
from tests.providers.ringcentral.conftest import settings_for

PATIENCE = timedelta(seconds=10)
Read = Callable[[], Awaitable[str]]


def after(seconds: float, said: str = "here") -> Read:
    async def read() -> str:
        await asyncio.sleep(seconds)
        return said

    return read


def in_turn(seconds: float) -> Read:
    """One who knows that it is his turn in so many seconds."""

    async def read() -> str:
        await say_wait(f"Yours is next in {seconds:g} s.", seconds)
        return await after(seconds, "in turn")()

    return read


async def asked(*reads: Read, **how: timedelta) -> tuple[list[str], float, list[str]]:
    """What came of it, after how many seconds, and what the asker heard meanwhile."""
    heard: list[str] = []

    async def say(sentence: str) -> None:
        heard.append(sentence)

    loop = asyncio.get_running_loop()
    begun = loop.time()
    with told_of_waits(say):
        answers = await ask_all([(f"p{n}", read) for n, read in enumerate(reads)], PATIENCE, **how)
    return list(map(str, answers)), round(loop.time() - begun, 2), heard


GIVEN_UP = "p1 has to wait for its turn; with on:p1 Recbot waits for longer: Yours is next in 40 s."


@pytest.mark.parametrize(
    ("reads", "answers", "seconds", "heard"),
    [
        ((after(0.2), in_turn(40)), ["here", GIVEN_UP], 0.2, 0),
        ((after(3), in_turn(40)), ["here", GIVEN_UP], 3.0, 1),
        ((after(0.2), in_turn(5)), ["here", "in turn"], 5.5, 1),
        ((after(0.2), after(8, "late")), ["here", "late"], 8.0, 0),
        ((in_turn(40),), ["in turn"], 40.5, 1),
    ],
)
async def test_who_will_not_come_in_time_is_not_waited_for(
    reads: tuple[Read, ...], answers: list[str], seconds: float, heard: int
) -> None:
    said = await asked(*reads)
    assert (said[0], said[1], len(said[2])) == (answers, seconds, heard)


async def test_where_one_will_do_the_others_have_a_moment() -> None:
    moment = timedelta(seconds=1)
    assert (await asked(after(2), after(2.5), one_will_do=moment))[:2] == (["here", "here"], 2.5)
    answers, seconds, _ = await asked(after(2), after(9), one_will_do=moment)
    assert (answers, seconds) == (
        ["here", "p1 has not answered yet; with on:p1 Recbot waits for longer."],
        3.0,
    )

    async def not_here() -> str:
        raise NotFound("not here")

    answers, seconds, _ = await asked(not_here, after(9), one_will_do=moment)
    assert (answers, seconds) == (["not here", "here"], 9.0)


class Slow(MemoryProvider):
    async def recording(self, id: RecordingId) -> Recording:
        await asyncio.sleep(9)
        return await super().recording(id)


async def test_a_recording_is_shown_once_it_is_found(stage: Stage) -> None:
    meeting = stage.provider.backend.add_recording(title="meeting")
    services = replace(stage.services, providers=Providers([stage.provider, Slow("slow")]))
    pace = replace(services.pace, answer_patience=PATIENCE, another_patience=timedelta(seconds=1))
    begun = asyncio.get_running_loop().time()
    shown = await show_recording(None, meeting.id, by(VOVA), replace(services, pace=pace))
    assert asyncio.get_running_loop().time() - begun < 1.1
    assert shown.row.recording == meeting
    assert [silence.provider for silence in shown.silences] == ["slow"]


async def test_ringcentrals_ten_a_minute_hold_back_no_row_of_vidyos(stage: Stage) -> None:
    meeting = stage.provider.backend.add_recording(title="meeting")
    async with RingCentralSandbox() as sandbox:
        settings = settings_for(sandbox.api_url, sandbox.media_url, search_bound=1)
        async with connect("calls", settings, Memories()) as calls:
            pace = replace(stage.services.pace, answer_patience=PATIENCE)
            services = replace(stage.services, providers=Providers([stage.provider, calls]), pace=pace)
            loop, waited = asyncio.get_running_loop(), []
            for _ in range(15):
                begun = loop.time()
                found = await search_recordings(RecordingQuery(limit=50), None, by(VOVA), services)
                waited.append(loop.time() - begun)
                assert meeting in [row.recording for row in found.rows]
            assert max(waited) < 1
            assert [silence.provider for silence in found.silences] == ["calls"]
            begun = loop.time()
            shown = await show_recording(None, meeting.id, by(VOVA), services)
            assert shown.row.recording == meeting
            assert loop.time() - begun < 1.1
