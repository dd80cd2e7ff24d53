"""A recording through our gateway, from the sandbox's replay server by way of the real provider, each a process.

As fast as at least 0.75 of a direct download with curl, to whom httpx would give 0.28. With slow readers, at most 5 MiB
of memory for each stream. And of streams that their readers broke off, none is left at the replay server after a
second; without a watcher nine of ten are.
"""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from bench.bot_side import KEY, bot_side, database_url
from bench.caller import Caller
from bench.finding import Finding
from bench.sampling import ratio
from bench.side import Side, side
from bot.links import Links
from bot.store import open_store
from providers.memories import Memories
from providers.model import RecordingId
from providers.vidyo import VidyoSettings, connect

_MIB = 2**20
_FILE = 256 * _MIB
_ROUNDS = 5
_SLOW = 20
_BROKEN_OFF = 10
_SETTLED = 1.5


@dataclass(frozen=True, slots=True)
class Film:
    """One long recording: links to it, its address at the replay server, and both processes.

    Each reader has a link of their own: the gateway lets four at once through the same one.
    """

    links: Sequence[str]
    origin: str
    gateway: Side
    vidyo: Side

    def streams(self) -> int:
        """How many downloads the replay server is giving out now."""
        with Caller(self.vidyo.url) as control:
            return int(json.loads(control.get("/control/state"))["streams_open"])


def throughput() -> Iterator[Finding]:
    """Downloads in turn, each with a curl of its own."""
    name = "media through the gateway, against curl direct"
    if shutil.which("curl") is None:
        yield Finding(name, None, 0.75, "at least", note="curl is not installed here.")
        return
    with _film() as film:
        pairs = []
        for _ in range(_ROUNDS + 1):
            direct = _curl("--user", "recbot:recbot-secret", film.origin)
            pairs.append((direct, _curl(film.links[0])))
    yield Finding(name, ratio(pairs[1:]), 0.75, "at least")


def memory() -> Iterator[Finding]:
    """Readers who take a little and then nothing."""
    with _film() as film, ExitStack() as readers:
        with closing(_reader(film.links[0])) as warm:
            _take(warm, 8 * _MIB)
        time.sleep(_SETTLED)
        before = film.gateway.process.memory_info().rss
        for link in film.links[:_SLOW]:
            _take(readers.enter_context(closing(_reader(link))), 1)
        time.sleep(_SETTLED)
        grown = film.gateway.process.memory_info().rss - before
        streams = film.streams()
    note = "" if streams == _SLOW else f"{streams} of {_SLOW} streams were open"
    yield Finding("memory per stream with a slow reader", grown / _SLOW / _MIB, 5, unit=" MiB", note=note)


def broken_off() -> Iterator[Finding]:
    """Readers who hang up in the middle."""
    with _film() as film:
        with ExitStack() as readers:
            for link in film.links[:_BROKEN_OFF]:
                _take(readers.enter_context(closing(_reader(link))), _MIB)
            begun = film.streams()
        time.sleep(1)
        left = film.streams()
    note = "" if begun == _BROKEN_OFF else f"{begun} of {_BROKEN_OFF} streams were open before"
    yield Finding(f"of {_BROKEN_OFF} aborted streams, left after 1 s", left, 0, note=note)


@contextmanager
def _film() -> Iterator[Film]:
    with (
        tempfile.TemporaryDirectory(prefix="recbot-bench-") as name,
        side("slack") as slack,
        side("vidyo", file=_FILE) as vidyo,
        bot_side(Path(name), slack, vidyo) as gateway,
    ):
        links, origin = uvloop.run(_addresses(database_url(Path(name)), gateway.url, vidyo))
        yield Film(links, origin, gateway, vidyo)


async def _addresses(database: str, public_url: str, vidyo: Side) -> tuple[Sequence[str], str]:
    """Links that the gateway takes for its own, and where the file lies."""
    id = RecordingId(vidyo.told["recording"])
    settings = VidyoSettings(
        kind="vidyo",
        portal_url=vidyo.told["portal_url"],
        replay_url=vidyo.told["replay_url"],
        username="recbot",
        password="recbot-secret",
    )
    async with open_store(database) as store, connect("vidyo", settings, Memories()) as provider:
        links = Links([KEY], public_url, store.links, timedelta(hours=1), lambda: datetime.now(UTC))
        recording = await provider.recording(id)
        assert recording.file is not None
        issued = [await links.issue("vidyo", id, "download", "U1") for _ in range(max(_SLOW, _BROKEN_OFF))]
        return issued, recording.file


def _curl(*words: str) -> float:
    """Seconds of one download to nowhere."""
    said = ("--silent", "--show-error", "--fail", "--noproxy", "*", "--output", "/dev/null")
    command = ["curl", *said, "--write-out", "%{size_download} %{time_total}", *words]
    size, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert int(size) == _FILE
    return float(seconds)


def _reader(link: str) -> socket.socket:
    """A reader who has asked for the file, with little room for what comes."""
    address = urlsplit(link)
    reader = socket.socket()
    reader.settimeout(10)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    reader.connect((address.hostname, address.port))
    reader.sendall(f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return reader


def _take(reader: socket.socket, count: int) -> None:
    """Read at least so many bytes."""
    while count > 0:
        piece = reader.recv(min(count, 65536))
        if not piece:
            raise ConnectionError("The gateway ended a stream.")
        count -= len(piece)
