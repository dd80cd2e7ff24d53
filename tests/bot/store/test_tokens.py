import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from providers.memories import TokenMemory
from tests.database import new_file

OLD, NEW = "an-old-key-of-this-bot", "a-new-key-of-this-bot"
SECRET = '{"access_token": "U1BCMDFUMDRKV1MwMXxz"}'


@pytest.fixture
def url(tmp_path: Path) -> str:
    file = tmp_path / "tokens.db"
    file.write_bytes(new_file())
    return f"sqlite:///{file}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url, keys=[OLD]) as store:
        yield store


async def test_a_token_is_kept_until_it_is_forgotten(store: Store) -> None:
    memory: TokenMemory = store.tokens
    assert await memory.load("ringcentral") is None
    await memory.save("ringcentral", "first")
    await memory.save("ringcentral", SECRET)
    assert await memory.load("ringcentral") == SECRET
    assert await memory.load("another") is None
    await memory.forget("ringcentral")
    assert await memory.load("ringcentral") is None


async def test_the_file_holds_nothing_that_can_be_read(store: Store, tmp_path: Path) -> None:
    await store.tokens.save("ringcentral", SECRET)
    for file in tmp_path.iterdir():
        assert b"U1BCMDFUMDRKV1MwMXxz" not in file.read_bytes()


async def test_a_new_key_seals_and_the_old_one_still_opens(store: Store, url: str) -> None:
    await store.tokens.save("ringcentral", SECRET)
    async with open_store(url, keys=[NEW, OLD]) as both:
        assert await both.tokens.load("ringcentral") == SECRET
        await both.tokens.save("ringcentral", SECRET)
    async with open_store(url, keys=[NEW]) as new:
        assert await new.tokens.load("ringcentral") == SECRET


async def test_what_no_key_opens_is_as_good_as_none(
    store: Store, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await store.tokens.save("ringcentral", SECRET)
    async with open_store(url, keys=[NEW]) as stranger:
        with caplog.at_level(logging.WARNING):
            assert await stranger.tokens.load("ringcentral") is None
    assert "asked for anew" in caplog.text
    async with open_store(url) as keyless:
        assert await keyless.tokens.load("ringcentral") is None
        await keyless.tokens.save("another", SECRET)
        assert await keyless.tokens.load("another") is None
