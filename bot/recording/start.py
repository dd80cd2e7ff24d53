"""Start: ask for a recorder, and promise to say whether one came."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from bot.domain.answers import Answer, MayStartAgain, Place, RoomIsEmpty, WhichRoom
from bot.domain.calls import first_up
from bot.domain.errors import CannotDo
from bot.domain.matching import is_room
from bot.domain.notice import CardOf, Notice, card_key
from bot.domain.policy import Verb
from bot.domain.requests import StartRecording
from bot.domain.watch import State, Step, Watch
from bot.recording.calls import control_of
from bot.recording.follow import look
from bot.recording.permission import as_it_is, of_place, of_watch, permitted
from bot.recording.services import Services
from bot.recording.targets import Several, chosen_place, find_place
from bot.store import AlreadyReserved, Unknown
from providers.errors import AlreadyRecording, ProviderError
from providers.model import Recorder, RecordingId, RecordingQuery, RoomView

_TOO_LATE = (
    "You asked for a recording some time ago, and Recbot could not begin it before now. Nothing was started: ask again "
    "if you want it now."
)
_AGAIN_ALREADY = "It was started again since that button was drawn; its card says what became of it."
_NO_LONGER = "Recbot no longer follows that recording. Name the room: /record start ROOMKEY."


async def start_recording(
    request: StartRecording,
    services: Services,
    key: str | None = None,
    kept_at: datetime | None = None,
) -> Watch | Answer:
    """Keep a watch for the room, post its card, and ask the provider for a recorder.

    `key` is what the request was kept under. Run again with it, after a death, this goes on with what it began,
    and begins nothing more if that has ended meanwhile. `kept_at` is when: what waited for too long is not begun,
    since whoever meets there by then does not expect it.

    To return a watch is to have promised to tell, not to have begun: its state says how far it came. An
    answer instead of a watch is a question to the person, and nothing was begun. CannotSpeak: nothing was begun
    either, since nobody could have been told.
    """
    id = uuid5(NAMESPACE_OID, key).hex if key else services.new_id()
    # Before it is asked who that is: what was begun goes on, whatever Slack says of them by now.
    if key and (begun := await _begun(id, request, services)):
        return await _first_look(begun, services) if begun.state is State.PREPARED else begun
    person = await services.require(request.reply, Verb.START)
    if kept_at is not None and await services.store.now() - kept_at > services.pace.stale_start:
        raise CannotDo(_TOO_LATE)
    if request.again is not None:
        earlier = await services.store.watches.get(request.again)
        if earlier is None:
            raise CannotDo(_NO_LONGER)
        services.policy.require(person, Verb.START, of_watch(await as_it_is(earlier, services)))
        if earlier.state is State.NOT_STARTED:
            return await _again(earlier, id, request, services, kept_at)
        if request.asks is not None and request.asks != earlier.asks:
            raise CannotDo(_AGAIN_ALREADY)
        request = _anew(request, earlier)
    try:
        place = await _place(request, services)
    except Several as several:
        return WhichRoom(request, permitted(person, Verb.START, several.places, of_place, services))
    services.policy.require(person, Verb.START, of_place(place))
    if place.call and (request.profile or request.webcast):
        raise CannotDo("A call is recorded without a profile and without a webcast: leave them out.")
    view, listed = await asyncio.gather(
        control_of(place, services.providers).view(place.room), _listed(place, services)
    )
    if not request.anyway and view.people == 0 and view.recorder is None:
        return RoomIsEmpty(request, place)
    return await _reserve(id, request, place, view, listed, services, kept_at)


def _anew(request: StartRecording, earlier: Watch) -> StartRecording:
    """The same recording once more: its room, profile and webcast, on a card of its own."""
    return replace(
        request,
        room=earlier.room.id,
        on=earlier.provider,
        call=earlier.call,
        profile=request.profile or earlier.profile,
        webcast=request.webcast or earlier.webcast,
        again=None,
        asks=None,
    )


async def _begun(id: str, request: StartRecording, services: Services) -> Watch | None:
    """What this request began before, if anything: a watch of its own, or the one whose Start again was pressed."""
    for known in (id, request.again):
        watch = await services.store.watches.get(known) if known else None
        if watch is not None and watch.begun_by == id:
            return watch
    return None


async def _place(request: StartRecording, services: Services) -> Place:
    if request.room is not None:
        return await chosen_place(request.on, request.room, services.providers, call=request.call)
    return await find_place(request.target, request.on, services)


async def _reserve(
    id: str,
    request: StartRecording,
    place: Place,
    view: RoomView,
    listed: frozenset[RecordingId] | None,
    services: Services,
    kept_at: datetime | None,
) -> Watch | Answer:
    watches, now = services.store.watches, await services.store.now()
    watch = Watch(
        id=id,
        provider=place.provider,
        room=place.room,
        conversation=request.reply.conversation,
        asker=request.reply.asker,
        asked_at=now,
        profile=request.profile or control_of(place, services.providers).default_profile.name,
        webcast=request.webcast,
        people=view.people,
        listed=listed,
        begun_by=id,
        wanted_at=kept_at or now,
        call=place.call,
    )
    card = Notice(card_key(watch.id), watch.conversation, CardOf(watch.id))
    for last in (False, True):
        holder = await watches.holding(place.provider, place.room.id)
        if holder is None and view.recorder is not None:
            await _require_unfollowed(place, view.recorder, services)
        try:
            # Due later, though we look and show at once: a tick that came first could not answer whoever asked.
            await watches.reserve(
                watch,
                card if watch.conversation.front == "slack" else None,
                look_in=services.pace.confirm_later,
                show_in=services.lease,
            )
        except AlreadyReserved as reserved:
            services.metrics.duplicate("recorder")
            if reserved.existing.id == id:  # another process carried this request out while we stood still
                return reserved.existing
            if last or not await _brought_up_to_date(reserved.existing, services):
                return _held(reserved.existing)
        else:
            return await _first_look(watch, services)
    raise AssertionError("unreachable")


async def _require_unfollowed(place: Place, recorder: Recorder, services: Services) -> None:
    """A recorder that came by itself is somebody else's; a call's recording becomes ours, unless a card has it."""
    if not place.call:
        raise AlreadyRecording(
            f"{recorder.name} is recording {place.room.name} already, and was not asked for here. "
            "/record status shows it, /record stop stops it."
        )
    if await services.store.watches.of_recording(place.provider, RecordingId(recorder.id)):
        raise AlreadyRecording(first_up(f"{place.subject} is being recorded already, and a card follows it."))


async def _brought_up_to_date(holder: Watch, services: Services) -> bool:
    """Look at the room that holds us up, if nobody else is looking; False: it stays as it is.

    A recorder that is not seen any more counts as gone after a second look, so that is waited for.
    """
    for last in (False, True):
        claimed = await services.store.watches.claim_one(holder.id, services.owner, services.lease)
        if claimed is None:
            return False
        await look(claimed, services)
        now = await services.store.watches.get(holder.id)
        if now is None or not now.holds_room:
            return True
        if last or now.vanished_at is None:
            return False
        await asyncio.sleep(services.pace.vanished_look.total_seconds())
    raise AssertionError("unreachable")


def _held(holder: Watch) -> Answer:
    if holder.state is State.NOT_STARTED:
        return MayStartAgain(holder)
    if holder.call:
        raise AlreadyRecording(first_up(_HELD_CALL[holder.state].format(call=holder.subject)))
    raise AlreadyRecording(_HELD[holder.state].format(room=holder.room.name))


_HELD_CALL = {
    State.PREPARED: "A recording of {call} is being asked for already.",
    State.ASKED: "A recording of {call} was asked for already; its card will say whether it begins.",
    State.RECORDING: "{call} is being recorded already.",
    State.PAUSED: "{call} is being recorded already, and paused: Resume goes on with it.",
}
_HELD = {
    State.PREPARED: "A recorder for {room} is being asked for already.",
    State.ASKED: "A recorder for {room} was asked for already; its card will say whether one comes.",
    State.RECORDING: "{room} is being recorded already.",
    State.PAUSED: "{room} is being recorded already, and paused: Resume goes on with it.",
    State.STOPPING: "The recording of {room} is being stopped. Start again in a few seconds.",
}


async def _again(
    earlier: Watch, id: str, request: StartRecording, services: Services, kept_at: datetime | None
) -> Watch | Answer:
    """Ask once more, on the same card. A recorder that came late after all is taken as ours."""
    place = Place(earlier.provider, earlier.room, earlier.call)
    view = await control_of(place, services.providers).view(place.room)
    if view.recorder is None and view.people == 0 and not request.anyway:
        return RoomIsEmpty(request, place)
    asker = request.reply.asker

    def begin_anew(current: Watch, at: datetime) -> Step:
        if current.state is not State.NOT_STARTED:
            return Step(current)
        anew = current.again(asker, at).watch
        anew = replace(anew, profile=request.profile or anew.profile, webcast=request.webcast or anew.webcast)
        return Step(replace(anew, begun_by=id, wanted_at=kept_at or at), look_in=timedelta())

    try:
        watch = await services.store.watches.change(earlier.id, begin_anew)
    except AlreadyReserved as reserved:
        services.metrics.duplicate("recorder")
        return _held(reserved.existing)
    except Unknown as error:
        raise CannotDo(_NO_LONGER) from error
    return await _first_look(watch, services)


async def _first_look(watch: Watch, services: Services) -> Watch:
    """Post the card and ask, here rather than at the next tick: so that a refusal reaches whoever asked."""
    claimed = await services.store.watches.claim_one(watch.id, services.owner, services.lease)
    if claimed is None:
        return watch
    await look(claimed, services, awaited=True)
    return await services.store.watches.get(watch.id) or watch


async def _listed(place: Place, services: Services) -> frozenset[RecordingId] | None:
    """What the library lists of this room before we ask; None if it could not be asked in time, or need not be."""
    if place.call:
        return None
    since = await services.store.now() - 2 * services.pace.clock_skew
    query = RecordingQuery(since=since, running=True, hidden=True, limit=200)
    try:
        library = services.providers.library(place.provider)
        async with asyncio.timeout(services.pace.listing_patience.total_seconds()):
            page = await library.search(query)
    except (ProviderError, TimeoutError):
        return None
    return frozenset(r.id for r in page.recordings if is_room(place.room, r.room))
