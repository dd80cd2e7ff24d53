"""Socket Mode: the app connects to us, and each envelope goes down one of its connections."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox.clock import Clock
from sandbox.slack.delivery import EVENT, Delivery, NotDelivered
from sandbox.slack.journal import Journal
from sandbox.slack.model import APP_ID, Json

MOST_CONNECTIONS = 10
TICKET_LIFE = 30.0
"""An address for a connection is good this many real seconds, and once."""
LIFE = 18060
"""What `hello` announces, in seconds, as Slack's own samples do."""
WARNED_AHEAD = 10.0
LINGER = 2.0
"""How long a connection that was told to go may stay, in seconds of the sandbox's world."""
QUIET = 15.0


@dataclass(eq=False, slots=True)
class _Connection:
    socket: web.WebSocketResponse
    request: web.Request
    dead: bool = False
    leaving: bool = False
    """It was told to go: nothing new is sent down."""
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketMode:
    """The app's connections, at most ten. An envelope goes to one of them, each in its turn."""

    def __init__(
        self,
        clock: Clock,
        journal: Journal,
        *,
        url: str,
        answer_within: float,
        on_change: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._url = url
        self._answer_within = answer_within
        self._on_change = on_change
        self._tickets: dict[str, float] = {}
        self._connections: list[_Connection] = []
        self._turn = 0
        self.everywhere = False
        """Whether an envelope goes down every connection, as a repeat may that overtakes the answer to the first."""

    @property
    def connections(self) -> int:
        return len(self._connections)

    def new_address(self) -> str:
        ticket = secrets.token_urlsafe(18)
        self._tickets[ticket] = time.monotonic() + TICKET_LIFE
        return f"{self._url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """The app connects, with an address that was not used before."""
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if time.monotonic() > until:
            return web.Response(status=403, text="This address was used already, or is too old.")
        socket = web.WebSocketResponse(autoping=False, timeout=0.5)
        connection = _Connection(socket, request)
        try:
            await socket.prepare(request)
            if len(self._connections) >= MOST_CONNECTIONS:
                await socket.send_json(_disconnect("too_many_websockets"))
                await socket.close()
                return socket
            self._connections.append(connection)
            await socket.send_json(self._hello())
            self._journal.add("socket", "open", "ok", {"connections": len(self._connections)})
            self._on_change()
            await self._listen(connection)
        except ConnectionError:
            # The app went away in the middle, as it may at any moment.
            return socket
        finally:
            self._forget(connection)
        return socket

    async def deliver(self, delivery: Delivery) -> Json:
        connections = self._next()
        if not connections:
            raise NotDelivered("dispatch_failed", "connection_failed")
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.takes_answer,
        }
        if delivery.kind == EVENT:
            envelope |= {"retry_attempt": delivery.retry.number, "retry_reason": delivery.retry.reason}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        for connection in connections:
            connection.waiting[envelope_id] = answer
        try:
            async with asyncio.timeout(self._answer_within):
                for connection in connections:
                    if not connection.dead:
                        await connection.socket.send_json(envelope)
                return await answer
        except TimeoutError:
            raise NotDelivered("operation_timeout", "timeout") from None
        except ConnectionError:
            raise NotDelivered("dispatch_failed", "connection_failed") from None
        finally:
            for connection in connections:
                connection.waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str) -> int:
        """Tell every connection to go; how many there were. After a `warning` the end comes 10 s later."""
        told = [c for c in self._connections if not c.dead]
        if reason == "warning":
            await asyncio.gather(*(_tell(connection, "warning") for connection in told))
            await self._clock.sleep(WARNED_AHEAD)
        last = "refresh_requested" if reason == "warning" else reason
        await asyncio.gather(*(self._send_away(connection, last) for connection in told))
        return len(told)

    def play_dead(self, most: int | None = None) -> int:
        """Leave connections open, the oldest first, and carry nothing over them any more, not even a pong."""
        living = [c for c in self._connections if not c.dead][:most]
        for connection in living:
            connection.dead = True
        return len(living)

    def drop(self, most: int | None = None) -> int:
        """Cut connections off, the oldest first, without a word."""
        cut = self._connections[:most]
        for connection in cut:
            connection.cut()
        return len(cut)

    async def stop(self) -> None:
        for connection in self._connections:
            connection.leaving = True
        sockets = [connection.socket for connection in self._connections]
        await asyncio.gather(*(socket.close(code=1001, message=b"The sandbox stops.") for socket in sockets))

    async def _listen(self, connection: _Connection) -> None:
        socket = connection.socket
        while not socket.closed:
            try:
                message = await socket.receive(timeout=QUIET)
            except TimeoutError:
                if not connection.dead:
                    await socket.ping()
                continue
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if connection.dead:
                continue
            if message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledged(connection, message.data)

    def _acknowledged(self, connection: _Connection, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        if isinstance(said, dict):
            answer = connection.waiting.pop(str(said.get("envelope_id")), None)
            if answer is not None and not answer.done():
                payload = said.get("payload")
                answer.set_result(payload if isinstance(payload, dict) else {})

    def _next(self) -> list[_Connection]:
        open_ = [c for c in self._connections if not c.leaving and not c.socket.closed]
        if self.everywhere or not open_:
            return open_
        self._turn += 1
        return [open_[self._turn % len(open_)]]

    async def _send_away(self, connection: _Connection, reason: str) -> None:
        """Tell a connection to go, and close it if the app does not."""
        connection.leaving = True
        await _tell(connection, reason)
        try:
            async with asyncio.timeout(self._clock.scaled(LINGER)):
                await connection.gone.wait()
        except TimeoutError:
            await connection.socket.close()

    def _forget(self, connection: _Connection) -> None:
        connection.gone.set()
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        for answer in connection.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("The app's connection ended."))
        self._journal.add("socket", "closed", "ok", {"connections": len(self._connections)})
        self._on_change()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": LIFE,
            },
        }


async def _tell(connection: _Connection, reason: str) -> None:
    if not connection.socket.closed:
        try:
            await connection.socket.send_json(_disconnect(reason))
        except ConnectionError:
            return


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
