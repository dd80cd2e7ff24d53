"""The poster between a store and a Slack that has bad days."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker, Conversation
from bot.domain.errors import CannotSpeak, NotShownYet
from bot.domain.notice import Notice, RecordingReady, RoomCreated
from bot.domain.subscription import Subscription
from bot.domain.watch import Step
from bot.metrics import Metrics
from bot.recording.last_look import LastLook
from bot.slack.cards import Drawn
from bot.slack.drawing import Drawing
from bot.slack.poster import EVENT, Poster
from bot.store import MOST_CLAIMS, LostClaim, Store, open_store
from providers.memory import MemoryProvider
from providers.model import RecordingChange, RecordingId, RecordingQuery, Scope
from providers.registry import Providers
from sandbox.slack.faults import Fault
from sandbox.slack.model import BOT_USER, Message
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from tests.bot.store.samples import NOON, PACE, ROOM, VOVA, a_watch, card_of, recording_watch
from tests.clock import Clock, lasting
from tests.database import new_file
from tests.figures import counted

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
    library: MemoryProvider
    draw: Drawing

    async def owe(self, key: str = "n1", channel: str = "C0GENERAL", thread: str | None = None) -> None:
        where = replace(HERE, channel=channel, thread=thread)
        await self.store.notices.owe(Notice(key, where, RoomCreated("vidyo", ROOM, VOVA)))

    async def owe_new(self, title: str) -> RecordingId:
        """A channel that subscribed is to hear of a new recording."""
        recording = self.library.backend.add_recording(title=title)
        await self.store.notices.owe(Notice(title, HERE, RecordingReady("vidyo", recording)))
        return recording.id

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


class GoingClock(Clock):
    """It goes by itself."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def clock() -> Clock:
    """The store's."""
    return Clock(NOON)


@pytest.fixture
async def stand(
    tmp_path: Path, slack: SlackSandbox, client: AsyncWebClient, clock: Clock
) -> AsyncIterator[Stand]:
    file = tmp_path / "recbot.db"
    file.write_bytes(new_file())
    async with open_store(f"sqlite:///{file}", clock=clock) as store:
        library = MemoryProvider("vidyo", now=clock)
        draw = Drawing(store, PACE, LastLook(Providers([library]), PACE))
        poster = Poster(client, store, draw, "me", LEASE, REST)
        yield Stand(slack, store, clock, poster, library, draw)


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


@pytest.mark.parametrize("kind", ["503", "reset_after", "error:ratelimited"])
async def test_what_slack_did_not_take_is_tried_again_at_the_pace_of_whoever_runs_it(
    kind: str, stand: Stand, client: AsyncWebClient
) -> None:
    stand.poster = Poster(client, stand.store, stand.draw, "me", LEASE, REST, timedelta(seconds=5))
    stand.misbehave(kind)
    await stand.owe()
    await stand.deliver()
    assert await stand.deliver(timedelta(seconds=4.9)) == 0
    assert await stand.deliver(timedelta(seconds=0.1)) == 1
    assert len(stand.said()) == 1


@pytest.mark.parametrize("told", [False, True])
async def test_a_rate_limit_that_one_of_us_meets_is_waited_out_by_all(
    told: bool, stand: Stand, client: AsyncWebClient
) -> None:
    method = "chat.update" if told else "chat.postMessage"
    await stand.owe_card()
    if told:
        await stand.deliver()
        await stand.people(12)
        await stand.deliver(REST)
        await stand.people(13)
        stand.clock.forward(REST)
    calls = stand.calls(method)
    stand.slack.limits.demand(method, retry_after=7)
    await stand.deliver()
    assert stand.calls(method) == calls + 1

    await stand.owe("n2") if not told else await stand.people(14)
    other = Poster(client, stand.store, stand.draw, "you", LEASE, REST)
    for _ in range(3):
        stand.clock.forward(seconds=2)
        for notice in await stand.store.notices.claim("you", LEASE, 20):
            await other.deliver(notice)
        assert stand.calls(method) == calls + 1
    assert await stand.deliver(timedelta(seconds=1)) == (1 if told else 2)


async def test_a_limit_on_reading_keeps_no_message_waiting(stand: Stand) -> None:
    stand.misbehave("reset_after")
    await stand.owe("n1")
    await stand.deliver()
    stand.slack.limits.demand("conversations.history", retry_after=60)
    await stand.owe("n2")
    assert await stand.deliver(AGAIN) == 2
    assert len(stand.said()) == 2
    await stand.owe("n3")
    assert await stand.deliver(AGAIN) == 1
    assert len(stand.said()) == 3


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


