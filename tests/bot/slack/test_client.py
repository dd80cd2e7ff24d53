"""Our clients of Slack keep to themselves what people say and where."""

import logging

import aiohttp
import pytest

from bot.slack.client import answer_address, web_client
from sandbox.slack.server import SlackSandbox


async def test_no_word_and_no_address_reaches_the_log_however_much_is_logged(
    slack: SlackSandbox, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = web_client("xoxb-sandbox", slack.api_url, session)
    await client.chat_postMessage(channel="C0GENERAL", text="the budget")
    address = slack.commands._exchange.response_urls.issue("U0SAM", "C0GENERAL", None)
    answer = await answer_address(address, session).send(text="the budget")
    assert answer.status_code == 200
    assert "the budget" not in caplog.text
    assert "/response/" not in caplog.text
