"""The poster between a store and a Slack that has bad days."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker, Conversation
from bot.domain.errors import CannotSpeak, NotShownYet
from bot.domain.notice import Notice, RoomCreated
from bot.domain.watch import Step
from bot.slack.cards import Drawn
from bot.slack.drawing import Drawing
from bot.slack.poster import EVENT, Poster
from bot.store import Store, open_store
from sandbox.slack.faults import Fault
from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from tests.bot.store.samples import NOON, PACE, ROOM, VOVA, a_watch, card_of, new_file, recording_watch
from tests.clock import Clock

HERE = Conversation("slack", "C0GENERAL", "T0SANDBOX")
LEASE = timedelta(seconds=30)
REST = timedelta(seconds=1)
AGAIN = timedelta(seconds=2)


@dataclass
class Stand:
    """A store with notices that are owed, a poster, and the channel in which they are to stand."""

    slack: SlackSandbox
    store: Store
    clock: Clock
    poster: Poster

    async def owe(self, key: str = "n1", channel: str = "C0GENERAL", thread: str | None = None) -> None:
        where = replace(HERE, channel=channel, thread=thread)
        await self.store.notices.owe(Notice(key, where, RoomCreated("vidyo", ROOM, VOVA)))

    async def owe_card(self) -> None:
        watch = recording_watch(conversation=HERE)
        await self.store.watches.reserve(watch, card_of(watch))

    async def people(self, number: int) -> None:
        """Something about the card changes."""
        await self.store.watches.change("w1", lambda watch, at: Step(replace(watch, people=number)))

    async def deliver(self, after: timedelta = timedelta()) -> int:
        """Some time passes, and what is due then is delivered; how much that was."""
        self.clock.forward(after)
        due = await self.store.notices.claim("me", LEASE, 20)
        for notice in due:
            await self.poster.deliver(notice)
        return len(due)

    def said(self, channel: str = "#general") -> list[Message]:
        return [message for message in self.slack.messages(channel) if message.user == BOT_USER]

    def calls(self, method: str) -> int:
        return len(self.slack.workspace.journal.calls(method))

    def misbehave(self, kind: str, method: str = "chat.postMessage", times: int | None = 1) -> None:
        self.slack.faults.add(Fault(method, kind, times))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database that is there already, and empty."""
    file = tmp_path / "recbot.db"
    file.write_bytes(new_file())
    return file


@pytest.fixture
async def stand(file: Path, slack: SlackSandbox, client: AsyncWebClient) -> AsyncIterator[Stand]:
    clock = Clock(NOON)
    async with open_store(f"sqlite:///{file}", clock=clock) as store:
        poster = Poster(client, store, Drawing(store, PACE), "me", LEASE, REST)
        yield Stand(slack, store, clock, poster)


async def test_a_message_carries_its_key_and_is_posted_once(stand: Stand) -> None:
    await stand.owe()
    assert await stand.deliver() == 1
    assert await stand.deliver(LEASE) == 0
    [message] = stand.said()
    assert message.metadata == {"event_type": EVENT, "event_payload": {"key": "n1"}}
    notice = await stand.store.notices.get("n1")
    assert notice is not None
    assert notice.message == message.ts


async def test_a_card_that_changes_quickly_is_drawn_once_and_shows_the_newest(stand: Stand) -> None:
    await stand.owe_card()
    await stand.deliver()
    for number in range(10, 20):
        await stand.people(number)
        assert await stand.deliver() == 0
    assert await stand.deliver(REST) == 1
    [card] = stand.said()
    assert "19 people" in text_of(card)
    assert (card.updates, stand.calls("chat.update")) == (1, 1)
    assert not card.edited

    await stand.people(20)
    assert await stand.deliver() == 0
    assert await stand.deliver(REST) == 1
    assert "20 people" in text_of(card)


