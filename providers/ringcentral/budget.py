"""How many requests RingCentral lets us send, learned from what it says, and who may send the next one.

It counts each user's requests through an app in groups, over the last minute. One too many brings a penalty, and
each request within a penalty begins it anew; so nothing at all is sent until it is over, by anybody: what is known
lies in a memory that all processes share.
"""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from math import ceil, inf

import httpx

from providers.errors import Unavailable
from providers.memories import SlateMemory
from providers.ringcentral.groups import LIMITS, Account, Group, Heard, Sent, keep, read_kept
from providers.ringcentral.http import after, wait_told
from providers.ringcentral.line import Line, Place
from providers.ringcentral.settings import RingCentralSettings
from providers.waiting import in_background, is_worth_saying, say_wait

_WINDOW = 60.0
_LONGEST_WINDOW = 3600
_LEAST_PENALTY = 30.0
_MARGIN = 0.5
# From its turn to its answer a request may have to sign in first, three times if answers are lost.
_TIMES_AS_LONG = 4
_PAUSES = 2


class Kind(StrEnum):
    """What a request is for, in words that fit behind "we want to"."""

    ACCESS = "sign in"
    CALL_LOG = "read the call log"
    RECORDING = "look at a recording"
    AUDIO = "fetch the audio of a recording"
    DELETION = "delete a recording"
    SETTINGS = "read the recording settings"
    EXTENSIONS = "list the account's extensions"
    WEBHOOKS = "list webhooks"
    WEBHOOK = "change a webhook"
    LIVE_CALLS = "list the calls that go on now"
    CALL = "look at a call"
    CALL_RECORDING = "record a call"


_GROUPS = {
    Kind.ACCESS: "auth",
    Kind.SETTINGS: "light",
    Kind.EXTENSIONS: "medium",
    Kind.WEBHOOKS: "light",
    Kind.WEBHOOK: "medium",
    Kind.CALL: "light",
    Kind.CALL_RECORDING: "light",
}
_ASSUMED = "heavy"


class Turn:
    """One request that may be sent now. Its answer teaches the budget, once the turn is over."""

    def __init__(self, settings: RingCentralSettings, kind: Kind, group: str, number: int) -> None:
        self._settings = settings
        self._kind = kind
        self._group = group
        self._number = number
        self._heard: Heard | None = None

    def answered(self, response: httpx.Response) -> None:
        """Take in what an answer says of what is left, and of penalties."""
        self._heard = _read(response, self._settings)

    def end(self, account: Account, at: float) -> None:
        """Write down what came of it."""
        group = self._group
        if self._heard is not None:
            group = account.learn(self._kind, group, self._number, self._heard, at)
        account.over(group, self._number, at)


