"""What an operator reads when the account is checked."""

from datetime import UTC, datetime

import pytest

from providers.interfaces import Check
from providers.model import RecordingQuery
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import Answering, log, said
from .conftest import Connect


async def findings(provider: RingCentralProvider) -> dict[str, Check]:
    return {check.what: check for check in await provider.check()}


async def test_an_account_in_order_is_described(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    found = await findings(provider)
    assert all(check.ok for check in found.values())
    assert found["server"].found == f"{ringcentral.api_url} answers"
    assert found["sign-in"].found == "let in"
    kept = "calls are recorded automatically, people may record them, kept for 90 days"
    assert found["recording settings"].found == kept
    assert {"permissions", "call log", "clock"} < set(found)


async def test_missing_permissions_are_named_with_what_to_do(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    for permission in ("ReadCallRecording", "CallControl", "ReadAccounts"):
        ringcentral.world.scope.remove(permission)
    found = await findings(await connected(ringcentral, live_calls=True))
    [lacking] = [check for check in found.values() if check.failed]
    assert lacking.what == "permissions"
    assert lacking.found == "The app lacks ReadCallRecording, ReadAccounts, CallControl."
    assert "Add what is missing to the app" in lacking.advice
    assert "live_calls = false" in lacking.advice


async def test_what_was_added_to_the_app_since_is_seen(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.scope.remove("ReadCallRecording")
    await provider.search(RecordingQuery())
    ringcentral.world.scope.append("ReadCallRecording")
    assert (await findings(provider))["permissions"].ok


async def test_who_may_not_delete_is_told_how_to(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.scope.remove("EditCallLog")
    permissions = (await findings(provider))["permissions"]
    assert permissions.ok
    assert permissions.found == "recordings cannot be deleted: that would need EditCallLog too"


async def test_a_user_who_may_see_only_the_own_calls_is_told(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.user_permissions.remove("FullCompanyCallLog")
    log = (await findings(provider))["call log"]
    assert log.failed
    assert 'level = "extension"' in log.advice


async def test_a_clock_that_goes_wrong_is_noticed(answering: Answering, connected: Connect) -> None:
    answering.answer = log().replace(b"\r\n\r\n", b"\r\nDate: Fri, 17 May 2024 12:00:00 GMT\r\n\r\n", 1)
    clock = (await findings(await connected(answering)))["clock"]
    assert clock.failed
    apart = datetime.now(UTC) - datetime(2024, 5, 17, 12, tzinfo=UTC)
    assert f"{apart.total_seconds():.0f}"[:-2] in clock.found


async def test_a_server_that_is_down_is_one_finding_and_hides_the_others(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral)
    await ringcentral.stop()
    found = await findings(provider)
    assert [what for what, check in found.items() if check.failed and not what.startswith("media")] == [
        "server"
    ]
    assert found["sign-in"].because == "server"


@pytest.mark.parametrize("path", ["/call-log", "/call-recording"])
async def test_one_question_that_fails_does_not_hide_the_others(
    ringcentral: RingCentralSandbox, connected: Connect, path: str
) -> None:
    provider = await connected(ringcentral, read_retries=0)
    ringcentral.world.faults.add("503", match=path)
    assert sum(check.failed for check in await provider.check()) == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [("CMN-401", "developer console"), ("CMN-408", 'level = "extension"'), ("CMN-109", "")],
)
async def test_the_advice_is_for_whose_right_is_missing(
    answering: Answering, connected: Connect, code: str, advice: str
) -> None:
    refused = said({"errors": [{"errorCode": code, "permissionName": "X"}]}, "403 Forbidden")
    answering.answer = lambda head: refused if "/call-log" in head else said({})
    found = (await findings(await connected(answering)))["call log"]
    assert advice in found.advice
    assert ('level = "extension"' in found.advice) == (code == "CMN-408")
