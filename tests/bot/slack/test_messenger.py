"""An answer for one person finds a way to them, whichever is still open."""

import logging

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.errors import NotShownYet
from bot.slack.cards import sentence
from bot.slack.hosts import SlackHosts
from bot.slack.messenger import SlackMessenger
from sandbox.slack.faults import Fault
from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.server import SlackSandbox

SAM = Asker("slack", "U0SAM", "T0SANDBOX")
WORDS = sentence("Here it is.")


@pytest.fixture
def messenger(slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession) -> SlackMessenger:
    nobody: object = None  # it looks nobody up, posts nothing for all, and sends no files here
    return SlackMessenger(client, session, SlackHosts(slack.api_url), nobody, nobody, nobody)  # type: ignore[arg-type]


def reply(address: str | None = None, channel: str = "C0GENERAL", thread: str | None = None) -> ReplyTo:
    return ReplyTo(Conversation("slack", channel, "T0SANDBOX", thread), SAM, address)


async def address(slack: SlackSandbox, source: Message | None = None) -> str:
    """An address as Slack gives one with a command or a click."""
    return slack.commands._exchange.response_urls.issue("U0SAM", "C0GENERAL", source)


def seen(slack: SlackSandbox, channel: str = "#general") -> list[Message]:
    return [m for m in slack.messages(channel, "sam") if m.user == BOT_USER]


def calls(slack: SlackSandbox) -> set[str]:
    return {entry.name for entry in slack.workspace.journal}


async def test_an_answer_goes_by_the_address_that_came_with_the_question(
    messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    await messenger.say(reply(await address(slack)), WORDS)
    [message] = seen(slack)
    assert message.ephemeral_to == "U0SAM"
    assert calls(slack) == {"response_url"}


async def test_a_page_takes_the_place_of_the_one_before(
    messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    await messenger.say(reply(await address(slack)), WORDS)
    [message] = seen(slack)
    await messenger.say(reply(await address(slack, message)), sentence("Older ones."), replace=True)
    assert seen(slack) == [message]
    assert "Older ones." in str(message.blocks)


async def test_an_address_that_is_used_up_is_no_end(messenger: SlackMessenger, slack: SlackSandbox) -> None:
    where = await address(slack)
    for _ in range(6):
        await messenger.say(reply(where), WORDS)
    assert [m.ephemeral_to for m in seen(slack)] == ["U0SAM"] * 6
    assert len(slack.workspace.journal.calls("chat.postEphemeral")) >= 1


@pytest.mark.parametrize("kind", ["503", "reset_before"])
async def test_without_an_address_the_answer_stands_in_the_channel_for_one(
    kind: str, messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    slack.faults.add(Fault("response_url", kind, times=None))
    await messenger.say(reply(await address(slack)), WORDS)
    await messenger.say(reply(), WORDS)
    assert [m.ephemeral_to for m in seen(slack)] == ["U0SAM"] * 2


async def test_in_a_thread_the_answer_stands_in_the_thread(
    messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    parent = slack.say("sam", "#general", "Shall we?")
    slack.say("anna", "#general", "Yes.", parent.ts)
    await messenger.say(reply(thread=parent.ts), WORDS)
    [message] = seen(slack)
    assert (message.thread_ts, message.ephemeral_to) == (parent.ts, "U0SAM")


@pytest.mark.parametrize("channel", ["", "C0NOBOT", "G0LEADS", "C0NOWHERE"])
async def test_where_the_channel_is_closed_to_us_the_answer_comes_directly(
    channel: str, messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    await messenger.say(reply(channel=channel), WORDS)
    [message] = seen(slack, slack.dm("sam").id)
    assert "Here it is." in str(message.blocks)


@pytest.mark.parametrize("kind", ["error:ratelimited", "503"])
async def test_an_answer_waits_until_slack_is_less_busy(
    kind: str, messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    for method in ("chat.postEphemeral", "conversations.open", "chat.postMessage"):
        slack.faults.add(Fault(method, kind))
    await messenger.say(reply(), WORDS)
    assert len(seen(slack)) == 1


async def test_who_cannot_be_reached_stops_no_work(
    messenger: SlackMessenger, slack: SlackSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.add(Fault("*", "error:user_disabled", times=None))
    with caplog.at_level(logging.WARNING, "bot"):
        await messenger.say(reply(), WORDS)
    assert "an answer to U0SAM cannot be delivered: user_disabled" in caplog.text


@pytest.mark.parametrize("kind", ["503", "error:token_revoked", "error:nobody_knows", "reset_before"])
async def test_what_slack_does_not_take_now_it_may_take_later(
    kind: str, messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    slack.faults.add(Fault("*", kind, times=None))
    with pytest.raises(NotShownYet):
        await messenger.say(reply(), WORDS)


@pytest.mark.parametrize(
    ("here", "directly"),
    [
        ("503", "error:cannot_dm_bot"),
        ("error:fatal_error", "error:user_disabled"),
        ("reset_before", "error:user_not_visible"),
        ("error:user_not_in_channel", "503"),
        ("error:not_in_channel", "error:token_revoked"),
    ],
)
async def test_an_answer_is_dropped_only_where_every_way_is_closed_for_good(
    here: str, directly: str, messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    slack.faults.add(Fault("chat.postEphemeral", here, times=None))
    slack.faults.add(Fault("conversations.open", directly, times=None))
    with pytest.raises(NotShownYet):
        await messenger.say(reply(), WORDS)


async def test_an_address_that_is_not_slacks_is_never_called(
    messenger: SlackMessenger, slack: SlackSandbox
) -> None:
    async with SlackSandbox() as foreign:
        await messenger.say(reply(await address(foreign)), WORDS)
        assert len(foreign.workspace.journal) == 0
    assert len(seen(slack)) == 1
