"""The bot in a process of its own, between far sides that are given."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.side import Side, side
from bot.cli.demo import free_port

SECRET = "bench-signing-secret"
KEY = "bench-key-that-signs-links"


@contextmanager
def bot_side(
    directory: Path, slack: Side, vidyo: Side, *, polled: Sequence[str] = (), every: float = 3
) -> Iterator[Side]:
    """A bot with a database in this directory, which looks at each of the `polled` rooms once in `every` seconds."""
    port = free_port()
    settings = {
        "slack": {
            "mode": "http",
            "bot_token": "xoxb-bench",
            "signing_secret": SECRET,
            "api_url": f"{slack.url}/api/",
        },
        "database": {"url": database_url(directory)},
        "web": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
        "security": {"keys": [KEY]},
        "pace": {"recording_look": f"{every}s"},
        "providers": {
            "vidyo": {
                "kind": "vidyo",
                "portal_url": vidyo.told["portal_url"],
                "replay_url": vidyo.told["replay_url"],
                "username": "recbot",
                "password": "recbot-secret",
            }
        },
    }
    with side("bot", settings=settings, polled=list(polled), every=every) as bot:
        yield bot


def database_url(directory: Path) -> str:
    """Where that bot keeps what must survive."""
    directory.mkdir(exist_ok=True)
    return f"sqlite:///{directory / 'recbot.db'}"
