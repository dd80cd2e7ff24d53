"""What is typed is heard, whatever else goes on."""

from typing import Any
from unittest.mock import Mock

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import bolt_app
from sandbox.slack.faults import Fault
from sandbox.slack.server import SlackSandbox

TYPED = {"command": "/record", "text": "help", "user_id": "U0VOVA", "team_id": "T0SANDBOX"}


async def first_answer(client: AsyncWebClient, body: dict[str, Any]) -> str:
    """What the first request that a new app hears is answered."""
    request = AsyncBoltRequest(mode="socket_mode", body=body)
    answer = await bolt_app(client, Mock()).async_dispatch(request)
    assert answer.status == 200
    return answer.body


@pytest.mark.parametrize("kind", ["503", "reset_before", "error:internal_error"])
async def test_while_slack_is_away_the_first_command_is_heard_too(
    kind: str, slack: SlackSandbox, client: AsyncWebClient
) -> None:
    slack.faults.add(Fault("*", kind, times=None))
    assert "Recording a meeting" in await first_answer(client, TYPED)
    assert len(slack.workspace.journal) == 0


async def test_variables_that_were_meant_for_another_app_make_nobody_deaf(
    client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "another")
    assert "Recording a meeting" in await first_answer(client, TYPED)
