from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import SlackSandbox


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as slack:
        yield slack


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: SlackSandbox, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The bot's client: it repeats nothing by itself."""
    token = slack.credentials.bot_token
    return AsyncWebClient(token, slack.api_url, session=session, retry_handlers=[])
