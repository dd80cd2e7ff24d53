"""RingCentral tells an address of ours when a call ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiohttp import web

from providers.errors import ProviderError
from providers.interfaces import PushAnswer, PushSource
from sandbox.ringcentral.server import RingCentralSandbox
from tests.eventually import eventually

from .answering import Answering, said
from .conftest import Connect


class Listener:
    """An address, with a provider behind it that reads what comes."""

    def __init__(self) -> None:
        self.source: PushSource | None = None
        self.answers: list[PushAnswer] = []
        self.ill = False
        self.url = ""
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/push", self._hear)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"{site.name.rsplit(':', 1)[0]}:{self._runner.addresses[0][1]}/push"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _hear(self, request: web.Request) -> web.Response:
        assert self.source is not None
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.source.heard(headers, await request.read())
        if self.ill and "validation-token" not in headers:
            return web.Response(status=500)
        self.answers.append(answer)
        self._changed.set()
        return web.Response(status=answer.status, headers=dict(answer.headers))

    async def hears(self, news: bool) -> None:
        async with asyncio.timeout(5):
            while not any(answer.news is news for answer in self.answers):
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.start()
    yield listener
    await listener.stop()


@pytest.fixture
async def source(ringcentral: RingCentralSandbox, connected: Connect, listener: Listener) -> PushSource:
    source = await connected(ringcentral, live_calls=True)
    assert isinstance(source, PushSource)
    listener.source = source
    return source


def asked(ringcentral: RingCentralSandbox, method: str) -> int:
    """How many requests about webhooks there were."""
    journal = ringcentral.world.journal
    return sum(entry.method == method and "/subscription" in entry.path for entry in journal)


async def test_a_webhook_is_made_once_and_tells_when_a_call_has_ended(
    ringcentral: RingCentralSandbox, source: PushSource, listener: Listener
) -> None:
    for _ in range(3):
        await source.keep_push(listener.url)
    assert asked(ringcentral, "POST") == 1
    listener.answers.clear()
    call = ringcentral.world.place_call()
    ringcentral.world.answer(call)
    await listener.hears(news=False)
    assert not any(answer.news for answer in listener.answers)
    ringcentral.world.hang_up(call, lasted=timedelta(minutes=5))
    await listener.hears(news=True)
    assert {answer.status for answer in listener.answers} == {200}


async def test_whoever_does_not_know_the_word_is_turned_away(source: PushSource) -> None:
    over = json.dumps({"body": {"parties": [{"status": {"code": "Disconnected"}}]}}).encode()
    for headers in ({}, {"verification-token": "x" * 64}, {"validation-token": "ключ"}):
        assert source.heard(headers, over) == PushAnswer(401)


@pytest.mark.parametrize(
    ("reason", "news"),
    [
        ("", True),
        ("Hangup", True),
        ("SomethingNew", True),
        ("AttendedTransfer", False),
        ("CallPark", False),
        ("ParkLocation", False),
        ("CallFlip", False),
        ("DtmfTransfer", False),
        ("CallerInputRedirect", False),
        ("Pickup", False),
        ("TakeOver", False),
    ],
)
async def test_a_call_that_goes_on_elsewhere_is_not_over(
    ringcentral: RingCentralSandbox, source: PushSource, listener: Listener, reason: str, news: bool
) -> None:
    await source.keep_push(listener.url)
    [hook] = ringcentral.pushes.living()
    party = {"status": {"code": "Disconnected", "reason": reason}}
    told = json.dumps({"body": {"parties": [party]}}).encode()
    assert source.heard({"verification-token": hook.verification_token or ""}, told).news is news


@pytest.mark.parametrize(
    "other",
    [None, {"status": None}, {"status": {"code": None, "reason": 5}}, {"status": []}, {"name": "HERE"}],
)
async def test_that_a_call_is_over_is_heard_beside_what_cannot_be_read(
    ringcentral: RingCentralSandbox, source: PushSource, listener: Listener, other: Any
) -> None:
    await source.keep_push(listener.url)
    [hook] = ringcentral.pushes.living()
    over = {"status": {"code": "Disconnected", "reason": None}}
    told = json.dumps({"body": {"parties": [other, over]}}).encode().replace(b"HERE", rb"Anna \ud83d")
    assert source.heard({"verification-token": hook.verification_token or ""}, told).news
    for nothing in (b"", b"{}", b'{"body": null}', b'{"body": {"parties": null}}', b"\xff", b"[]"):
        heard = source.heard({"verification-token": hook.verification_token or ""}, nothing)
        assert heard == PushAnswer(200)


async def test_the_handshake_gives_back_its_token_and_nothing_that_is_not_one(source: PushSource) -> None:
    answer = source.heard({"validation-token": "0b6c-77"}, b"")
    assert (answer.status, answer.headers["Validation-Token"], answer.news) == (200, "0b6c-77", False)
    for token in ("x" * 2000, "a\r\nSet-Cookie: x", "ü"):
        assert source.heard({"validation-token": token}, b"") == PushAnswer(400)


async def test_one_that_nobody_serves_any_more_is_made_anew_and_the_dead_one_goes(
    ringcentral: RingCentralSandbox, source: PushSource, listener: Listener
) -> None:
    ringcentral.world.settings.blacklist_after = 0.0
    await source.keep_push(listener.url)
    listener.ill = True
    call = ringcentral.world.place_call()
    ringcentral.world.hang_up(call)
    await eventually(lambda: any(hook.blacklisted for hook in ringcentral.pushes.living()))
    listener.ill = False
    await source.keep_push(listener.url)
    [hook] = ringcentral.pushes.living()
    assert hook.blacklisted is None
    assert asked(ringcentral, "DELETE") == 1


async def test_one_that_runs_out_soon_is_renewed(
    ringcentral: RingCentralSandbox, source: PushSource, listener: Listener
) -> None:
    await source.keep_push(listener.url)
    [hook] = ringcentral.pushes.living()
    ringcentral.pushes.renew(hook, timedelta(days=1).total_seconds())
    soon = hook.until
    await source.keep_push(listener.url)
    assert ringcentral.pushes.living() == [hook]
    assert hook.until > soon


@pytest.mark.parametrize("state", [{}, {"status": None}, {"status": "Verified"}, {"status": 5}])
async def test_one_of_which_nobody_says_that_it_has_ended_is_kept(
    answering: Answering, connected: Connect, state: dict[str, object]
) -> None:
    address = "https://recbot.example/push"
    until = (datetime.now(UTC) + timedelta(days=300)).isoformat()
    hook = {"id": "h1", "expirationTime": until, "deliveryMode": {"address": address}} | state
    answering.answer = said({"records": [hook]})
    source = cast(PushSource, await connected(answering, live_calls=True))
    await source.keep_push(address)
    assert [head.split("/")[0].strip() for head in answering.requests] == ["GET"]


async def test_an_address_that_nobody_listens_at_is_an_error_and_no_webhook(
    ringcentral: RingCentralSandbox, source: PushSource, listener: Listener
) -> None:
    with pytest.raises(ProviderError, match="webhook"):
        await source.keep_push("http://127.0.0.1:9/push")
    assert ringcentral.pushes.living() == []


async def test_a_webhook_that_cannot_be_read_is_none_of_ours(
    answering: Answering, connected: Connect
) -> None:
    strange: list[Any] = [None, {"id": "1", "deliveryMode": None}, {"id": {}}, {"id": "2", "status": []}]
    answering.answer = said({"records": strange})
    source = cast(PushSource, await connected(answering, live_calls=True))
    await source.keep_push("https://recbot.example/push")
    assert [head.split("/")[0].strip() for head in answering.requests] == ["GET", "POST"]
