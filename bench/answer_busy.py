"""Whether Slack waits longer while the bot has other work: the 99th percentile of an answer, busy against idle.

While 40 rooms a second are polled: at most 1.5 times that of a bot beside it that has nothing to do. While a search
walks through 1,000 records, again and again: at most 4 times that of the same bot between searches. Read on the
loop's own thread, such a search made it 67 times.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.bot_side import SECRET, bot_side
from bench.caller import Caller
from bench.finding import Finding
from bench.sampling import percentile, ratio
from bench.side import Side, side

_RECORDS = 1000
_ROOMS = 120
_EVERY = 3.0
_ROUNDS = 6
_REQUESTS = 300
_ASK = "/record help"
_WALK_ALL = "/recordings search longer:9h"


def polling() -> Iterator[Finding]:
    """40 rooms a second."""
    with _far_sides(rooms=_ROOMS) as (slack, vidyo, directory):
        polled = vidyo.told["rooms"]
        with (
            bot_side(directory / "busy", slack, vidyo, polled=polled, every=_EVERY) as busy,
            bot_side(directory / "idle", slack, vidyo) as idle,
            Caller(busy.url, secret=SECRET) as one,
            Caller(idle.url, secret=SECRET) as other,
        ):
            rounds = [_side_by_side(one, other) for _ in range(_ROUNDS + 1)][1:]
    yield Finding("answer while 40 rooms a second are polled, p99", ratio(rounds), 1.5)


def searching() -> Iterator[Finding]:
    """One search after the other through the whole library."""
    rounds = []
    searches = 0
    with (
        _far_sides(records=_RECORDS) as (slack, vidyo, directory),
        bot_side(directory / "bot", slack, vidyo) as bot,
        Caller(bot.url, secret=SECRET) as person,
    ):
        for _ in range(_ROUNDS + 1):
            idle = _p99([_seconds(person) for _ in range(_REQUESTS)])
            with _searches(bot, slack) as done:
                busy = _p99([_seconds(person) for _ in range(_REQUESTS)])
            rounds.append((busy, idle))
            searches += len(done)
    note = f"{searches} searches were walked through meanwhile"
    yield Finding("answer while 1,000 records are searched, p99", ratio(rounds[1:]), 4, note=note)


@contextmanager
def _far_sides(*, rooms: int = 0, records: int = 0) -> Iterator[tuple[Side, Side, Path]]:
    with (
        tempfile.TemporaryDirectory(prefix="recbot-bench-") as name,
        side("slack") as slack,
        side("vidyo", rooms=rooms, records=records) as vidyo,
    ):
        yield slack, vidyo, Path(name)


def _side_by_side(busy: Caller, idle: Caller) -> tuple[float, float]:
    pairs = [(_seconds(busy), _seconds(idle)) for _ in range(_REQUESTS)]
    return _p99([one for one, _ in pairs]), _p99([other for _, other in pairs])


def _seconds(person: Caller) -> float:
    return person.seconds(person.command(_ASK, ""))


def _p99(samples: list[float]) -> float:
    return percentile(samples, 99)


@contextmanager
def _searches(bot: Side, slack: Side) -> Iterator[list[float]]:
    """Searches without a pause between them, until the context is left; the list has the seconds to each answer."""
    done: list[float] = []
    begun, enough = threading.Event(), threading.Event()

    def search() -> None:
        with Caller(bot.url, secret=SECRET) as person, Caller(slack.url) as ears:
            answered = int(ears.get("/answered?-1"))
            while not enough.is_set():
                took = person.seconds(person.command(_WALK_ALL, f"{slack.url}/response/1"))
                begun.set()
                answered = int(ears.get(f"/answered?{answered}"))
                done.append(took)

    thread = threading.Thread(target=search)
    thread.start()
    begun.wait()
    try:
        yield done
    finally:
        enough.set()
        thread.join()
