"""What the policy is asked about: a room, a watch, a recording, as it was looked up, whatever a button said of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from bot.domain.answers import Place
from bot.domain.conversation import ReplyTo
from bot.domain.errors import NotAllowed
from bot.domain.policy import Person, Target, Verb
from bot.domain.watch import Watch
from bot.recording.services import Services
from bot.recording.targets import Several, chosen_place, find_place
from providers.errors import NotFound
from providers.model import Recording, Room

T = TypeVar("T")


class _Named(Protocol):
    name: str


N = TypeVar("N", bound=_Named)


def of_place(place: Place, *, unclaimed: bool = False) -> Target:
    """A room or a call. `unclaimed`: what records it was not asked for here."""
    return Target(place.provider, _words(place.room), unclaimed=unclaimed, room=place.room.id)


def of_watch(watch: Watch) -> Target:
    """A recording that somebody asked for. From the command line it was asked for in no channel."""
    rooms = _words(watch.room)
    if watch.conversation.front == "cli":
        return Target(watch.provider, rooms, unclaimed=True, room=watch.room.id)
    return Target(
        watch.provider, rooms, started_by=watch.asker, belongs_to=watch.conversation, room=watch.room.id
    )


async def as_it_is(watch: Watch, services: Services) -> Watch:
    """The watch, of a call with those of ours who are on it now: it may have been passed on to somebody else."""
    if not watch.call:
        return watch
    try:
        place = await chosen_place(watch.provider, watch.room.id, services.providers, call=True)
    except NotFound:  # it is over: nothing can be done with it any more
        return watch
    return replace(watch, room=place.room)


def of_recording(provider: str, recording: Recording) -> Target:
    """A recording. It knows its room by one name only; a call's, the extensions on it, or it may be any."""
    rooms = frozenset(filter(None, (recording.room, *recording.extensions)))
    return Target(provider, None if recording.unresolved else rooms, owner=recording.owner or "")


async def of_kept(provider: str, recording: Recording, services: Services) -> Target:
    """The same, and who asked for it: for what is decided by whose it is."""
    asked_by = await services.store.owners.of(provider, recording)
    return replace(of_recording(provider, recording), asked_by=asked_by)


def permitted(
    person: Person, verb: Verb, them: Sequence[T], about: Callable[[T], Target], services: Services
) -> tuple[T, ...]:
    """Those of them that the person may do this with; NotAllowed if there are some, and they may with none."""
    decisions = [services.policy.decide(person, verb, about(one)) for one in them]
    allowed = tuple(one for one, decision in zip(them, decisions, strict=True) if decision.allowed)
    if them and not allowed:
        raise NotAllowed(decisions[0].sentence)
    return allowed


async def place_in_sight(words: str, on: str | None, reply: ReplyTo, services: Services) -> Place:
    """As `find_place`; of several that the words may mean, those alone are named that this person may view."""
    try:
        return await find_place(words, on, services)
    except Several as several:
        viewer = await services.person(reply, Verb.VIEW)
        seen = permitted(viewer, Verb.VIEW, several.places, of_place, services)
        raise several.among(seen) from None


def reachable(person: Person, verb: Verb, providers: Sequence[N], services: Services) -> list[N]:
    """The providers in which there may be something that the person may do this with; NotAllowed if none is left."""
    decisions = [services.policy.might(person, verb, Target(provider.name)) for provider in providers]
    left = [provider for provider, decision in zip(providers, decisions, strict=True) if decision.allowed]
    if not left:
        raise NotAllowed(decisions[0].sentence)
    return left


def _words(room: Room) -> frozenset[str] | None:
    """All words for a room or a call. None: it may be any, since nobody can tell who of ours is on the call."""
    if room.unresolved:
        return None
    return frozenset(filter(None, (room.id, room.key, room.name, room.extension, *room.extensions)))
