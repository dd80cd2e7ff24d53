"""One connection of Socket Mode: what comes down it is handed to Bolt, and it knows when it was last heard."""

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.tasks import Tasks

log = logging.getLogger(__name__)

HELLO = "hello"
ENDED = "ended"


class Connection:
    """A WebSocket that Slack opened for us. It listens from now on; what it has taken in is worked on as `tasks`.

    slack_sdk's own client is not used. It tries an address again that is good only once, without end; it closes a
    connection before it has another, and drops then what it has received and not handed on; its one clock, of its own
    pings, is the wall's.
    """

    def __init__(
        self, app: AsyncApp, web: aiohttp.ClientWebSocketResponse, tasks: Tasks, ping_every: float
    ) -> None:
        self._app = app
        self._web = web
        self._tasks = tasks
        self._greeting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._ping_every = ping_every
        self._worn = asyncio.Event()
        self._ended = asyncio.Event()
        self.begun = self.heard = time.monotonic()
        self.reason: str | None = None
        """Why Slack wants it gone; None while it does not."""
        self.among = 0
        """How many connections of this app Slack had when it greeted this one."""
        self._running = [asyncio.create_task(self._listen()), asyncio.create_task(self._ping())]

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def silent_for(self) -> float:
        """Seconds since a frame or a pong came. One that is to go is kept young by frames only."""
        return time.monotonic() - self.heard

    async def greeting(self) -> str:
        """What Slack says first: `hello`, or why it will not have this connection."""
        return await self._greeting

    async def worn(self, silence: float) -> None:
        """Wait until another is needed: it ended, is wanted gone, or has been silent for so long.

        A process that stood still itself, as on a machine that was paused, asked for no sign of life meanwhile and
        has not read what came: before it believes in the silence it asks once more. It may have stood still before
        it came here.
        """
        enough = silence
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(enough - self.silent_for()):
                    await self._worn.wait()
                    return
            silent = self.silent_for()
            if silent < enough:
                enough = silence
            elif silent - enough > self._ping_every:  # we come late: we stood still
                enough = silent + 2 * self._ping_every
            else:
                return

    async def gone(self, within: float) -> None:
        """Wait for Slack to end it, but no longer than this."""
        try:
            async with asyncio.timeout(within):
                await self._ended.wait()
        except TimeoutError:
            return

    async def acknowledge(self, answer: SocketModeResponse) -> None:
        """Slack wants its acknowledgement on the connection that brought the envelope."""
        await self._web.send_str(json.dumps(answer.to_dict()))

    async def hush(self) -> None:
        """Take in nothing more. What came before may still be acknowledged."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def close(self) -> None:
        await self.hush()
        await self._web.close()

    async def _listen(self) -> None:
        try:
            async for message in self._web:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self.heard = time.monotonic()
                    self._take(str(message.data))
                elif message.type in (aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG):
                    if self.reason is None:
                        self.heard = time.monotonic()
                    if message.type is aiohttp.WSMsgType.PING:
                        await self._web.pong(message.data)
        except (aiohttp.ClientError, ConnectionError):
            return
        finally:
            self._ended.set()
            self._worn.set()
            self._greet(ENDED)

    async def _ping(self) -> None:
        """Ask for a sign of life. That none came is seen by the clock."""
        while True:
            await asyncio.sleep(self._ping_every)
            try:
                await self._web.ping()
            except (aiohttp.ClientError, ConnectionError):
                return

    def _take(self, text: str) -> None:
        try:
            said = json.loads(text)
            if not isinstance(said, dict):
                raise ValueError("not an object")
            request = SocketModeRequest.from_dict(said)
        except (TypeError, ValueError):  # slack_sdk stumbles over its own error for a payload of another type
            log.warning("Slack sent something over Socket Mode that cannot be read")
            return
        if request is not None:
            self._tasks.run(self._answer(request))
        elif said.get("type") == HELLO:
            number = said.get("num_connections")
            self.among = number if isinstance(number, int) else 0
            self._greet(HELLO)
        elif said.get("type") == "disconnect":
            self.reason = str(said.get("reason"))
            self._worn.set()
            self._greet(self.reason)

    def _greet(self, words: str) -> None:
        if not self._greeting.done():
            self._greeting.set_result(words)

    async def _answer(self, request: SocketModeRequest) -> None:
        """Hand it to Bolt, and acknowledge it. What Bolt cannot read stays unacknowledged, as it does over HTTP."""
        try:
            asked = AsyncBoltRequest(mode="socket_mode", body=request.payload)
            answer = await self._app.async_dispatch(asked)
            if answer.status != 200:
                return
            await self.acknowledge(SocketModeResponse(request.envelope_id, _payload(answer)))
        except (aiohttp.ClientError, ConnectionError):
            log.warning("a connection to Slack was lost before what it had brought was acknowledged")
        except Exception:  # an outermost edge: Bolt reads the request before any listener can answer for it
            log.exception("what Slack sent over Socket Mode could not be read")


def _payload(answer: BoltResponse) -> dict[str, Any] | str | None:
    """What an acknowledgement says, if anything."""
    if not answer.body:
        return None
    is_json = answer.first_headers().get("content-type", "").startswith("application/json")
    said: dict[str, Any] | str = json.loads(answer.body) if is_json else answer.body
    return said
