"""Processes are killed or stand still at named points: the bot keeps its promises, and a mutant breaks one.

The stories are told side by side in one test, since most of their time is spent waiting for leases to end.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.mortals import Nursery, nursery
from tests.stories.mutants import MUTANTS
from tests.stories.trials import Trial, open_trial

pytestmark = [pytest.mark.real_time, pytest.mark.story]

_AT_ONCE = 6

Tell = Callable[[Trial], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds though the bot is struck at the point, and what is `seen` where the bot is a `mutant` instead."""

    words: str
    point: str
    tell: Tell
    mutant: str | None = None
    seen: str = ""

    @property
    def blow(self) -> signal.Signals:
        return signal.SIGKILL if self.tell in (Trial.killed, Trial.answered) else signal.SIGSTOP


_TWO = "there are 2 messages in the channel"
_ASKED_TWICE = "a recorder was asked for 2 times"

PROMISES = (
    Promise(
        "who comes back too late changes nothing",
        "before the recorder's sight is written",
        Trial.stood_until_it_ended,
        "no fence",
        "it was processing, and then recording",
    ),
    Promise(
        "who comes back too late asks for nothing",
        "after the intent is written",
        Trial.stood_until_asked_again,
        "no look at the lease",
        _ASKED_TWICE,
    ),
    Promise(
        "who comes back too late begins nothing",
        "before the room is reserved",
        Trial.stood,
        "no unique key",
        _TWO,
    ),
    Promise(
        "a message is looked for before it is posted again",
        "after Slack has the card and before we know",
        Trial.killed,
        "no look for the message",
        _TWO,
    ),
    Promise(
        "a message is known to have been tried before it is posted",
        "after Slack has the card and before we know",
        Trial.killed,
        "no write before the post",
        _TWO,
    ),
    Promise(
        "a recorder is looked for before one is asked for again",
        "after the portal has answered",
        Trial.killed,
        "no look into the room",
        _ASKED_TWICE,
    ),
    Promise(
        "what Slack was told to be taken is kept",
        "after Slack has its acknowledgement",
        Trial.answered,
        "no write before the answer",
        "Slack was told that it was taken, and nothing was kept",
    ),
    Promise("a post that was tried is made once", "after the card is tried", Trial.stood),
    Promise("a post that was made is found", "after Slack has the card and before we know", Trial.stood),
    Promise("a recorder is asked for once", "before the portal is asked", Trial.stood_alone),
    Promise("a look is closed once", "before the look into the library is closed", Trial.stood_to_the_end),
)


async def test_each_promise_is_kept_wherever_the_bot_is_struck_and_broken_without_what_keeps_it(
    tmp_path: Path,
) -> None:
    assert {promise.mutant for promise in PROMISES} == {None, *MUTANTS}
    as_it_is = {(promise.point, promise.tell): promise for promise in PROMISES}
    runs = [(promise, promise.mutant) for promise in PROMISES if promise.mutant]
    runs += [(promise, None) for promise in as_it_is.values()]
    room = asyncio.Semaphore(_AT_ONCE)

    async def tell(bots: Nursery, number: int, promise: Promise, mutant: str | None) -> str:
        async with room:
            seen = await _seen(promise, mutant, bots, tmp_path / str(number))
        if seen == (promise.seen if mutant else ""):
            return ""
        return (
            f"{promise.words}: {mutant or 'as it is'}, struck {promise.point}: {seen or 'nothing was seen'}"
        )

    async with nursery() as bots:
        told = await asyncio.gather(*(tell(bots, number, *run) for number, run in enumerate(runs)))
    wrong = [one for one in told if one]
    assert not wrong, "\n\n".join(wrong)


async def _seen(promise: Promise, mutant: str | None, bots: Nursery, directory: Path) -> str:
    """What is seen in the end that should not be; nothing, if all is well."""
    gives_up = promise.tell is Trial.stood_until_asked_again
    trial_of = open_trial(bots, directory, promise.point, promise.blow, mutant, gives_up=gives_up)
    async with trial_of as trial:
        try:
            await promise.tell(trial)
        except AssertionError as broken:
            return str(broken)
    return ""
