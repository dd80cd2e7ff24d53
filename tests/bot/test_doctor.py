"""What the operator is told: each thing by its name, and what to do about it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, free_port, sandbox_settings
from bot.doctor import examine
from bot.settings import Settings
from providers.interfaces import Check
from sandbox.slack.faults import Fault
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox


@dataclass
class House:
    """The far sides, and a configuration that may be wrong about them."""

    slack: SlackSandbox
    vidyo: VidyoSandbox
    directory: Path

    def settings(self, vidyo: Mapping[str, Any] | None = None, **sections: dict[str, Any]) -> Settings:
        """As it should be, but for these keys. Without more there is no public address."""
        base = sandbox_settings(self.slack, self.vidyo, self.directory, speed=20)
        [(name, provider)] = base.providers.items()
        changed = {**provider.model_dump(), **(vidyo or {})}
        wanted: dict[str, dict[str, Any]] = {
            "web": {"public_url": None},
            "providers": {name: changed},
            **sections,
        }
        return sandbox_settings(self.slack, self.vidyo, self.directory, speed=20, sections=wanted)

    async def checks(self, vidyo: Mapping[str, Any] | None = None, **sections: dict[str, Any]) -> list[Check]:
        return [check async for check in examine(self.settings(vidyo, **sections))]

    async def bad(self, vidyo: Mapping[str, Any] | None = None, **sections: dict[str, Any]) -> list[str]:
        """What is wrong, a line each."""
        checks = await self.checks(vidyo, **sections)
        return [f"{check.what}: {check.advice}" for check in checks if not check.ok]

    def wrong_logins(self) -> int:
        return sum(entry.outcome == "401" for entry in self.vidyo.world.journal)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with far_sides(speed=20, port=0) as (slack, vidyo):
        yield House(slack, vidyo, tmp_path)


async def test_where_all_is_well_each_thing_says_so(house: House) -> None:
    checks = await house.checks()
    assert all(check.ok for check in checks), checks
    said = "\n".join(check.what for check in checks)
    for words in (
        "database: ",
        "vidyo: The portal",
        "vidyo: signed in as recbot (Recording Bot)",
        "vidyo: a recorder with the profile 000 is idle",
        "vidyo: The replay server",
        "shows us 40",
        "slack: signed in as recbot in sandbox",
        "slack: scopes",
        "slack: Socket Mode",
        "clock",
        "web: no public_url",
    ):
        assert words in said


async def test_no_finding_holds_a_secret(house: House) -> None:
    said = str(await house.checks()) + str(await house.checks({"password": "another-secret"}))
    slack = house.slack.credentials
    for secret in ("recbot-secret", "another-secret", slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in said


async def test_a_wrong_bot_token_is_named(house: House) -> None:
    assert await house.bad(slack={"bot_token": "xoxb-wrong"}) == [
        "slack: bot token: Slack refuses it (invalid_auth); put the app's xoxb- token there."
    ]


async def test_a_wrong_or_missing_app_token_is_named(house: House) -> None:
    for token in ("xapp-wrong", house.slack.credentials.bot_token):
        [line] = await house.bad(slack={"app_token": token})
        assert line.startswith("slack: app token: Slack refuses it (")
        assert "connections:write" in line
    [line] = await house.bad(slack={"app_token": None})
    assert line.startswith('slack: app token: It is needed while mode = "socket"')
    [line] = await house.bad(slack={"mode": "http", "signing_secret": None})
    assert line.startswith('slack: signing secret: It is needed while mode = "http"')


async def test_each_missing_scope_is_named_with_what_it_is_for(house: House) -> None:
    house.slack.api.scopes -= {"users:read", "files:write"}
    assert await house.bad() == [
        "slack: scope files:write: It is missing: Recbot cannot send a recording's file where no public address "
        "serves a link. Reinstall the app.",
        "slack: scope users:read: It is missing: Recbot cannot tell guests from members, and know the asker's time "
        "zone. Reinstall the app.",
    ]


async def test_a_slack_that_cannot_be_reached_is_named(house: House) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/api/"
    [line] = await house.bad(slack={"api_url": nowhere})
    assert line.startswith(f"slack: {nowhere} cannot be reached (")


@pytest.mark.parametrize("kind", ["503", "reset_before"])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_slack_that_has_a_bad_day_ends_in_a_line(method: str, kind: str, house: House) -> None:
    house.slack.faults.add(Fault(method, kind, times=None))
    [line] = await house.bad()
    assert line.startswith("slack")


async def test_a_wrong_password_is_named_asked_once_and_forgotten_when_it_is_right(house: House) -> None:
    world = house.vidyo.world
    world.accounts.change_password("recbot", "new-secret")
    lines = await house.bad()
    assert len(lines) == 2
    assert lines[0].startswith("vidyo: The portal")
    for line in lines:
        assert "Correct username and password, or unlock the account in the portal" in line
    assert house.wrong_logins() == 2

    world.journal.clear()
    async with running_bot(house.settings()):
        await house.slack.command("vova", "#general", "/record start Nf5kaN9tWo")
        await house.slack.see("#general", "login", user="vova")
    assert len(world.journal) == 0

    world.accounts.change_password("recbot", "recbot-secret")
    assert await house.bad() == []
    async with running_bot(house.settings()):
        await house.slack.command("vova", "#general", "/record start Nf5kaN9tWo")
        await house.slack.see("#general", "Recording 230301302")


async def test_a_portal_that_cannot_be_reached_is_named_and_the_rest_is_tried(house: House) -> None:
    [line] = await house.bad({"portal_url": f"http://127.0.0.1:{free_port()}"})
    assert line.startswith("vidyo: The portal")
    assert "Check the address, the network and the certificate" in line


async def test_a_replay_server_that_cannot_be_reached_is_named(house: House) -> None:
    [line] = await house.bad({"replay_url": f"http://127.0.0.1:{free_port()}"})
    assert line.startswith("vidyo: The replay server")


async def test_a_public_address_is_tried_from_outside(house: House) -> None:
    port = free_port()
    web = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    [line] = await house.bad(web=web)
    assert line.startswith(f"web: http://127.0.0.1:{port}: It cannot be reached from here")
    async with running_bot(house.settings(web=web)):
        assert await house.bad(web=web) == []
    [line] = await house.bad(web={"public_url": house.slack.url})
    assert "It answers 404, so it does not lead to Recbot's gateway." in line
    [line] = await house.bad(web=web, security={"keys": []})
    assert line.startswith("security: keys: At least one is needed to sign links")


async def test_a_database_that_cannot_be_opened_is_named(house: House, tmp_path: Path) -> None:
    lines = await house.bad(database={"url": f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'r.db'}"})
    assert lines[0].startswith("database: ")
