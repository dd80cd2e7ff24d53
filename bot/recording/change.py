"""Stop, pause, resume and refresh: change what is being recorded."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.answers import Answer, Place, Sentence, WhichWatch
from bot.domain.calls import first_up
from bot.domain.errors import CannotDo
from bot.domain.policy import Verb
from bot.domain.requests import ChangeWatch, RefreshWatch
from bot.domain.watch import State, Step, Watch
from bot.recording.calls import control_of, no_stop
from bot.recording.holding import Ours, claimed_by_nobody
from bot.recording.permission import as_it_is, of_place, of_watch, permitted, place_in_sight
from bot.recording.services import Services
from bot.recording.turns import turned
from bot.store import Unknown
from providers.errors import Unavailable
from providers.model import Recorder

_LOOKS_AFTER_A_STOP = 10
_NO_LONGER = "Recbot no longer follows that recording; there is nothing to change."


async def change_watch(
    request: ChangeWatch,
    services: Services,
    kept_at: datetime | None = None,
    ours: Ours = claimed_by_nobody,
    *,
    anew: bool = False,
) -> Watch | Answer:
    """Stop, pause or resume. The card tells what became of it; a return only says that it was taken up.

    `kept_at` is when the request was kept: it may have had to wait, and touches nothing that somebody asked for since,
    nor undoes what people did since. `anew`: this is run again, after a death. `ours`: as of `holding`.
    """
    person = await services.require(request.reply, Verb.STOP)
    place, watches = await _meant(request, services)
    if kept_at is not None:
        there, watches = watches, [watch for watch in watches if not _came_after(watch, request, kept_at)]
        if anew and not watches:
            raise CannotDo(f"What you wanted to {request.change} has ended.")
        if there and not watches:
            raise CannotDo(
                f"What you wanted to {request.change} has ended: what is recorded now was asked for after that."
            )
        if _is_settled(watches, request, kept_at, anew=anew):
            return watches[0]
    watches = [*permitted(person, Verb.STOP, watches, of_watch, services)]
    if len(watches) > 1:
        return WhichWatch(request.change, tuple(watches))
    if not watches:
        if place is None:
            raise CannotDo(
                f"Nothing is being recorded from this channel. To {request.change} another room's recording, "
                f"name the room: /record {request.change} ROOMKEY."
            )
        services.policy.require(person, Verb.STOP, of_place(place, unclaimed=True))
        return await _change_unwatched(request, place, services, ours)
    [watch] = watches
    if request.change == "stop":
        return await _stop(watch, request, services, ours)
    services.policy.require(person, Verb.STOP, of_watch(await as_it_is(watch, services)))
    return await _pause_or_resume(watch, request, services, kept_at, ours)


async def refresh_watch(request: RefreshWatch, services: Services) -> Watch:
    """Look now at the room, and into the library if a file is awaited."""
    person = await services.require(request.reply, Verb.VIEW)
    watch = await services.store.watches.get(request.watch)
    if watch is None:
        raise CannotDo("Recbot no longer follows that recording. /recordings latest lists the newest ones.")
    services.policy.require(person, Verb.VIEW, of_watch(watch))
    if not watch.open:
        return watch
    watch = await _changed(
        watch,
        lambda current, at: Step(current, look_in=timedelta(), library=current.awaits_file),
        services,
    )
    services.wake()
    return watch


async def _changed(watch: Watch, fn: Callable[[Watch, datetime], Step], services: Services) -> Watch:
    """The watch as it stands after this."""
    try:
        return await services.store.watches.change(watch.id, fn)
    except Unknown as error:  # its card could not be posted, so it was dropped before anything was asked for
        raise CannotDo(_NO_LONGER) from error


async def _meant(request: ChangeWatch, services: Services) -> tuple[Place | None, list[Watch]]:
    """The room that was named, and the watches that may have been meant: none where nobody watches it."""
    if request.watch is not None:
        watch = await services.store.watches.get(request.watch)
        if watch is None:
            raise CannotDo(_NO_LONGER)
        return None, [watch]
    if request.target:
        place = await place_in_sight(request.target, request.on, request.reply, services)
        watch = await services.store.watches.holding(place.provider, place.room.id)
        return place, [watch] if watch else []
    here = await services.store.watches.in_conversation(request.reply.conversation, only_holding=True)
    there = [watch for watch in here if watch.state is not State.NOT_STARTED]
    # A call's recording cannot be stopped, so a room's must be meant, if one is there.
    rooms = [watch for watch in there if not watch.call]
    return None, rooms if request.change == "stop" and rooms else there


def _came_after(watch: Watch, request: ChangeWatch, kept_at: datetime) -> bool:
    """True if somebody asked for the recording after this request was made."""
    if watch.wanted_at is not None:
        return watch.wanted_at > kept_at
    return request.watch is None and watch.asked_at > kept_at


def _is_settled(watches: list[Watch], request: ChangeWatch, kept_at: datetime, *, anew: bool) -> bool:
    """True if the one watch has got what was wanted of it, or something newer."""
    if len(watches) != 1:
        return False
    [watch] = watches
    steered = request.change != "stop" and watch.steered_at is not None and watch.steered_at >= kept_at
    return steered or (anew and not watch.holds_room)


async def _stop(watch: Watch, request: ChangeWatch, services: Services, ours: Ours) -> Watch:
    if not watch.holds_room:
        raise CannotDo(f"The recording of {watch.subject} has ended already.")
    if watch.call:
        raise no_stop(watch.provider)
    asker = request.reply.asker
    ours()
    after = await _changed(watch, lambda current, at: current.stopping(asker, at), services)
    turned(watch, after, services)
    services.wake()
    return after


async def _pause_or_resume(
    watch: Watch, request: ChangeWatch, services: Services, kept_at: datetime | None, ours: Ours
) -> Watch:
    wanted = request.change == "pause"
    place = Place(watch.provider, watch.room, watch.call)
    if await _ask(place, wanted, services, ours) is None:
        raise CannotDo(_nothing_to(request.change, place))
    watch = await _changed(watch, lambda current, at: _steered(current, kept_at or at), services)
    services.wake()
    return watch


def _nothing_to(change: str, place: Place) -> str:
    why = f"{place.subject} is not being recorded" if place.call else f"No recorder is in {place.room.name}"
    return first_up(f"{why}, so there is nothing to {change}.")


def _steered(current: Watch, at: datetime) -> Step:
    return Step(replace(current, steered_at=at), look_in=timedelta() if current.holds_room else None)


async def _ask(place: Place, paused: bool, services: Services, ours: Ours) -> Recorder | None:
    """Ask the recorder to pause or to go on, unless it reports that already; the recorder, if one is there."""
    control = control_of(place, services.providers)
    recorder = (await control.view(place.room)).recorder
    if recorder is None or recorder.paused == paused:
        return recorder
    verb = control.pause if paused else control.resume
    for last in (False, True):
        ours()
        try:
            await verb(place.room, recorder)
        except Unavailable as error:
            if not error.asked:
                raise
            seen = (await control.view(place.room)).recorder
            if seen is not None and seen.paused == paused:
                break
            if last or seen is None or seen.id != recorder.id:
                raise CannotDo(
                    f"{error} The recording of {place.subject} does not report it; try again."
                ) from error
        else:
            break
    return replace(recorder, paused=paused)


async def _change_unwatched(request: ChangeWatch, place: Place, services: Services, ours: Ours) -> Sentence:
    """A recorder that nobody asked for here: somebody did in the provider's own interface."""
    control = control_of(place, services.providers)
    name = place.subject
    if request.change != "stop":
        recorder = await _ask(place, request.change == "pause", services, ours)
        if recorder is None:
            raise CannotDo(_nothing_to(request.change, place))
        done = "paused" if recorder.paused else "recording"
        key = place.room.key or place.room.extension or ""
        return Sentence(f"The recorder of {name} was asked; /record status {key} shows whether it is {done}.")
    if place.call:
        raise no_stop(place.provider)
    view = await control.view(place.room)
    if view.recorder is None:
        raise CannotDo(f"{name} is not being recorded.")
    ours()
    await control.stop(place.room, view.recorder)
    for _ in range(_LOOKS_AFTER_A_STOP):
        if (await control.view(place.room)).recorder is None:
            return Sentence(f"The recording of {name} has stopped.")
        await asyncio.sleep(services.pace.stopping_look.total_seconds())
    return Sentence(
        f"{name}'s recorder was asked to leave and is still there. Try again in a moment.", bad=True
    )
