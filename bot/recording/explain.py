"""Explain: what the policy says of a person, and by which rule."""

from dataclasses import dataclass, replace

from bot.domain.answers import Explained
from bot.domain.conversation import ReplyTo
from bot.domain.policy import Target, Verb
from bot.recording.permission import of_kept, of_place, of_watch, place_in_sight
from bot.recording.search import show_recording
from bot.recording.services import Services
from providers.model import RecordingId

_OF_RECORDINGS = (Verb.SHARE, Verb.DOWNLOAD, Verb.EDIT, Verb.DELETE)


@dataclass(frozen=True, slots=True)
class Question:
    """May `user` do this with the room, the call or the recording that `target` names? `user` None: whoever asks."""

    reply: ReplyTo
    verb: Verb
    user: str | None = None
    target: str | None = None
    on: str | None = None


async def explain(question: Question, services: Services) -> Explained:
    """What the policy would say if they asked in this channel now. Of others only administrators are told.

    What the target names is looked up for whoever asks: nobody learns of a room or a recording in this way.
    """
    reply, user = question.reply, question.user
    if user and user != reply.asker.user:
        await services.require(reply, Verb.ADMINISTER)
        reply = replace(reply, asker=replace(reply.asker, user=user))
    about, target = await _meant(question, services)
    person = await services.person(reply, question.verb)
    return Explained.of(services.policy, person, question.verb, target, about)


async def _meant(question: Question, services: Services) -> tuple[str, Target]:
    """What it is about, in words, and as the policy wants to know it."""
    words, reply = question.target, question.reply
    if words is None or question.verb is Verb.ADMINISTER:
        return "", Target(question.on)
    if question.verb in _OF_RECORDINGS and words.isdecimal():
        row = (await show_recording(question.on, RecordingId(words), reply, services)).row
        return f"recording {row.recording.id}", await of_kept(row.provider, row.recording, services)
    viewer = await services.require(reply, Verb.VIEW)
    place = await place_in_sight(words, question.on, reply, services)
    services.policy.require(viewer, Verb.VIEW, of_place(place))
    if question.verb is not Verb.STOP:
        return place.subject, of_place(place)
    watch = await services.store.watches.holding(place.provider, place.room.id)
    return place.subject, of_watch(watch) if watch else of_place(place, unclaimed=True)
