"""Socket Mode: one connection that is watched, and made anew when it has gone deaf."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo
from bot.slack.refusal import code_of

log = logging.getLogger(__name__)

_LOOK_EVERY = 5.0
_DEAF_AFTER = 60.0


class Socket:
    """The connection as readiness sees it."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._app = app
        self._token = app_token
        self._client = client
        self._handler: AsyncSocketModeHandler | None = None

    async def connected(self) -> bool:
        """Whether events can arrive now, as far as the connection's own pings tell."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def open(self) -> None:
        """Connect. The library's own connect retries a wrong token for ever: so it is tried once by hand first."""
        try:
            await self._client.apps_connections_open(app_token=self._token)
        except SlackApiError as error:
            code = code_of(error)
            raise CannotDo(
                f"Slack refused Socket Mode ({code}). Check slack.app_token (it begins with xapp- and needs the "
                "scope connections:write) and that Socket Mode is switched on for the app."
            ) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CannotDo(f"Slack cannot be reached for Socket Mode ({type(error).__name__}).") from error
        self._handler = AsyncSocketModeHandler(self._app, self._token, web_client=self._client)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        if self._handler is not None:
            handler, self._handler = self._handler, None
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def keep_open(self) -> None:
        """Watch for ever, and connect anew after a minute without a living connection."""
        deaf = 0.0
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            deaf = 0.0 if await self.connected() else deaf + _LOOK_EVERY
            if deaf < _DEAF_AFTER:
                continue
            log.warning("the connection to Slack has been dead for a minute; making a new one")
            try:
                await self.close()
                await self.open()
                deaf = 0.0
            except CannotDo as error:
                log.warning("%s", error)


@asynccontextmanager
async def socket_mode(app: AsyncApp, app_token: str, client: AsyncWebClient) -> AsyncIterator[Socket]:
    """Events arrive over Socket Mode as long as the context is open. CannotDo if Slack will not have us."""
    socket = Socket(app, app_token, client)
    await socket.open()
    keeping = asyncio.create_task(socket.keep_open())
    try:
        yield socket
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await socket.close()
