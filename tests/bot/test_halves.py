"""The bot by halves: what each does of the work that a whole one does."""

import asyncio
from pathlib import Path

import pytest

from bot.bootstrap import Half, running_bot
from bot.cli.demo import far_sides, sandbox_settings
from bot.store.sqlite import Sqlite
from tests.database import new_file


async def test_who_only_hears_and_keeps_goes_by_the_stores_clock_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads no agenda, by which a worker sets its clock, and may run for months."""
    set_clocks = asyncio.Event()

    async def keep_time(self: Sqlite) -> None:
        set_clocks.set()

    monkeypatch.setattr(Sqlite, "keep_time", keep_time)
    (tmp_path / "recbot.db").write_bytes(new_file())
    async with (
        far_sides(speed=1, port=0) as (slack, vidyo),
        running_bot(sandbox_settings(slack, vidyo, tmp_path, speed=1), {Half.WEB}) as bot,
    ):
        set_clocks.clear()
        bot.services.wake()
        async with asyncio.timeout(5):
            await set_clocks.wait()
