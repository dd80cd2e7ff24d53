"""The configuration as editors, shells and containers leave it."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load

TOML = """
[slack]
bot_token = "xoxb-1"
app_token = "xapp-1"
[providers.vidyo]
kind = "vidyo"
portal_url = "https://p.example"
replay_url = "https://r.example"
username = "recbot"
"""
TOKENS = [
    "xoxb-2",
    "xoxb-2\n",
    "xoxb-2\r\n",
    "\n\n  xoxb-2\t\n",
    "\ufeffxoxb-2",
    "\ufeffxoxb-2\r\n",
    "xoxb-2\u00a0",
    "\u200bxoxb-2\u200b",
    '"xoxb-2"',
    "'xoxb-2'\n",
    "“xoxb-2”",
]


def read(tmp_path: Path, text: str, **environment: str) -> Settings:
    file = tmp_path / "recbot.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environment)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_mark_at_the_beginning_of_a_file_is_no_letter(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    secret = tmp_path / "password"
    secret.write_bytes(f"{mark}pässword\r\n".encode(encoding))
    file = tmp_path / "recbot.toml"
    text = f"{mark}{TOML}password_file = '{secret}'\n".replace("\n", "\r\n")
    file.write_bytes(text.encode(encoding))
    settings = load(file, {})
    assert settings.providers["vidyo"].username == "recbot"
    assert settings.providers["vidyo"].password.get_secret_value() == "pässword"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "recbot.toml"
    for data in (b"\x80\x81", b"\xff\xfe\x00", b"[slack]\nbot_token = '\xe9'"):
        file.write_bytes(data)
        with pytest.raises(SettingsError, match=r"recbot\.toml cannot be read: it is no text in UTF-8"):
            load(file, {})


@pytest.mark.parametrize("written", TOKENS)
def test_a_token_is_what_stands_between_what_shells_and_editors_add(tmp_path: Path, written: str) -> None:
    settings = read(tmp_path, TOML + 'password = "p"', RECBOT_SLACK__BOT_TOKEN=written)
    assert settings.slack is not None
    assert settings.slack.bot_token.get_secret_value() == "xoxb-2"
    kept = tmp_path / "token"
    kept.write_text(written, encoding="utf-8")
    text = TOML.replace('bot_token = "xoxb-1"', f'bot_token_file = "{kept}"')
    from_file = read(tmp_path, text + 'password = "p"').slack
    assert from_file is not None
    assert from_file.bot_token.get_secret_value() == "xoxb-2"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pass word", "pass word"),
        ("password\n", "password"),
        ("password\r\n", "password"),
        ("\ufeffpassword", "password"),
        ('"quoted"', '"quoted"'),
        (" spaced ", " spaced "),
    ],
)
def test_a_password_keeps_whatever_may_be_in_one(tmp_path: Path, written: str, meant: str) -> None:
    settings = read(tmp_path, TOML, RECBOT_PROVIDERS__VIDYO__PASSWORD=written)
    assert settings.providers["vidyo"].password.get_secret_value() == meant


def test_keys_from_the_environment_lose_what_surrounds_them(tmp_path: Path) -> None:
    first, second = "a" * 20, "b" * 20
    for written in (f"{first} {second}\n", f"\ufeff{first}\r\n{second}\r\n", f'["{first}", "{second}\\n"]'):
        kept = tmp_path / "keys"
        kept.write_text(written, encoding="utf-8")
        if written.startswith("["):
            settings = read(tmp_path, TOML + 'password = "p"', RECBOT_SECURITY__KEYS=written)
        else:
            settings = read(tmp_path, TOML + f'password = "p"\n[security]\nkeys_file = "{kept}"')
        assert [key.get_secret_value() for key in settings.security.keys] == [first, second]


@pytest.mark.parametrize(
    "written", ["xoxb-2\nxoxb-3", "# ours\nxoxb-2", "A=1\r\nB=2", "xoxb-2\0", "\x1b[0mxoxb-2"]
)
def test_a_secret_of_several_lines_is_refused_by_its_name_and_not_sent(tmp_path: Path, written: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(written, encoding="utf-8")
    text = TOML.replace('bot_token = "xoxb-1"', f"bot_token_file = '{secret}'") + "password = 'x'\n"
    with pytest.raises(SettingsError, match=r"^slack: bot_token is more than one line") as refused:
        read(tmp_path, text)
    assert "xoxb" not in str(refused.value)
    with pytest.raises(SettingsError, match=r"password is more than one line"):
        read(tmp_path, f"{TOML}password_file = '{secret}'\n")
    with pytest.raises(SettingsError, match=r"bot_token is more than one line"):
        read(tmp_path, f"{TOML}password = 'x'\n", RECBOT_SLACK__BOT_TOKEN=written)


def test_keys_may_stand_on_a_line_each(tmp_path: Path) -> None:
    secret = tmp_path / "keys"
    secret.write_text(f"{'a' * 16}\r\n{'b' * 16}\n", encoding="utf-8")
    settings = read(tmp_path, f"[security]\nkeys_file = '{secret}'\n")
    assert [key.get_secret_value() for key in settings.security.keys] == ["a" * 16, "b" * 16]


@pytest.mark.parametrize("around", ["\n", "\r\n", "\r", " ", "\ufeff", "\u00a0"])
def test_an_address_from_the_environment_loses_what_surrounds_it(tmp_path: Path, around: str) -> None:
    settings = read(
        tmp_path,
        f"{TOML}password = 'x'\n",
        RECBOT_DATABASE__URL=f"sqlite:///kept.db{around}",
        RECBOT_WEB__PUBLIC_URL=f"{around}https://recbot.example{around}",
        RECBOT_SLACK__API_URL=f"https://slack.example/api/{around}",
        RECBOT_PROVIDERS__VIDYO__USERNAME=f"recbot{around}",
        RECBOT_SLACK__MODE=f"socket{around}",
    )
    assert settings.database.url == "sqlite:///kept.db"
    assert settings.web.public_url == "https://recbot.example"
    assert settings.slack is not None
    assert (settings.slack.api_url, settings.slack.mode) == ("https://slack.example/api/", "socket")
    assert settings.providers["vidyo"].username == "recbot"


@pytest.mark.parametrize(
    "url", ["sqlite:///kept\n.db", "sqlite:///kept\0.db", "sqlite:///kept.db\nsqlite:///b"]
)
def test_a_value_of_several_lines_is_refused_by_its_name(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match=r"^database: url is more than one line"):
        read(tmp_path, TOML, RECBOT_DATABASE__URL=url)
