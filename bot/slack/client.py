"""How we speak to Slack: its Web API, and the addresses that it gives us for an answer."""

import logging
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.blockkit import LONGEST_SECTION, bounded
from bot.slack.refusal import code_of

log = logging.getLogger(__name__)

_OF_LOOKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_many", "msg_too_long"}


class _PlainerClient(AsyncWebClient):
    """Says in plain words what Slack refuses for its blocks: it took nothing, and silence is worse than plainness."""

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        try:
            return await super().api_call(api_method, **options)
        except SlackApiError as error:
            content = options.get("json") or {}
            text = str(content.get("text") or "")
            if code_of(error) not in _OF_LOOKS or not content.get("blocks") or not text:
                raise
            log.error(
                "%s refused the blocks of a message (%s): its text goes alone", api_method, code_of(error)
            )
        plain = {key: value for key, value in content.items() if key != "blocks"}
        return await super().api_call(
            api_method, **options | {"json": plain | {"text": bounded(text, LONGEST_SECTION)}}
        )


def web_client(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of the Web API over this session. It repeats nothing by itself but what was refused for its looks."""
    return _PlainerClient(token, api_url, session=session, retry_handlers=[], logger=_terse())


def answer_address(url: str, session: aiohttp.ClientSession) -> AsyncWebhookClient:
    """One address at which an answer is taken, over this session. Nothing is sent twice by itself."""
    return AsyncWebhookClient(url, session=session, retry_handlers=[], logger=_terse())


def _terse() -> logging.Logger:
    # slack_sdk asks a logger for its own level, and spells out every request and answer for one that has none: their
    # words and addresses are nobody's business, and the spelling costs time although nobody reads it.
    logger = logging.getLogger("bot.slack.sdk")
    logger.setLevel(logging.INFO)
    return logger
