"""How we speak to Slack: its Web API, and the addresses that it gives us for an answer."""

import logging

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient


def web_client(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of the Web API over this session. It repeats nothing by itself."""
    return AsyncWebClient(token, api_url, session=session, retry_handlers=[], logger=_terse())


def answer_address(url: str, session: aiohttp.ClientSession) -> AsyncWebhookClient:
    """One address at which an answer is taken, over this session. Nothing is sent twice by itself."""
    return AsyncWebhookClient(url, session=session, retry_handlers=[], logger=_terse())


def _terse() -> logging.Logger:
    # slack_sdk asks a logger for its own level, and spells out every request and answer for one that has none: their
    # words and addresses are nobody's business, and the spelling costs time although nobody reads it.
    logger = logging.getLogger("bot.slack.sdk")
    logger.setLevel(logging.INFO)
    return logger
