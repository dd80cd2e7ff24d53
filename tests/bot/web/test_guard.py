"""Whatever is not a request of Slack's is turned away with a 4xx, before Bolt sees it."""

import asyncio
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.types import Message, Receive, Scope, Send

from bot.web.guard import LARGEST_BODY, SlackGuard

from .world import SECRET, gateway_with

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
COMMAND = urlencode({"command": "/record", "text": "start abc", "user_id": "U1"}).encode()
CLICKED = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "stop"}]}
CLICK = urlencode({"payload": json.dumps(CLICKED)}).encode()
EVENT = json.dumps({"type": "event_callback", "event": {"type": "app_mention"}}).encode()


@dataclass
class Inner:
    """What stands behind the guard: it takes down what reached it."""

    bodies: list[bytes] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        assert message["more_body"] is False
        self.scopes.append(scope)
        self.bodies.append(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"acked"})


@pytest.fixture
def inner() -> Inner:
    return Inner()


@pytest.fixture
async def events(inner: Inner) -> AsyncIterator[str]:
    async with gateway_with(slack=inner) as world:
        yield f"{world.url}/slack/events"


def signed(
    body: bytes, content_type: str | None = FORM, *, secret: str = SECRET, timestamp: object = None
) -> dict[str, str]:
    """The headers that Slack would send with this body."""
    said = str(int(time.time()) if timestamp is None else timestamp)
    digest = hmac.new(secret.encode(), b"v0:" + said.encode() + b":" + body, "sha256").hexdigest()
    headers = {"X-Slack-Request-Timestamp": said, "X-Slack-Signature": f"v0={digest}"}
    return headers | ({"Content-Type": content_type} if content_type else {})


WORDS_OF_BOLT = {"command": "/recordings", "text": "search payload={ Größe", "user_id": "U1"}


async def test_what_slack_sends_comes_through_as_json(
    events: str, inner: Inner, browser: aiohttp.ClientSession
) -> None:
    for body, content_type, said in (
        (COMMAND, FORM, {"command": "/record", "text": "start abc", "user_id": "U1"}),
        (CLICK, f"{FORM}; charset=utf-8", CLICKED),
        (EVENT, JSON, json.loads(EVENT)),
        (b"ssl_check=1&token=x", FORM, {"ssl_check": "1", "token": "x"}),
        (urlencode(WORDS_OF_BOLT).encode(), FORM, WORDS_OF_BOLT),
    ):
        async with browser.post(events, data=body, headers=signed(body, content_type)) as answer:
            assert (answer.status, await answer.read()) == (200, b"acked")
        assert json.loads(inner.bodies[-1]) == said
        headers = dict(inner.scopes[-1]["headers"])
        assert headers[b"content-type"] == b"application/json"
        assert headers[b"content-length"] == b"%d" % len(inner.bodies[-1])
        assert inner.scopes[-1]["path"] == "/slack/events"


async def test_whatever_else_comes_is_turned_away(
    events: str, inner: Inner, browser: aiohttp.ClientSession
) -> None:
    now = int(time.time())
    large = b"text=" + b"x" * (2 * 1024 * 1024)
    deep = b"[" * 200_000
    refused: dict[str, tuple[bytes, dict[str, str], int]] = {
        "forged": (COMMAND, signed(COMMAND, secret="another secret"), 401),
        "signed for another body": (COMMAND, signed(CLICK), 401),
        "unsigned": (COMMAND, {"Content-Type": FORM}, 401),
        "signature is not ASCII": (COMMAND, signed(COMMAND) | {"X-Slack-Signature": "v0=ü"}, 401),
        "old": (COMMAND, signed(COMMAND, timestamp=now - 400), 401),
        "from the future": (COMMAND, signed(COMMAND, timestamp=now + 400), 401),
        "no number": (COMMAND, signed(COMMAND, timestamp="yesterday"), 401),
        "no plain number": (COMMAND, signed(COMMAND, timestamp=f"{now}.5"), 401),
        "negative": (COMMAND, signed(COMMAND, timestamp=-now), 401),
        "a very long number": (COMMAND, signed(COMMAND, timestamp="9" * 5000), 401),
        "not UTF-8": (b"text=\xff\xfe", signed(b"text=\xff\xfe"), 400),
        "no JSON": (b"{", signed(b"{", JSON), 400),
        "JSON, but no object": (b"[1]", signed(b"[1]", JSON), 400),
        "very deep JSON": (deep, signed(deep, JSON), 400),
        "a payload that is no JSON": (b"payload=x", signed(b"payload=x"), 400),
        "a payload that is no object": (b"payload=1", signed(b"payload=1"), 400),
        "an event that is none": (b'{"event":null}', signed(b'{"event":null}', JSON), 400),
        "an event without a type": (
            b'{"type":"event_callback","event":{}}',
            signed(b'{"type":"event_callback","event":{}}', JSON),
            400,
        ),
        "a team that is a number": (b'{"team":5}', signed(b'{"team":5}', JSON), 400),
        "a form with an event": (b"event=1", signed(b"event=1"), 400),
        "a form that is none": (b"{", signed(b"{"), 400),
        "no fields": (b"&&&", signed(b"&&&"), 400),
        "too many fields": (b"a=1&" * 2000, signed(b"a=1&" * 2000), 400),
        "another content type": (COMMAND, signed(COMMAND, "text/plain"), 400),
        "no content type": (COMMAND, signed(COMMAND, "application/octet-stream"), 400),
        "empty": (b"", signed(b""), 400),
        "empty JSON": (b"", signed(b"", JSON), 400),
        "2 MiB": (large, signed(large), 413),
    }
    for name, (body, headers, status) in refused.items():
        async with browser.post(events, data=BytesIO(body), headers=headers) as answer:
            assert (name, answer.status) == (name, status)
    assert inner.bodies == []


