"""What an operator reads when the account is checked."""

from datetime import UTC, datetime

import pytest

from providers.model import RecordingQuery
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import Answering, log
from .conftest import Connect


async def findings(provider: RingCentralProvider) -> list[str]:
    return [
        f"{'ok' if check.ok else 'NO'} {check.what} {check.advice}".strip()
        for check in await provider.check()
    ]


async def test_an_account_in_order_is_described(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    let_in, calls, kept, clock = await findings(provider)
    assert let_in == f"ok RingCentral at {ringcentral.api_url[7:]} lets us in, with all permissions"
    assert calls.startswith("ok the call log of the account shows ")
    assert kept == "ok calls are recorded automatically, people may record them, kept for 90 days"
    assert clock == "ok our clock agrees with RingCentral's"


async def test_missing_permissions_are_named_with_what_to_do(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    for permission in ("ReadCallRecording", "CallControl", "ReadAccounts"):
        ringcentral.world.scope.remove(permission)
    provider = await connected(ringcentral, live_calls=True)
    lacking, *others = await findings(provider)
    assert "NO" in lacking
    assert "the app lacks ReadCallRecording, CallControl Add them to the app" in lacking
    assert "live_calls = false" in lacking
    assert len(others) == 2


async def test_what_was_added_to_the_app_since_is_seen(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.scope.remove("ReadCallRecording")
    await provider.search(RecordingQuery())
    ringcentral.world.scope.append("ReadCallRecording")
    assert (await findings(provider))[0].startswith("ok")


async def test_who_may_not_delete_is_told_how_to(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.scope.remove("EditCallLog")
    first, *_ = await findings(provider)
    assert first.startswith("ok")
    assert "recordings cannot be deleted If they should be, add EditCallLog" in first


async def test_a_user_who_may_see_only_the_own_calls_is_told(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.user_permissions.remove("FullCompanyCallLog")
    _, calls, *_ = await findings(provider)
    assert calls.startswith("NO")
    assert 'level = "extension"' in calls


async def test_a_clock_that_goes_wrong_is_noticed(answering: Answering, connected: Connect) -> None:
    answering.answer = log().replace(b"\r\n\r\n", b"\r\nDate: Fri, 17 May 2024 12:00:00 GMT\r\n\r\n", 1)
    *_, clock = await findings(await connected(answering))
    apart = datetime.now(UTC) - datetime(2024, 5, 17, 12, tzinfo=UTC)
    assert clock.startswith(f"NO our clock and RingCentral's are {apart.total_seconds():.0f}"[:-2])


async def test_a_server_that_is_down_is_one_finding(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral)
    await ringcentral.stop()
    [finding] = await provider.check()
    assert not finding.ok
    assert "the network" in finding.advice


@pytest.mark.parametrize("path", ["/call-log", "/call-recording"])
async def test_one_question_that_fails_does_not_hide_the_others(
    ringcentral: RingCentralSandbox, connected: Connect, path: str
) -> None:
    provider = await connected(ringcentral, read_retries=0)
    ringcentral.world.faults.add("503", match=path)
    assert [check.ok for check in await provider.check()].count(False) == 1
