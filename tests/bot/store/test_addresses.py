"""A database's address that cannot be right is answered in one sentence, which repeats none of it."""

from pathlib import Path

import pytest

from bot.store import StoreError, open_store


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://recbot:s3cret@db:54x32/recbot",
        "postgresql://recbot:s3cret@db:/recbot",
        "postgresql://[::1/recbot",
        "postgresql://db:５４３２５x/recbot",
        "postgresql",
        "",
    ],
)
async def test_an_address_that_cannot_be_read_is_told_how_to_write(url: str) -> None:
    with pytest.raises(StoreError, match=r"database\.url cannot be read; it looks like") as caught:
        async with open_store(url):
            pass
    assert "s3" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        async with open_store(f"sqlite:///{tmp_path}"):
            pass
