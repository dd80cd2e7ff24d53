"""Acknowledge, read, hand over, draw: once for all listeners.

A listener that raises after its acknowledgement can lose it, and one that works before it is late: so every
listener is one of those below, which acknowledge and raise nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.answers import Sentence
from bot.domain.errors import CannotDo, NotShownYet, UsageError
from bot.domain.requests import Request
from bot.links import Links
from bot.logs import id_of, on_behalf_of, tell
from bot.recording.services import Services
from bot.slack.heard import Heard
from bot.slack.messenger import SlackMessenger
from bot.slack.people import People
from bot.slack.seen import Seen
from bot.slack.tasks import Tasks
from bot.store import StoreError
from providers.errors import ProviderError
from providers.waiting import told_of_waits

log = logging.getLogger(__name__)

_KEPT_WITHIN = 2.0
"""Seconds: Slack waits for three, and calls the request failed then, whatever becomes of it."""
_NOT_YET = (
    "Recbot's database is busy, so what you asked for is not kept yet. You hear in a moment whether it is."
)

Listener = Callable[[AsyncAck, dict[str, Any]], Awaitable[None]]
Work = Callable[[Heard], Awaitable[None]]
Read = Callable[[Heard], Request]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the listeners share. `team` is our workspace."""

    services: Services
    tasks: Tasks
    messenger: SlackMessenger
    people: People
    links: Links
    team: str = ""
    seen: Seen = field(default_factory=Seen)


def answering(work: Work, desk: Desk) -> Listener:
    """A listener that acknowledges at once and does its work afterwards, as one of our own tasks.

    Where a provider makes us wait, the person is told. What is delivered again is acknowledged again, and no more.
    """

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        heard = Heard(body, desk.team)
        if not desk.seen.first(heard.trigger):
            desk.services.metrics.duplicate("look-up")
            await ack()
            return
        with on_behalf_of(id_of(heard.trigger or uuid4().hex)):
            desk.tasks.run(_guarded(work, heard, desk))
        await ack()

    return listener


def keeping(read: Read, desk: Desk) -> Listener:
    """A listener that writes the request down, acknowledges it, and leaves it to a worker.

    What cannot be read, or cannot be kept, is said at once, and nothing is begun. Where the store takes longer than
    Slack waits, that is said, and then what came of it.
    """

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        heard = Heard(body, desk.team)
        try:
            keeping = asyncio.create_task(keep(read(heard), heard, desk))
            if (await asyncio.wait([keeping], timeout=_KEPT_WITHIN))[1]:
                desk.tasks.run(_tell_what_became(keeping, heard, desk))
            else:
                keeping.result()
        except UsageError as error:
            desk.tasks.run(_tell(heard, Sentence(str(error), bad=True), desk))
        except StoreError as error:
            desk.tasks.run(_tell(heard, _unusable("kept", error), desk))
        except Exception:  # the outermost edge: no exception may lose the acknowledgement
            desk.tasks.run(_tell(heard, _broken("kept"), desk))
        await ack()

    return listener


def choosing(choose: Listener, desk: Desk) -> Listener:
    """A listener that looks at what came and hands it to one of several, or answers in the acknowledgement."""

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            await choose(ack, body)
        except Exception:  # the outermost edge: no exception may lose the acknowledgement
            desk.tasks.run(_tell(Heard(body, desk.team), _broken("understood"), desk))
            await ack()

    return listener


async def keep(request: Request, heard: Heard, desk: Desk) -> None:
    """Write a request down once, however often Slack delivers it, and have it carried out."""
    key = heard.trigger or uuid4().hex
    new = await desk.services.store.inbox.keep(key, request)
    with on_behalf_of(id_of(key)):
        verb, channel = type(request).__name__, request.reply.conversation.channel
        tell(log, "kept" if new else "kept before", verb=verb, user=heard.user, channel=channel)
    if not new:
        desk.services.metrics.duplicate("request")
    desk.services.wake()


async def _tell_what_became(keeping: asyncio.Task[None], heard: Heard, desk: Desk) -> None:
    """What is being written cannot be called back: it is kept in the end, or it is not."""
    log.warning("the store has not taken a request for %.0f s", _KEPT_WITHIN)
    await _tell(heard, Sentence(_NOT_YET), desk)
    try:
        await keeping
    except StoreError as error:
        said = _unusable("kept", error)
    except Exception:  # the outermost edge: the person is told, and the log has the rest
        said = _broken("kept")
    else:
        said = Sentence("What you asked for is kept now, and carried out.")
    await _tell(heard, said, desk)


async def _guarded(work: Work, heard: Heard, desk: Desk) -> None:
    async def say(sentence: str) -> None:
        await _tell(heard, Sentence(sentence), desk)

    begun, outcome = time.monotonic(), "done"
    try:
        with told_of_waits(say):
            await _hear_from_there(heard, desk)
            await work(heard)
    except NotShownYet as error:
        outcome = type(error).__name__
        log.warning("an answer was given to nobody: %s", error)
    except (CannotDo, ProviderError) as error:
        outcome = type(error).__name__
        await _tell(heard, Sentence(str(error), bad=True), desk)
    except StoreError as error:
        outcome = type(error).__name__
        await _tell(heard, _unusable("answered", error), desk)
    except Exception:  # the outermost edge: the person is told, and the log has the rest
        outcome = "broken"
        await _tell(heard, _broken("answered"), desk)
    tell(log, "answered", user=heard.user, outcome=outcome, seconds=round(time.monotonic() - begun, 3))


async def _hear_from_there(heard: Heard, desk: Desk) -> None:
    """A conversation from which somebody is heard may take messages again."""
    services = desk.services
    if heard.channel and await services.store.notices.live_again(heard.reply.conversation):
        services.wake()


async def _tell(heard: Heard, sentence: Sentence, desk: Desk) -> None:
    try:
        await desk.messenger.tell(heard.reply, sentence)
    except NotShownYet as error:
        log.warning("an answer was given to nobody: %s", error)
    except Exception:  # the outermost edge: nobody is left to tell
        log.exception("an answer could not be given")


def _unusable(what: str, error: StoreError) -> Sentence:
    log.warning("a request could not be %s: %s", what, error)
    return Sentence(
        f"Recbot's database cannot be used now, so this was not {what}. Try again in a moment; whoever runs Recbot "
        "finds why in its log.",
        bad=True,
    )


def _broken(what: str) -> Sentence:
    code = uuid4().hex[:8]
    log.exception("a request could not be %s (%s)", what, code)
    return Sentence(
        f"Something went wrong in Recbot, and this was not {what}. Whoever runs it finds it in the log under {code}.",
        bad=True,
    )
