"""The gateway's route for Slack, as whoever knows its address sees it, with and without the signing secret."""

import json
import time
from collections.abc import Awaitable, Callable
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.slack.values import Action
from sandbox.slack.credentials import Credentials

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_TRIGGERS = count(1)


Post = Callable[[bytes, dict[str, str]], Awaitable[int]]
"""Brings a body and its headers to the gateway; the answer's status."""


def over_the_wire(session: aiohttp.ClientSession, url: str) -> Post:
    async def post(body: bytes, headers: dict[str, str]) -> int:
        async with session.post(url, data=BytesIO(body), headers=headers) as answer:
            await answer.read()
            return answer.status

    return post


class Door:
    """Somebody who knows the address, and sometimes the signing secret."""

    def __init__(self, post: Post, credentials: Credentials) -> None:
        self._post = post
        self._credentials = credentials

    async def send(self, body: bytes, content_type: str = FORM, **headers: str) -> int:
        """Send it, signed unless `headers` (with _ for -) say otherwise; the answer's status."""
        sent = signed(self._credentials, body, content_type)
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._post(body, sent)

    async def command(self, command: str, text: str, user: str = "U0VOVA") -> int:
        return await self.send(command_body(command, text, user))

    async def interaction(self, payload: dict[str, Any]) -> int:
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def click(self, action: str, value: str, user: str = "U0VOVA", **more: Any) -> int:
        """A click that Slack signed. What the button carried is anybody's guess."""
        chosen = {"selected_option": {"value": value}} if action == Action.MORE else {"value": value}
        one = {"action_id": action, "block_id": "b", "type": "button", "action_ts": "1.1"} | chosen
        return await self.interaction(payload("block_actions", user) | {"actions": [one]} | more)

    async def submit(self, callback: str, user: str = "U0VOVA", **view: Any) -> int:
        form = {"type": "modal", "callback_id": callback, "state": {"values": {}}, "blocks": []} | view
        return await self.interaction(payload("view_submission", user) | {"view": form})


def signed(credentials: Credentials, body: bytes, content_type: str) -> dict[str, str]:
    now = str(int(time.time()))
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": credentials.signature(now, body),
    }


def command_body(command: str, text: str, user: str) -> bytes:
    fields = {
        "command": command,
        "text": text,
        "user_id": user,
        "team_id": "T0SANDBOX",
        "channel_id": "C0GENERAL",
        "trigger_id": f"trigger {next(_TRIGGERS)}",
    }
    return urlencode(fields).encode()


def payload(kind: str, user: str) -> dict[str, Any]:
    return {
        "type": kind,
        "user": {"id": user},
        "team": {"id": "T0SANDBOX"},
        "channel": {"id": "C0GENERAL"},
        "trigger_id": f"trigger {next(_TRIGGERS)}",
    }
