"""`recbot demo` and `recbot sandbox`: the far sides on one machine, with and without the bot."""

import json
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from bot.bootstrap import running_bot
from bot.cli.context import Exit, run
from bot.cli.stopping import told_to_stop
from bot.domain.pace import Pace
from bot.settings import Settings
from bot.slack.manifest import COMMANDS
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.slack.model import SlashCommand
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox

Command = TypeVar("Command", bound=Callable[..., Any])

_EXAMPLES = {
    "/record": ("/record start Nf5kaN9tWo", "/record stop", "/record status", "/record calls"),
    "/recordings": (
        "/recordings search vova",
        "/recordings search number:16505550100",
        "/recordings subscribe",
        "/recordings latest",
    ),
}


def slash_commands() -> list[SlashCommand]:
    """The commands of the manifest, with examples that work in the sandbox's world."""
    return [
        SlashCommand(
            command=str(one["command"]),
            description=str(one["description"]),
            usage_hint=str(one["usage_hint"]),
            examples=_EXAMPLES[str(one["command"])],
            should_escape=bool(one["should_escape"]),
        )
        for one in COMMANDS
    ]


@asynccontextmanager
async def far_sides(
    *,
    speed: float,
    port: int,
    lenient: bool = False,
    phone_url: str | None = None,
    vidyo_ports: tuple[int, int] = (0, 0),
) -> AsyncIterator[tuple[SlackSandbox, VidyoSandbox]]:
    """Slack and Vidyo on loopback, until the context is left. `phone_url`: whose telephones the page shows."""
    async with VidyoSandbox(speed=speed, lenient=lenient, ports=vidyo_ports) as vidyo:
        commands = slash_commands()
        async with SlackSandbox(
            speed=speed, port=port, controls_url=vidyo.portal_url, phone_url=phone_url, commands=commands
        ) as slack:
            yield slack, vidyo


def sandbox_settings(
    slack: SlackSandbox,
    vidyo: VidyoSandbox,
    directory: Path,
    *,
    speed: float,
    sections: Mapping[str, dict[str, Any]] | None = None,
) -> Settings:
    """The configuration of a bot between these far sides, at their speed. `sections` add to it or replace keys."""
    port = free_port()
    pace = Pace().scaled(speed)
    base: dict[str, dict[str, Any]] = {
        "slack": {
            "mode": "socket",
            "bot_token": slack.credentials.bot_token,
            "app_token": slack.credentials.app_token,
            "signing_secret": slack.credentials.signing_secret,
            "api_url": slack.api_url,
        },
        "database": {"url": f"sqlite:///{directory / 'recbot.db'}"},
        "web": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
        "security": {"keys": [secrets.token_urlsafe(32)]},
        "policy": {"administrators": ["U0VOVA"]},
        "pace": {name: getattr(pace, name) for name in Pace.__dataclass_fields__},
        "providers": {"vidyo": vidyo_keys(vidyo)},
    }
    for name, keys in (sections or {}).items():
        base[name] = {**base.get(name, {}), **keys}
    return Settings.model_validate(base)


def vidyo_keys(vidyo: VidyoSandbox) -> dict[str, Any]:
    """The keys of [providers.vidyo] for this sandbox, with the login that it knows."""
    return {
        "kind": "vidyo",
        "portal_url": vidyo.portal_url,
        "replay_url": vidyo.replay_url,
        "tenant": "test",
        "username": "recbot",
        "password": "recbot-secret",
    }


def ringcentral_keys(calls: RingCentralSandbox, *, speed: float) -> dict[str, Any]:
    """The keys of [providers.ringcentral] for this sandbox, at its speed."""
    return {
        "kind": "ringcentral",
        "server_url": calls.api_url,
        "media_hosts": [urlsplit(calls.media_url).netloc],
        "client_id": calls.world.client_id,
        "client_secret": calls.world.client_secret,
        "jwt": calls.world.jwt,
        "live_calls": True,
        "rate_scale": speed,
    }


def toml(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """These sections as they stand in recbot.toml; a string in JSON reads the same there."""
    tables = []
    for name, keys in sections.items():
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in keys.items()]
        tables.append(f"[{name}]\n{''.join(lines)}")
    return "\n".join(tables)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


_port = click.option(
    "--port",
    default=8300,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Of the Slack page; 0 takes a free one.",
)
_speed = click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 100),
    help="How fast that world runs.",
)


def _other_port(name: str, whose: str) -> Callable[[Command], Command]:
    return click.option(
        name,
        default=0,
        show_default=True,
        type=click.IntRange(0, 65_535),
        help=f"{whose}; 0 takes a free one.",
    )


@click.command()
@_port
@_speed
def demo(port: int, speed: float) -> None:
    """Slack, Vidyo, RingCentral and the bot on this machine, to try in a browser: no account, no network."""
    run(_demo(port, speed), interrupted=Exit.DONE)


async def _demo(port: int, speed: float) -> int:
    with tempfile.TemporaryDirectory(prefix="recbot-demo-") as directory:
        async with (
            RingCentralSandbox(speed=speed) as calls,
            far_sides(speed=speed, port=port, phone_url=calls.api_url) as (slack, vidyo),
        ):
            phones = {"providers": {"ringcentral": ringcentral_keys(calls, speed=speed)}}
            settings = sandbox_settings(slack, vidyo, Path(directory), speed=speed, sections=phones)
            async with running_bot(settings):
                click.echo(f"Open {slack.url} and type: /record start Nf5kaN9tWo")
                await told_to_stop()
    return Exit.DONE


@click.command()
@_port
@_speed
@click.option(
    "--lenient", is_flag=True, help="Take empty typed elements, as Vidyo's published examples send them."
)
@_other_port("--portal-port", "Of Vidyo's portal")
@_other_port("--replay-port", "Of Vidyo's replay server")
@_other_port("--ringcentral-port", "Of RingCentral's platform")
@_other_port("--media-port", "Of RingCentral's media host")
def sandbox(
    port: int,
    speed: float,
    lenient: bool,
    portal_port: int,
    replay_port: int,
    ringcentral_port: int,
    media_port: int,
) -> None:
    """Slack, Vidyo and RingCentral alone: what to put into recbot.toml is printed."""
    vidyo, phones = (portal_port, replay_port), (ringcentral_port, media_port)
    run(alone(port, speed, lenient=lenient, vidyo_ports=vidyo, phone_ports=phones), interrupted=Exit.DONE)


async def alone(
    port: int, speed: float, *, lenient: bool, vidyo_ports: tuple[int, int], phone_ports: tuple[int, int]
) -> int:
    """The far sides without a bot, until somebody stops them."""
    async with (
        RingCentralSandbox(speed=speed, ports=phone_ports) as calls,
        far_sides(
            speed=speed, port=port, lenient=lenient, phone_url=calls.api_url, vidyo_ports=vidyo_ports
        ) as (slack, vidyo),
    ):
        login = {
            "mode": "socket",
            "bot_token": slack.credentials.bot_token,
            "app_token": slack.credentials.app_token,
            "api_url": slack.api_url,
        }
        phones = ringcentral_keys(calls, speed=speed)
        click.echo(
            toml({"slack": login, "providers.vidyo": vidyo_keys(vidyo), "providers.ringcentral": phones})
        )
        click.echo(f"# The page is at {slack.url}", err=True)
        await told_to_stop()
    return Exit.DONE
