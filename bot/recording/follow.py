"""Follow: look at a watched room, write down what follows, and ask for what is then wanted.

Each write to a provider is preceded by the line in the store which says that it may have been sent. Whoever is
killed in between leaves a watch that the next look understands.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import CannotSpeak, NotShownYet
from bot.domain.notice import card_key, not_told
from bot.domain.pace import Pace
from bot.domain.watch import State, Step, Watch
from bot.recording.calls import CallEnded, Control, control_of
from bot.recording.services import Services
from bot.recording.turns import turned
from bot.store import AlreadyBound, Claimed, LostClaim, is_quiet
from providers.errors import NotFound, ProviderError, Unavailable
from providers.model import RecordingProfile, RoomView

log = logging.getLogger(__name__)


async def look(claimed: Claimed[Watch], services: Services, *, awaited: bool = False) -> None:
    """Take one watch one step further. A claim that was lost to somebody else changes nothing.

    `awaited`: whoever asked for the recording is told at once of what stands in its way, and so it is raised. Else
    they are owed that.
    """
    try:
        try:
            await _take_further(claimed, services, awaited)
        except AlreadyBound:  # two sides of one call within an account may share one recording
            elsewhere = claimed.value.gave_up("Another card follows this recording already.")
            await _settle(claimed, elsewhere, services)
    except LostClaim:
        log.debug("watch %s was taken over while we looked", claimed.value.id)


async def _take_further(claimed: Claimed[Watch], services: Services, awaited: bool) -> None:
    if claimed.value.state is State.PREPARED:
        await _ask(claimed, services, awaited)
    elif claimed.value.state in (State.PROCESSING, State.OVERDUE):
        at = await services.store.now()
        await _settle(claimed, claimed.value.still_no_file(at, services.pace), services)
    else:
        await _see(claimed, services)


async def _settle(
    claimed: Claimed[Watch], step: Step, services: Services, *, hold: bool = False
) -> Claimed[Watch]:
    """Write down what follows. What it owes to people, or wants of the library, does not wait for the clock."""
    after = await services.store.watches.settle(claimed, step, hold=hold)
    turned(claimed.value, after.value, services)
    if not is_quiet(claimed.value, step):
        services.wake()
    return after


async def _view(control: Control, watch: Watch, services: Services) -> RoomView:
    """Look into the room, for no longer than leaves time to write down what follows while the claim holds."""
    try:
        async with asyncio.timeout(services.lease.total_seconds() / 2):
            return await control.view(watch.room)
    except TimeoutError as error:
        raise Unavailable(f"{watch.provider} did not answer in time.") from error


async def _see(claimed: Claimed[Watch], services: Services) -> None:
    """Look into the room."""
    watch, store, pace = claimed.value, services.store, services.pace
    try:
        control = control_of(watch, services.providers)
        view = await _view(control, watch, services)
    except NotFound as error:
        last, why = None, str(error)
        if isinstance(error, CallEnded):
            last = error.recorder
        elif watch.call:  # it ended so long ago that the provider has forgotten it
            why = f"{error} Whether it was recorded is not known; if it was, /recordings search finds it."
        await _settle(claimed, watch.room_gone(why, await store.now(), pace, last), services)
        return
    except ProviderError as error:
        if watch.unseen_since is None:
            log.warning("%s: cannot see %s: %s", watch.provider, watch.room.name, error)
        await _settle(claimed, watch.missed(str(error), await store.now(), pace), services)
        return
    if watch.unseen_since is not None:
        log.info("%s: %s is seen again", watch.provider, watch.room.name)
    at = await store.now()
    step = watch.saw(view, at, pace)
    if step.stop is None:
        step = await _without_a_twin(step, control, at, pace)
    claimed = await _settle(claimed, step, services, hold=step.start or step.stop is not None)
    if step.start:
        claimed.require()
        await _settle(claimed, await _asked(claimed.value, control, services), services)
    if step.stop is not None:
        await _stop(claimed, step, control, services)


async def _without_a_twin(step: Step, control: Control, at: datetime, pace: Pace) -> Step:
    """After a second request two recorders may have come: one too many is asked to leave.

    It stays visible for a moment, and is not asked again for that.
    """
    watch = step.watch
    recording = watch.recorder is not None and watch.state in (State.RECORDING, State.PAUSED)
    if not (watch.may_have_a_twin and recording):
        return step
    try:
        there = await control.recorders(watch.room)
    except ProviderError:
        return step  # the next look tries again
    if len(there) < 2:
        return step
    keep, *others = sorted(there, key=lambda recorder: recorder.id)
    watch = replace(watch, recorder=keep)
    if watch.twin_sent_at is not None and at - watch.twin_sent_at < pace.stop_again:
        return replace(step, watch=watch)
    return replace(step, watch=replace(watch, twin_sent_at=at), stop=others[0])


async def _stop(claimed: Claimed[Watch], step: Step, control: Control, services: Services) -> None:
    """Ask the recorder to leave. Whether it did is for the next look; a refusal stands on the card."""
    watch = claimed.value
    assert step.stop is not None
    claimed.require()
    try:
        await control.stop(watch.room, step.stop)
    except Unavailable as error:
        log.info("%s: no answer to a stop in %s: %s", watch.provider, watch.room.name, error)
    except ProviderError as error:
        watch = replace(watch, reason=str(error))
    await _settle(claimed, Step(watch, look_in=services.pace.stopping_look), services)


async def _ask(claimed: Claimed[Watch], services: Services, awaited: bool) -> None:
    """Post the card, look at the room once more, and ask for a recorder."""
    watch, store, pace = claimed.value, services.store, services.pace
    if await store.now() - watch.asked_at > pace.stale_start:
        stale = (
            "It was asked for some time ago, and Recbot could not begin it before now. Nothing was started."
        )
        await _settle(claimed, watch.gave_up(stale), services)
        return
    if watch.conversation.front == "slack":
        try:
            await services.messenger.show(card_key(watch.id), again=True)
        except CannotSpeak as error:
            if awaited and watch.asks == 1:
                await store.watches.drop(watch.id)
                raise
            # Its card stood there before, or somebody must hear of it: the watch stays, and says what became of it.
            if not awaited:
                await store.notices.owe(not_told(card_key(watch.id), watch.asker))
            await _settle(claimed, watch.gave_up(str(error)), services)
            if awaited:
                raise
            return
        except NotShownYet:
            await _settle(claimed, Step(watch, look_in=pace.confirm_later), services)
            return
    control = control_of(watch, services.providers)
    try:
        view = await _view(control, watch, services)
    except NotFound as error:
        await _settle(claimed, watch.gave_up(str(error)), services)
        return
    except ProviderError as error:
        await _settle(claimed, watch.gave_up(f"{error} Nothing was asked for."), services)
        return
    if view.recorder is not None:  # a late one of an earlier request, or somebody else's: never a second one
        await _settle(claimed, watch.saw(view, await store.now(), pace), services)
        return
    claimed = await _settle(claimed, watch.asking(await store.now(), pace), services, hold=True)
    claimed.require()  # who stood still since then may find that the person was told otherwise
    await _settle(claimed, await _asked(claimed.value, control, services), services)


async def _asked(watch: Watch, control: Control, services: Services) -> Step:
    """Send the request, and say what its answer means."""
    try:
        await control.start(watch.room, RecordingProfile(watch.profile), webcast=watch.webcast)
    except Unavailable as error:
        if not error.asked:
            return watch.refused(str(error), services.pace)
        log.warning("%s: no answer to a start in %s: %s", watch.provider, watch.room.name, error)
        return Step(watch, look_in=services.pace.confirm_first)
    except ProviderError as error:
        return watch.refused(str(error), services.pace)
    return watch.accepted(services.pace)
