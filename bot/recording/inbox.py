"""Carry out what was kept: an acknowledged request gets its end, whoever runs by then."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from bot.domain.answers import Answer, Ended, Sentence
from bot.domain.errors import CannotDo, NotNow, NotShownYet
from bot.domain.requests import (
    ChangeWatch,
    CreateRoom,
    DeleteRecording,
    EditRecording,
    RefreshWatch,
    Request,
    SendFile,
    ShareRecording,
    StartRecording,
    Subscribe,
    Unsubscribe,
)
from bot.domain.watch import Watch
from bot.logs import tell
from bot.recording.change import change_watch, refresh_watch
from bot.recording.edit import delete_recording, edit_recording
from bot.recording.holding import Ours, holding, written
from bot.recording.room import create_room
from bot.recording.services import Services
from bot.recording.share import send_file, share_recording
from bot.recording.start import start_recording
from bot.recording.subscribe import subscribe, unsubscribe
from bot.store import Claimed, LostClaim
from providers.errors import ProviderError

log = logging.getLogger(__name__)

_MOST_RUNS = 5
_LONGEST_PAUSE = timedelta(seconds=30)


async def carry_out(claimed: Claimed[Request | Ended], services: Services) -> None:
    """Do what was asked, tell the person what the channel is not told, and close the request.

    A workflow that is run a second time, since the first process died in it, looks at what is there before
    it asks for anything. One that has failed in a way nobody foresaw is given up after some runs, and the person told.
    While Slack does not say what must be known first, the request waits; while it takes no answer, the answer does.
    """
    inbox, lease, begun = services.store.inbox, services.lease, time.monotonic()
    try:
        # A large file takes long to send, and an answer long to be taken.
        async with holding(claimed, lambda: inbox.renew(claimed, lease), lease) as ours:
            if told := services.told.get(claimed.id):
                await _finish(told, claimed, services)
                return
            if isinstance(claimed.value, Ended):
                end = claimed.value
            else:
                await services.store.notices.live_again(claimed.value.reply.conversation)
                try:
                    end = await _end_of(claimed.value, claimed, ours, services)
                except NotNow as error:
                    log.info("a request is put off: %s", error)
                    pause = _pause(await _age(_kept_at(claimed), services), services)
                    await written(lambda: inbox.put_off(claimed, pause))
                    return
                _told(end, claimed, time.monotonic() - begun)
            await _close(end, claimed, services)
    except LostClaim:
        log.warning("a request outlived its lease: whoever has it now carries it out")
    services.wake()


async def _end_of(
    request: Request, claimed: Claimed[Request | Ended], ours: Ours, services: Services
) -> Ended:
    """What came of it. NotNow: nothing yet, and there is time."""
    try:
        if claimed.attempts > _MOST_RUNS:
            raise CannotDo(
                f"Recbot failed {_MOST_RUNS} times at what you asked for, and tries no more. What came of it is not "
                "known; whoever runs Recbot finds why in its log."
            )
        answer = await _run(request, claimed, ours, services)
    except (CannotDo, ProviderError) as error:
        longest = services.pace.stale_start if isinstance(request, StartRecording) else _patience(services)
        if isinstance(error, NotNow):
            age = await _age(_kept_at(claimed), services)
            if age + _pause(age, services) < longest:  # another try comes before it is so old
                raise
        why, at = str(error), await services.store.now()
        return Ended(request, Sentence(why, bad=True), type(error).__name__, why, at)
    return Ended(request, answer, "done", "", await services.store.now())


async def _close(end: Ended, claimed: Claimed[Request | Ended], services: Services) -> None:
    """Tell the person, and close the request. While nothing can be told, the answer stays owed, for some time."""
    if end.answer is not None:
        try:
            await services.messenger.tell(end.request.reply, end.answer)
        except NotShownYet as error:
            age = await _age(end.at, services)
            if (pause := _pause(age, services)) + age < _patience(services):
                await written(lambda: services.store.inbox.owe_answer(claimed, end, pause))
                return
            log.warning("an answer was not taken for %s, and is dropped: %s", _patience(services), error)
        services.told[claimed.id] = end
    await _finish(end, claimed, services)


async def _finish(end: Ended, claimed: Claimed[Request | Ended], services: Services) -> None:
    await written(lambda: services.store.inbox.finish(claimed, end.outcome, end.why))
    services.told.pop(claimed.id, None)


def _patience(services: Services) -> timedelta:
    return services.pace.request_patience


def _kept_at(claimed: Claimed[Any]) -> datetime:
    assert claimed.kept_at is not None
    return claimed.kept_at


async def _age(since: datetime, services: Services) -> timedelta:
    return await services.store.now() - since


def _pause(age: timedelta, services: Services) -> timedelta:
    """To the next try: a quarter of what it has waited, within bounds."""
    return min(max(age / 4, services.pace.post_again), _LONGEST_PAUSE)


def _told(end: Ended, claimed: Claimed[Any], seconds: float) -> None:
    what = "carried out" if end.outcome == "done" else "refused"
    why = None if end.outcome == "done" else end.outcome
    verb, tries = type(end.request).__name__, claimed.attempts
    tell(log, what, verb=verb, why=why, seconds=round(seconds, 3), tries=tries)


async def _run(request: Request, claimed: Claimed[Any], ours: Ours, services: Services) -> Answer | None:
    key = claimed.id
    await _in_turn(request, key, services)
    match request:
        case StartRecording():
            return _answer(await start_recording(request, services, key, claimed.kept_at))
        case ChangeWatch():
            anew = claimed.attempts > 1
            return _answer(await change_watch(request, services, claimed.kept_at, ours, anew=anew))
        case RefreshWatch():
            return _answer(await refresh_watch(request, services))
        case CreateRoom():
            await create_room(request, key, services, ours, first=claimed.attempts == 1)
        case ShareRecording():
            return await share_recording(request, key, services, first=claimed.attempts == 1)
        case SendFile():
            return await send_file(request, services)
        case EditRecording():
            return await edit_recording(request, services, ours)
        case DeleteRecording():
            return await delete_recording(request, services, ours)
        case Subscribe():
            return await subscribe(request, key, services, claimed.kept_at)
        case Unsubscribe():
            return await unsubscribe(request, key, services, claimed.kept_at)
    return None


async def _in_turn(request: Request, key: str, services: Services) -> None:
    """Return if nothing is still to be done that was asked for earlier of the same thing; else NotNow."""
    about = _about(request)
    if about is not None and any(_about(one) == about for one in await services.store.inbox.before(key)):
        raise NotNow(
            "Something that was asked for earlier comes first, and had to wait. Try again in a moment."
        )


def _about(request: Request) -> tuple[str, str] | None:
    """What a request changes, where of two changes the later one is to hold. A watch knows that of itself."""
    match request:
        case EditRecording() | DeleteRecording():
            return request.provider, request.recording
        case Subscribe() | Unsubscribe():
            return "subscriptions", request.reply.conversation.place
    return None


def _answer(result: Watch | Answer) -> Answer | None:
    """A watch needs no words: its card tells."""
    return None if isinstance(result, Watch) else result