class Budget:
    """All groups of one account. Everybody who sends takes a turn first, whatever process they are in."""

    def __init__(self, service: str, settings: RingCentralSettings, memory: SlateMemory) -> None:
        self._service = service
        self._settings = settings
        self._memory = memory
        self._key = f"budget of {settings.client_id} at {settings.server_url}"
        self._window = settings.here(_WINDOW)
        longest = settings.request_timeout * _TIMES_AS_LONG + settings.sign_in_pause * _PAUSES
        self._longest = longest.total_seconds()
        self._numbers = count()
        self._lines: defaultdict[str, Line] = defaultdict(Line)
        self._unwritten: list[Turn] = []
        self._seen = read_kept(None, self._window)
        self._ahead = 0.0

    def left(self) -> dict[str, int]:
        """How many requests of each documented group might be sent now, as far as this process has seen."""
        return {name: self._seen.groups[name].left(self._now()) for name in LIMITS}

    @asynccontextmanager
    async def turn(self, kind: Kind) -> AsyncIterator[Turn]:
        """Wait until one more request of this kind may be sent. Unavailable if that is very far away.

        A process that dies within its turn leaves one that counts for some time longer.
        """
        # Who plays a file has something to look at; who asked a question has nothing yet.
        place = Place(in_background() or kind is Kind.AUDIO, next(self._numbers))
        name, sent = await self._wait(kind, place)
        turn = Turn(self._settings, kind, name, sent.number)
        try:
            yield turn
        finally:
            self._unwritten.append(turn)
            await self._change(lambda account, at: None)

    async def _wait(self, kind: Kind, place: Place) -> tuple[str, Sent]:
        name = self._name_of(kind)
        self._lines[name].join(place)
        try:
            while True:
                place.woken.clear()
                if (told := self._name_of(kind)) != name:  # an answer has told meanwhile in which group it is
                    self._leave(name, place)
                    name = told
                    self._lines[name].join(place)
                line, delay = self._lines[name], inf
                if line.first is place:
                    sent, delay = await self._try(kind, name, place)
                    if sent is not None:
                        return name, sent
                    if self._name_of(kind) != name:
                        continue
                if delay != inf and delay > self._settings.longest_wait.total_seconds():
                    raise Unavailable(
                        f"{self._service} takes no more requests for some time{after(delay)}.",
                        asked=False,
                        retry_after=timedelta(seconds=delay),
                    )
                group = self._seen.groups[name]
                expected = group.expected(self._now(), line.ahead_of(place))
                if is_worth_saying(expected):
                    self._leave(name, place)  # nobody else waits for what is said
                    try:
                        await say_wait(self._sentence(group, expected), expected)
                    finally:
                        self._lines[name].join(place)
                    continue
                # Others may have told what lets us go sooner: hence a look from time to time.
                await place.wait(delay if delay == inf else min(delay, group.window / 4))
        finally:
            self._leave(name, place)

    def _leave(self, name: str, place: Place) -> None:
        self._lines[name].leave(place)
        if not self._lines[name]:
            del self._lines[name]

    async def _try(self, kind: Kind, name: str, place: Place) -> tuple[Sent | None, float]:
        """Take a turn if there is one, and say how long it takes at the least if there is none."""
        outcome: tuple[Sent | None, float] = (None, inf)

        def take(account: Account, at: float) -> None:
            nonlocal outcome
            if account.names.get(kind, name) != name:
                return
            delay = account.groups[name].delay(at, behind=place.behind)
            sent = None if delay > 0 else account.take(name, at, self._longest)
            outcome = (sent, delay)

        await self._change(take)
        return outcome

    async def _change(self, fn: Callable[[Account, float], None]) -> None:
        """Change what all share. What came of turns that are over, and could not be written then, comes first."""
        unwritten = list(self._unwritten)

        def change(kept: str | None, now: datetime) -> str:
            account, at = read_kept(kept, self._window), now.timestamp()
            for turn in unwritten:
                turn.end(account, at)
            account.forget(at, self._longest)
            fn(account, at)
            self._seen, self._ahead = account, at - time.monotonic()
            return keep(account)

        await self._memory.change(self._key, change)
        self._unwritten = [turn for turn in self._unwritten if turn not in unwritten]
        if unwritten:
            for line in self._lines.values():
                line.wake()

    def _name_of(self, kind: Kind) -> str:
        return self._seen.names.get(kind) or _GROUPS.get(kind, _ASSUMED)

    def _now(self) -> float:
        """The hour by the memory's clock, as far as we have seen it."""
        return time.monotonic() + self._ahead

    def _sentence(self, group: Group, seconds: float) -> str:
        span = "minute" if ceil(group.window) == _WINDOW else f"{ceil(group.window)} s"
        each = f"a {span}" if span == "minute" else f"in {span}"
        return f"RingCentral allows {group.limit} requests {each}; yours is next in about {ceil(seconds)} s."


def _read(response: httpx.Response, settings: RingCentralSettings) -> Heard:
    """What the headers of an answer say."""
    name = response.headers.get("X-Rate-Limit-Group", "").strip().lower()[:40]
    # It is kept, and no answer could put it right as long as nothing is sent.
    window = min(_whole(response, "X-Rate-Limit-Window") or 0, _LONGEST_WINDOW)
    told = wait_told(response, settings)
    penalty = response.status_code == 429
    if penalty and told is None:
        told = settings.here(max(window or _WINDOW, _LEAST_PENALTY))
    return Heard(
        name,
        _whole(response, "X-Rate-Limit-Limit"),
        settings.here(window) if window else None,
        _whole(response, "X-Rate-Limit-Remaining"),
        told if penalty or response.status_code >= 500 else None,
        settings.here(_MARGIN),
        # Without headers the limit was not that of a group but of all we send.
        penalty and not name,
    )


def _whole(response: httpx.Response, header: str) -> int | None:
    value = response.headers.get(header, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else None
