"""Keys change while links run, and a key that could be guessed stops the start."""

import json
from pathlib import Path

import aiohttp
import pytest

from bot.bootstrap import running_bot
from bot.settings import SettingsError, load
from sandbox.slack.reading import buttons_of
from tests.stories.world import World, open_world

OLD, NEW = "the-key-of-last-year-that-signs", "the-key-of-this-year-that-signs"
SHORT = "fifteen-letters"


async def status_of(world: World, path: str) -> int:
    """What whoever follows this link gets."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.bot.url}/m/{path}") as answer:
        return answer.status


async def link(world: World) -> str:
    """The secret part of a link that somebody asked for."""
    await world.slack.command("sam", "#general", "/recordings show 4908 on:vidyo")
    shown = await world.told("kept by", user="sam")
    await world.slack.press("sam", shown, "Download")
    given = await world.told("This link is yours", user="sam")
    return next(button.url for button in buttons_of(given) if button.url).rpartition("/")[2]


async def test_a_link_outlives_the_change_of_the_key_that_signed_it(tmp_path: Path) -> None:
    async with open_world(tmp_path, security={"keys": [OLD]}) as world:
        before = await link(world)
        assert await status_of(world, before) == 200
    async with open_world(tmp_path, security={"keys": [NEW, OLD]}) as world:
        assert await status_of(world, before) == 200
        after = await link(world)
    async with open_world(tmp_path, security={"keys": [NEW]}) as world:
        assert await status_of(world, after) == 200
        assert await status_of(world, before) == 403


@pytest.mark.parametrize("long", [[], [OLD]])
@pytest.mark.parametrize("short", [SHORT, " " * 20, ""])
def test_a_short_key_stops_the_start_wherever_it_is_written(
    tmp_path: Path, long: list[str], short: str
) -> None:
    keys, lines, file = (
        json.dumps([*long, short]),
        "\n".join([*long, short.strip() or "x"]),
        tmp_path / "recbot.toml",
    )
    (tmp_path / "keys").write_text(lines)
    for text, environment in (
        (f"[security]\nkeys = {keys}", {}),
        ("", {"RECBOT_SECURITY__KEYS": keys}),
        (f'[security]\nkeys_file = "{tmp_path}/keys"', {}),
        ("", {"RECBOT_SECURITY__KEYS_FILE": f"{tmp_path}/keys"}),
    ):
        file.write_text(text)
        with pytest.raises(SettingsError, match=r"security\.keys: each key needs at least 16") as caught:
            load(file, environment)
        assert SHORT not in str(caught.value)


def test_keys_that_are_no_list_are_told_without_being_shown(tmp_path: Path) -> None:
    (tmp_path / "recbot.toml").touch()
    for value in (f"{OLD} {NEW}", OLD, f'{{"a": "{OLD}"}}', f'["{OLD}"'):
        with pytest.raises(SettingsError, match="security") as caught:
            load(tmp_path / "recbot.toml", {"RECBOT_SECURITY__KEYS": value})
        assert OLD not in str(caught.value)
        assert caught.value.__suppress_context__


@pytest.mark.parametrize("keys", ["keys = []", "", 'keys_file = "{here}/empty"'])
async def test_links_without_a_key_stop_the_start(tmp_path: Path, keys: str) -> None:
    (tmp_path / "empty").write_text("\n")
    file = tmp_path / "recbot.toml"
    file.write_text(
        '[slack]\nbot_token = "xoxb-1"\napp_token = "xapp-1"\n[web]\npublic_url = "https://recbot.example.org"\n'
        f"[security]\n{keys.format(here=tmp_path)}\n"
    )
    with pytest.raises(SettingsError, match="at least one key is needed to sign links"):
        async with running_bot(load(file, {})):
            pass
