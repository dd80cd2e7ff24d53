"""A stage for the workflows: the memory provider, a real store, a clock that is moved by hand, and what was said."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.domain.answers import Answer
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.errors import CannotSpeak
from bot.domain.notice import CardOf, Notice
from bot.domain.pace import Pace
from bot.domain.policy import Person, Policy
from bot.domain.requests import ChangeWatch, StartRecording
from bot.domain.watch import Watch
from bot.recording.change import change_watch
from bot.recording.follow import look
from bot.recording.inbox import carry_out
from bot.recording.library import look_into_library
from bot.recording.services import Services
from bot.recording.start import start_recording
from bot.store import Claimed, Store, open_store
from providers.interfaces import RecordingLibrary
from providers.memory import MemoryProvider
from providers.model import Recording
from providers.registry import Providers
from tests.clock import Clock
from tests.database import new_file

CHANNEL = Conversation("slack", "C0GENERAL", "T0")
ANNA = Asker("slack", "U0ANNA", "T0")
VOVA = Asker("slack", "U0VOVA", "T0")
GUEST = Asker("slack", "U0GUEST", "T0")
ROOM = "Nf5kaN9tWo"


def by(asker: Asker, channel: Conversation = CHANNEL) -> ReplyTo:
    """Whoever asks, and where they ask."""
    return ReplyTo(channel, asker)


@dataclass
class Said:
    """A messenger that remembers. `deaf`: channels that will not have us. `groups`: who is in which user group."""

    store: Store
    shown: list[str] = field(default_factory=list)
    told: list[tuple[str, Answer]] = field(default_factory=list)
    sent: list[Recording] = field(default_factory=list)
    deaf: set[str] = field(default_factory=set)
    groups: dict[str, set[str]] = field(default_factory=dict)

    async def show(self, key: str, *, again: bool = False) -> None:
        notice = await self.store.notices.get(key)
        if notice is None or notice.message is not None:
            return
        if notice.conversation.channel in self.deaf:
            raise CannotSpeak("Recbot is not in this channel. Type /invite @Recbot.")
        claimed = await self.store.notices.claim_one(key, "said", timedelta(seconds=60))
        if claimed is not None:
            await self.post(claimed)

    async def post(self, claimed: Claimed[Notice]) -> None:
        if claimed.value.message is None:
            self.shown.append(claimed.value.key)
            await self.store.notices.posted(claimed, f"{len(self.shown)}.0")
        else:
            await self.store.notices.updated(claimed)

    async def tell(self, reply: ReplyTo, answer: Answer) -> None:
        self.told.append((reply.asker.user, answer))

    async def person(self, asker: Asker, named: Collection[str] = (), *, anew: bool = False) -> Person:
        theirs = {group for group in named if asker.user in self.groups.get(group, ())}
        return Person(asker, guest=asker == GUEST, groups=frozenset(theirs))

    async def send_file(self, reply: ReplyTo, library: RecordingLibrary, recording: Recording) -> None:
        self.sent.append(recording)


@dataclass
class Stage:
    """Everything a test of a workflow needs. `second` is another provider, where a test wants one."""

    services: Services
    provider: MemoryProvider
    clock: Clock
    said: Said
    second: MemoryProvider

    async def start(self, target: str = ROOM, asker: Asker = VOVA, **more: object) -> Watch | Answer:
        """Somebody asks for a recording."""
        return await start_recording(StartRecording(ReplyTo(CHANNEL, asker), target, **more), self.services)  # type: ignore[arg-type]

    async def started(self, target: str = ROOM) -> Watch:
        """Somebody asks for a recording, and a watch comes of it."""
        watch = await self.start(target)
        assert isinstance(watch, Watch)
        return watch

    async def recording(self, target: str = ROOM) -> Watch:
        """A recording that is proven."""
        watch = await self.started(target)
        self.provider.backend.recorder_joins(target)
        await self.forward(1)
        return await self.now(watch)

    async def change(self, change: str, asker: Asker = ANNA, **more: object) -> Watch | Answer:
        """Somebody presses Stop, Pause or Resume."""
        request = ChangeWatch(ReplyTo(CHANNEL, asker), change, **more)  # type: ignore[arg-type]
        return await change_watch(request, self.services)

    async def now(self, watch: Watch) -> Watch:
        """The watch as it stands."""
        found = await self.services.store.watches.get(watch.id)
        assert found is not None
        return found

    async def forward(self, seconds: float, step: float = 1) -> None:
        """Time passes in steps, and after each whatever falls due is done."""
        for _ in range(round(seconds / step)):
            self.clock.forward(seconds=step)
            await self.tick()

    async def tick(self) -> None:
        """Do what is due, in turn, until nothing is."""
        s = self.services
        store, claim = s.store, (s.owner, s.lease, 10)
        for _ in range(10):
            due = await store.agenda()
            requests = await store.inbox.claim(*claim) if due.requests else ()
            names = [provider.name for provider in s.providers.all if provider.name in due.providers]
            watches = [one for name in names for one in await store.watches.claim(name, *claim)]
            looks = await store.looks.claim(*claim) if due.libraries else ()
            notices = await store.notices.claim(*claim) if due.notices else ()
            for request in requests:
                await carry_out(request, s)
            for watch in watches:
                await look(watch, s)
            for library in looks:
                await look_into_library(library, s)
            for notice in notices:
                await self.said.post(notice)
            if not (requests or watches or looks or notices):
                return

    def cards(self) -> list[str]:
        """The cards that were posted."""
        return [key for key in self.said.shown if key.startswith("card:")]

    async def card(self, watch: Watch) -> Notice:
        notice = await self.services.store.notices.get(f"card:{watch.id}")
        assert notice is not None
        assert isinstance(notice.body, CardOf)
        return notice


@asynccontextmanager
async def open_stage(directory: Path, pace: Pace | None = None, *, two: bool = False) -> AsyncIterator[Stage]:
    """A stage with one room in which two people meet, and with `two` providers if that is wanted."""
    clock = Clock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    provider = MemoryProvider("vidyo", now=clock)
    provider.backend.add_room(ROOM)
    second = MemoryProvider("other", now=clock)
    ids = count(1)
    file = directory / "recbot.db"
    file.write_bytes(new_file())  # made anew it takes longer than most tests
    async with open_store(f"sqlite:///{file}", clock=clock) as store:
        said = Said(store)
        services = Services(
            store=store,
            providers=Providers([provider, second] if two else [provider]),
            messenger=said,
            policy=Policy(frozenset({VOVA.user})),
            pace=pace or Pace(),
            new_id=lambda: f"w{next(ids)}",
            owner="stage",
            lease=timedelta(seconds=60),
        )
        yield Stage(services, provider, clock, said, second)
