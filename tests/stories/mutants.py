"""Mutants: the bot without one of the things by which it keeps its promises, to see that each of them is needed.

Every bot in this process is one, for as long as a mutant's context is open; the bot's own code knows nothing of it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from alembic import op
from slack_sdk.socket_mode.response import SocketModeResponse
from sqlalchemy import Engine, UniqueConstraint, event

from bot.domain.notice import Notice
from bot.domain.requests import Request
from bot.domain.watch import State, Watch
from bot.recording import follow
from bot.recording.calls import control_of
from bot.recording.services import Services
from bot.slack import answering
from bot.slack.answering import Desk
from bot.slack.connection import Connection
from bot.slack.heard import Heard
from bot.slack.poster import Poster
from bot.store import Claimed
from bot.store.notices import Notices


@contextmanager
def _no_fence() -> Iterator[None]:
    """A write by a claim compares the row's fence with nothing: one that has moved on will do."""

    def unfenced(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        return statement.replace(".fence = ", ".fence >= "), parameters

    event.listen(Engine, "before_cursor_execute", unfenced, retval=True)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", unfenced)


def _no_look_at_the_lease() -> AbstractContextManager[Any]:
    """What no fence can hold back is done however long ago the claim was made."""
    return patch.object(Claimed, "require", lambda claimed: None)


@contextmanager
def _no_unique_key() -> Iterator[None]:
    """Of a key, an id or a room there may be several rows."""
    table, index = op.create_table, op.create_index

    def create_table(name: str, *items: Any, **options: Any) -> Any:
        return table(name, *(one for one in items if not isinstance(one, UniqueConstraint)), **options)

    def create_index(*args: Any, **options: Any) -> None:
        index(*args, **options | {"unique": False})

    with patch.object(op, "create_table", create_table), patch.object(op, "create_index", create_index):
        yield


def _no_look_for_the_message() -> AbstractContextManager[Any]:
    """What may have been posted is posted again."""

    async def find(poster: Poster, notice: Notice) -> None:
        return None

    return patch.object(Poster, "_find", find)


def _no_look_into_the_room() -> AbstractContextManager[Any]:
    """What may have been asked for is asked for again."""
    see = follow._see

    async def ask(claimed: Claimed[Watch], services: Services) -> None:
        watch = claimed.value
        if watch.state is not State.ASKED or not watch.unsure:
            await see(claimed, services)
            return
        step = await follow._asked(watch, control_of(watch, services.providers), services)
        await follow._settle(claimed, step, services)

    return patch.object(follow, "_see", ask)


@contextmanager
def _answer_before_the_write() -> Iterator[None]:
    """A request is kept once Slack has its acknowledgement."""
    keep, acknowledge = answering.keep, Connection.acknowledge
    read: list[tuple[Request, Heard, Desk]] = []

    async def put_off(request: Request, heard: Heard, desk: Desk) -> None:
        read.append((request, heard, desk))

    async def keep_after(connection: Connection, answer: SocketModeResponse) -> None:
        await acknowledge(connection, answer)
        while read:
            await keep(*read.pop())

    with patch.object(answering, "keep", put_off), patch.object(Connection, "acknowledge", keep_after):
        yield


def _post_before_the_write() -> AbstractContextManager[Any]:
    """That a message may have arrived is known only once it has."""

    async def trying(notices: Notices, claimed: Claimed[Notice]) -> Claimed[Notice]:
        return claimed

    return patch.object(Notices, "trying", trying)


MUTANTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "no fence": _no_fence,
    "no look at the lease": _no_look_at_the_lease,
    "no unique key": _no_unique_key,
    "no look for the message": _no_look_for_the_message,
    "no look into the room": _no_look_into_the_room,
    "no write before the answer": _answer_before_the_write,
    "no write before the post": _post_before_the_write,
}
