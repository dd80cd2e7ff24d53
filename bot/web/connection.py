"""One connection to the gateway, and what whoever is at its other end may take of us.

uvicorn bounds neither the bytes before a body, which httptools joins anew with each piece that comes, nor the time that
they take; and a connection on which nothing was ever sent it keeps for ever.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from bot.web.descriptors import for_connections

log = logging.getLogger(__name__)

_LONGEST_URL = 8 * 1024
_LONGEST_HEAD = 32 * 1024
"""Bytes in a row that are no body: first line and headers, or what may follow upon a body that came in pieces."""

_LINGER = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be at once, and how long one may take over what it has to do.

    `head`: to send a request's headers, or the rest of a body that nobody waits for. `idle`: between two requests.
    `stalled`: to take some more of its answer; a player that is paused takes none, and asks again when it goes on.
    """

    most: int = 300
    head: timedelta = timedelta(seconds=10)
    idle: timedelta = timedelta(seconds=75)
    stalled: timedelta = timedelta(minutes=10)


USUAL = Limits()


def bounded(limits: Limits) -> type[HttpToolsProtocol]:
    """uvicorn's protocol within these limits, for one server."""
    house = _House(limits)

    class Bounded(_Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(house, *args, **kwargs)

    return Bounded


class _House:
    """What all connections of a server share."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.most = for_connections(limits.most)
        self._full = False

    def overfull(self, open_now: int) -> bool:
        """Whether there are more than may be. It is said once, until there is room again."""
        over = open_now > self.most
        if over and not self._full:
            log.warning(
                "%d are connected to the gateway, which is all that may be (web.connections, ulimit -n): some of "
                "those that ask for nothing are sent away.",
                self.most,
            )
        self._full = over or (self._full and open_now > self.most - self.most // 10)
        return over


class _Connection(HttpToolsProtocol):
    """A connection that is ended when it goes beyond its limits."""

    def __init__(self, house: _House, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._house = house
        self._limits = house.limits
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._turned: tuple[int, str] | None = None
        self._came = 0  # bytes, in what is being read now
        self._body_came = False
        self._beside = 0  # bytes since this request began, or since there was a piece of its body
        self._unread = self._asked = False
        self._since = self.loop.time()

    @property
    def _waits_for_us(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # -- what happens ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._arm()
        if self._house.overfull(len(self.connections)):
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._unset_keepalive_if_required()
        self._taking()
        super().connection_lost(exc)
        self._house.overfull(len(self.connections))

    def data_received(self, data: bytes) -> None:
        if self._turned is not None:
            return
        self._came, self._body_came = len(data), False
        self._beside += len(data)
        super().data_received(data)
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        self._taking()
        super().resume_writing()

    # -- what the parser finds ------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._beside = self._came
        self._unread = True

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > _LONGEST_URL:
            self._turned = self._turned or (414, "The address of the request is too long.")

    def on_headers_complete(self) -> None:
        if sum(len(name) + len(value) for name, value in self.headers) > _LONGEST_HEAD:
            self._turned = self._turned or (431, "The headers of the request are too long.")
        if self._turned is not None:
            raise httptools.HttpParserError  # nothing of it is read any more
        self._disarm()
        self._asked = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_came = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._since = self.loop.time()
        if self.transport.is_closing():
            self._watch_taking()
        elif self._unread and not self._waits_for_us:
            self._unset_keepalive_if_required()
            self._arm()

    def send_400_response(self, msg: str) -> None:
        if self._turned is None:
            super().send_400_response(msg)

    def timeout_keep_alive_handler(self) -> None:
        self._end()

    def _look(self) -> None:
        """After what came was read: is it too much, and who is to do something next?"""
        if self._body_came:
            self._beside = 0
        elif self._turned is None and self._beside > _LONGEST_HEAD and self._unread:
            self._turned = (431, "The headers of the request are too long.")
        if self._turned is not None:
            self._turn_away(*self._turned)
        elif not self._waits_for_us and not self.transport.is_closing():
            self._arm()

    # -- limits ---------------------------------------------------------------------------------------------------

    def _arm(self) -> None:
        """The other side has something to do, and not for ever."""
        if self._timer is None and self.timeout_keep_alive_task is None:
            self._timer = self.loop.call_later(self._limits.head.total_seconds(), self._too_late)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        self._timer = None
        if self._unread and not self._asked:
            self._turn_away(408, "The request took too long to come.")
        else:
            self._end()

    def _watch_taking(self) -> None:
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._limits.stalled.total_seconds(), self.transport.abort)

    def _taking(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _make_room(self) -> None:
        """Somebody must go: of those that wait for nothing, who never asked for anything first; else the newcomer."""
        idle = [one for one in self.connections if isinstance(one, _Connection) and one is not self]
        idle = [one for one in idle if not one._waits_for_us and not one.transport.is_closing()]
        if idle:
            min(idle, key=lambda one: (one._asked, one._since)).transport.abort()
        else:
            self._turn_away(503, "Too many are connected at the moment.")
            self._end()

    def _turn_away(self, status: int, sentence: str) -> None:
        self._turned = status, sentence
        if self._waits_for_us:  # an answer is on its way, and another one would be taken for a part of it
            self.transport.abort()
        elif not self.transport.is_closing():
            body = f"{sentence}\n".encode()
            head = (
                b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(STATUS_LINE[status] + head % len(body) + body)
            self.transport.write_eof()
            self._disarm()
            # To hang up on somebody who is still sending is to take the answer away from them.
            self._timer = self.loop.call_later(_LINGER, self._end)

    def _end(self) -> None:
        self._watch_taking()
        if not self.transport.is_closing():
            self.transport.close()
