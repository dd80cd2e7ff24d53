"""What the person who asked is told, for their eyes only."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.calls import in_words
from bot.domain.conversation import Asker
from bot.domain.policy import Decision, Person, Policy, Target, Verb
from bot.domain.requests import Change, Request, StartRecording
from bot.domain.subscription import Subscription
from bot.domain.watch import Watch
from providers.model import Recording, Room


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain words. `bad` when what was asked did not happen."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A room of a provider, or with `call` a phone call that goes on there and stands for a room."""

    provider: str
    room: Room
    call: bool = False

    @property
    def subject(self) -> str:
        """What is or may be recorded, as it stands in a sentence."""
        return in_words(self.room, call=self.call)


@dataclass(frozen=True, slots=True)
class WhichRoom:
    """The words fit several rooms, or one only in part: they choose."""

    request: StartRecording
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class WhichWatch:
    """This channel records several rooms: they choose."""

    change: Change
    watches: tuple[Watch, ...]


@dataclass(frozen=True, slots=True)
class RoomIsEmpty:
    """Nobody is in the room: a recording would be accepted and hold nothing."""

    request: StartRecording
    place: Place


@dataclass(frozen=True, slots=True)
class MayStartAgain:
    """A recorder that was asked for earlier did not come, and may still: they decide whether to ask again."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link for one reader."""

    recording: Recording
    provider: str
    purpose: str
    url: str = field(repr=False)
    expires: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A recording as it reads after an edit."""

    provider: str
    recording: Recording


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What this channel wants to hear of. `asking`: which of them is to end? `missing`: libraries that are not
    configured (any more), though some name them."""

    subscriptions: tuple[Subscription, ...]
    asking: bool = False
    missing: frozenset[str] = frozenset()

    def words(self, subscription: Subscription) -> str:
        """What this one tells of, and whether it can."""
        return (
            f"{subscription.words} (not configured)"
            if subscription.on in self.missing
            else subscription.words
        )


@dataclass(frozen=True, slots=True)
class Explained:
    """What the policy says of a person and a verb. `depends`: what it is about decides, and was not said."""

    person: Asker
    verb: Verb
    about: str
    decision: Decision
    depends: bool = False

    @classmethod
    def of(cls, policy: Policy, person: Person, verb: Verb, target: Target, about: str = "") -> "Explained":
        """What the policy says of this."""
        decision, possible = policy.decide(person, verb, target), policy.might(person, verb, target)
        depends = possible.allowed and not decision.allowed
        return cls(person.asker, verb, about, decision if possible.allowed else possible, depends)

    @property
    def sentence(self) -> str:
        """What it says, to stand behind the person's name."""
        about = "Recbot" if self.verb is Verb.ADMINISTER else self.about
        may = "may" if self.decision.allowed else "may not"
        said = f"{may} {self.verb} {about or 'whatever it is'}."
        if self.depends:
            said = f"may {self.verb} some and not others: it depends on what it is."
        return f"{said} The rule is “{self.decision.rule}”."


Answer = (
    Sentence
    | WhichRoom
    | WhichWatch
    | RoomIsEmpty
    | MayStartAgain
    | Link
    | Changed
    | Subscriptions
    | Explained
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that has come to its end: `outcome` and `why` say how. Without an `answer` the channel shows it.

    `at` is when that was: from then on an answer is owed, however long the request had to wait before.
    """

    request: Request
    answer: Answer | None
    outcome: str
    why: str
    at: datetime
