"""No sentence about a configuration repeats a value of it: it may be a secret, where a file or a host was meant."""

import json
import logging
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.settings import Settings, SettingsError, load
from bot.store import StoreError, open_store, upgrade
from tests.database import new_file
from tests.stories.world import open_world

SECRETS = (
    "xoxb-1111111111-2222222222-abcdefghijkl",
    "hunter2",
    "eyJraWQiOiI4NzYyZjU5OGQwNTk0NGRiODZiZjVjYTk3ODA0NzYwOCJ9." * 8,
    "/hunter2/of/letters",
    "~hunter2/secret",
    "hunter2\\u0000",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("section", "key", "others"),
    [
        ("slack", "bot_token", ""),
        ("web", "metrics_token", ""),
        ("security", "keys", ""),
        (
            "providers.vidyo",
            "password",
            'kind = "vidyo"\nportal_url = "https://a.example"\nreplay_url = "https://b.example"\nusername = "recbot"',
        ),
    ],
)
def test_a_secret_that_is_given_as_the_name_of_its_file_is_not_repeated(
    tmp_path: Path, secret: str, section: str, key: str, others: str
) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(f'[{section}]\n{others}\n{key}_file = "{secret}"\n')
    with pytest.raises(SettingsError) as refused:
        load(file, {})
    said = str(refused.value)
    assert f"{key}_file names a file that cannot be read" in said
    assert f"the secret itself is written as {key}" in said
    assert "hunter2" not in said
    assert secret[:12] not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://recbot:hun@ter2@db.invalid/recbot",
        "postgresql://recbot:hun@ter2/x@db.invalid/recbot",
        "postgresql://recbot:hun@ter2:77x@db.invalid/recbot",
        "postgresql://recbot:hun@ter2@db.invalid:5432/recbot",
        "postgresql://recbot:pw@db.invalid:hunter2/recbot",
        "postgresql://recbot:hun@ter2@db.invalid/recbot?sslmode=require",
    ],
)
async def test_an_address_of_a_database_with_a_bare_at_is_refused_without_its_parts(url: str) -> None:
    for opening in (upgrade(url), open_store(url).__aenter__()):
        with pytest.raises(StoreError) as refused:
            await opening
        said = str(refused.value)
        assert "ter2" not in said
        assert "database.url" in said
        assert "%40" in said or "cannot be read" in said
        assert "ter2" not in repr(refused.value.__cause__)


ADDRESSES = (
    "https://recbot:[hunter2]@h.example",
    "https://recbot:hunter2＠x@h.example",
    "https://recbot:hunter2℀@h.example",
    "https://recbot:hunter2@h.example",
    "https://recbot:hunter2/x@h.example",
    "https://recbot:hunter2#@h.example",
    "https://[hunter2]/",
    "https://h.example:hunter2",
    "https://h.example\nhunter2",
)
NO_ADDRESS = {
    "slack": "slack.api_url: expected an address such as https://recbot.example.org",
    "web": "web.public_url: expected an address such as https://recbot.example.org",
}
LINES = {
    "slack": "slack: api_url is more than one line, or holds control characters",
    "web": "web: public_url is more than one line, or holds control characters",
}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("section", "key"), [("slack", "api_url"), ("web", "public_url")])
def test_an_address_with_a_login_is_refused_and_not_repeated(
    tmp_path: Path, address: str, section: str, key: str
) -> None:
    file = tmp_path / "recbot.toml"
    tokens = 'bot_token = "xoxb-1-1-a"\napp_token = "xapp-1-a"\n' if section == "slack" else ""
    file.write_text(f"[{section}]\n{tokens}{key} = {json.dumps(address)}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load(file, {})
    assert str(refused.value) == (LINES if "\n" in address else NO_ADDRESS)[section]


@pytest.mark.parametrize(
    "url", ["sqlite://recbot.db", "sqlite://hunter2/recbot.db", "postgresql://u:p@/x?host=/tmp&port=hunter2"]
)
async def test_an_address_of_a_database_that_cannot_be_read_ends_in_a_sentence(url: str) -> None:
    for opening in (upgrade(url), open_store(url).__aenter__()):
        with pytest.raises(
            StoreError, match=r"database\.url cannot be read; it looks like sqlite:///"
        ) as refused:
            await opening
        assert "hunter2" not in str(refused.value)


async def test_a_password_with_an_at_that_is_written_as_it_should_be_is_no_part_of_the_sentence() -> None:
    with pytest.raises(StoreError, match=r"The database recbot on 127\.0\.0\.1") as refused:
        await upgrade("postgresql://recbot:hun%40ter2@127.0.0.1:1/recbot")
    assert "ter2" not in str(refused.value)


# -- the database file ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602])
async def test_a_database_file_that_everybody_may_read_is_warned_of_by_doctor(
    tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "recbot.db"
    file.write_bytes(new_file())
    settings = Settings.model_validate({"database": {"url": f"sqlite:///{file}"}})
    for private in (0o600, 0o660):
        file.chmod(private)
        assert await said_of_the_database(settings) == f"The database file {file} answers"
    file.chmod(mode)
    assert f"everybody on this machine may read {file}" in await said_of_the_database(settings)
    assert f"chmod o= {file}" in await said_of_the_database(settings)
    assert file.stat().st_mode & 0o777 == mode, "whose it is decides"


async def said_of_the_database(settings: Settings) -> str:
    [check] = [check async for check in examine(settings) if check.what == "database"]
    return check.found


async def test_a_database_file_that_everybody_may_read_is_warned_of_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot")
    for mode in (0o600, 0o644):
        (tmp_path / f"{mode}").mkdir()
        file = tmp_path / f"{mode}" / "recbot.db"
        file.write_bytes(new_file())
        file.chmod(mode)
        async with open_world(file.parent):
            warned = [record.getMessage() for record in caplog.records if "chmod" in record.getMessage()]
        assert bool(warned) == (mode == 0o644)
