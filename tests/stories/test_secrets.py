"""Whoever reads the logs, the answers, the channel or the database's file learns no secret there."""

import base64
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from sandbox.slack.reading import buttons_of, text_of
from sandbox.slack.tickets import ResponseUrls
from tests.stories.world import ROOM_NAME, World, open_world

KEY = "the-key-that-signs-links-and-seals-tokens"


class Everything(logging.Handler):
    """All that any part of the process logs, down to DEBUG, as it would stand in a file."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(
            ("uvicorn", "websockets.server")
        ):  # the far sides run in this process too
            self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[Everything]:
    ear, root = Everything(), logging.getLogger()
    ear.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear
    root.setLevel(before)
    root.removeHandler(ear)


def spellings(secret: str) -> set[str]:
    """A secret as it stands, in an address, and in a login of HTTP's, wherever that begins."""
    coded = {base64.b64encode(("x" * n + secret).encode()).decode()[4:-4] for n in range(3)}
    return {secret, quote(secret, safe=""), *coded}


async def story(world: World) -> set[str]:
    """A bit of everything that people and machines do with secrets; what they were."""
    slack, calls = world.slack, world.calls
    secrets = {
        "recbot-secret",
        calls.client_secret,
        calls.jwt,
        KEY,
        slack.credentials.bot_token,
        slack.credentials.app_token,
        slack.credentials.signing_secret,
    }
    await world.start()
    card = await world.card(f"Recording {ROOM_NAME}")
    await slack.press("anna", card, "Stop")
    await world.offers(card, "Download")
    links = []
    for label, sign in (("Play", ":arrow_forward:"), ("Download", ":arrow_down:")):
        await slack.press("sam", card, label)
        links.append(await world.told(sign, "This link is yours", user="sam"))
    async with aiohttp.ClientSession() as session:
        for link in links:
            url = next(b.url for b in buttons_of(link) if b.url)
            secrets.add(url.rpartition("/")[2])
            async with session.get(url) as answer:
                page = await answer.text(errors="replace")
                secrets |= set(re.findall(r"\.\./m/([\w.-]+)", page))
    await slack.command("vova", "#general", "/recordings search vova")
    await world.told("1 to 5")
    calls.expire_access_tokens()
    calls.faults.add("503", times=1)
    world.vidyo.world.faults.add("503", times=1)
    await slack.command("vova", "#general", "/recordings search ada on:ringcentral")
    await world.told("ringcentral")
    for session_of in calls.sessions:
        secrets |= {token for token in (session_of.access_token, session_of.refresh_token) if token}
    calls.sign_in.client_secret = "another-client-secret"
    calls.expire_access_tokens()
    await slack.command("sam", "#general", "/recordings search grace on:ringcentral")
    await world.told("client", user="sam")
    world.vidyo.world.accounts.change_password("recbot", "another-password")
    await slack.command("sam", "#general", "/recordings search vova on:vidyo")
    await world.told("does not accept", user="sam")
    return secrets


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What is secret of each address that Slack gave for an answer."""
    given: set[str] = set()
    issue = ResponseUrls.issue

    def noted(*args: Any) -> str:
        address = issue(*args)
        given.add(address.rpartition("/")[2])
        return address

    monkeypatch.setattr(ResponseUrls, "issue", noted)
    return given


async def test_no_secret_is_written_where_somebody_may_read_it(
    heard: Everything, addresses: set[str], tmp_path: Path
) -> None:
    async with open_world(tmp_path, calls=True, security={"keys": [KEY]}) as world:
        secrets = await story(world)
        async with aiohttp.ClientSession() as session, session.get(f"{world.bot.url}/readyz") as answer:
            said = [await answer.text()]
        said += [text_of(message) for message in world.slack.messages("#general", "vova")]
    assert len(secrets) > 10
    assert len(addresses) > 5
    assert len(heard.lines) > 100
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"recbot" in files
    leaks = set()
    for secret in secrets | addresses:
        for spelled in spellings(secret):
            leaks |= {line for line in [*heard.lines, *said] if spelled in line}
            if spelled.encode() in files:
                leaks.add(f"{spelled} in the database")
    assert not leaks
