"""The configuration: what is wrong in it is named, and the example shows all of it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.settings import Settings, SettingsError, load
from providers.ringcentral import RingCentralSettings
from providers.vidyo.settings import VidyoSettings

EXAMPLE = Path(__file__).parents[2] / "recbot.example.toml"
VIDYO = """
[providers.vidyo]
kind = "vidyo"
portal_url = "https://p.example"
replay_url = "https://r.example"
username = "recbot"
password = "hunter2-hunter2"
"""


def _keys(model: type[BaseModel]) -> Iterator[str]:
    yield from model.model_fields


def test_the_example_documents_every_key_with_its_default() -> None:
    example = tomllib.loads(EXAMPLE.read_text())
    settings = load(EXAMPLE, {})
    for section, field in Settings.model_fields.items():
        if section == "providers":
            assert set(example[section]["vidyo"]) == set(VidyoSettings.model_fields)
            # The keys of the old way to sign in stand there as comments: together with jwt they are refused.
            old_way = {"username", "extension", "password"}
            assert set(example[section]["ringcentral"]) | old_way == set(RingCentralSettings.model_fields)
            continue
        value: Any = getattr(settings, section)
        assert set(example[section]) == set(_keys(type(value))), section
        assert field is not None
    assert settings.paces() == Settings().paces()


def test_addresses_and_logins_are_enough(tmp_path: Path) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(VIDYO)
    settings = load(file, {})
    assert settings.database.url == "sqlite:///recbot.db"
    assert settings.providers["vidyo"].profile == "000"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[slak]\nmode = 'http'", "slak"),
        ("[web]\nprot = 1", "web.prot"),
        ("[web]\nport = 99999", "web.port"),
        ("[web]\nlink_ttl = 'soon'", "web.link_ttl"),
        ("[web]\nmetrics_token = 'short'", "web.metrics_token"),
        ("[web]\nmetrics_token = 'sixteen letters or more'", "web.metrics_token"),
        ("[log]\nformat = 'xml'", "log.format"),
        ("[log]\nlevel = 'loud'", "log.level"),
        ("[slack]\nmode = 'pigeon'\nbot_token = 'x'", "slack.mode"),
        ("[slack]\nmode = 'http'", "slack.bot_token"),
        ("[security]\nkeys = ['short']", "security.keys"),
        ("[policy]\nadministrators = ['vova']", "policy.administrators"),
        (
            "[[policy.rules]]\nname = 'x'\nverbs = ['view']\nrooms = ['+1 650 555 0100']",
            "'+1 650 555 0100' is no room: rules know rooms and extensions, and no phone numbers",
        ),
        ("[pace]\ntick = 'x'", "pace.tick"),
        ("[providers.vidyo]\nkind = 'zoom'", "providers.vidyo.kind"),
        ("[providers.vidyo]\nportal_url = 'https://p.example'", "providers.vidyo.kind"),
        ("[providers.calls]\nkind = 'ringcentral'", "providers.calls.client_id"),
        (VIDYO.replace("https://p.example", "p.example"), "providers.vidyo.portal_url"),
        ("not toml", "recbot.toml"),
    ],
)
def test_a_wrong_section_key_or_value_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=re.escape(named)):
        load(file, {})


@pytest.mark.parametrize(
    ("variable", "named"),
    [
        ("RECBOT_SLAK__MODE", "RECBOT_SLAK__MODE"),
        ("RECBOT_WEB", "RECBOT_WEB"),
        ("RECBOT_WEB__PROT", "web.prot"),
        ("RECBOT_WEB__PORT", "web.port"),
        ("RECBOT_PROVIDERS__VIDYO__PASWORD", "providers.vidyo.pasword"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, named: str) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(VIDYO)
    with pytest.raises(SettingsError, match=re.escape(named)):
        load(file, {variable: "nonsense"})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(VIDYO)
    settings = load(file, {"RECBOT_PROVIDERS__VIDYO__PASSWORD": "another-one", "RECBOT_WEB__PORT": "9"})
    assert settings.providers["vidyo"].password.get_secret_value() == "another-one"
    assert settings.providers["vidyo"].username == "recbot"
    assert settings.web.port == 9


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.toml"
    file.write_text(VIDYO)
    assert load(None, {"RECBOT_CONFIG": str(file)}).providers
    with pytest.raises(SettingsError, match="cannot be read"):
        load(None, {"RECBOT_CONFIG": str(tmp_path / "missing.toml")})


def test_a_secret_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from-a-file\n")
    file = tmp_path / "recbot.toml"
    file.write_text(VIDYO.replace('password = "hunter2-hunter2"', f'password_file = "{tmp_path}/password"'))
    assert load(file, {}).providers["vidyo"].password.get_secret_value() == "from-a-file"
    file.write_text(VIDYO.replace('password = "hunter2-hunter2"', f'password_file = "{tmp_path}/nothing"'))
    with pytest.raises(SettingsError, match="password_file"):
        load(file, {})


def test_no_message_repeats_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(VIDYO + 'extra = "hunter2-hunter2"\n[security]\nkeys = ["hunter2"]\n')
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert "hunter2" not in str(caught.value)
