"""Socket Mode: two connections that are watched, each replaced when it has gone silent, and before Slack ends it."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo
from bot.slack.connection import HELLO, Connection
from bot.slack.refusal import code_of, is_passing, retry_after
from bot.slack.tasks import Tasks
from providers.reach import kind_of

log = logging.getLogger(__name__)

_CLOSE_WITHIN = aiohttp.ClientWSTimeout(ws_close=2.0)
_ACKNOWLEDGE_WITHIN = 3.0
_MOST_CONNECTIONS = 10  # that Slack allows an app
_REFUSALS = {
    "link_disabled": "Socket Mode is switched off for the app: switch it on in the app's settings at api.slack.com.",
    "too_many_websockets": (
        f"Slack has as many Socket Mode connections of this app as it allows ({_MOST_CONNECTIONS}): stop other copies "
        "of Recbot, or let several processes be heard over HTTP."
    ),
}
_LAST = (
    f"This is the last of the {_MOST_CONNECTIONS} Socket Mode connections that Slack allows an app: no other process "
    'is heard, and none of them can be replaced before it ends. For so many processes set slack.mode = "http".'
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long what may take, in seconds.

    After `doubt` a silent connection counts as none; after `silence` it is replaced: what is late may still come in
    between, and a look at `/readyz` every ten seconds sees it red.
    """

    ping: float = 10.0
    doubt: float = 25.0
    silence: float = 40.0
    opening: float = 20.0
    settled: float = 20.0
    """A connection that lasted less counts as one that could not be opened."""
    pause: float = 0.5
    longest_pause: float = 30.0
    linger: float = 15.0
    """Slack warns ten seconds before it ends a connection, and may send something down until then."""
    hopeless: float = 300.0


_RHYTHM = Rhythm()