async def test_a_rate_limit_is_waited_out_and_then_the_message_comes(stand: Stand) -> None:
    stand.slack.limits.demand("chat.postMessage", retry_after=7)
    await stand.owe()
    assert await stand.deliver() == 1
    assert await stand.deliver(timedelta(seconds=6.9)) == 0
    assert stand.said() == []
    assert await stand.deliver(timedelta(seconds=0.1)) == 1
    assert len(stand.said()) == 1


@pytest.mark.parametrize("kind", ["503", "500", "reset_before", "error:internal_error", "error:ratelimited"])
async def test_while_slack_is_down_everything_stays_owed_and_then_comes_once(
    kind: str, stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.slack.poster")
    stand.misbehave(kind, "*", times=None)
    await stand.owe("n1")
    await stand.owe("n2")
    for _ in range(3):
        assert await stand.deliver(AGAIN) == 2
        assert stand.said() == []
    assert await stand.store.notices.owed() == 2
    stand.slack.faults.clear()
    await stand.deliver(AGAIN)
    assert len(stand.said()) == 2
    assert await stand.store.notices.owed() == 0
    levels = [record.levelno for record in caplog.records if record.name == "bot.slack.poster"]
    assert levels == [logging.WARNING, logging.INFO]


async def test_a_card_that_could_not_be_changed_is_changed_later(stand: Stand) -> None:
    await stand.owe_card()
    await stand.deliver()
    await stand.people(11)
    stand.misbehave("503", "chat.update")
    await stand.deliver(REST)
    await stand.people(12)
    await stand.deliver(AGAIN)
    [card] = stand.said()
    assert "12 people" in text_of(card)


@pytest.mark.parametrize("busy", [0, 250])
@pytest.mark.parametrize("threaded", [False, True])
async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(
    threaded: bool, busy: int, stand: Stand
) -> None:
    parent = stand.slack.say("sam", "#general", "Shall we?")
    stand.misbehave("reset_after")
    await stand.owe(thread=parent.ts if threaded else None)
    await stand.deliver()
    [message] = stand.said()
    for number in range(busy):
        stand.slack.say("sam", "#general", f"Line {number}", parent.ts if threaded else None)
    await stand.deliver(AGAIN)
    assert stand.said() == [message]
    assert stand.calls("chat.postMessage") == 1
    notice = await stand.store.notices.get("n1")
    assert notice is not None
    assert notice.message == message.ts


async def test_another_ones_message_is_not_taken_for_ours(stand: Stand) -> None:
    await stand.owe("n1")
    await stand.deliver()
    stand.misbehave("reset_before")
    await stand.owe("n2")
    await stand.deliver()
    await stand.deliver(AGAIN)
    assert len(stand.said()) == 2


async def test_without_the_scope_to_look_a_message_may_come_twice_and_the_log_says_so(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    stand.slack.api.scopes -= {"channels:history"}
    stand.misbehave("reset_after")
    await stand.owe()
    await stand.deliver()
    await stand.deliver(AGAIN)
    assert len(stand.said()) == 2
    assert "n1 may be posted twice: no scope to read" in caplog.text
    assert await stand.store.notices.owed() == 0


async def test_a_card_that_a_person_deleted_is_let_be_and_holds_up_nobody(stand: Stand) -> None:
    await stand.owe_card()
    await stand.deliver()
    [card] = stand.said()
    stand.slack.workspace.remove(card)
    await stand.people(12)
    await stand.owe("n2")
    assert await stand.deliver(REST) == 2
    await stand.people(13)
    assert await stand.deliver(LEASE) == 0
    assert await stand.store.notices.aside_reason("card:w1") == "The message was deleted."
    [other] = stand.said()
    assert "A room was created" in other.text


async def test_a_card_in_a_channel_that_was_archived_holds_up_nobody(stand: Stand) -> None:
    await stand.owe_card()
    await stand.deliver()
    stand.slack.workspace.archive(stand.slack.workspace.conversation("#general"))
    await stand.people(12)
    await stand.owe("n2", "C0STANDUP")
    await stand.deliver(REST)
    assert await stand.deliver(LEASE) == 0
    assert "archived" in str(await stand.store.notices.aside_reason("card:w1"))
    assert len(stand.said("#standup")) == 1


async def test_whoever_asked_hears_directly_and_once_that_their_card_can_change_no_more(stand: Stand) -> None:
    watch = recording_watch(conversation=HERE, asker=Asker("slack", "U0VOVA", "T0SANDBOX"))
    await stand.store.watches.reserve(watch, card_of(watch))
    await stand.deliver()
    workspace = stand.slack.workspace
    workspace.leave(workspace.conversation("#general"), BOT_USER)
    await stand.people(12)
    await stand.deliver(REST)
    await stand.people(13)
    await stand.deliver(LEASE)
    [told] = stand.slack.dm("vova").messages
    assert "can no longer write in" in text_of(told)
    assert f"Recording {ROOM.name}" in text_of(told)


async def test_whoever_asked_is_told_why_the_channel_will_not_have_us(stand: Stand) -> None:
    workspace = stand.slack.workspace
    await stand.owe("n1", "C0NOBOT")
    await stand.owe("n2", "G0LEADS")
    for key in ("n1", "n2", "n1"):
        with pytest.raises(CannotSpeak, match="Type /invite @Recbot, then try again"):
            await stand.poster.show(key)
    workspace.archive(workspace.conversation("#standup"))
    await stand.owe("n3", "C0STANDUP")
    with pytest.raises(CannotSpeak, match="archived"):
        await stand.poster.show("n3")
    stand.misbehave("error:restricted_action")
    await stand.owe("n4")
    with pytest.raises(CannotSpeak, match=r"\(restricted_action\).* Ask whoever runs the workspace"):
        await stand.poster.show("n4")
    assert await stand.store.notices.owed() == 0


async def test_to_show_is_to_have_waited_until_it_stands_there(stand: Stand) -> None:
    stand.slack.limits.demand("chat.postMessage", retry_after=1)
    await stand.owe()
    await stand.poster.show("n1")
    assert len(stand.said()) == 1
    await stand.poster.show("n1")
    assert stand.calls("chat.postMessage") == 2
    await stand.poster.show("nobody owes it")


async def test_two_who_show_the_same_notice_show_it_once(stand: Stand, client: AsyncWebClient) -> None:
    other = Poster(client, stand.store, Drawing(stand.store, PACE), "you", LEASE, REST)
    stand.misbehave("slow")
    await stand.owe()
    await asyncio.gather(*(poster.show("n1") for poster in (stand.poster, other, stand.poster)))
    assert len(stand.said()) == 1


async def test_where_slack_wants_more_patience_than_there_is_the_message_stays_owed(stand: Stand) -> None:
    stand.slack.limits.demand("chat.postMessage", retry_after=600)
    await stand.owe()
    with pytest.raises(NotShownYet, match="comes here as soon as it does"):
        await stand.poster.show("n1")
    assert stand.said() == []
    await stand.deliver(timedelta(seconds=600))
    assert len(stand.said()) == 1


async def test_a_notice_with_nothing_left_to_tell_is_set_aside(stand: Stand) -> None:
    watch = a_watch(conversation=HERE)
    await stand.store.watches.reserve(watch, card_of(watch))
    [claimed] = await stand.store.notices.claim("me", LEASE, 1)
    await stand.store.watches.drop("w1")
    await stand.poster.deliver(claimed)
    assert stand.said() == []
    assert await stand.deliver(LEASE) == 0


async def test_a_layout_that_slack_would_refuse_goes_as_plain_words(
    stand: Stand, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def too_much(notice: Notice) -> Drawn:
        block: dict[str, Any] = {"type": "divider"}
        return Drawn("All of it", [block] * 51)

    await stand.owe()
    await Poster(client, stand.store, too_much, "me", LEASE).show("n1")
    [message] = stand.said()
    assert (message.text, message.blocks) == ("All of it", [])
    assert "would be refused" in caplog.text