async def test_two_timestamps_are_as_good_as_none(
    events: str, inner: Inner, browser: aiohttp.ClientSession
) -> None:
    other = ("X-Slack-Request-Timestamp", "1")
    for twice in ([*signed(COMMAND).items(), other], [other, *signed(COMMAND).items()]):
        async with browser.post(events, data=COMMAND, headers=twice) as answer:
            assert answer.status == 401
    assert inner.bodies == []


async def test_only_posts_are_heard(events: str, browser: aiohttp.ClientSession) -> None:
    for method in ("GET", "PUT", "DELETE"):
        async with browser.request(method, events) as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_a_large_body_is_cut_off_while_it_comes(inner: Inner) -> None:
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        taken += 65536
        return {"type": "http.request", "body": b"x" * 65536, "more_body": taken < 4 * LARGEST_BODY}

    [start, _] = await asked(SlackGuard(inner, SECRET), receive, {})
    assert start["status"] == 413
    assert taken <= LARGEST_BODY + 2 * 65536


async def test_a_body_that_does_not_come_is_not_waited_for(
    inner: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("bot.web.guard.READ_WITHIN", 0.05)
    [start, _] = await asked(SlackGuard(inner, SECRET), receive, {})
    assert start["status"] == 408


async def test_a_sender_who_hangs_up_is_not_answered(inner: Inner) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    assert await asked(SlackGuard(inner, SECRET), receive, {}) == []


async def test_bolts_own_headers_cannot_be_sent_from_outside(
    events: str, inner: Inner, browser: aiohttp.ClientSession
) -> None:
    headers = signed(COMMAND) | {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Retry-Num": "2"}
    async with browser.post(events, data=COMMAND, headers=headers, params={"a": "ü"}) as answer:
        assert answer.status == 200
    [scope] = inner.scopes
    names = [name for name, _ in scope["headers"]]
    assert b"x-slack-bolt-lazy-only" not in names
    assert b"x-slack-retry-num" in names
    assert scope["query_string"] == b""


async def test_a_request_that_slack_signed_and_bolt_cannot_read_is_a_400_and_in_the_log(
    browser: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumbling(scope: Scope, receive: Receive, send: Send) -> None:
        raise AttributeError("'int' object has no attribute 'get'")

    async with gateway_with(slack=stumbling) as world:
        url = f"{world.url}/slack/events"
        async with browser.post(url, data=COMMAND, headers=signed(COMMAND)) as answer:
            assert answer.status == 400
    assert "could not be read" in caplog.text


def test_an_empty_secret_is_refused_at_the_start(inner: Inner) -> None:
    with pytest.raises(ValueError, match="signing secret"):
        SlackGuard(inner, "  ")


@pytest.fixture(scope="module")
def bolt() -> AsyncSlackRequestHandler:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0")

    app = AsyncApp(name="recbot", signing_secret=SECRET, authorize=authorize, process_before_response=True)
    return AsyncSlackRequestHandler(app)


PARTIES = ("channel", "enterprise", "team", "user")
INNER = ("authorizations", "event", "item", "message", "view")
OTHERS = ("actions", "command", "is_ext_shared_channel", "payload", "ssl_check", "text", "type")
TYPES = st.sampled_from(["event_callback", "block_actions", "view_submission", "url_verification"])
KEYS = st.sampled_from([*PARTIES, *INNER, *OTHERS])
VALUES = st.recursive(
    TYPES | st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=4),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    st.dictionaries(KEYS, VALUES, max_size=5).map(lambda said: json.dumps(said).encode()),
    st.dictionaries(KEYS, VALUES, max_size=5).map(
        lambda said: urlencode({"payload": json.dumps(said)}).encode()
    ),
    st.dictionaries(KEYS, st.text(max_size=20), max_size=5).map(lambda said: urlencode(said).encode()),
)


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=BODIES,
    content_type=st.sampled_from([FORM, JSON, "", "text/plain", f"{JSON}; charset=utf-8"]),
    timestamp=st.one_of(st.none(), st.text(max_size=12)),
    right=st.booleans(),
)
async def test_nothing_that_is_sent_becomes_a_fault_of_ours(
    body: bytes, content_type: str, timestamp: str | None, right: bool, bolt: AsyncSlackRequestHandler
) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = signed(body, content_type, secret=SECRET if right else "another", timestamp=timestamp)
    [start, *_] = await asked(SlackGuard(bolt, SECRET), receive, headers)
    assert start["status"] < 500


async def asked(guard: SlackGuard, receive: Receive, headers: dict[str, str]) -> list[Message]:
    """What the guard answers to a request, without a socket between."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/slack/events",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode("utf-8", "replace")) for k, v in headers.items()],
    }
    await guard(scope, receive, send)
    return sent
