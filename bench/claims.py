"""What it saves to claim what is due a hundred at a time: time for a hundred rows claimed singly against in one go.

At least 15 times, since each claim is a commit that is on disk when it returns.
"""

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from bench.finding import Finding
from bench.sampling import quiet, ratio
from bench.watched import write_watches
from bot.store import Store, open_store

_ROWS = 100
_ROUNDS = 7
_LEASE = timedelta(seconds=30)


def batches() -> Iterator[Finding]:
    """A hundred due watches, over and over: a lease ends before the next claim."""
    with tempfile.TemporaryDirectory(prefix="recbot-bench-") as directory:
        value = uvloop.run(_batches(f"sqlite:///{Path(directory) / 'recbot.db'}"))
    yield Finding("claims singly, against in batches of 100", value, 15, "at least")


async def _batches(url: str) -> float:
    now = datetime.now(UTC)
    await write_watches(url, "vidyo", [str(number) for number in range(_ROWS)], now, timedelta(0))

    def clock() -> datetime:
        return now

    pairs = []
    async with open_store(url, clock=clock) as store:
        for _ in range(_ROUNDS + 1):
            now += _LEASE
            singly = await _claim(store, 1)
            now += _LEASE
            pairs.append((singly, await _claim(store, _ROWS)))
    return ratio(pairs[1:])


async def _claim(store: Store, at_once: int) -> float:
    """Seconds to claim all rows, so many at once."""
    claimed = 0
    with quiet():
        begun = time.perf_counter()
        while claimed < _ROWS:
            claimed += len(await store.watches.claim("vidyo", "bench", _LEASE, at_once))
        return time.perf_counter() - begun
