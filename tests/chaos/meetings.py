"""What people do meanwhile: rooms are recorded, asked for in Slack or not, and everybody waits for the file."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.conversation import Conversation
from bot.store import Store
from sandbox.slack.model import BOT_USER, TEAM_ID, Message
from sandbox.slack.reading import buttons_of, text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox

CHANNELS = ("#general", "#standup")
PATIENCE = 90.0
_LOOK = 0.1
_STANDSTILL = 6.0
_NAME = re.compile(r"\bStorm\d{4}\b")


@dataclass
class Meetings:
    """Meetings by number: `Storm0001` and so on. People ask as people do: again, until it is taken."""

    slack: SlackSandbox
    vidyo: VidyoSandbox
    store: Store
    dice: random.Random
    asked: dict[str, str] = field(default_factory=dict)
    """Rooms that somebody asked for in Slack, and in which channel."""
    asks: Counter[str] = field(default_factory=Counter)
    """How often a recorder was asked for, by people."""
    most: Counter[str] = field(default_factory=Counter)
    """The most recorders that a room ever had at a time."""
    filed: dict[str, float] = field(default_factory=dict)
    """When each recording was there, by our count of seconds."""
    told: dict[tuple[str, str], float] = field(default_factory=dict)
    """When the news of a recording was first seen in a channel."""
    _about: dict[tuple[str, str], list[Message]] = field(default_factory=dict)
    _known: set[tuple[str, str]] = field(default_factory=set)

    async def subscribe(self) -> None:
        for channel in CHANNELS:
            await self._type(channel, "/recordings subscribe")
            await self.slack.see(channel, "subscribed this channel", timeout=PATIENCE)

    async def hold(self, number: int) -> None:
        """One meeting, from its beginning to its file."""
        name, fate = f"Storm{number:04}", self.dice.random()
        if fate < 0.45:
            self.vidyo.world.add_recording(
                name, room_name=name, duration=timedelta(seconds=self.dice.randrange(60, 3000))
            )
            self.filed[name] = time.monotonic()
            await asyncio.sleep(self.dice.uniform(0, 0.3))
            return
        room = self.vidyo.world.add_room(
            name, people=["Guest Ada"], join_delay=self.dice.choice((0, 3, 12, 40))
        )
        if fate < 0.6:
            self.vidyo.world.recorder_joins(room.key)
            await asyncio.sleep(self.dice.uniform(0.2, 2))
            self.vidyo.world.people_leave(room.key)
        else:
            await self._recorded_by_us(room.key)
        await self._until(
            lambda: any(r.room_name == name and r.ended for r in self.vidyo.world.library),
            name,
            f"The file of {name}",
        )
        self.filed[name] = time.monotonic()

    async def _recorded_by_us(self, key: str) -> None:
        channel = self.dice.choice(CHANNELS)
        self.asked[key] = channel

        def answered() -> bool:
            return bool(self.messages_about(channel, key))

        while not answered():
            await self._type(channel, f"/record start {key}", answered)
            self.asks[key] += 1
            await self._until_carried_out(
                key, answered
            )  # Vidyo may not have answered, which only the asker is told
        while True:
            label = await self._button(channel, key, "Pause", "Start again")
            if label == "Pause":
                break
            self.asks[key] += await self._press(channel, key, "Start again", until="Pause")
        await asyncio.sleep(self.dice.uniform(0, 2))
        if self.dice.random() < 0.3:
            self.vidyo.world.people_leave(key)
        else:
            await self._press(channel, key, "Stop", until="Download")

    async def _type(self, channel: str, text: str, seen: Callable[[], bool] = lambda: False) -> None:
        """Type it, and again for as long as Slack says that nobody took it.

        Who did not answer in time may only stand still, and take it when it goes on: then whoever types waits for so
        long, or until it is seen that it was taken.
        """
        async with asyncio.timeout(PATIENCE):
            while not (result := await self.slack.command("vova", channel, text)).ok:
                if result.error == "operation_timeout":
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_STANDSTILL):
                            while not seen():
                                await asyncio.sleep(_LOOK)
                    return
                await asyncio.sleep(_LOOK)

    async def _until_carried_out(self, key: str, seen: Callable[[], bool]) -> None:
        """Wait for it, or until nothing that anybody asked for is left to be done; a card may still be on its way."""
        async with asyncio.timeout(PATIENCE):
            while not seen():
                await asyncio.sleep(_LOOK)
                if await self.store.inbox.pending():
                    continue
                if self._has_card(key) or not await self._promised(key):
                    await asyncio.sleep(_LOOK)
                    return

    def _has_card(self, key: str) -> bool:
        return any(self.messages_about(channel, key) for channel in CHANNELS)

    async def _promised(self, key: str) -> bool:
        """Whether somebody follows what is recorded there: its card may be one that Slack has not taken yet."""
        return any(watch.room.name == key for watch in await self.store.watches.following("vidyo"))

    async def sent_again(self) -> set[str]:
        """Rooms whose lost start was sent once more: where the first was carried out after all, two recorders came."""
        found = set()
        for channel in CHANNELS:
            there = Conversation("slack", self.slack.workspace.conversation(channel).id, TEAM_ID)
            watches = await self.store.watches.in_conversation(there, only_holding=False)
            found |= {watch.room.name for watch in watches if watch.sent_again_at is not None}
        return found

    def files(self) -> Counter[str]:
        """How many files there are of each room."""
        return Counter(row.room_name for row in self.vidyo.world.library)

    def untold(self) -> set[tuple[str, str]]:
        """What a channel has not heard of yet. A card may speak of both files of its room, any other news of one."""
        files = self.files()
        return {
            (name, channel)
            for name in self.filed
            for channel in CHANNELS
            if (name, channel) not in self.told
            or (self.asked.get(name) != channel and len(self.messages_about(channel, name)) < files[name])
        }

    async def _press(self, channel: str, key: str, label: str, *, until: str) -> int:
        """Press it until that shows; how often it was taken."""
        taken = 0

        def done() -> bool:
            there = self._labels(channel, key)
            return label not in there or until in there

        async with asyncio.timeout(PATIENCE):
            while not done():
                if (await self.slack.press("anna", self._card(channel, key), label)).ok:
                    taken += 1
                    await self._until_carried_out(
                        key, done
                    )  # Vidyo may have refused, which only Anna is told
                await asyncio.sleep(_LOOK)
        return taken

    async def _button(self, channel: str, key: str, *labels: str) -> str:
        """Whichever of these the room's card offers first."""
        found: set[str] = set()

        def offered() -> bool:
            found.update(self._labels(channel, key) & set(labels))
            return bool(found)

        await self._until(offered, key, f"One of {labels} for {key}")
        return found.pop()

    async def _until(self, seen: Callable[[], bool], name: str, what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not seen():
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            raise AssertionError(f"{what} never came; {self._seen(name)}") from None

    def _seen(self, name: str) -> str:
        """What an onlooker sees of a meeting."""
        world = self.vidyo.world
        cards = [text_of(m) for channel in CHANNELS for m in self.messages_about(channel, name)]
        files = [row for row in world.library if row.room_name == name]
        asked = name in self.asked
        there = world.recorders.in_room(world.room(name)) if asked else ()
        return f"asked {self.asks[name]} times; the cards: {cards}; files: {files}; recorders: {there}"

    def _card(self, channel: str, key: str) -> Message:
        return self.messages_about(channel, key)[-1]

    def _labels(self, channel: str, key: str) -> set[str]:
        found = self.messages_about(channel, key)
        return {button.label for button in buttons_of(found[-1])} if found else set()

    def messages_about(self, channel: str, key: str) -> list[Message]:
        """What the bot says there of the room, to everybody, as it stands now."""
        self._take_in(channel)
        gone = {m.ts for m in self._about.get((channel, key), ())} - {m.ts for m in self._heard(channel)}
        return [m for m in self._about.get((channel, key), ()) if m.ts not in gone]

    def look(self) -> None:
        """Notice what is new, and how many recorders are in each room."""
        now = time.monotonic()
        for channel in CHANNELS:
            self._take_in(channel)
        for (channel, name), messages in self._about.items():
            if (name, channel) not in self.told and any(map(_is_news, messages)):
                self.told[name, channel] = now
        for name in self.asked:
            there = len(self.vidyo.world.recorders.in_room(self.vidyo.world.room(name)))
            self.most[name] = max(self.most[name], there)

    def _heard(self, channel: str) -> list[Message]:
        return self.slack.workspace.conversation(channel).messages

    def _take_in(self, channel: str) -> None:
        """Remember which message is about which room: what a room is called does not change."""
        for message in reversed(self._heard(channel)):
            if (channel, message.ts) in self._known:
                break
            self._known.add((channel, message.ts))
            if message.user == BOT_USER and not message.ephemeral:
                for name in set(_NAME.findall(text_of(message))):
                    self._about.setdefault((channel, name), []).append(message)


def _is_news(message: Message) -> bool:
    return any(button.label == "Download" for button in buttons_of(message))
