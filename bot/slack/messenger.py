"""How the workflows speak to people in Slack."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.answers import Answer
from bot.domain.conversation import Asker, ReplyTo
from bot.domain.errors import CannotDo, NotShownYet
from bot.domain.policy import Person
from bot.slack.answers import drawn_answer
from bot.slack.cards import Drawn
from bot.slack.client import answer_address
from bot.slack.hosts import SlackHosts
from bot.slack.people import People
from bot.slack.poster import Poster
from bot.slack.refusal import NOT_TAKEN, Concern, code_of, concern_of, is_passing, retry_after
from bot.slack.upload import Uploader
from providers.interfaces import RecordingLibrary
from providers.model import Recording

log = logging.getLogger(__name__)

_PATIENCE = (timedelta(seconds=1), timedelta(seconds=3))
_LONGEST = timedelta(seconds=10)
_MAY_PASS = (Concern.PASSING, Concern.APP, Concern.UNKNOWN)


class SlackMessenger:
    """Shows notices to everybody in a conversation, and answers to the one who asked."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        hosts: SlackHosts,
        people: People,
        poster: Poster,
        uploader: Uploader,
    ) -> None:
        self._client = client
        self._session = session
        self._hosts = hosts
        self._people = people
        self._poster = poster
        self._uploader = uploader

    async def show(self, key: str, *, again: bool = False) -> None:
        """See `Messenger.show`."""
        await self._poster.show(key, again=again)

    async def tell(self, reply: ReplyTo, answer: Answer) -> None:
        """See `Messenger.tell`."""
        await self.say(reply, drawn_answer(answer))

    async def person(self, asker: Asker, named: Collection[str] = (), *, anew: bool = False) -> Person:
        """See `Messenger.person`."""
        return await self._people.person(asker, named, anew=anew)

    async def send_file(self, reply: ReplyTo, library: RecordingLibrary, recording: Recording) -> None:
        """See `Messenger.send_file`."""
        await self._uploader.send(reply.asker.user, library, recording)

    async def say(self, reply: ReplyTo, drawn: Drawn, *, replace: bool = False) -> None:
        """Put a drawing before one person's eyes only; `replace` puts it in place of the message they clicked in.

        By the answer's own address first, then as an ephemeral message, then directly: whichever still works.
        NotShownYet if none does now, and one may later.
        """
        content: dict[str, Any] = {"text": drawn.text, "blocks": drawn.blocks}
        if reply.response_url and await self._respond(reply.response_url, content, replace):
            return
        for patience in (*_PATIENCE, None):
            why = await self._post_to(reply, content)
            if why is None:
                return
            code = code_of(why) if isinstance(why, SlackApiError) else type(why).__name__
            if not _may_pass(why):
                log.warning("an answer to %s cannot be delivered: %s", reply.asker.user, code)
                return
            if patience is None or not (isinstance(why, SlackApiError) and is_passing(why)):
                raise NotShownYet(f"Slack takes no answer to {reply.asker.user} now ({code}).")
            await asyncio.sleep(min(retry_after(why) or patience, _LONGEST).total_seconds())

    async def _post_to(self, reply: ReplyTo, content: Mapping[str, Any]) -> Exception | None:
        """Post it for one person's eyes, in the conversation or directly; what stood against it, or None.

        Where one way is closed for now and the other for good, it is the first that matters: it may open again.
        """
        user, channel = reply.asker.user, reply.conversation.channel
        here: Exception | None = None
        try:
            if channel:
                await self._client.chat_postEphemeral(
                    channel=channel, user=user, thread_ts=reply.conversation.thread, **content
                )
                return None
        except NOT_TAKEN as error:
            log.debug("no ephemeral answer: %s", type(error).__name__)
            here = error
        try:
            opened = await self._client.conversations_open(users=user)
            await self._client.chat_postMessage(channel=opened["channel"]["id"], **content)
        except NOT_TAKEN as error:
            return here if here is not None and _may_pass(here) and not _may_pass(error) else error
        return None

    async def _respond(self, url: str, content: dict[str, Any], replace: bool) -> bool:
        try:
            hook = answer_address(self._hosts.check(url), self._session)
            answer = await hook.send_dict(
                {"response_type": "ephemeral", "replace_original": replace, **content}
            )
        except (CannotDo, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.debug("no answer by its own address: %s", type(error).__name__)
            return False
        return answer.status_code == 200


def _may_pass(error: Exception) -> bool:
    """Whether what failed so may go well later."""
    return not isinstance(error, SlackApiError) or concern_of(error) in _MAY_PASS
