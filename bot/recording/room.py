"""Rooms and profiles: where to meet, and how to record."""

from collections.abc import Sequence

from bot.domain.answers import Place
from bot.domain.conversation import ReplyTo
from bot.domain.errors import CannotDo, CannotSpeak
from bot.domain.notice import Notice, RoomCreated
from bot.domain.policy import Target, Verb
from bot.domain.requests import CreateRoom
from bot.domain.watch import Watch
from bot.recording.calls import control_of
from bot.recording.holding import Ours, claimed_by_nobody, written
from bot.recording.permission import of_place, of_watch, place_in_sight, reachable
from bot.recording.services import Services
from providers.model import RecordingProfile, RoomView


async def create_room(
    request: CreateRoom,
    key: str,
    services: Services,
    ours: Ours = claimed_by_nobody,
    *,
    first: bool = True,
) -> Place:
    """Create a scheduled room and post its join link. `key` makes the message one, if this is run again.

    Not `first`: an earlier run ended on the way. If it left no message, nobody knows whether a room was made, and
    none is made on the quiet. CannotSpeak: the room is there, and its link is in the sentence.
    """
    reply = request.reply
    person = await services.require(reply, Verb.START)
    posted = await services.store.notices.get(f"room:{key}")
    if posted is not None and isinstance(posted.body, RoomCreated):
        place = Place(posted.body.provider, posted.body.room)
    elif not first:
        raise CannotDo("An earlier try at this was cut short: there may be a room without a link. Ask again.")
    else:
        maker = services.providers.makers(request.on)[0]
        services.policy.require(person, Verb.START, Target(maker.name, rooms=frozenset()))
        ours()
        place = Place(maker.name, await maker.create_room(request.name))
        if reply.conversation.front == "slack":
            body = RoomCreated(place.provider, place.room, reply.asker)
            notice = Notice(f"room:{key}", reply.conversation, body)
            if not await written(lambda: services.store.notices.owe(notice, services.lease)):
                services.metrics.duplicate("notice")
    if reply.conversation.front == "slack":
        try:
            await services.messenger.show(f"room:{key}")
        except CannotSpeak as error:
            how = "type /invite @Recbot, and " if reply.conversation.takes_invitations else ""
            raise CannotSpeak(
                f"{place.room.name} was created: {place.room.join_url or place.room.key}. Only you see this, since "
                f"Recbot cannot post here: {how}share the link yourself."
            ) from error
    return place


async def profiles(
    on: str | None, reply: ReplyTo, services: Services
) -> dict[str, Sequence[RecordingProfile]]:
    """The profiles with an idle recorder right now, by provider."""
    person = await services.require(reply, Verb.VIEW)
    controls = reachable(person, Verb.VIEW, services.providers.controls(on), services)
    return {control.name: await control.profiles() for control in controls}


async def followed_there(reply: ReplyTo, services: Services) -> list[Watch]:
    """What is being recorded from this channel, as far as this person may see it."""
    person = await services.require(reply, Verb.VIEW)
    there = await services.store.watches.in_conversation(reply.conversation, only_holding=True)
    return [one for one in there if services.policy.decide(person, Verb.VIEW, of_watch(one)).allowed]


async def room_status(
    words: str, on: str | None, reply: ReplyTo, services: Services
) -> tuple[Place, RoomView]:
    """What is going on in a room, or of a call, now."""
    person = await services.require(reply, Verb.VIEW)
    place = await place_in_sight(words, on, reply, services)
    services.policy.require(person, Verb.VIEW, of_place(place))
    return place, await control_of(place, services.providers).view(place.room)
