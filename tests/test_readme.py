"""The README's commands work as they stand there."""

import asyncio
import json
import os
import re
import shlex
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from click import Context
from playwright.async_api import Browser, expect

from bot.cli.demo import ringcentral_keys
from bot.cli.main import cli
from bot.store import open_store
from bot.store.schema import NEWEST
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.chromium import open_page
from tests.eventually import PATIENCE
from tests.postgres import Server
from tests.stories.terminals import typed

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^ *\$ (.+)$", README, re.MULTILINE)
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@asynccontextmanager
async def running(command: str, directory: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command, in a shell as a person would have it, until the context is left."""
    process = await asyncio.create_subprocess_shell(
        command,
        cwd=directory,
        env=ENVIRONMENT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            await process.wait()


async def done(command: str, directory: Path) -> str:
    """What the command says, once it has ended well."""
    async with running(command, directory) as process, asyncio.timeout(PATIENCE):
        assert process.stdout is not None
        said = (await process.stdout.read()).decode()
        assert await process.wait() == 0, f"{command}: {said}"
    return said


async def done_here(command: str) -> str:
    """The same in this process, since most of what one of its own does is to begin."""
    ended = await typed(*shlex.split(command)[1:])
    assert ended.exit_code == 0, f"{command}: {ended.output}"
    return ended.output


@asynccontextmanager
async def configured(directory: Path, speed: float = 1.0) -> AsyncIterator[None]:
    """The README's own recbot.toml, with the sandboxes' addresses and logins in place of the examples."""
    [toml] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    text = re.sub(r"^ +", "", toml, flags=re.MULTILINE)
    text = text[text.index("[providers.vidyo]") :]
    async with VidyoSandbox(speed=speed) as vidyo, RingCentralSandbox(speed=speed) as calls:
        keys = ringcentral_keys(calls, speed=speed)
        for example, real in (
            ("https://test.platform.vidyo.io", vidyo.portal_url),
            ("https://test.replay.platform.vidyo.io", vidyo.replay_url),
            ('password = "..."', 'password = "recbot-secret"'),
            *((f'{key} = "..."', f'{key} = "{keys[key]}"') for key in ("client_id", "client_secret", "jwt")),
        ):
            assert example in text
            text = text.replace(example, real)
        more = {key: keys[key] for key in ("server_url", "media_hosts", "rate_scale")}
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
        (directory / "recbot.toml").write_text(text)
        yield


def test_the_readme_begins_with_what_it_is_a_picture_and_two_commands() -> None:
    assert README.startswith("# Recbot\n\nRecbot lets a team")
    picture = re.search(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert picture is not None
    assert (ROOT / picture[1]).stat().st_size > 1000
    assert COMMANDS[:2] == ["git clone REPOSITORY recbot && cd recbot", "make demo"]


@pytest.mark.real_time
async def test_the_first_command_brings_everything_that_the_second_needs(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("This tree is no git checkout, so it cannot be cloned.")
    await done(COMMANDS[0].replace("REPOSITORY", str(ROOT)), tmp_path)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        assert (tmp_path / "recbot" / name).is_file()


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_the_demo_prints_one_address_and_a_meeting_is_recorded_there(chromium: Browser) -> None:
    async with running(COMMANDS[1], ROOT) as process:
        url = await address_of(process)
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            assert page.status == 200
            assert "<title>" in await page.text()
        async with open_page(chromium, f"{url}/?as=U0VOVA#C0GENERAL") as page:
            await page.fill("#composer", "/record start Nf5kaN9tWo")
            await page.press("#composer", "Enter")
            card = page.locator("[data-ts]").filter(has_text="Asked by")
            await expect(card).to_contain_text("Recording 230301302")
            await card.get_by_role("button", name="Stop").click()
            await expect(card).to_contain_text("Ready")
            await expect(card.get_by_role("button", name="Play")).to_be_visible()


async def address_of(demo: asyncio.subprocess.Process) -> str:
    """The one address that the demo prints."""
    assert demo.stdout is not None
    async with asyncio.timeout(PATIENCE):
        async for line in demo.stdout:
            if found := re.search(r"http://[\w.]+:\d+", line.decode()):
                return found[0]
    raise AssertionError("the demo ended before it printed an address")


@pytest.mark.real_time
async def test_the_commands_for_the_command_line_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = [one for one in COMMANDS if one.startswith(("recbot record ", "recbot recordings "))]
    assert len(others) == 3
    monkeypatch.chdir(tmp_path)
    async with configured(tmp_path, speed=20):
        assert "recording" in await done(first, tmp_path)
        for command in others:
            await done_here(command)
        assert (tmp_path / "standup.mp4").stat().st_size == 1493016


async def test_the_doctor_finds_all_well_once_it_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ".venv/bin/recbot doctor" in COMMANDS
    monkeypatch.chdir(tmp_path)
    async with configured(tmp_path):
        said = await done_here("recbot doctor")
    assert {line[:11].rstrip() for line in said.splitlines()} == {"ok"}, said


@pytest.mark.real_time
async def test_a_database_is_prepared_copied_and_brought_back_as_described(
    server: Server, worker_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = "postgresql://recbot@db.example.org/recbot"
    url = server.new_database(f"readme-{worker_id}")
    commands = {shlex.split(one)[0]: one.replace(example, shlex.quote(url)) for one in COMMANDS}
    assert f'url = "{example}"' in README
    (tmp_path / "recbot.toml").write_text(f'[database]\nurl = "{url}"\n')

    assert "recbot db upgrade" in COMMANDS
    assert NEWEST in await done_here("recbot db upgrade")
    async with open_store(url) as store:
        await store.sign_ins.refuse("somebody", "No.")
    await done(f"PATH={server.programs}:$PATH {commands['pg_dump']}", tmp_path)
    async with open_store(url) as store:
        await store.sign_ins.clear("somebody")
    await done(f"PATH={server.programs}:$PATH {commands['pg_restore']}", tmp_path)
    async with open_store(url) as store:
        assert await store.sign_ins.refusal("somebody") is not None


async def test_a_file_is_copied_as_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [command] = [shlex.split(one) for one in COMMANDS if one.startswith("sqlite3 ")]
    _, file, words = command
    async with open_store(f"sqlite:///{file}") as store:
        await store.sign_ins.refuse("somebody", "No.")
        with closing(sqlite3.connect(file)) as running:
            running.execute(words)
    Path(file).unlink()
    Path("backup.db").rename(file)
    async with open_store(f"sqlite:///{file}") as store:
        assert await store.sign_ins.refusal("somebody") is not None


def test_both_halves_are_commands() -> None:
    assert {"recbot web", "recbot worker"} <= set(COMMANDS)
    assert {"web", "worker"} <= set(cli.list_commands(Context(cli)))
