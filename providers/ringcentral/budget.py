"""How many requests RingCentral lets us send, learned from what it says, and who may send the next one.

It counts each user's requests through an app in groups, over the last minute. One too many brings a penalty, and
each request within a penalty begins it anew; so nothing at all is sent until it is over, by anybody here.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from itertools import count
from math import ceil, inf

import httpx

from providers.errors import Unavailable
from providers.ringcentral.groups import Group, Place, Sent, Told
from providers.ringcentral.http import wait_told
from providers.ringcentral.settings import RingCentralSettings
from providers.waiting import in_background, is_worth_saying, say_wait

_WINDOW = 60.0
_MARGIN = 0.5


class Kind(StrEnum):
    """What a request is for, in words that fit behind "we want to"."""

    ACCESS = "sign in"
    CALL_LOG = "read the call log"
    RECORDING = "look at a recording"
    AUDIO = "fetch the audio of a recording"
    DELETION = "delete a recording"
    SETTINGS = "read the recording settings"
    WEBHOOKS = "list webhooks"
    WEBHOOK = "change a webhook"
    LIVE_CALLS = "list the calls that go on now"
    CALL = "look at a call"
    CALL_RECORDING = "record a call"


# As documented; which group a request really is in, the first answer says.
_LIMITS = {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
_GROUPS = {
    Kind.ACCESS: "auth",
    Kind.SETTINGS: "light",
    Kind.WEBHOOKS: "light",
    Kind.WEBHOOK: "medium",
    Kind.CALL: "light",
    Kind.CALL_RECORDING: "light",
}
_ASSUMED = "heavy"


class Turn:
    """One request that may be sent now. Its answer teaches the budget."""

    def __init__(self, budget: "Budget", kind: Kind, group: Group, sent: Sent) -> None:
        self._budget = budget
        self._kind = kind
        self._group = group
        self._sent = sent

    def answered(self, response: httpx.Response) -> None:
        """Take in what an answer says of what is left, and of penalties."""
        self._group = self._budget.learn(self._kind, self._group, self._sent, response)

    def over(self) -> None:
        """The request counts for a window from now on: nobody knows when it arrived, if it did."""
        self._sent.gone = time.monotonic() + self._group.window
        self._group.wake()


class Budget:
    """All groups of one account. Everybody who sends takes a turn first."""

    def __init__(self, service: str, settings: RingCentralSettings) -> None:
        self._service = service
        self._settings = settings
        self._numbers = count()
        window = settings.here(_WINDOW)
        self._groups = {name: Group(limit, window) for name, limit in _LIMITS.items()}
        self._names = {kind: _GROUPS.get(kind, _ASSUMED) for kind in Kind}

    @asynccontextmanager
    async def turn(self, kind: Kind) -> AsyncIterator[Turn]:
        """Wait until one more request of this kind may be sent. Unavailable if that is very far away."""
        group = self._groups[self._names[kind]]
        place = Place(in_background(), next(self._numbers))
        sent = await self._wait(group, place)
        turn = Turn(self, kind, group, sent)
        try:
            yield turn
        finally:
            turn.over()

    async def _wait(self, group: Group, place: Place) -> Sent:
        group.join(place)
        try:
            while True:
                delay = group.delay(behind=place.behind) if group.queue[0] is place else inf
                if delay <= 0:
                    sent = Sent(next(self._numbers))
                    group.sent.append(sent)
                    return sent
                if delay != inf and delay > self._settings.longest_wait.total_seconds():
                    raise Unavailable(
                        f"{self._service} takes no more requests for some time.",
                        asked=False,
                        retry_after=timedelta(seconds=delay),
                    )
                expected = group.expected(place)
                if is_worth_saying(expected):
                    group.leave(place)  # nobody else waits for what is said
                    try:
                        await say_wait(self._sentence(group, expected))
                    finally:
                        group.join(place)
                    continue
                place.woken.clear()
                try:
                    async with asyncio.timeout(None if delay == inf else delay):
                        await place.woken.wait()
                except TimeoutError:
                    pass
        finally:
            group.leave(place)

    def _sentence(self, group: Group, seconds: float) -> str:
        span = "minute" if ceil(group.window) == _WINDOW else f"{ceil(group.window)} s"
        each = f"a {span}" if span == "minute" else f"in {span}"
        return f"RingCentral allows {group.limit} requests {each}; yours is next in about {ceil(seconds)} s."

    def learn(self, kind: Kind, group: Group, sent: Sent, response: httpx.Response) -> Group:
        """Take in the headers of an answer, and return the group that its request was counted in."""
        name = response.headers.get("X-Rate-Limit-Group", "").strip().lower()[:40]
        limit = _whole(response, "X-Rate-Limit-Limit")
        window = _whole(response, "X-Rate-Limit-Window")
        left = _whole(response, "X-Rate-Limit-Remaining")
        if name:
            self._names[kind] = name
            if name not in self._groups:
                self._groups[name] = Group(group.limit, group.window)
            if self._groups[name] is not group:
                group.sent.remove(sent)
                group.wake()
                group = self._groups[name]
                group.sent.append(sent)
        if limit:
            group.limit = limit
        if window:
            group.window = self._settings.here(window)
        if left is not None and sent.number > group.told.number:
            group.told = Told(sent.number, left, time.monotonic() + group.window)
        if left == 0:
            group.shut(group.window + self._settings.here(_MARGIN))
        told = wait_told(response, self._settings)
        margin = self._settings.here(_MARGIN)
        if response.status_code == 429:
            # A penalty lasts a window. Without headers the limit was not that of a group but of all we send.
            for one in [group] if name else self._groups.values():
                one.shut((one.window if told is None else told) + margin)
        elif response.status_code == 503 and told is not None:
            group.shut(told + margin)
        group.wake()
        return group


def _whole(response: httpx.Response, header: str) -> int | None:
    value = response.headers.get(header, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else None
