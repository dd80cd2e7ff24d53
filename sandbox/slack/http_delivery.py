"""Delivery by signed HTTP requests to the app's request URL."""

from __future__ import annotations

import json
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.credentials import Credentials
from sandbox.slack.delivery import COMMAND, EVENT, Delivery, NotDelivered
from sandbox.slack.model import Json

MOST_REDIRECTS = 2


class HttpDelivery:
    """Posts to one address, signed, and waits for the answer as long as Slack does."""

    def __init__(self, credentials: Credentials, url: str, *, answer_within: float) -> None:
        self.url = url
        self._credentials = credentials
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=answer_within))

    async def deliver(self, delivery: Delivery) -> Json:
        body, content_type = _encoded(delivery)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (sandbox)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": self._credentials.signature(timestamp, body),
        }
        if delivery.retry.number:
            headers["X-Slack-Retry-Num"] = str(delivery.retry.number)
            headers["X-Slack-Retry-Reason"] = delivery.retry.reason
        try:
            async with self._session.post(
                self.url, data=body, headers=headers, max_redirects=MOST_REDIRECTS
            ) as answer:
                final = answer.headers.get("X-Slack-No-Retry") == "1"
                if not 200 <= answer.status < 300:
                    raise NotDelivered("dispatch_failed", "http_error", final=final)
                return _read(await answer.text(errors="replace"))
        except TimeoutError:
            raise NotDelivered("operation_timeout", "http_timeout") from None
        except aiohttp.TooManyRedirects:
            raise NotDelivered("dispatch_failed", "too_many_redirects") from None
        except aiohttp.ClientSSLError:
            raise NotDelivered("dispatch_failed", "ssl_error") from None
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL):
            raise NotDelivered("dispatch_failed", "connection_failed") from None
        except aiohttp.ClientError:
            raise NotDelivered("dispatch_failed", "unknown_error") from None

    async def verify(self) -> bool:
        """Whether the app gives our challenge back, as it must before Slack sends events there."""
        challenge = secrets.token_urlsafe(32)
        payload = {
            "type": "url_verification",
            "token": self._credentials.verification_token,
            "challenge": challenge,
        }
        try:
            answer = await self.deliver(Delivery(EVENT, payload))
        except NotDelivered:
            return False
        return challenge in (answer.get("challenge"), answer.get("text"))

    async def stop(self) -> None:
        await self._session.close()


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == EVENT:
        return json.dumps(delivery.payload).encode(), "application/json"
    fields = (
        delivery.payload
        if delivery.kind == COMMAND
        else {"payload": json.dumps(delivery.payload, ensure_ascii=False)}
    )
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _read(text: str) -> Json:
    """An answer is a JSON object, or plain words, or nothing."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else {"text": text}
