"""Misbehaving on demand: a server error, a connection cut before or after the work, or a slow answer."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.clock import Clock
from sandbox.slack.refusal import Refused

KINDS = ("500", "503", "reset_before", "reset_after", "slow")


@dataclass(slots=True)
class Fault:
    """What goes wrong in a method (`*`: any). `error:NAME` as kind makes Slack refuse with that code."""

    method: str
    kind: str
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    seconds: float = 5.0
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.startswith("error:"):
            raise ValueError(f"A fault is one of {', '.join(KINDS)} or error:NAME, not {self.kind}.")
        self._dice = random.Random(self.seed)  # noqa: S311 - it has to be repeatable

    def strikes(self, method: str) -> bool:
        if self.method not in (method, "*") or self.times == 0:
            return False
        if self._dice.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The rules in force. `api`, `response_url`, `upload` and `link` all ask here before they work."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._rules.append(fault)

    def clear(self) -> None:
        self._rules.clear()

    async def around(
        self,
        name: str,
        request: web.Request,
        work: Callable[[], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Do the work, or what a rule says instead."""
        fault = next((rule for rule in self._rules if rule.strikes(name)), None)
        if fault is None:
            return await work()
        if fault.kind in ("500", "503"):
            return web.Response(status=int(fault.kind), text="The server has a bad day, on demand.")
        if fault.kind.startswith("error:"):
            raise Refused(fault.kind.removeprefix("error:"))
        if fault.kind == "slow":
            await self._clock.sleep(fault.seconds)
            return await work()
        if fault.kind == "reset_after":
            await work()
        await _reset(request)
        return web.Response()


async def _reset(request: web.Request) -> None:
    """Cut the connection hard, so that the caller sees a reset rather than an end."""
    transport = request.transport
    if transport is not None:
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0)