class Socket:
    """The connections, as readiness sees them."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient, rhythm: Rhythm) -> None:
        self._app = app
        self._token = app_token
        self._client = client
        self._rhythm = rhythm
        self._connections: list[Connection] = []
        self._answering = Tasks()
        self._parting = Tasks()
        self._turn = asyncio.Lock()
        self._heard = time.monotonic()
        self._failures = 0
        self._not_before = 0.0
        self._trouble: str | None = None

    def age(self) -> float:
        """Seconds since any connection was last heard."""
        return time.monotonic() - max([self._heard, *(c.heard for c in self._connections)])

    def deaf(self) -> Sequence[str]:
        """That events cannot arrive now, and why, as far as it is known; nothing where they can."""
        if any(not c.ended and c.silent_for() < self._rhythm.doubt for c in self._connections):
            return []
        said = f"Slack's events cannot arrive: Socket Mode was last heard {self.age():.0f} s ago."
        return [said] if self._trouble is None else [said, self._trouble]

    def hopeless(self) -> Sequence[str]:
        """The same, once it has lasted so long that a new process may do better."""
        return self.deaf() if self.age() > self._rhythm.hopeless else []

    async def open(self) -> Connection:
        """Another connection, which Slack has greeted. CannotDo if it cannot be had."""
        connection: Connection | None = None
        try:
            async with asyncio.timeout(self._rhythm.opening):
                connection = await self._connect()
                greeting = await connection.greeting()
            if greeting != HELLO:
                raise CannotDo(_REFUSALS.get(greeting, "Slack ended the Socket Mode connection at once."))
            self._connections.append(connection)
            if connection.among >= _MOST_CONNECTIONS:
                log.warning(_LAST)
        except SlackApiError as error:
            raise _refused(error) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CannotDo(f"Slack cannot be reached for Socket Mode ({kind_of(error)}).") from error
        finally:
            if connection is not None and connection not in self._connections:
                await connection.close()
        return connection

    async def keep(self, connection: Connection | None = None) -> None:
        """Have one connection for ever. Another is there before the one that Slack wants gone is let go."""
        while True:
            if connection is None:
                connection = await self._another()
            await connection.worn(self._rhythm.silence)
            self._judge(connection)
            worn, connection = connection, await self._another()
            self._parting.run(self._part_with(worn))

    async def close(self) -> None:
        """Acknowledge what has come, and take in nothing more."""
        await self._parting.drain(0)
        await asyncio.gather(*(connection.hush() for connection in self._connections))
        await self._answering.drain(_ACKNOWLEDGE_WITHIN)
        await asyncio.gather(*(connection.close() for connection in self._connections))

    async def _connect(self) -> Connection:
        answer = await self._client.apps_connections_open(app_token=self._token)
        assert self._client.session is not None
        web = await self._client.session.ws_connect(
            str(answer["url"]),
            autoping=False,
            timeout=_CLOSE_WITHIN,
            proxy=self._client.proxy,
            ssl=self._client.ssl or True,
        )
        return Connection(self._app, web, self._answering, self._rhythm.ping)

    async def _another(self) -> Connection:
        """A new connection, however long it takes: one is opened at a time, and less often the longer it fails."""
        async with self._turn:
            while True:
                await asyncio.sleep(self._not_before - time.monotonic())
                try:
                    connection = await self.open()
                except CannotDo as error:
                    self._failed(str(error), _asked_to_wait(error))
                except Exception:  # an outermost edge: whoever stops trying is deaf for ever
                    log.exception("a connection to Slack could not be opened")
                    self._failed("A connection to Slack could not be opened.", 0.0)
                else:
                    if self._trouble is not None:
                        log.info("Slack is heard again over Socket Mode")
                        self._trouble = None
                    return connection

    def _judge(self, connection: Connection) -> None:
        """What the end of this connection means for the next."""
        if connection.reason in _REFUSALS:
            self._failed(_REFUSALS[connection.reason], 0.0)
        elif time.monotonic() - connection.begun < self._rhythm.settled:
            self._put_off(self._pause(self._failures))
            self._failures += 1
        else:
            self._failures = 0
        if not connection.ended and connection.reason is None:
            log.warning(
                "a connection to Slack was silent for %.0f s: another takes its place",
                connection.silent_for(),
            )

    def _failed(self, trouble: str, asked: float) -> None:
        self._failures += 1
        self._put_off(max(asked, self._pause(self._failures)))
        if trouble != self._trouble:
            log.warning("%s It is tried again.", trouble)
            self._trouble = trouble

    def _pause(self, failures: int) -> float:
        """Twice as long each time, and not to the second: other processes wait for the same Slack."""
        if failures == 0:
            return 0.0
        longest = min(self._rhythm.longest_pause, self._rhythm.pause * 2.0 ** min(failures - 1, 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret hangs on it

    def _put_off(self, seconds: float) -> None:
        self._not_before = max(self._not_before, time.monotonic() + seconds)

    async def _part_with(self, connection: Connection) -> None:
        """Let Slack end a connection that it wants gone: until then something may still come down."""
        if connection.reason is not None:
            await connection.gone(self._rhythm.linger)
        await connection.close()
        self._heard = max(self._heard, connection.heard)
        self._connections.remove(connection)


def _refused(error: SlackApiError) -> CannotDo:
    code = code_of(error)
    if is_passing(error):
        return CannotDo(f"Slack opens no Socket Mode connection at the moment ({code}).")
    return CannotDo(
        f"Slack refused Socket Mode ({code}). Check slack.app_token (it begins with xapp- and needs the "
        "scope connections:write) and that Socket Mode is switched on for the app."
    )


def _asked_to_wait(error: CannotDo) -> float:
    """Seconds that Slack wants to be left alone."""
    cause = error.__cause__
    asked = retry_after(cause) if isinstance(cause, SlackApiError) else None
    return asked.total_seconds() if asked else 0.0


@asynccontextmanager
async def socket_mode(
    app: AsyncApp, app_token: str, client: AsyncWebClient, rhythm: Rhythm = _RHYTHM
) -> AsyncIterator[Socket]:
    """Events arrive over Socket Mode as long as the context is open. CannotDo if Slack will not have us."""
    socket = Socket(app, app_token, client, rhythm)
    first = await socket.open()
    keeping = [asyncio.create_task(socket.keep(first)), asyncio.create_task(socket.keep())]
    try:
        yield socket
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        await socket.close()
