"""The poster: delivers what is owed to a conversation, once.

A message is written down before it is posted, carries its key in its metadata, and is looked for before it is
posted a second time. Updates need no such care: the newest state wins.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.conversation import Conversation
from bot.domain.errors import CannotSpeak, NotShownYet
from bot.domain.notice import Notice
from bot.metrics import Metrics
from bot.slack.blockkit import LONGEST_SECTION, LONGEST_TEXT, bounded, check_message
from bot.slack.cards import Drawn
from bot.slack.instead import said_instead
from bot.slack.refusal import Concern, code_of, concern_of, is_too_much, method_of, retry_after, why_not_there
from bot.slack.shut_out import ShutOut
from bot.store import MOST_CLAIMS, Claimed, LostClaim, NoTurn, Store
from providers.reach import kind_of

log = logging.getLogger(__name__)

EVENT = "recbot_notice"

_ELSEWHERE = timedelta(milliseconds=100)
_UNTIL_MENDED = timedelta(seconds=30)
_PAGE = 200
_SKEW = timedelta(minutes=5)
_TIME_AND_AGAIN = "It could not be told, time and again; whoever runs Recbot finds why in its log."
_REFUSES_ALL = (
    "Slack refuses all that Recbot says ({code}): look at slack.bot_token, and at how the app is installed; recbot "
    "doctor says more. What is owed is kept."
)
_PEOPLE = ("U", "W")
_COUNTED = {"chat.postMessage", "chat.update"}

Draw = Callable[[Notice], Awaitable[Drawn | None]]


class Poster:
    """Posts and updates messages for one process among those that share the store.

    A message that was just drawn is left alone for a `rest`, so that one that changes quickly is drawn once. One that
    Slack did not take is tried `again` after so long, where Slack does not say when; one that it refuses for a reason
    that nobody knows is given up after `patience`.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        store: Store,
        draw: Draw,
        owner: str,
        lease: timedelta,
        rest: timedelta = timedelta(),
        again: timedelta = timedelta(seconds=2),
        metrics: Metrics | None = None,
        *,
        patience: timedelta = timedelta(hours=1),
    ) -> None:
        self._client = client
        self._store = store
        self._draw = draw
        self._owner = owner
        self._lease = lease
        self._rest = rest
        self._again = again
        self._patience = patience
        self._metrics = metrics or Metrics()
        self._away = False
        self._refuses_all = ShutOut(_REFUSES_ALL)
        self._puzzled: set[str] = set()

    def trouble(self) -> Sequence[str]:
        """Why nothing that we say arrives, if somebody must act before it does. What is owed stays owed."""
        return self._refuses_all.trouble()

    async def show(self, key: str, *, again: bool = False) -> None:
        """Deliver this notice now. CannotSpeak: the conversation will not have us; NotShownYet: Slack is away.

        While it is tried here nobody else tries, nor after that until whoever asks comes `again`, if they say so: what
        becomes of it is told once.
        """
        patience = self._lease / 2
        while patience > timedelta():
            if reason := await self._store.notices.aside_reason(key):
                raise CannotSpeak(reason)
            notice = await self._store.notices.get(key)
            if notice is None or notice.message is not None:
                return
            try:
                claimed = await self._store.notices.claim_one(key, self._owner, self._lease)
            except NoTurn as error:
                wait = error.wait
            else:
                ours = _Showing(patience, again)
                wait = _ELSEWHERE if claimed is None else await self._deliver(claimed, ours)
            if wait >= patience:
                break
            patience -= max(wait, _ELSEWHERE)
            await asyncio.sleep(wait.total_seconds())
        raise NotShownYet(
            "Slack takes no messages from Recbot now. This one is kept, and comes here as soon as it does."
        )

    async def deliver(self, claimed: Claimed[Notice]) -> None:
        """Bring the message to its newest state, or put it off, or set it aside and tell whoever asked for it."""
        await self._deliver(claimed, None)

    async def _deliver(self, claimed: Claimed[Notice], ours: "_Showing | None") -> timedelta:
        """As `deliver`; gives the delay after which it is worth trying again, zero if there is nothing to try."""
        notice = claimed.value
        try:
            if notice.line is not None and claimed.attempts > MOST_CLAIMS:
                await self._give_up(claimed)
                return timedelta()
            drawn = await self._draw(notice)
            if drawn is None:
                await self._store.notices.set_aside(claimed, "There is nothing left to tell.")
            elif notice.message is None:
                message = await self._find(claimed) if notice.tried else None
                if message is not None:
                    self._metrics.duplicate("message")
                else:
                    claimed = await self._store.notices.trying(claimed)
                    claimed.require()
                    message = await self._post(notice, drawn)
                await self._posted(claimed, message)
            else:
                claimed.require()
                await self._update(notice, notice.message, drawn)
                await self._updated(claimed)
        except LostClaim:
            log.debug("notice %s was taken over", notice.key)
        except SlackApiError as error:
            return await self._refused(claimed, error, ours)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._is_away(kind_of(error))
            return await self._put_off(claimed, self._again, ours)
        if self._away or self._refuses_all:
            self._away = False
            self._refuses_all.taken()
            log.info("Slack takes messages again")
        return timedelta()

    async def _give_up(self, claimed: Claimed[Notice]) -> None:
        """Set aside what comes to nothing time and again, unless it stands there: whoever posted it may have died."""
        notice = claimed.value
        message = await self._find(claimed) if notice.tried else None
        if message is not None:
            self._metrics.duplicate("message")
            await self._posted(claimed, message)
            return
        log.error("notice %s failed %d times and is set aside: its line goes on", notice.key, MOST_CLAIMS)
        await self._store.notices.set_aside(claimed, _TIME_AND_AGAIN)

    async def _posted(self, claimed: Claimed[Notice], message: str) -> None:
        """Write down where it stands. Whoever comes too late leaves no second message behind."""
        try:
            await self._store.notices.posted(claimed, message, self._rest)
        except LostClaim:
            await self._take_back(claimed.value, message)
            raise

    async def _take_back(self, notice: Notice, message: str) -> None:
        """Delete our message once another one is known to stand for the notice: they may be about to find ours."""
        patience = self._lease
        while patience > timedelta():
            now = await self._store.notices.get(notice.key)
            if now is None or now.message is not None:
                break
            patience -= _ELSEWHERE
            await asyncio.sleep(_ELSEWHERE.total_seconds())
        if now is not None and now.message not in (None, message):
            log.info("notice %s was told by somebody else meanwhile: ours is taken back", notice.key)
            await self._client.chat_delete(channel=await self._channel(notice.conversation), ts=message)

    async def _updated(self, claimed: Claimed[Notice]) -> None:
        """Write down what it shows. Whoever comes too late may have drawn an old state over a newer one."""
        try:
            await self._store.notices.updated(claimed, self._rest)
        except LostClaim:
            await self._store.notices.draw_again(claimed.id)
            raise

    def _is_away(self, why: str) -> None:
        if not self._away:
            self._away = True
            log.warning("Slack takes no messages now (%s); what is owed stays owed", why)

    async def _post(self, notice: Notice, drawn: Drawn) -> str:
        answer = await self._client.chat_postMessage(
            channel=notice.conversation.channel,
            thread_ts=notice.conversation.thread,
            metadata={"event_type": EVENT, "event_payload": {"key": notice.key}},
            unfurl_links=False,
            unfurl_media=False,
            **_content(drawn),
        )
        return str(answer["ts"])

    async def _update(self, notice: Notice, message: str, drawn: Drawn) -> None:
        await self._client.chat_update(channel=notice.conversation.channel, ts=message, **_content(drawn))

    async def _find(self, claimed: Claimed[Notice]) -> str | None:
        """The message that an earlier try may have left; None if it is not there, or if we may not read.

        It stands behind all that was said since it was owed, which may be much.
        """
        notice, cursor = claimed.value, ""
        assert claimed.kept_at is not None
        since = claimed.kept_at - _SKEW
        while True:
            try:
                answer = await self._read(notice.conversation, since, cursor)
            except SlackApiError as error:
                if code_of(error) == "missing_scope":
                    log.warning(
                        "notice %s may be posted twice: no scope to read the conversation", notice.key
                    )
                    return None
                raise
            for message in answer.get("messages") or []:
                if _is_ours(message, notice.key):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def _read(self, conversation: Conversation, since: datetime, cursor: str) -> AsyncSlackResponse:
        """A page of the conversation, newest first; of a thread, which its history leaves out, oldest first."""
        where: dict[str, Any] = {
            "channel": await self._channel(conversation),
            "limit": _PAGE,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": True,
        }
        if cursor:
            where["cursor"] = cursor
        if conversation.thread is None:
            return await self._client.conversations_history(**where)
        return await self._client.conversations_replies(ts=conversation.thread, **where)

    async def _channel(self, conversation: Conversation) -> str:
        """Its channel, for those methods that take no person in the place of one."""
        if not conversation.channel.startswith(_PEOPLE):
            return conversation.channel
        opened = await self._client.conversations_open(users=conversation.channel)
        return str(opened["channel"]["id"])

    async def _refused(
        self, claimed: Claimed[Notice], error: SlackApiError, ours: "_Showing | None"
    ) -> timedelta:
        """What becomes of it, by what the refusal is said of. Only what is said of this place sets it aside."""
        code, notice = code_of(error), claimed.value
        match concern_of(error):
            case Concern.PASSING:
                self._is_away(code)
                wait = retry_after(error) or self._again
                if is_too_much(error) and method_of(error) in _COUNTED:
                    await self._store.notices.too_many(notice, wait)
                return await self._put_off(claimed, wait, ours)
            case Concern.APP:
                if self._refuses_all.refused(code):
                    log.warning("%s", *self.trouble())
                return await self._put_off_for_long(claimed, ours)
            case Concern.MESSAGE if notice.message is not None:
                await self._let_go(claimed, self._store.notices.post_anew(claimed))
                return timedelta()
            case Concern.UNKNOWN if self._waited(claimed) < self._patience:
                if code not in self._puzzled:
                    self._puzzled.add(code)
                    log.warning("Slack refuses messages for a reason that Recbot does not know: %s", code)
                return await self._put_off_for_long(claimed, ours)
        log.warning("notice %s cannot be delivered: %s", notice.key, code)
        instead = [] if ours else await said_instead(notice, self._store)
        await self._let_go(
            claimed, self._store.notices.set_aside(claimed, why_not_there(code, notice.conversation), instead)
        )
        return timedelta()

    @staticmethod
    def _waited(claimed: Claimed[Notice]) -> timedelta:
        """How long it has been owed."""
        return claimed.at - claimed.kept_at if claimed.kept_at is not None else timedelta()

    async def _let_go(self, claimed: Claimed[Notice], written: Awaitable[None]) -> None:
        try:
            await written
        except LostClaim:
            log.debug("notice %s was taken over", claimed.value.key)

    async def _put_off(self, claimed: Claimed[Notice], wait: timedelta, ours: "_Showing | None") -> timedelta:
        tried_here = ours is not None and (ours.again or wait < ours.patience)
        await self._let_go(claimed, self._store.notices.put_off(claimed, self._lease if tried_here else wait))
        return wait

    async def _put_off_for_long(self, claimed: Claimed[Notice], ours: "_Showing | None") -> timedelta:
        """Whoever waits for it need not wait so long."""
        later = self._lease if ours is not None and ours.again else _UNTIL_MENDED
        await self._let_go(claimed, self._store.notices.put_off(claimed, later))
        return self._lease


@dataclass(frozen=True, slots=True)
class _Showing:
    """Somebody shows a notice themselves and is told what becomes of it: for so long, and `again` after that.

    The clock has it after a lease all the same, since they may die.
    """

    patience: timedelta
    again: bool


def _is_ours(message: Mapping[str, Any], key: str) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT and payload.get("key") == key


def _content(drawn: Drawn) -> dict[str, Any]:
    """Text and blocks; the text alone if Slack would refuse the blocks, since silence is worse than plainness."""
    text = bounded(drawn.text, LONGEST_TEXT)
    problems = check_message(text, drawn.blocks)
    if problems:
        log.error("a message would be refused, so its text goes alone: %s", "; ".join(problems[:5]))
        return {"text": bounded(text, LONGEST_SECTION)}
    return {"text": text, "blocks": drawn.blocks}
