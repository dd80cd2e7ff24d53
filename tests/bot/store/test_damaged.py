"""A database file with a damaged page is told of in one sentence, whichever page it is."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, RoomCreated
from bot.store import Store, StoreError, open_store
from tests.bot.store.samples import ROOM, VOVA, a_watch, card_of
from tests.database import new_file

PAGE = 4096


LOST = text("UPDATE notices SET shown = NULL")


def told(key: str) -> Notice:
    return Notice(key, Conversation("slack", "C0GENERAL", "T0"), RoomCreated("vidyo", ROOM, VOVA))


async def _work(store: Store) -> None:
    for notice in await store.notices.claim("me", timedelta(seconds=30), 20):
        await store.notices.posted(notice, "1.0")
    await store.notices.owe(told("another"))
    await store.watches.holding("vidyo", ROOM.id)
    await store.watches.following("vidyo")
    await store.watches.get("w1")


@pytest.fixture
async def whole(tmp_path: Path) -> bytes:
    file = tmp_path / "whole.db"
    file.write_bytes(new_file())
    async with open_store(f"sqlite:///{file}") as store:
        for number in range(30):
            await store.notices.owe(told(f"n{number}"))
        watch = a_watch()
        await store.watches.reserve(watch, card_of(watch))
    return file.read_bytes()


@pytest.mark.parametrize(("noise", "first"), [(bytes(PAGE), 0), (b"\x99" * 12, 2)])
async def test_a_damaged_page_is_a_sentence(whole: bytes, tmp_path: Path, noise: bytes, first: int) -> None:
    said: list[str] = []
    for number in range(first, len(whole) // PAGE, 4):
        file = tmp_path / f"{number}.db"
        at = number * PAGE
        file.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
        try:
            async with open_store(f"sqlite:///{file}") as store:
                await _work(store)
        except StoreError as error:
            said.append(str(error))
    assert said
    assert all(one.startswith("The database file ") and "\n" not in one for one in said)


async def test_a_row_that_lost_its_values_is_a_damaged_file(whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "cut.db"
    file.write_bytes(whole)
    async with open_store(f"sqlite:///{file}") as store:
        with pytest.raises(StoreError, match="is damaged: restore it from a backup"):
            await store.notices._database.write(LOST)
