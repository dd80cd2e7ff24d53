"""Rate limits and faults on demand, as a client feels them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import SlackSandbox
from tests.clock import lasting


async def outcomes(calls: list[Any]) -> list[str]:
    answers = await asyncio.gather(*calls, return_exceptions=True)
    return [a.response["error"] if isinstance(a, SlackApiError) else "ok" for a in answers]


async def test_a_channel_takes_a_short_burst_and_then_one_post_a_second(client: AsyncWebClient) -> None:
    posts = [client.chat_postMessage(channel="C0STANDUP", text=str(n)) for n in range(6)]
    assert sorted(await outcomes(posts)) == ["ok"] * 4 + ["ratelimited"] * 2
    assert (await client.chat_postMessage(channel="C0GENERAL", text="elsewhere"))["ok"]


async def test_the_second_is_as_short_as_the_world_is_quick(session: aiohttp.ClientSession) -> None:
    async with SlackSandbox(speed=50) as slack:
        client = AsyncWebClient(token="xoxb-sandbox", base_url=slack.api_url, session=session)
        for number in range(12):
            await client.chat_postMessage(channel="C0STANDUP", text=str(number))
            await asyncio.sleep(1 / 50)
        posts = [client.chat_postMessage(channel="C0STANDUP", text="at once") for _ in range(5)]
        assert sorted(await outcomes(posts)) == ["ok"] * 4 + ["ratelimited"]
        assert len(slack.messages("standup")) == 12 + 4


async def test_updates_of_the_whole_workspace_are_fifty_a_minute(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0STANDUP", text="card")
    updates = [client.chat_update(channel="C0STANDUP", ts=posted["ts"], text=str(n)) for n in range(51)]
    assert sorted(await outcomes(updates)) == ["ok"] * 50 + ["ratelimited"]
    assert len(slack.workspace.journal.calls("chat.update")) == 51
    assert slack.messages("standup")[0].updates == 50


async def test_a_429_says_when_to_come_back(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.limits.demand("users.info", times=1, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user="U0VOVA")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert (await client.users_info(user="U0VOVA"))["ok"]


async def test_slacks_own_client_waits_and_tries_again(slack: SlackSandbox, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.limits.demand("*", times=1, retry_after=0)
    assert (await client.chat_postMessage(channel="C0STANDUP", text="x"))["ok"]
    assert [e.outcome for e in slack.workspace.journal.calls("chat.postMessage")] == ["ratelimited", "ok"]


async def control(session: aiohttp.ClientSession, slack: SlackSandbox, name: str, **order: Any) -> Any:
    async with session.post(f"{slack.url}/control/{name}", json=order) as answer:
        return await answer.json() if answer.status == 200 else answer.status


async def test_faults_come_on_demand(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    async def post(text: str) -> None:
        await client.chat_postMessage(channel="C0STANDUP", text=text)

    await control(session, slack, "fail", method="chat.postMessage", kind="reset_before")
    with pytest.raises(aiohttp.ClientConnectionError):
        await post("never taken")
    await control(session, slack, "fail", method="chat.postMessage", kind="reset_after")
    with pytest.raises(aiohttp.ClientConnectionError):
        await post("taken, but unconfirmed")
    await control(session, slack, "fail", method="chat.postMessage", kind="500")
    with pytest.raises(SlackApiError) as caught:
        await post("never taken")
    assert caught.value.response.status_code == 500
    await control(session, slack, "fail", method="*", kind="error:token_revoked")
    with pytest.raises(SlackApiError, match="token_revoked"):
        await post("never taken")
    assert [m.text for m in slack.messages("standup")] == ["taken, but unconfirmed"]
    assert await control(session, slack, "fail", method="*", kind="magic") == 400


async def test_a_fault_by_chance_is_the_same_in_every_run(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    async def run() -> list[str]:
        slack.faults.clear()
        await control_fault()
        return [(await outcomes([client.auth_test()]))[0] for _ in range(20)]

    async def control_fault() -> None:
        async with aiohttp.ClientSession() as session:
            await control(
                session,
                slack,
                "fail",
                method="auth.test",
                kind="error:fatal_error",
                times=None,
                probability=0.5,
                seed=7,
            )

    first = await run()
    assert {"ok", "fatal_error"} == set(first)
    assert first == await run()


async def test_a_slow_answer_is_as_slow_as_the_world(session: aiohttp.ClientSession) -> None:
    async with SlackSandbox(speed=100) as slack:
        client = AsyncWebClient(token="xoxb-sandbox", base_url=slack.api_url, session=session)
        await control(session, slack, "fail", method="auth.test", kind="slow", seconds=10)
        with lasting(0.1):
            await client.auth_test()


async def test_controls_change_the_world_from_outside(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    async def error(channel: str) -> str:
        return (await outcomes([client.chat_postMessage(channel=channel, text="x")]))[0]

    await control(session, slack, "kick", channel="C0STANDUP")
    assert await error("C0STANDUP") == "not_in_channel"
    await control(session, slack, "archive", channel="C0GENERAL")
    assert await error("C0GENERAL") == "is_archived"
    await control(session, slack, "scopes", scopes=["commands"])
    assert await error("U0VOVA") == "missing_scope"
    await control(session, slack, "rate-limit", method="auth.test", times=1, retry_after=3)
    assert await outcomes([client.auth_test()]) == ["ratelimited"]
    await control(session, slack, "request-url", url="http://127.0.0.1:9/slack/events")
    assert slack.request_url == "http://127.0.0.1:9/slack/events"
    assert await control(session, slack, "kick", channel="C0NOWHERE") == 404
    async with session.get(f"{slack.url}/control/journal") as answer:
        entries = (await answer.json())["entries"]
    assert [e["outcome"] for e in entries if e["name"] == "auth.test"] == ["ratelimited"]


async def test_its_clock_is_off_by_order(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    async def off() -> float:
        said = parsedate_to_datetime((await client.auth_test()).headers["Date"])
        return (said - datetime.now(UTC)).total_seconds()

    for ahead, seconds in ((400, 400), (-400, -400), (None, 0)):
        await control(session, slack, "clock", ahead=ahead)
        assert await off() == seconds


async def test_a_foreign_page_cannot_turn_the_switches(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"{slack.url}/control/kick", data='{"channel": "C0STANDUP"}') as answer:
        assert answer.status == 415
