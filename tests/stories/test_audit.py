"""The audit trail of an ordinary day: who asked for what, what became of it, and a head in the log that proves it."""

import logging
from pathlib import Path

import aiohttp
import pytest

from sandbox.slack.reading import buttons_of
from tests.eventually import eventually
from tests.stories.world import ROOM_NAME, open_world


async def test_a_day_stands_in_the_trail_and_its_head_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.recording.seal")
    async with open_world(tmp_path, pace={"audit_seal": "50ms"}) as world:
        slack, trail = world.slack, world.bot.services.store.audit
        await world.start()
        card = await world.card(f"Recording {ROOM_NAME}")
        await slack.press("anna", card, "Stop")
        await world.offers(card, "Play")
        await slack.press("sam", card, "Play")
        link = await world.told(":arrow_forward:", "This link is yours", user="sam")
        async with aiohttp.ClientSession() as session:
            url = next(b.url for b in buttons_of(link) if b.url)
            async with session.get(url) as answer:
                assert answer.status == 200

        async def all_is_sealed() -> bool:
            return not await trail.unsealed()

        await eventually(all_is_sealed)
        told = [one.entry async for one in trail.sealed()]
        said = {(one.what, one.outcome, one.who.rpartition("/")[2]) for one in told}
        fields = [getattr(record, "fields", {}) for record in caplog.records]
        head = [one for one in fields if "head" in one][-1]
        assert (await trail.verify(head["head"])).number >= head["up_to"]
    assert said >= {
        ("request", "kept", "U0VOVA"),
        ("recording", "asked", "U0VOVA"),
        ("recording", "recording", "U0VOVA"),
        ("request", "done", "U0VOVA"),
        ("notice", "posted", ""),
        ("recording", "stopping", "U0ANNA"),
        ("recording", "ready", "U0VOVA"),
        ("link", "issued", "U0SAM"),
        ("link", "opened", "U0SAM"),
    }
    begun = next(one for one in told if one.what == "request")
    assert {one.request for one in told if one.what == "recording"} == {begun.request}
