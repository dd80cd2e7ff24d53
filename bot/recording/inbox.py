"""Carry out what was kept: an acknowledged request gets its end, whoever runs by then."""

import logging
import time

from bot.domain.answers import Answer, Sentence
from bot.domain.errors import CannotDo
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
from bot.recording.holding import Ours, holding
from bot.recording.room import create_room
from bot.recording.services import Services
from bot.recording.share import send_file, share_recording
from bot.recording.start import start_recording
from bot.recording.subscribe import subscribe, unsubscribe
from bot.store import Claimed, LostClaim
from providers.errors import ProviderError

log = logging.getLogger(__name__)

_MOST_RUNS = 5


async def carry_out(claimed: Claimed[Request], services: Services) -> None:
    """Do what was asked, tell the person what the channel is not told, and close the request.

    A workflow that is run a second time, since the first process died in it, looks at what is there before
    it asks for anything. One that has failed in a way nobody foresaw is given up after some runs, and the person told.
    """
    request, begun = claimed.value, time.monotonic()
    try:
        if claimed.attempts > _MOST_RUNS:
            raise CannotDo(
                f"Recbot failed {_MOST_RUNS} times at what you asked for, and tries no more. What came of it is not "
                "known; whoever runs Recbot finds why in its log."
            )
        inbox, lease = services.store.inbox, services.lease
        # A large file takes long to send.
        async with holding(claimed, lambda: inbox.renew(claimed, lease), lease) as ours:
            answer = await _run(claimed, ours, services)
        outcome, reason = "done", ""
    except (CannotDo, ProviderError) as error:
        answer, outcome = Sentence(str(error), bad=True), type(error).__name__
        reason = str(error)
    except LostClaim:
        log.warning("a request outlived its lease while we stood still: whoever has it now carries it out")
        return
    if answer is not None:
        await services.messenger.tell(request.reply, answer)
    try:
        await services.store.inbox.finish(claimed, outcome, reason)
    except LostClaim:
        log.warning("a request took longer than its lease: it may be carried out again")
    seconds, tries = round(time.monotonic() - begun, 3), claimed.attempts
    what = "carried out" if outcome == "done" else "refused"
    why = None if outcome == "done" else outcome
    tell(log, what, verb=type(request).__name__, why=why, seconds=seconds, tries=tries)
    services.wake()


async def _run(claimed: Claimed[Request], ours: Ours, services: Services) -> Answer | None:
    request, key = claimed.value, claimed.id
    match request:
        case StartRecording():
            return _answer(await start_recording(request, services, key, claimed.kept_at))
        case ChangeWatch():
            kept_at = claimed.kept_at if claimed.attempts > 1 else None
            return _answer(await change_watch(request, services, kept_at, ours))
        case RefreshWatch():
            return _answer(await refresh_watch(request, services))
        case CreateRoom():
            await create_room(request, key, services, ours, first=claimed.attempts == 1)
        case ShareRecording():
            await share_recording(request, key, services)
        case SendFile():
            return await send_file(request, services)
        case EditRecording():
            return await edit_recording(request, services, ours)
        case DeleteRecording():
            return await delete_recording(request, services, ours)
        case Subscribe():
            return await subscribe(request, key, services)
        case Unsubscribe():
            kept_at = claimed.kept_at if claimed.attempts > 1 else None
            return await unsubscribe(request, key, services, kept_at)
    return None


def _answer(result: Watch | Answer) -> Answer | None:
    """A watch needs no words: its card tells."""
    return None if isinstance(result, Watch) else result
