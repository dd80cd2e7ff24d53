"""Points of the story at which the bot can be killed or stand still, each by a name that says where it is.

A point is a call: of the store, of Slack's client, of the provider. It is wrapped where it is made; the bot's own code
knows nothing of it.
"""

import asyncio
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest.mock import patch

from slack_sdk.web.async_client import AsyncWebClient

import bot.store.watches as watches_of_store
from bot.domain.requests import ChangeWatch, Request, StartRecording
from bot.domain.watch import State, Watch
from bot.slack.connection import Connection
from bot.store.announced import Announced
from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.looks import Looks
from bot.store.notices import Notices
from bot.store.watches import Watches
from providers.vidyo.provider import VidyoProvider


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was made, or is about to be; `answer` is what it returned, None before."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    answer: Any = None


Meant = Callable[[Call], bool]


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after a call of `name` on `owner`: the first one that is `meant`."""

    when: Literal["before", "after"]
    owner: Any
    name: str
    meant: Meant = lambda call: True


@contextmanager
def armed(
    point: Point,
    strike: Callable[[], None],
    *,
    between_writes: bool = False,
    its: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Strike at the point, once. `its`: whether it is the bot that is meant that does what is done now.

    `between_writes`: it does not write meanwhile, since whoever shares an SQLite file would wait for it all that time.
    """
    struck = False
    databases: list[Database] = []
    real = getattr(point.owner, point.name)

    def is_reached(when: str, call: Call) -> bool:
        nonlocal struck
        if when != point.when or struck or not its() or not point.meant(call):
            return False
        struck = True
        return True

    async def reached(when: str, call: Call) -> None:
        if is_reached(when, call):
            async with AsyncExitStack() as alone:
                for database in databases:  # of connections that write to a file there is one
                    await alone.enter_async_context(database._writers.connect())
                strike()
                # A bot that lodges in the test's process stands still where it lets others go on.
                await asyncio.sleep(0)

    def reached_at_once(when: str, call: Call) -> None:
        if is_reached(when, call):
            strike()

    if inspect.iscoroutinefunction(real):

        @functools.wraps(real)
        async def wired(*args: Any, **kwargs: Any) -> Any:
            await reached("before", Call(args, kwargs))
            answer = await real(*args, **kwargs)
            await reached("after", Call(args, kwargs, answer))
            return answer
    else:

        @functools.wraps(real)
        def wired(*args: Any, **kwargs: Any) -> Any:
            reached_at_once("before", Call(args, kwargs))
            answer = real(*args, **kwargs)
            reached_at_once("after", Call(args, kwargs, answer))
            return answer

    opened = Database.__init__

    def remembered(database: Database, *args: Any) -> None:
        opened(database, *args)
        if between_writes and its():
            databases.append(database)

    with patch.object(point.owner, point.name, wired), patch.object(Database, "__init__", remembered):
        yield


def _asks_for(what: str) -> Callable[[Request], bool]:
    def asks(request: Request) -> bool:
        if isinstance(request, ChangeWatch):
            return request.change == what
        return isinstance(request, StartRecording) and what == "start"

    return asks


def _kept(what: str) -> Meant:
    return lambda call: _asks_for(what)(call.args[2])


def _taken(what: str) -> Meant:
    return lambda call: any(_asks_for(what)(claimed.value) for claimed in call.answer)


def _closed(what: str) -> Meant:
    return lambda call: _asks_for(what)(call.args[1].value)


def _becomes(state: State, *, unsure: bool = False) -> Meant:
    """A look that takes a watch into this state, or on in it to another certainty."""

    def meant(call: Call) -> bool:
        old, new = call.args[1].value, call.args[2].watch
        return new.state is state and new.unsure is unsure and (old.state, old.unsure) != (state, unsure)

    return meant


def _gives(state: State) -> Meant:
    return lambda call: call.answer.state is state


def _says(words: str) -> Meant:
    return lambda call: words in call.kwargs["text"]


def _file_awaited(call: Call) -> bool:
    return any(watch.state is State.PROCESSING for watch in call.answer)


def _some(call: Call) -> bool:
    return bool(call.answer)


POINTS: dict[str, Point] = {
    # -- the request
    "before the start is kept": Point("before", Inbox, "keep", _kept("start")),
    "after the start is kept and before Slack knows": Point("after", Inbox, "keep", _kept("start")),
    "after Slack has its acknowledgement": Point("after", Connection, "acknowledge"),
    "after the start is taken up": Point("after", Inbox, "claim", _taken("start")),
    # -- the room and the card
    "before the room is reserved": Point("before", Watches, "reserve"),
    "between the watch and its card": Point("before", watches_of_store, "owe_within"),
    "after the room is reserved": Point("after", Watches, "reserve"),
    "after the card is tried": Point("after", Notices, "trying"),
    "after Slack has the card and before we know": Point("after", AsyncWebClient, "chat_postMessage"),
    # -- asking the portal
    "before the intent is written": Point("before", Watches, "settle", _becomes(State.ASKED, unsure=True)),
    "after the intent is written": Point("after", Watches, "settle", _becomes(State.ASKED, unsure=True)),
    "before the portal is asked": Point("before", VidyoProvider, "start"),
    "after the portal has answered": Point("after", VidyoProvider, "start"),
    "before the start is closed": Point("before", Inbox, "finish", _closed("start")),
    # -- the proof
    "before the recorder's sight is written": Point("before", Watches, "settle", _becomes(State.RECORDING)),
    "between the watch and what follows from it": Point("before", watches_of_store, "want_look"),
    "before the card says Recording": Point("before", AsyncWebClient, "chat_update", _says("Recording")),
    "after the first look into the library is taken up": Point("after", Looks, "claim", _some),
    "before the look into the library is closed": Point("before", Announced, "tell"),
    # -- pause and resume
    "after the pause is kept and before Slack knows": Point("after", Inbox, "keep", _kept("pause")),
    "before the portal is asked to pause": Point("before", VidyoProvider, "pause"),
    "after the portal was asked to pause": Point("after", VidyoProvider, "pause"),
    "before the pause is closed": Point("before", Inbox, "finish", _closed("pause")),
    "after the portal was asked to resume": Point("after", VidyoProvider, "resume"),
    # -- stop
    "before the stop is kept": Point("before", Inbox, "keep", _kept("stop")),
    "after the stop is kept and before Slack knows": Point("after", Inbox, "keep", _kept("stop")),
    "after the stop's intent is written": Point("after", Watches, "change", _gives(State.STOPPING)),
    "before the stop is closed": Point("before", Inbox, "finish", _closed("stop")),
    "before the recorder is asked to leave": Point("before", VidyoProvider, "stop"),
    "after the recorder was asked to leave": Point("after", VidyoProvider, "stop"),
    "before its leaving is written": Point("before", Watches, "settle", _becomes(State.PROCESSING)),
    # -- the file
    "before the library is searched for the file": Point("after", Watches, "awaiting_files", _file_awaited),
    "while the file is being written down": Point("after", Watch, "file_found"),
    "after the file is written down": Point("after", Watches, "change", _gives(State.READY)),
    "before the card says Ready": Point("before", AsyncWebClient, "chat_update", _says("Ready")),
    "after the card says Ready and before we know": Point(
        "after", AsyncWebClient, "chat_update", _says("Ready")
    ),
}

ELSEWHERE: dict[str, Point] = {
    "before a room is created": Point("before", VidyoProvider, "create_room"),
}
"""Where the bot can be killed as well, and what no recording comes by."""
