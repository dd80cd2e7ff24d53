"""What a workflow may lean on."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from bot.domain.answers import Answer, Ended
from bot.domain.conversation import Asker, ReplyTo
from bot.domain.pace import Pace
from bot.domain.policy import Person, Policy, Target, Verb
from bot.metrics import Metrics
from bot.recording.directory import Directory
from bot.store import Store
from providers.interfaces import RecordingLibrary
from providers.model import Recording
from providers.registry import Providers


class Messenger(Protocol):
    """Speaks to people: in a channel for everybody there, or to the person who asked alone."""

    async def show(self, key: str, *, again: bool = False) -> None:
        """Deliver the owed notice with this key now.

        Raises CannotSpeak if the conversation will not have us, NotShownYet if Slack cannot be reached: then it is
        shown as soon as that can be, or not before whoever asks comes `again`, if they say so. To return is to have
        delivered it, or to know that it was.
        """

    async def tell(self, reply: ReplyTo, answer: Answer) -> None:
        """Answer the person who asked.

        Raises NotShownYet if Slack takes nothing now: it may take this later. To return is to have told them, or to
        know that they cannot be reached.
        """

    async def person(self, asker: Asker, named: Collection[str] = (), *, anew: bool = False) -> Person:
        """The asker as their workspace describes them now; which of the user groups they are in that are named here,
        and which of the people they are, if they have other IDs.

        `anew`: nothing is remembered of the groups. Raises NotNow if the workspace cannot be asked at the moment,
        CannotDo if it does not say.
        """

    async def send_file(self, reply: ReplyTo, library: RecordingLibrary, recording: Recording) -> None:
        """Put the file itself into the asker's direct messages."""


@dataclass(frozen=True, slots=True)
class Services:
    """The store, the providers, the way to people, and the paces.

    `owner` is this process among those that share the store, `lease` how long its claims hold: longer than the
    sum of one look's time limits. `woken` brings the next tick forward. `silent` are the libraries that did not answer
    the last time: that is logged once. `told` are the requests whose people know how they ended, though the store could
    not be told yet."""

    store: Store
    providers: Providers
    messenger: Messenger
    policy: Policy
    pace: Pace
    new_id: Callable[[], str]
    owner: str
    lease: timedelta
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    silent: set[str] = field(default_factory=set)
    told: dict[str, Ended] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    directory: Directory = field(default_factory=Directory)

    def wake(self) -> None:
        """Something is due now: do not wait for the clock."""
        self.woken.set()

    async def person(self, reply: ReplyTo, verb: Verb) -> Person:
        """Whoever asks, from where they ask: all that the policy wants to know before it decides about this verb.

        For what does more than look, their groups are asked for anew: they may have left one since they clicked.
        """
        named = self.policy.groups(verb) | self.policy.people(verb)
        person = await self.messenger.person(reply.asker, named, anew=verb is not Verb.VIEW)
        person = replace(person, where=reply.conversation)
        words = self.policy.rooms(person, verb)
        rooms = await self.directory.look_up(words, self.providers, self.pace.answer_patience)
        return replace(person, named=rooms)

    async def require(self, reply: ReplyTo, verb: Verb, target: Target | None = None) -> Person:
        """Whoever asks, if they may; else NotAllowed. Without a target: if there may be anything that they may."""
        person = await self.person(reply, verb)
        self.policy.require(person, verb, target)
        return person