@pytest.mark.parametrize("code", ["", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_can_change_no_more_is_posted_anew_for_its_next_state(
    stand: Stand, code: str
) -> None:
    await stand.owe_card()
    await stand.deliver()
    [card] = stand.said()
    if code:
        stand.misbehave(f"error:{code}", "chat.update")
    else:
        stand.slack.workspace.remove(card)
    await stand.people(12)
    await stand.owe("n2")
    assert await stand.deliver(REST) == 2
    assert await stand.deliver(REST) == 1
    await stand.people(13)
    await stand.deliver(LEASE)
    assert stand.calls("chat.postMessage") == 3
    assert stand.calls("chat.update") == 2
    newest = stand.said()[-1]
    assert newest is not card
    assert "13" in text_of(newest)


async def test_a_card_in_a_channel_that_was_archived_holds_up_nobody(stand: Stand) -> None:
    await stand.owe_card()
    await stand.deliver()
    stand.slack.workspace.archive(stand.slack.workspace.conversation("#general"))
    await stand.people(12)
    await stand.owe("n2", "C0STANDUP")
    await stand.deliver(REST)
    await stand.deliver(LEASE)
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


async def test_whoever_subscribed_a_channel_hears_once_that_it_is_gone(stand: Stand) -> None:
    for person, words in (("U0VOVA", "one"), ("U0VOVA", ""), ("U0ANNA", "two"), ("U0SAM", "nothing")):
        asker = Asker("slack", person, "T0SANDBOX")
        text = f"{person} {words}"
        wanted = Subscription(text, HERE, asker, RecordingQuery(words=words), None, NOON, text)
        await stand.store.subscriptions.add(wanted, f"subscribed:{text}")
    for _ in range(5):
        await stand.deliver(REST)
    workspace = stand.slack.workspace
    workspace.archive(workspace.conversation("#general"))
    for title in ("one", "two", "three"):
        await stand.owe_new(title)
    for _ in range(9):
        await stand.deliver(REST)
    assert await stand.store.notices.owed() == 0
    for person in ("vova", "anna"):
        [told] = stand.slack.dm(person).messages
        assert "can no longer write in" in text_of(told)
    assert stand.slack.dm("sam").messages == []


async def test_an_alarm_for_a_channel_that_is_gone_reaches_whoever_asked(stand: Stand) -> None:
    watch = recording_watch(conversation=HERE, asker=Asker("slack", "U0VOVA", "T0SANDBOX"))
    await stand.store.watches.reserve(watch, card_of(watch))
    await stand.deliver()
    stand.slack.workspace.archive(stand.slack.workspace.conversation("#general"))
    await stand.store.watches.change("w1", lambda w, at: Step(replace(w, people=2), alarm=True))
    for _ in range(3):
        await stand.deliver(REST)
    texts = [text_of(message) for message in stand.slack.dm("vova").messages]
    assert len(texts) == 2
    [alarm] = [text for text in texts if "the recorder left" in text]
    assert "told to you alone" in alarm


async def test_what_was_to_come_as_soon_as_slack_is_back_comes_directly_where_its_channel_is_gone_by_then(
    stand: Stand,
) -> None:
    stand.misbehave("503", times=None)
    room = RoomCreated("vidyo", ROOM, Asker("slack", "U0ANNA", "T0SANDBOX"))
    await stand.store.notices.owe(Notice("n1", HERE, room))
    await stand.deliver()
    stand.slack.workspace.archive(stand.slack.workspace.conversation("#general"))
    stand.slack.faults.clear()
    for _ in range(3):
        await stand.deliver(AGAIN)
    [told] = stand.slack.dm("anna").messages
    assert "told to you alone" in text_of(told)
    assert ROOM.name in text_of(told)


async def test_what_is_told_directly_is_looked_for_there_before_it_is_told_again(stand: Stand) -> None:
    await stand.owe_card()
    watch = recording_watch("w2", "r2", conversation=HERE, asker=Asker("slack", "U0VOVA", "T0SANDBOX"))
    await stand.store.watches.reserve(watch, card_of(watch))
    await stand.deliver()
    stand.slack.workspace.archive(stand.slack.workspace.conversation("#general"))
    await stand.store.watches.change("w2", lambda w, at: Step(replace(w, people=12)))
    await stand.deliver(REST)
    stand.misbehave("reset_after")
    for _ in range(3):
        await stand.deliver(AGAIN)
    assert len(stand.slack.dm("vova").messages) == 1
    assert await stand.store.notices.owed() == 0


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


@pytest.mark.parametrize("clock", [GoingClock(NOON)], ids=["going"])
async def test_to_show_is_to_have_waited_until_it_stands_there(stand: Stand) -> None:
    stand.slack.limits.demand("chat.postMessage", retry_after=7)
    await stand.owe()
    with lasting(7):
        await stand.poster.show("n1")
    assert len(stand.said()) == 1
    await stand.poster.show("n1")
    assert stand.calls("chat.postMessage") == 2
    await stand.poster.show("nobody owes it")


async def test_two_who_show_the_same_notice_show_it_once(stand: Stand, client: AsyncWebClient) -> None:
    other = Poster(client, stand.store, stand.draw, "you", LEASE, REST)
    stand.slack.faults.add(Fault("chat.postMessage", "slow", seconds=0.5))
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


async def test_a_new_recording_is_told_as_it_is_by_then_and_not_at_all_where_it_is_private_or_gone(
    stand: Stand,
) -> None:
    renamed, private, gone = [await stand.owe_new(title) for title in ("Renamed", "Private", "Gone")]
    stand.misbehave("503", "*", times=1)
    await stand.deliver()
    await stand.library.edit(renamed, RecordingChange(title="Its newest title"))
    await stand.library.edit(private, RecordingChange(scope=Scope.PRIVATE))
    await stand.library.delete(gone)
    await stand.owe_new("Last")
    for _ in range(9):
        await stand.deliver(AGAIN)
    assert [message.text for message in stand.said()] == [
        "New recording: Its newest title",
        "New recording: Last",
    ]
    assert await stand.store.notices.aside_reason("Gone") == "There is nothing left to tell."
    assert await stand.store.notices.owed() == 0


async def test_what_fails_time_and_again_is_set_aside_and_its_line_goes_on(
    stand: Stand, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def cannot_draw_one(notice: Notice) -> Drawn | None:
        if notice.key == "First":
            raise KeyError("nobody foresaw this")
        return await stand.draw(notice)

    poster = Poster(client, stand.store, cannot_draw_one, "me", LEASE, REST)

    async def deliver() -> None:
        for notice in await stand.store.notices.claim("me", LEASE, 20):
            with suppress(KeyError):
                await poster.deliver(notice)
        stand.clock.forward(LEASE)

    await stand.owe_new("First")
    await stand.owe_new("Second")
    for _ in range(MOST_CLAIMS):
        await deliver()
        assert await stand.store.notices.aside_reason("First") is None
    await deliver()
    assert "time and again" in str(await stand.store.notices.aside_reason("First"))
    assert f"First failed {MOST_CLAIMS} times" in caplog.text
    await deliver()
    assert [message.text for message in stand.said()] == ["New recording: Second"]


async def test_what_stands_there_is_told_however_often_its_tellers_died(
    stand: Stand, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def dies(notice: Notice) -> Drawn | None:
        raise KeyError("nobody comes any further")

    stand.misbehave("reset_after")
    await stand.owe_new("First")
    await stand.deliver()
    stand.poster = Poster(client, stand.store, dies, "me", LEASE, REST)
    for _ in range(MOST_CLAIMS):
        with suppress(KeyError):
            await stand.deliver(LEASE)
    assert await stand.deliver(LEASE) == 1
    assert await stand.store.notices.aside_reason("First") is None
    assert await stand.store.notices.owed() == 0
    assert len(stand.said()) == 1
    assert "set aside" not in caplog.text


async def test_a_line_that_waits_for_slack_for_hours_loses_nothing(stand: Stand) -> None:
    stand.misbehave("503", "*", times=None)
    for title in ("First", "Second"):
        await stand.owe_new(title)
    for _ in range(2 * MOST_CLAIMS):
        assert await stand.deliver(AGAIN) == 1
    stand.slack.faults.clear()
    for _ in range(2):
        await stand.deliver(AGAIN)
    assert [message.text for message in stand.said()] == ["New recording: First", "New recording: Second"]


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


async def test_who_stood_still_until_another_told_it_takes_their_own_message_back(
    stand: Stand, client: AsyncWebClient
) -> None:
    """Nothing can hold back what is on its way to Slack; but one message stands at the end."""
    await stand.owe()
    [late] = await stand.store.notices.claim("me", LEASE, 1)
    late = await stand.store.notices.trying(late)

    stand.clock.forward(LEASE)
    [again] = await stand.store.notices.claim("you", LEASE, 1)
    await Poster(client, stand.store, stand.draw, "you", LEASE).deliver(again)
    [message] = stand.said()

    answer = await client.chat_postMessage(channel=late.value.conversation.channel, text="The same once more")
    with pytest.raises(LostClaim):
        await stand.poster._posted(late, str(answer["ts"]))
    assert stand.said() == [message]


async def test_a_state_that_was_drawn_too_late_does_not_stay(stand: Stand, client: AsyncWebClient) -> None:
    await stand.owe_card()
    await stand.deliver()
    await stand.people(17)
    stand.clock.forward(REST)
    [late] = await stand.store.notices.claim("me", LEASE, 1)
    old = await stand.draw(late.value)

    await stand.people(18)
    stand.clock.forward(LEASE)
    [again] = await stand.store.notices.claim("you", LEASE, 1)
    await Poster(client, stand.store, stand.draw, "you", LEASE).deliver(again)
    assert "18 people" in text_of(stand.said()[0])

    assert old is not None
    await stand.poster._update(late.value, str(late.value.message), old)
    with pytest.raises(LostClaim):
        await stand.poster._updated(late)
    assert await stand.deliver() == 1
    assert "18 people" in text_of(stand.said()[0])


@pytest.mark.parametrize("told", [False, True])
async def test_a_claim_that_ended_while_we_stood_still_sends_nothing(stand: Stand, told: bool) -> None:
    await stand.owe_card()
    if told:
        await stand.deliver()
        await stand.people(17)
        stand.clock.forward(REST)
    [claimed] = await stand.store.notices.claim(
        "me", timedelta(), 1
    )  # its lease has ended as soon as it began
    before = stand.calls("chat.postMessage") + stand.calls("chat.update")
    await stand.poster.deliver(claimed)
    assert stand.calls("chat.postMessage") + stand.calls("chat.update") == before


async def test_a_message_that_is_found_counts_as_one_that_was_not_posted_twice(
    stand: Stand, client: AsyncWebClient
) -> None:
    metrics = Metrics()
    stand.poster = Poster(client, stand.store, stand.draw, "me", LEASE, REST, AGAIN, metrics)
    stand.misbehave("reset_after")
    await stand.owe()
    await stand.deliver()
    await stand.deliver(AGAIN)
    assert len(stand.said()) == 1
    assert counted(metrics)["recbot_duplicates_prevented_total message"] == 1


@pytest.mark.parametrize("clock", [GoingClock(NOON)], ids=["going"])
@pytest.mark.parametrize("kind", ["503", "reset_before", "reset_after"])
@pytest.mark.parametrize("end", ["error:not_in_channel", None])
async def test_while_somebody_shows_a_notice_the_clock_does_not(
    stand: Stand, kind: str, end: str | None
) -> None:
    """Though the first try failed in passing: else both would tell what became of it."""
    await stand.store.notices.owe(Notice("n1", HERE, RoomCreated("vidyo", ROOM, VOVA)), LEASE)
    stand.misbehave(kind)
    delivered = 0

    async def tick() -> None:
        nonlocal delivered
        while True:
            await asyncio.sleep(0.5)
            delivered += await stand.deliver()

    clock = asyncio.create_task(tick())
    if end:
        stand.misbehave(end, times=None)
        stand.misbehave(end, "conversations.history", times=None)
        with pytest.raises(CannotSpeak):
            await stand.poster.show("n1")
    else:
        await stand.poster.show("n1")
    await asyncio.sleep(60)
    clock.cancel()
    assert delivered == 0
    assert len(stand.said()) <= 1
    assert stand.slack.dm("vova").messages == []


@pytest.mark.parametrize("clock", [GoingClock(NOON)], ids=["going"])
@pytest.mark.parametrize("kind", ["503", "error:token_revoked", "error:brand_new"])
@pytest.mark.parametrize("again", [False, True])
async def test_who_has_shown_it_in_vain_leaves_it_to_the_clock_unless_they_come_again(
    stand: Stand, kind: str, again: bool
) -> None:
    await stand.store.notices.owe(Notice("n1", HERE, RoomCreated("vidyo", ROOM, VOVA)), LEASE)
    stand.misbehave(kind, times=None)
    with pytest.raises(NotShownYet):
        await stand.poster.show("n1", again=again)
    stand.slack.faults.clear()
    await asyncio.sleep(LEASE.total_seconds() - 1 if again else 30)
    assert await stand.deliver() == (0 if again else 1)
    await asyncio.sleep(1)
    await stand.deliver()
    assert len(stand.said()) == 1
