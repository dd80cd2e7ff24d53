"""How long Slack waits for an answer: of a look-up, and of a request that is written down first.

A look-up (`/record status`) through the whole gateway (guard, Bolt, our listeners) against a bare look at the
signature in Starlette, on the same server: at most 2.2 times at the median and 2 times at the 99th percentile; Bolt
as it comes takes 82 and 42 times. A request that is kept (`/record stop`) against the bare look and one commit in a
store of the same kind: at most 1.5 times.

One request at a time: the next is sent when the answer to the last has come and all that it set off is over.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.bot_side import SECRET, bot_side, database_url
from bench.caller import Caller
from bench.finding import Finding
from bench.sampling import percentile, ratio
from bench.side import side

_ROUNDS = 7
_LOOKUPS = 300
_KEPT = 40


@dataclass(frozen=True, slots=True)
class Doors:
    """Connections to the bot, to a bare door, and to the Slack that hears what the bot answers later."""

    bot: Caller
    bare: Caller
    slack: Caller
    response_url: str

    def pair(self, line: str, answered: int) -> tuple[float, float, int]:
        """Seconds of the same request at both doors, and how many answers Slack has been given by then."""
        first, second = (door.command(line, self.response_url) for door in (self.bot, self.bare))
        ours = self.bot.seconds(first)
        answered = int(self.slack.get(f"/answered?{answered}"))
        return ours, self.bare.seconds(second), answered


def look_up() -> Iterator[Finding]:
    """The median and the 99th percentile of a look-up."""
    with _doors() as doors:
        pairs = _rounds(doors, "/record status", _LOOKUPS)
    yield Finding("answer to a look-up, p50", _at(pairs, 50), 2.2)
    yield Finding("answer to a look-up, p99", _at(pairs, 99), 2)


def kept() -> Iterator[Finding]:
    """The median of a request that is written down before it is answered."""
    with _doors(commits=True) as doors:
        pairs = _rounds(doors, "/record stop", _KEPT)
    yield Finding("answer to a kept request, p50", _at(pairs, 50), 1.5)


@contextmanager
def _doors(*, commits: bool = False) -> Iterator[Doors]:
    with tempfile.TemporaryDirectory(prefix="recbot-bench-") as name, ExitStack() as stack:
        directory = Path(name)
        slack = stack.enter_context(side("slack"))
        vidyo = stack.enter_context(side("vidyo"))
        bot = stack.enter_context(bot_side(directory / "bot", slack, vidyo))
        database = database_url(directory / "bare") if commits else None
        bare = stack.enter_context(side("bare", secret=SECRET, database=database))
        yield Doors(
            stack.enter_context(Caller(bot.url, secret=SECRET)),
            stack.enter_context(Caller(bare.url, secret=SECRET)),
            stack.enter_context(Caller(slack.url)),
            f"{slack.url}/response/1",
        )


def _rounds(doors: Doors, line: str, requests: int) -> list[list[tuple[float, float]]]:
    answered, rounds = 0, []
    for _ in range(_ROUNDS + 1):
        pairs = []
        for _ in range(requests):
            ours, bare, answered = doors.pair(line, answered)
            pairs.append((ours, bare))
        rounds.append(pairs)
    return rounds[1:]


def _at(rounds: list[list[tuple[float, float]]], hundredths: int) -> float:
    """The median over the rounds of how our percentile compares with the bare one."""
    return ratio(
        [
            (
                percentile([ours for ours, _ in pairs], hundredths),
                percentile([bare for _, bare in pairs], hundredths),
            )
            for pairs in rounds
        ]
    )
