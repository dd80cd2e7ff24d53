"""The controls that another far side has, asked on behalf of the page."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from aiohttp import web


class FarControls:
    """Passes on what the page asks of another sandbox. `who` names it in what goes wrong: "The rooms"."""

    def __init__(self, url: str | None, who: str) -> None:
        self._url = url.rstrip("/") if url else None
        self._who = who

    async def ask(self, verb: str, name: str, body: dict[str, Any] | None = None) -> Any:
        """Its answer. 404 where there is no such sandbox, 502 with its words where it refuses or does not answer."""
        if self._url is None:
            raise web.HTTPNotFound(text=f"{self._who} are not here.")
        timeout = aiohttp.ClientTimeout(total=5)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(verb, f"{self._url}/control/{name}", json=body) as answer,
            ):
                text = await answer.text()
                if answer.status >= 400:
                    raise web.HTTPBadGateway(text=text or f"{self._who} answered {answer.status}.")
        except (aiohttp.ClientError, TimeoutError):
            raise web.HTTPBadGateway(text=f"{self._who} do not answer.") from None
        return json.loads(text) if text.strip() else {}
