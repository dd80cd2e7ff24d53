"""The manifest and the app must not drift apart."""

from pathlib import Path

import yaml

from bot.slack.manifest import COMMANDS, SCOPES, manifest, manifest_text

FILE = Path(__file__).parents[3] / "manifest.yml"


def test_the_file_is_what_the_command_prints() -> None:
    assert FILE.read_text() == manifest_text()


def test_over_http_every_part_has_an_address() -> None:
    made = yaml.safe_load(manifest_text("https://recbot.example.org/"))
    address = "https://recbot.example.org/slack/events"
    assert [one["url"] for one in made["features"]["slash_commands"]] == [address] * len(COMMANDS)
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["settings"]["socket_mode_enabled"] is False


def test_it_keeps_slacks_limits() -> None:
    made = manifest()
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    for one in made["features"]["slash_commands"]:
        assert len(one["usage_hint"]) <= 1000
        assert 2 <= len(one["command"]) <= 32
    assert all(SCOPES.values())


def test_the_app_can_be_spoken_with_directly() -> None:
    tabs = manifest()["features"]["app_home"]
    assert tabs["messages_tab_enabled"]
    assert not tabs["messages_tab_read_only_enabled"]
