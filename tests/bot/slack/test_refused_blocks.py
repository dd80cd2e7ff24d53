"""What Slack refuses for its looks is said in plain words: silence is worse."""

import logging

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.slack.cards import Drawn, sentence
from bot.slack.client import web_client
from bot.slack.hosts import SlackHosts
from bot.slack.messenger import SlackMessenger
from sandbox.slack.faults import Fault
from sandbox.slack.model import BOT_USER
from sandbox.slack.server import SlackSandbox

BLOCKS = sentence("It is ready.").blocks


@pytest.fixture
def client(slack: SlackSandbox, session: aiohttp.ClientSession) -> AsyncWebClient:
    return web_client(slack.credentials.bot_token, slack.api_url, session)


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_many", "msg_too_long"]
)
async def test_a_message_whose_blocks_are_refused_goes_as_text(
    code: str, slack: SlackSandbox, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.add(Fault("chat.postMessage", f"error:{code}"))
    slack.faults.add(Fault("chat.update", f"error:{code}"))
    posted = await client.chat_postMessage(channel="C0GENERAL", text="It is ready.", blocks=BLOCKS)
    [message] = slack.messages("#general")
    assert (message.text, message.blocks) == ("It is ready.", [])
    await client.chat_update(channel="C0GENERAL", ts=posted["ts"], text="It is gone.", blocks=BLOCKS)
    assert (message.text, message.blocks) == ("It is gone.", [])
    assert [r.levelno for r in caplog.records if code in r.getMessage()] == [logging.ERROR] * 2
    assert "It is" not in caplog.text


async def test_blocks_that_are_really_wrong_go_as_text(slack: SlackSandbox, client: AsyncWebClient) -> None:
    many = [*BLOCKS * 51]
    await client.chat_postMessage(channel="C0GENERAL", text="x" * 3_900, blocks=many)
    [message] = slack.messages("#general")
    assert (message.text, message.blocks) == ("x" * 2_999 + "…", [])


async def test_an_answer_for_one_person_goes_as_text_too(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    nobody: object = None
    messenger = SlackMessenger(client, session, SlackHosts(slack.api_url), nobody, nobody, nobody)  # type: ignore[arg-type]
    address = slack.commands._exchange.response_urls.issue("U0SAM", "C0GENERAL", None)
    reply = ReplyTo(
        Conversation("slack", "C0GENERAL", "T0SANDBOX"), Asker("slack", "U0SAM", "T0SANDBOX"), address
    )
    await messenger.say(reply, Drawn("It is ready.", [{"type": "nonsense"}]))
    [message] = [m for m in slack.messages("#general", "sam") if m.user == BOT_USER]
    assert (message.text, message.blocks, message.ephemeral_to) == ("It is ready.", [], "U0SAM")


async def test_what_is_refused_for_another_reason_is_refused(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel="C0NOBOT", text="x", blocks=BLOCKS)
    slack.faults.add(Fault("chat.postMessage", "error:msg_too_long", times=None))
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=BLOCKS)
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_postMessage(channel="C0GENERAL", text="x")
    assert len(slack.workspace.journal.calls("chat.postMessage")) == 4
