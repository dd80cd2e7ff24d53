"""What stands before Slack's requests: whatever is not one of them gets a 4xx, and goes no further; nor does a look at
our certificate, which is answered here.

Bolt by itself answers 500 to a timestamp that is no number, to bytes that are not UTF-8 and to a payload
that is not JSON.
"""

import asyncio
import hmac
import logging
import re
import time
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.body import HungUp, TooLarge, read_body
from bot.web.envelope import is_ssl_check, payload

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
READ_WITHIN = 10.0
"""Seconds in which the whole body must have come."""

MAX_SKEW = 300
"""Seconds that a request's clock may be off, as Slack advises."""

_WANTED = frozenset((b"content-length", b"content-type", b"x-slack-request-timestamp", b"x-slack-signature"))
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


class _Turned(Exception):
    """A request that is answered here."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class SlackGuard:
    """Lets through to Bolt only what Slack signed a moment ago and Bolt can read.

    The inner application need not look at the signature again: it sees the same path, and what was signed as JSON. Of
    the headers, it sees those that are plain text, without Bolt's internal ones, which a signature does not cover.
    """

    def __init__(self, app: ASGIApp, signing_secret: str, now: Callable[[], float] = time.time) -> None:
        if not signing_secret.strip():
            raise ValueError("the signing secret is empty")
        self._app = app
        self._secret = signing_secret.encode()
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            body = await self._admit(scope, receive)
        except _Turned as turned:
            headers = {"Allow": "POST"} if turned.status == 405 else None
            await PlainTextResponse(f"{turned}\n", turned.status, headers)(scope, receive, send)
            return
        except HungUp:
            return
        try:
            await self._app(_readable(scope, body), _replay(body, receive), watched)
        except Exception:  # an outermost edge: Bolt reads the request before any listener can answer for it
            log.exception("A request that Slack signed could not be read.")
            if started:
                raise
            await PlainTextResponse("This request cannot be read.\n", 400)(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive) -> bytes:
        """What a request that may pass says, as JSON, or _Turned."""
        if scope["method"] != "POST":
            raise _Turned(405, "Slack's requests are posted here.")
        headers = _wanted(scope)
        try:
            async with asyncio.timeout(READ_WITHIN):
                body = await read_body(headers.get("content-length", ""), receive, LARGEST_BODY)
        except TimeoutError:
            raise _Turned(408, "The request took too long to come.") from None
        except TooLarge:
            raise _Turned(413, "The request is too large.") from None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise _Turned(400, "The request is not UTF-8.") from None
        if "x-slack-signature" not in headers and is_ssl_check(headers.get("content-type", ""), text):
            raise _Turned(200, "The certificate is this one.")  # Slack's look at it comes unsigned
        self._check_signature(headers, body)
        said = payload(headers.get("content-type", ""), text)
        if said is None:
            raise _Turned(400, "The request is neither a form nor JSON as Slack sends them.")
        return said.encode()

    def _check_signature(self, headers: dict[str, str], body: bytes) -> None:
        timestamp = headers.get("x-slack-request-timestamp", "")
        if not _TIMESTAMP.fullmatch(timestamp):
            raise _Turned(401, "The request has no readable timestamp.")
        if abs(self._now() - int(timestamp)) > MAX_SKEW:
            raise _Turned(401, "The request's timestamp is too far from this machine's clock.")
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = "v0=" + hmac.new(self._secret, signed, "sha256").hexdigest()
        given = headers.get("x-slack-signature", "")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise _Turned(401, "The request's signature is not Slack's.")


def _wanted(scope: Scope) -> dict[str, str]:
    """The headers that are read here; one that came twice could be read in two ways, and counts as absent."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, value in scope["headers"]:
        if name in _WANTED:
            key = name.decode()
            if key in found:
                twice.add(key)
            found[key] = value.decode("latin-1")
    return {key: value for key, value in found.items() if key not in twice}


def _readable(scope: Scope, body: bytes) -> Scope:
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name.isascii()
        and value.isascii()
        and name not in (b"content-type", b"content-length")
        and not name.startswith(b"x-slack-bolt-")
    ]
    headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return {**scope, "headers": headers, "query_string": b""}


def _replay(body: bytes, receive: Receive) -> Receive:
    replayed = False

    async def again() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
